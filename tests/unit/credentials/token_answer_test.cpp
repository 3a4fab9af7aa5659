// What token services answer.
#include "credentials/token_answer.hpp"

#include <gmock/gmock.h>

namespace sluice::credentials {
namespace {

constexpr std::int64_t now = 1'000'000;

std::string why_not(int status, const std::string& body) {
  const auto grant = read_token({status, body}, now);
  return grant ? "granted" : grant.error().message();
}

TEST(TokenAnswer, GivesABearerTokenAndItsEnd) {
  const auto grant = read_token({200, R"({"access_token":"ya29.c.x....","expires_in":3599,"token_type":"Bearer"})"}, now);
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->header_lines, "Authorization: Bearer ya29.c.x....\r\n");
  EXPECT_EQ(grant->secret.reveal(), "ya29.c.x....");
  EXPECT_EQ(grant->expires, now + 3599);
}

TEST(TokenAnswer, AzuresMachinesWriteNumbersAsText) {
  EXPECT_EQ(read_token({200, R"({"access_token":"t","expires_in":"86399","expires_on":"1586984735"})"}, now)->expires, now + 86'399);
  EXPECT_EQ(read_token({200, R"({"access_token":"t","expires_on":"1000500"})"}, now)->expires, now + 500);
  EXPECT_EQ(read_token({200, R"({"access_token":"t","expires_on":"5"})"}, now)->expires, now) << "over already";
  EXPECT_EQ(read_token({200, R"({"access_token":"t"})"}, now)->expires, now + 3600);
  EXPECT_EQ(read_token({200, R"({"access_token":"t","expires_in":9223372036854775807})"}, now)->expires, now + 366 * 86'400);
  EXPECT_EQ(read_token({200, R"({"access_token":"t","expires_in":-9223372036854775808})"}, now)->expires, now);
}

TEST(TokenAnswer, RefusalsKeepTheServicesWords) {
  EXPECT_EQ(why_not(400, R"({"error":"invalid_grant","error_description":"Invalid JWT Signature."})"), "answered 400 invalid_grant: Invalid JWT Signature.");
  EXPECT_EQ(why_not(401, "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: wrong.\\r\\nTrace ID: 1\"}"),
            "answered 401 invalid_client: AADSTS7000215: wrong. Trace ID: 1");
  EXPECT_EQ(why_not(403, R"({"error":{"code":403,"status":"PERMISSION_DENIED","message":"no"}})"), "answered 403 PERMISSION_DENIED: no");
  EXPECT_EQ(why_not(404, "<html>"), "answered 404");
  EXPECT_LT(why_not(400, "{\"error\":\"" + std::string(9000, 'x') + "\"}").size(), 400u);
}

TEST(TokenAnswer, WhatIsNoTokenIsNotTaken) {
  for (const char* body : {"", "[]", "{}", R"({"access_token":""})", R"({"access_token":"a b"})", R"({"access_token":"a\r\nX: y"})", R"({"access_token":5})",
                           R"({"access_token":"é"})", R"({"access_token":"t")"}) {
    EXPECT_THAT(why_not(200, body), testing::StartsWith("answered with")) << body;
  }
}

TEST(Place, TakesUrlsApart) {
  const auto place = place_of("https://sts.eu-west-1.amazonaws.com");
  ASSERT_TRUE(place);
  EXPECT_TRUE(place->origin.tls);
  EXPECT_EQ(place->origin.host + ":" + std::to_string(place->origin.port) + place->target, "sts.eu-west-1.amazonaws.com:443/");
  EXPECT_EQ(place_of("http://127.0.0.1:81/a?b=c")->target, "/a?b=c");
  EXPECT_EQ(place_of("http://127.0.0.1:81?b")->target, "/?b");
  EXPECT_EQ(place_of("http://[fd00:ec2::23]:80/x")->origin.host, "fd00:ec2::23");
  for (const char* url : {"", "ftp://h", "http://", "http:///x", "http://h:0/", "http://h:99999/", "http://u@h/", "http://h/ x", "http://h/\r\nX: y", "http://h/#f", "https://h:/"}) {
    EXPECT_FALSE(place_of(url)) << url;
  }
}

}  // namespace
}  // namespace sluice::credentials
