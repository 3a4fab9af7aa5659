// Which connections are used again, and what happens when one of them turns out to be dead.
#include <gmock/gmock.h>

#include <thread>

#include "support/client_fixture.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;
using HttpClientReuse = ClientFixture;

TEST_F(HttpClientReuse, ReplacesAStaleConnectionOnceAndSendsAllAgain) {
  FakeUpstream server;
  server.when("*").stale_keepalive().reply(200, {}, "ok");
  const http::Origin origin = origin_of(server);
  EXPECT_EQ(ask(origin, "/", "first").body, "ok");
  const Answer second = ask(origin, "/", "second");
  ASSERT_FALSE(second.error) << second.error->message();
  EXPECT_EQ(second.body, "ok");
  EXPECT_TRUE(second.progress.retried_stale);
  EXPECT_FALSE(second.progress.reused);
  EXPECT_EQ(server.connections(), 2u);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[1].body, "second");   // on the kept connection, never answered
  EXPECT_EQ(requests[2].body, "second");
  EXPECT_EQ(requests[2].connection, 2u);
}

TEST_F(HttpClientReuse, RetriesAStaleResetAndALargeBodyToo) {
  FakeUpstream server;
  server.when("*").reply(200, {}, "one");
  server.when("*").before_body().reset();
  server.when("*").reply(200, {}, "two");
  const http::Origin origin = origin_of(server);
  EXPECT_EQ(ask(origin, "/").body, "one");
  const std::string large(8 << 20, 'x');
  const Answer second = ask(origin, "/", large);
  ASSERT_FALSE(second.error) << second.error->message();
  EXPECT_EQ(second.body, "two");
  EXPECT_TRUE(second.progress.retried_stale);
  EXPECT_EQ(server.requests().back().body, large);
}

TEST_F(HttpClientReuse, DoesNotRetryAFreshConnectionOrASecondTime) {
  FakeUpstream server;
  server.when("*").reply(200, {}, "one");
  server.when("*").close();
  const http::Origin origin = origin_of(server);
  EXPECT_EQ(ask(origin, "/").body, "one");
  const Answer second = ask(origin, "/");
  ASSERT_TRUE(second.error);
  EXPECT_EQ(second.error->code(), Code::upstream_failed);
  EXPECT_TRUE(second.progress.retried_stale);
  EXPECT_TRUE(second.progress.sent);
  EXPECT_EQ(server.requests().size(), 3u);   // once each on the kept and on a fresh one
}

TEST_F(HttpClientReuse, DoesNotRetryOnceAByteOfAnAnswerHasCome) {
  FakeUpstream server;
  server.when("*").reply(200, {}, "one");
  server.when("*").garbage("HTTP/1.1 2").close();
  const http::Origin origin = origin_of(server);
  EXPECT_EQ(ask(origin, "/").body, "one");
  const Answer second = ask(origin, "/");
  ASSERT_TRUE(second.error);
  EXPECT_THAT(second.error->message(), HasSubstr("in the middle of its answer's head"));
  EXPECT_FALSE(second.progress.retried_stale);
  EXPECT_EQ(server.requests().size(), 2u);
}

