// What Bedrock is shown: a signature that a reader of AWS's documents, and not our signer, finds right.
#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <ctime>

#include "support/fake_upstream.hpp"
#include "support/gateway_under_test.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;

const HeaderList as_json = {{"content-type", "application/json"}};
const std::string converse_answer = R"({"output":{"message":{"role":"assistant","content":[{"text":"good"}]}},"stopReason":"end_turn","usage":{"inputTokens":3,"outputTokens":2,"totalTokens":5},"metrics":{"latencyMs":1}})";
const std::string ask = R"({"model":"us.anthropic.claude-x-v1:0","messages":[{"role":"user","content":"hi"}]})";

std::string hex(const std::string& bytes) {
  std::string out;
  for (const char c : bytes) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned char>(c));
    out += two;
  }
  return out;
}
std::string sha256(const std::string& text) {
  std::string digest(32, '\0');
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_sha256(), nullptr);
  return digest;
}
std::string hmac(const std::string& key, const std::string& text) {
  std::string digest(32, '\0');
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(digest.data()), &size);
  return digest;
}
std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t begin = text.find(before);
  if (begin == text.npos) return {};
  const std::size_t from = begin + before.size();
  return text.substr(from, text.find(after, from) - from);
}

// The signature that the request must carry, step by step as in "Create a signed AWS API request" (IAM User Guide).
std::string expected_signature(const Received& request, const std::string& secret) {
  const std::string authorization = request.header("authorization");
  const std::string scope = between(authorization, "Credential=", ",");
  const std::string names = between(authorization, "SignedHeaders=", ",");
  std::string path;   // every segment encoded once more: '%' becomes "%25"
  for (const char c : request.target.substr(0, request.target.find('?'))) path += c == '%' ? std::string("%25") : std::string(1, c);
  std::string canonical = request.method + "\n" + path + "\n\n";
  for (std::size_t begin = 0; begin < names.size();) {
    const std::size_t end = std::min(names.find(';', begin), names.size());
    const std::string name = names.substr(begin, end - begin);
    canonical += name + ":" + request.header(name) + "\n";
    begin = end + 1;
  }
  canonical += "\n" + names + "\n" + hex(sha256(request.body));
  const std::string date = request.header("x-amz-date"), day = date.substr(0, 8);
  const std::string region = between(scope, day + "/", "/"), rest = scope.substr(scope.find(day));
  const std::string text = "AWS4-HMAC-SHA256\n" + date + "\n" + rest + "\n" + hex(sha256(canonical));
  const std::string key = hmac(hmac(hmac(hmac("AWS4" + secret, day), region), "bedrock"), "aws4_request");
  return hex(hmac(key, text));
}

class GatewayBedrock : public testing::Test {
 protected:
  FakeUpstream provider;
  std::string account(const std::string& more) const {
    return "accounts:\n  - id: a\n    providers:\n      - { id: bedrock, type: bedrock, base_url: \"" + provider.url() +
           "\", region: eu-west-1, model: \"us.anthropic.claude-x-v1:0\", " + more + " }\n";
  }
};

TEST_F(GatewayBedrock, RequestsAreSigned) {
  provider.when("*").reply(200, as_json, converse_answer);
  GatewayUnderTest gateway(account("aws: { access_key_id: AKTEST, secret_access_key: hush/secret, session_token: the-token }"));
  const HttpAnswer answer = gateway.chat(ask);
  EXPECT_EQ(answer.status, 200) << answer.body;
  const Received asked = provider.requests().at(0);
  EXPECT_EQ(asked.target, "/model/us.anthropic.claude-x-v1%3A0/converse");
  const std::string authorization = asked.header("authorization");
  EXPECT_THAT(authorization, testing::StartsWith("AWS4-HMAC-SHA256 Credential=AKTEST/"));
  EXPECT_THAT(authorization, HasSubstr("/eu-west-1/bedrock/aws4_request"));
  EXPECT_EQ(asked.header("x-amz-security-token"), "the-token");
  EXPECT_THAT(between(authorization, "SignedHeaders=", ","), testing::AllOf(HasSubstr("host"), HasSubstr("x-amz-date"), HasSubstr("x-amz-security-token")));
  EXPECT_EQ(authorization.substr(authorization.find("Signature=") + 10), expected_signature(asked, "hush/secret"));
  EXPECT_NE(expected_signature(asked, "another"), expected_signature(asked, "hush/secret"));
  EXPECT_EQ(asked.head.find("hush"), std::string::npos);
}

TEST_F(GatewayBedrock, ARefusedKeyIsNotAskedForAgain) {
  provider.when("*").reply(403, {{"content-type", "application/json"}, {"x-amzn-errortype", "AccessDeniedException"}}, R"({"message":"no"})");
  GatewayUnderTest gateway(account("aws: { access_key_id: AKTEST, secret_access_key: hush }"));
  EXPECT_EQ(gateway.chat(ask).status, 403);
  EXPECT_EQ(provider.requests().size(), 1u) << "keys of the configuration are what they are";
}

TEST_F(GatewayBedrock, AKeyOfBedrocksOwnIsABearerToken) {
  provider.when("*").reply(200, as_json, converse_answer);
  GatewayUnderTest gateway(account("api_key: bk"));
  EXPECT_EQ(gateway.chat(ask).status, 200);
  EXPECT_EQ(provider.requests().at(0).header("authorization"), "Bearer bk");
  EXPECT_EQ(provider.requests()[0].header("x-amz-date"), "");
}

}  // namespace
}  // namespace sluice::test
