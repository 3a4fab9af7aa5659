// The upstream client behind an HTTP proxy.
#include <gmock/gmock.h>

#include "support/certificate.hpp"
#include "support/client_fixture.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using HttpClientProxy = ClientFixture;

std::string proxy_url(const FakeUpstream& proxy, const std::string& user = "") {
  return "http://" + user + "127.0.0.1:" + std::to_string(proxy.port());
}

TEST_F(HttpClientProxy, AsksForPlainOriginsInAbsoluteForm) {
  FakeUpstream proxy;
  proxy.when("*").reply(200, {}, "via proxy");
  http::Origin origin;
  origin.host = "api.test";
  origin.port = 8080;
  origin.proxy = proxy_url(proxy, "Aladdin:open%20sesame@");
  for (int i = 0; i < 2; ++i) {
    const Answer answer = ask(origin, "/v1?x=1", "body");
    ASSERT_FALSE(answer.error) << answer.error->message();
    EXPECT_EQ(answer.body, "via proxy");
    EXPECT_EQ(answer.progress.reused, i == 1);
  }
  const auto requests = proxy.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[1].head,
            "POST http://api.test:8080/v1?x=1 HTTP/1.1\r\n"
            "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"
            "Host: test\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(requests[1].body, "body");
}

TEST_F(HttpClientProxy, TunnelsToTlsOrigins) {
  const Certificate certificate = make_certificate({"api.test"});
  const TempFile authority(certificate.authority);
  FakeUpstream::Options options;
  options.certificate = certificate;
  FakeUpstream server(options);
  server.when("/v1").reply(200, {}, "secret");
  FakeUpstream proxy;
  proxy.when("api.test:443").garbage("HTTP/1.1 200 Connection established\r\n\r\n").tunnel_to(server.port());
  http::Origin origin;
  origin.tls = true;
  origin.host = "api.test";   // only the proxy knows where that is
  origin.port = 443;
  origin.ca_file = authority.path();
  origin.proxy = proxy_url(proxy, "u:p@");
  for (int i = 0; i < 2; ++i) {
    const Answer answer = ask(origin, "/v1", "{}");
    ASSERT_FALSE(answer.error) << answer.error->message();
    EXPECT_EQ(answer.body, "secret");
    EXPECT_EQ(answer.progress.reused, i == 1);
  }
  ASSERT_EQ(proxy.requests().size(), 1u);
  EXPECT_EQ(proxy.requests()[0].head, "CONNECT api.test:443 HTTP/1.1\r\nHost: api.test:443\r\n"
                                      "Proxy-Authorization: Basic dTpw\r\n\r\n");
  EXPECT_EQ(server.requests().at(0).head, post("/v1", 2));   // no trace of the proxy's credentials
}

TEST_F(HttpClientProxy, SaysWhatTheProxyRefused) {
  FakeUpstream proxy;
  proxy.when("denied.test:443").reply(407, {}, "no");
  proxy.when("closed.test:443").close();
  proxy.when("chatty.test:443").garbage("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n").stall();
  proxy.when("broken.test:443").garbage("SSH-2.0-x\r\n\r\n");
  http::Origin origin;
  origin.tls = true;
  origin.port = 443;
  origin.proxy = proxy_url(proxy, "user:hunter2@");
  for (const char* host : {"denied.test", "closed.test", "chatty.test", "broken.test"}) {
    origin.host = host;
    const Answer answer = ask(origin, "/");
    ASSERT_TRUE(answer.error) << host;
    EXPECT_EQ(answer.error->code(), Code::upstream_failed) << host;
    EXPECT_THAT(answer.error->message(),
                HasSubstr("tunnel through proxy 127.0.0.1:" + std::to_string(proxy.port()) + " to " + host + ":443"));
    EXPECT_THAT(answer.error->message(), Not(HasSubstr("hunter2")));
    EXPECT_FALSE(answer.progress.sent);
  }
  origin.host = "denied.test";
  EXPECT_THAT(ask(origin, "/").error->message(), HasSubstr("the proxy answered 407"));
}

TEST_F(HttpClientProxy, SaysWhenTheProxyCannotBeReachedOrUsed) {
  http::Origin origin;
  {
    const FakeUpstream gone;
    origin.proxy = proxy_url(gone, "user:hunter2@");
  }
  origin.host = "api.test";
  origin.port = 80;
  const Answer unreachable = ask(origin, "/");
  ASSERT_TRUE(unreachable.error);
  EXPECT_THAT(unreachable.error->message(), HasSubstr("connect to proxy 127.0.0.1:"));
  EXPECT_THAT(unreachable.error->message(), Not(HasSubstr("hunter2")));
  origin.proxy = "socks5://user:hunter2@p:1";
  const Answer unusable = ask(origin, "/");
  ASSERT_TRUE(unusable.error);
  EXPECT_THAT(unusable.error->message(), HasSubstr("http://[user:password@]host[:port]"));
  EXPECT_THAT(unusable.error->message(), Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace sluice::test