// That peer has worked on the request, if only for a moment: to send it again would have it done twice.
TEST_F(HttpClientReuse, DoesNotRetryWhatBreaksLate) {
  FakeUpstream server;
  Gate later;
  server.when("*").reply(200, {}, "one");
  server.when("*").wait(later).close();
  const http::Origin origin = origin_of(server);
  EXPECT_EQ(ask(origin, "/").body, "one");
  std::thread clock([&later] {
    std::this_thread::sleep_for(std::chrono::milliseconds(150));   // at least so long, not at most
    later.open();
  });
  const Answer second = ask(origin, "/");
  clock.join();
  ASSERT_TRUE(second.error);
  EXPECT_THAT(second.error->message(), HasSubstr("without an answer"));
  EXPECT_FALSE(second.progress.retried_stale);
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(HttpClientReuse, PeeksBeforeItUsesAKeptConnection) {
  FakeUpstream server;
  server.when("*").reply(200, {}, "ok").close();
  const http::Origin origin = origin_of(server);
  EXPECT_EQ(ask(origin, "/").body, "ok");
  ASSERT_TRUE(server.wait_closed(1));
  const Answer second = ask(origin, "/");
  EXPECT_EQ(second.body, "ok");
  EXPECT_FALSE(second.progress.reused);
  EXPECT_FALSE(second.progress.retried_stale);   // nothing was sent over the dead one
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(HttpClientReuse, DoesNotKeepAConnectionThatTheAnswerEnds) {
  FakeUpstream server;
  server.when("/close").reply(200, {{"connection", "close"}}, "ok");
  server.when("/old").garbage("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok");
  server.when("/more").garbage("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                               "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  server.when("/switch").garbage("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n");
  server.when("/short").reply(200, {{"keep-alive", "timeout=1"}}, "ok");
  server.when("/none").reply(204, {}, "");
  const http::Origin origin = origin_of(server);
  std::size_t connections = 0;
  for (const char* path : {"/close", "/old", "/more", "/switch", "/short"}) {
    const Answer answer = ask(origin, path);
    EXPECT_TRUE(answer.started) << path;
    EXPECT_EQ(server.connections(), ++connections) << path;
    EXPECT_TRUE(server.wait_closed(connections)) << path;
  }
  EXPECT_FALSE(ask(origin, "/none").progress.reused);
  EXPECT_TRUE(ask(origin, "/none").progress.reused);
}

TEST_F(HttpClientReuse, KeepsNothingOfAnAnswerNotReadToItsEnd) {
  FakeUpstream server;
  Gate gate;
  server.when("/slow").chunks({"one", "two"}, gate);
  const http::Origin origin = origin_of(server);
  {
    const auto call = pool->call(origin);
    ASSERT_TRUE(result_of(io, call->start(get("/slow"), "", long_time)));
  }
  EXPECT_TRUE(server.wait_closed(1));
}

TEST_F(HttpClientReuse, ReusesTheMostRecentAndKeepsNoMoreThanAllowed) {
  FakeUpstream server;
  server.when("*").reply(200, {}, "ok");
  http::Origin origin = origin_of(server);
  origin.max_idle = 2;
  {
    std::vector<std::unique_ptr<http::ClientCall>> calls;
    for (int i = 0; i < 3; ++i) calls.push_back(pool->call(origin));
    for (const auto& call : calls) EXPECT_EQ(run(*call, get("/"), "").body, "ok");
    for (auto& call : calls) call.reset();   // connections 1, 2, 3 go back in this order
  }
  EXPECT_TRUE(server.wait_closed(1));
  EXPECT_TRUE(ask(origin, "/").progress.reused);
  EXPECT_EQ(server.requests().back().connection, 3u);
}

TEST_F(HttpClientReuse, ClosesConnectionsThatStayIdle) {
  FakeUpstream server;
  server.when("*").reply(200, {}, "ok");
  http::Origin origin = origin_of(server);
  origin.max_idle_time = std::chrono::milliseconds(20);
  ask(origin, "/");
  EXPECT_TRUE(wait_for([&] { return server.wait_closed(1, std::chrono::milliseconds(0)); }));
  origin.max_idle_time = std::chrono::minutes(5);
  ask(origin, "/");
  pool->close_idle();
  EXPECT_TRUE(server.wait_closed(2));
}

TEST_F(HttpClientReuse, ReadsNoBodyOfAnAnswerToHead) {
  FakeUpstream server;
  server.when("*").head(200, {{"content-length", "1000"}});
  const http::Origin origin = origin_of(server);
  for (int i = 0; i < 2; ++i) {
    const auto call = pool->call(origin);
    const Answer answer = run(*call, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", "");
    EXPECT_FALSE(answer.error);
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(answer.progress.reused, i == 1);
  }
}

TEST_F(HttpClientReuse, TakesAnAnswerThatComesBeforeTheBodyIsSent) {
  FakeUpstream server;
  Gate never;
  server.when("/waits").before_body().reply(413, {}, "too large").wait(never);   // reads nothing more
  server.when("/closes").before_body().reply(401, {}, "who are you").close_uncleanly();
  const http::Origin origin = origin_of(server);
  const std::string large(16 << 20, 'x');
  const Answer refused = ask(origin, "/waits", large);
  ASSERT_FALSE(refused.error) << refused.error->message();
  EXPECT_EQ(refused.status, 413);
  EXPECT_EQ(refused.body, "too large");
  never.open();
  EXPECT_TRUE(server.wait_closed(1));   // half a request went over it
  const Answer unknown = ask(origin, "/closes", large);
  ASSERT_FALSE(unknown.error) << unknown.error->message();
  EXPECT_EQ(unknown.status, 401);
  EXPECT_EQ(unknown.body, "who are you");
}

TEST_F(HttpClientReuse, GoesOnSendingAfterAnInterimAnswer) {
  FakeUpstream server;
  server.when("*").before_body().garbage("HTTP/1.1 100 Continue\r\n\r\n").read_body().reply(200, {}, "got it");
  const http::Origin origin = origin_of(server);
  std::string large(16 << 20, 'x');
  for (std::size_t i = 0; i < large.size(); i += 4096) large[i] = static_cast<char>('a' + i / 4096 % 26);
  const Answer answer = ask(origin, "/", large);
  ASSERT_FALSE(answer.error) << answer.error->message();
  EXPECT_EQ(answer.body, "got it");
  EXPECT_TRUE(server.requests().at(0).body == large);
  EXPECT_TRUE(ask(origin, "/", "{}").progress.reused);
}

}  // namespace
}  // namespace sluice::test
