// The upstream client over TLS: whom it trusts, what it resumes, and which ends of an answer it believes.
#include <gmock/gmock.h>

#include "support/certificate.hpp"
#include "support/client_fixture.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;

class HttpClientTls : public ClientFixture {
 protected:
  HttpClientTls() { use_names({{"api.test", {"127.0.0.1"}}, {"other.test", {"127.0.0.1"}}}); }

  static FakeUpstream::Options speaks(const Certificate& certificate) {
    FakeUpstream::Options options;
    options.certificate = certificate;
    return options;
  }
  http::Origin secure(const FakeUpstream& server, const std::string& host = "api.test") const {
    http::Origin origin = origin_of(server);
    origin.tls = true;
    origin.host = host;
    origin.ca_file = x_authority.path();
    return origin;
  }

  const Certificate x_certificate = make_certificate({"api.test", "127.0.0.1"});
  const TempFile x_authority{x_certificate.authority};
};

TEST_F(HttpClientTls, SpeaksToAServerItCanVerifyByNameAndByAddress) {
  FakeUpstream server(speaks(x_certificate));
  server.when("*").reply(200, {}, "secret");
  for (const char* host : {"api.test", "127.0.0.1"}) {
    const http::Origin origin = secure(server, host);
    for (int i = 0; i < 2; ++i) {
      const Answer answer = ask(origin, "/", "body");
      ASSERT_FALSE(answer.error) << answer.error->message();
      EXPECT_EQ(answer.body, "secret");
      EXPECT_EQ(answer.progress.reused, i == 1);
    }
  }
  EXPECT_EQ(server.connections(), 2u);
  EXPECT_EQ(server.requests().at(0).body, "body");
}

TEST_F(HttpClientTls, SendsAndReadsLargeBodiesWhole) {
  FakeUpstream server(speaks(x_certificate));
  std::string large(3 << 20, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>('a' + i * 7 / 5 % 26);
  server.when("*").reply(200, {}, large);
  const Answer answer = ask(secure(server), "/", large);
  ASSERT_FALSE(answer.error) << answer.error->message();
  EXPECT_TRUE(answer.body == large);
  EXPECT_TRUE(server.requests().at(0).body == large);
}

TEST_F(HttpClientTls, RefusesACertificateForAnotherName) {
  FakeUpstream server(speaks(x_certificate));
  const Answer named = ask(secure(server, "other.test"), "/");
  ASSERT_TRUE(named.error);
  EXPECT_EQ(named.error->code(), Code::upstream_failed);
  EXPECT_EQ(named.error->message(), "TLS certificate is not valid for other.test");
  EXPECT_FALSE(named.progress.sent);
  FakeUpstream no_address(speaks(make_certificate({"api.test"})));
  http::Origin origin = secure(no_address, "127.0.0.1");
  const Answer address = ask(origin, "/");
  ASSERT_TRUE(address.error);
  EXPECT_THAT(address.error->message(), HasSubstr("127.0.0.1"));
  EXPECT_TRUE(server.requests().empty());
  EXPECT_TRUE(no_address.requests().empty());
}

TEST_F(HttpClientTls, RefusesAnUnknownAuthorityAndAnExpiredCertificate) {
  FakeUpstream unknown(speaks(make_certificate({"api.test"})));
  const Answer stranger = ask(secure(unknown), "/");
  ASSERT_TRUE(stranger.error);
  EXPECT_THAT(stranger.error->message(), HasSubstr("TLS certificate of api.test is not valid: "));
  const Certificate old = make_certificate({"api.test"}, Validity::expired);
  const TempFile authority(old.authority);
  FakeUpstream expired(speaks(old));
  http::Origin origin = secure(expired);
  origin.ca_file = authority.path();
  const Answer late = ask(origin, "/");
  ASSERT_TRUE(late.error);
  EXPECT_THAT(late.error->message(), HasSubstr("certificate has expired"));
}

TEST_F(HttpClientTls, SaysWhenTheTrustAnchorsCannotBeRead) {
  FakeUpstream server(speaks(x_certificate));
  http::Origin origin = secure(server);
  origin.ca_file = "/nonexistent/ca.pem";
  const Answer answer = ask(origin, "/");
  ASSERT_TRUE(answer.error);
  EXPECT_THAT(answer.error->message(), HasSubstr("cannot use ca_file /nonexistent/ca.pem"));
}

TEST_F(HttpClientTls, SaysWhenTheServerDoesNotSpeakTls) {
  FakeUpstream plain;
  FakeUpstream closing(speaks(x_certificate));
  http::Origin origin = secure(plain);
  const auto call = pool->call(origin);
  const Answer answer = run(*call, get("/"), "", std::chrono::milliseconds(50));
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.error->code(), Code::upstream_timeout);
  EXPECT_THAT(answer.error->message(), HasSubstr("TLS with api.test"));
}

TEST_F(HttpClientTls, ResumesTheLastSessionOfAnOrigin) {
  for (const bool tls12 : {false, true}) {
    FakeUpstream::Options options = speaks(x_certificate);
    options.tls12_only = tls12;
    FakeUpstream server(options);
    server.when("*").reply(200, {{"connection", "close"}}, "ok");
    const http::Origin origin = secure(server);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(origin, "/").body, "ok");
    EXPECT_EQ(server.connections(), 3u);
    EXPECT_EQ(server.tls_resumed(), 2u) << "TLS 1." << (tls12 ? 2 : 3);
  }
}

TEST_F(HttpClientTls, BelievesAnAnswerUntilCloseOnlyWithCloseNotify) {
  FakeUpstream server(speaks(x_certificate));
  server.when("/said").head(200, {}).garbage("all of it").close();
  server.when("/cut").head(200, {}).garbage("a part of").close_uncleanly();
  const http::Origin origin = secure(server);
  const Answer said = ask(origin, "/said");
  EXPECT_FALSE(said.error);
  EXPECT_EQ(said.body, "all of it");
  const Answer cut = ask(origin, "/cut");
  EXPECT_EQ(cut.body, "a part of");
  ASSERT_TRUE(cut.error);
  EXPECT_EQ(cut.error->code(), Code::upstream_failed);
}

TEST_F(HttpClientTls, ReplacesAStaleConnection) {
  FakeUpstream server(speaks(x_certificate));
  server.when("*").stale_keepalive().reply(200, {}, "ok");
  const http::Origin origin = secure(server);
  EXPECT_EQ(ask(origin, "/").body, "ok");
  const Answer second = ask(origin, "/");
  ASSERT_FALSE(second.error) << second.error->message();
  EXPECT_TRUE(second.progress.retried_stale);
}

TEST_F(HttpClientTls, DoesNotTakeAnUnaskedAnswerForTheNextRequests) {
  FakeUpstream server(speaks(x_certificate));
  // In one record: in one of its own it might come when the next request has been sent, and nobody could tell it from that one's.
  server.when("/first").garbage("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
  server.when("/second").reply(200, {}, "good");
  const http::Origin origin = secure(server);
  EXPECT_EQ(ask(origin, "/first").body, "ok");
  EXPECT_EQ(ask(origin, "/second").body, "good");
}

TEST_F(HttpClientTls, TakesAnAnswerThatComesBeforeTheBodyIsSent) {
  FakeUpstream server(speaks(x_certificate));
  server.when("*").before_body().reply(413, {}, "too large").close_uncleanly();
  const Answer answer = ask(secure(server), "/", std::string(16 << 20, 'x'));
  ASSERT_FALSE(answer.error) << answer.error->message();
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.body, "too large");
}

}  // namespace
}  // namespace sluice::test
