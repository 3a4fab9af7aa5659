#include "sluice/http/proxy.hpp"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

TEST(ParseProxy, TakesHostAndPort) {
  const auto plain = parse_proxy("http://proxy.corp:3128");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->host, "proxy.corp");
  EXPECT_EQ(plain->port, 3128);
  EXPECT_TRUE(plain->authorization.empty());
  const auto usual = parse_proxy("HTTP://proxy.corp/");
  ASSERT_TRUE(usual);
  EXPECT_EQ(usual->port, 80);
  const auto address6 = parse_proxy("http://[::1]:8080");
  ASSERT_TRUE(address6);
  EXPECT_EQ(address6->host, "::1");
  EXPECT_EQ(address6->port, 8080);
  EXPECT_EQ(address6->name(), "[::1]:8080");
}

TEST(ParseProxy, MakesBasicCredentialsOfDecodedUserAndPassword) {
  // RFC 7617 section 2: Aladdin, "open sesame".
  const auto proxy = parse_proxy("http://Aladdin:open%20sesame@p:1");
  ASSERT_TRUE(proxy);
  EXPECT_EQ(proxy->authorization.reveal(), "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n");
  EXPECT_EQ(proxy->name(), "p:1");
  const auto encoded = parse_proxy("http://a%3Ab:c%40d%2F@p");   // a:b and c@d/
  ASSERT_TRUE(encoded);
  EXPECT_EQ(encoded->authorization.reveal(), "Proxy-Authorization: Basic YTpiOmNAZC8=\r\n");
  const auto nameless = parse_proxy("http://user@p");
  ASSERT_TRUE(nameless);
  EXPECT_EQ(nameless->authorization.reveal(), "Proxy-Authorization: Basic dXNlcjo=\r\n");
}

TEST(ParseProxy, RefusesWhatItCannotUseWithoutRepeatingIt) {
  for (const char* url : {"", "proxy", "https://p:1", "socks5://p:1", "http://", "http://:80", "http://p:0", "http://p:99999",
                          "http://p:8o", "http://[::1", "http://[::1]80", "http://user:hunter2%4@p", "http://u:hunter2@",
                          "http://hunter2%zz@p", "http://p\r\nX: hunter2", "http://p/hunter2"}) {
    const auto proxy = parse_proxy(url);
    ASSERT_FALSE(proxy) << url;
    EXPECT_EQ(proxy.error().code(), Code::upstream_failed);
    EXPECT_EQ(proxy.error().message().find("hunter2"), std::string::npos);
  }
}

TEST(CutHead, FindsWhereTheTargetAndTheFieldsBegin) {
  const HeadCuts cuts = cut_head("POST /v1 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(cuts.method, "POST ");
  EXPECT_EQ(cuts.line, "/v1 HTTP/1.1\r\n");
  EXPECT_EQ(cuts.rest, "Host: h\r\n\r\n");
  EXPECT_EQ(cut_head("nonsense").rest, "nonsense");
}

}  // namespace
}  // namespace sluice::http
