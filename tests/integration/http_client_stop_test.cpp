// Deadlines and cancellation, in every phase of a call.
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/client_fixture.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using HttpClientStop = ClientFixture;

// A port whose queue of connections is full, so that a connection attempt hears nothing.
class FullPort {
 public:
  FullPort() {
    x_listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(x_listener, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(x_listener, 0), 0);
    getsockname(x_listener, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    for (int& each : x_waiting) {
      each = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      static_cast<void>(connect(each, reinterpret_cast<sockaddr*>(&address), size));
    }
  }
  ~FullPort() {
    for (const int each : x_waiting) close(each);
    close(x_listener);
  }
  FullPort(const FullPort&) = delete;
  FullPort& operator=(const FullPort&) = delete;
  std::uint16_t port = 0;

 private:
  int x_listener = -1;
  std::array<int, 4> x_waiting = {};
};

TEST_F(HttpClientStop, TimesOutWhileConnecting) {
  const FullPort full;
  http::Origin origin;
  origin.host = "127.0.0.1";
  origin.port = full.port;
  const auto call = pool->call(origin);
  const Answer answer = run(*call, get("/"), "", 50ms);
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.error->code(), Code::upstream_timeout);
  EXPECT_EQ(answer.error->message(), "connect to 127.0.0.1:" + std::to_string(full.port) + ": timed out");
  EXPECT_FALSE(answer.progress.sent);
}

TEST_F(HttpClientStop, TimesOutWhileANameIsLookedUp) {
  use_names({{"slow.test", {}}});
  http::Origin origin;
  origin.host = "slow.test";
  origin.port = 80;
  const auto call = pool->call(origin);
  const Answer answer = run(*call, get("/"), "", 50ms);
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.error->code(), Code::upstream_timeout);
  EXPECT_EQ(answer.error->message(), "resolve slow.test: timed out");
}

TEST_F(HttpClientStop, TriesTheNextAddressWhenOneIsRefusedOrSilent) {
  FakeUpstream server;
  server.when("*").reply(200, {}, "ok");
  use_names({{"two.test", {"127.0.0.77", "::1", "127.0.0.1"}}});   // the server listens on the last one only
  http::Origin origin = origin_of(server);
  origin.host = "two.test";
  const Answer answer = ask(origin, "/");
  ASSERT_FALSE(answer.error) << answer.error->message();
  EXPECT_EQ(answer.body, "ok");
}

TEST_F(HttpClientStop, GivesEachSilentAddressItsPartOfTheTime) {
  const FullPort full;
  use_names({{"two.test", {"127.0.0.1", "127.0.0.2"}}});   // nothing listens on the second
  http::Origin origin;
  origin.host = "two.test";
  origin.port = full.port;
  const auto began = net::Clock::now();
  const auto call = pool->call(origin);
  const Answer answer = run(*call, get("/"), "", 600ms);
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.error->message(), "connect to two.test:" + std::to_string(full.port) + ": connection refused");
  EXPECT_GE(net::Clock::now() - began, 299ms);
}

TEST_F(HttpClientStop, DeadlineEndsTheWaitForAHeadAndNamesItself) {
  FakeUpstream server;
  server.when("*").stall();
  const http::Origin origin = origin_of(server);
  const auto call = pool->call(origin);
  call->set_deadline(net::Clock::now() + 50ms, "first event");
  const Answer answer = run(*call, get("/"), "");
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.error->code(), Code::upstream_timeout);
  EXPECT_THAT(answer.error->message(), HasSubstr("first event"));
  EXPECT_TRUE(answer.progress.sent);
  EXPECT_FALSE(answer.progress.retried_stale);
  EXPECT_TRUE(server.wait_closed(1));
}

TEST_F(HttpClientStop, DeadlineEndsTheWaitForABodyAndAWrite) {
  FakeUpstream server;
  Gate never;
  server.when("/body").chunks({"one", "two"}, never);
  server.when("/write").before_body().wait(never);
  const http::Origin origin = origin_of(server);
  const auto reading = pool->call(origin);
  reading->set_deadline(net::Clock::now() + 60s, "first event");
  ASSERT_TRUE(result_of(io, reading->start(get("/body"), "", long_time)));
  reading->set_deadline(net::Clock::now() + 50ms, "between events");
  const Result<std::string_view> some = result_of(io, reading->read_some());
  ASSERT_FALSE(some);
  EXPECT_EQ(some.error().code(), Code::upstream_timeout);
  EXPECT_THAT(some.error().message(), HasSubstr("between events"));
  const auto writing = pool->call(origin);
  writing->set_deadline(net::Clock::now() + 50ms, "total");
  const std::string large(16 << 20, 'x');
  const Answer answer = run(*writing, post("/write", large.size()), large);
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.error->code(), Code::upstream_timeout);
  EXPECT_THAT(answer.error->message(), HasSubstr("total"));
}

TEST_F(HttpClientStop, DeadlineOfOneCallDoesNotEndTheNextOverTheSameConnection) {
  FakeUpstream server;
  Gate gate;
  server.when("/quick").reply(200, {}, "ok");
  server.when("/slow").wait(gate).reply(200, {}, "slow");
  const http::Origin origin = origin_of(server);
  {
    const auto call = pool->call(origin);
    call->set_deadline(net::Clock::now() + 50ms, "total");
    EXPECT_EQ(run(*call, get("/quick"), "").body, "ok");
  }
  const auto call = pool->call(origin);
  const auto running = begin(*call, get("/slow"));
  const auto past = net::Clock::now() + 100ms;
  EXPECT_TRUE(wait_for([&] { return net::Clock::now() > past; }));
  gate.open();
  ASSERT_TRUE(wait_for([&] { return running->done; }));
  EXPECT_EQ(running->answer.body, "slow");
  EXPECT_TRUE(running->answer.progress.reused);
}

TEST_F(HttpClientStop, CancelEndsEveryWait) {
  FakeUpstream server;
  Gate never;
  server.when("/head").stall();
  server.when("/body").chunks({"one", "two"}, never);
  server.when("/write").before_body().wait(never);
  const http::Origin origin = origin_of(server);
  std::size_t heads = 0;
  for (const char* path : {"/head", "/body", "/write"}) {
    const auto call = pool->call(origin);
    const std::string large(path == std::string("/write") ? 16 << 20 : 1, 'x');
    const auto running = begin(*call, post(path, large.size()), large);
    ++heads;
    ASSERT_TRUE(wait_for([&] { return server.wait_heads(heads, 0ms); }));
    wait_for([&] { return running->answer.started; }, 20ms);
    call->cancel();
    ASSERT_TRUE(wait_for([&] { return running->done; })) << path;
    ASSERT_TRUE(running->answer.error) << path;
    EXPECT_EQ(running->answer.error->code(), Code::cancelled) << path;
    if (path == std::string("/write")) never.open();   // sees the end only behind the bytes it has not read
    EXPECT_TRUE(server.wait_closed(heads)) << path;
  }
}

TEST_F(HttpClientStop, CancelEndsTheWaitForANameAndForAConnection) {
  const FullPort full;
  use_names({{"slow.test", {}}});
  http::Origin naming, connecting;
  naming.host = "slow.test";
  naming.port = 80;
  connecting.host = "127.0.0.1";
  connecting.port = full.port;
  for (const http::Origin* origin : {&naming, &connecting}) {
    const auto call = pool->call(*origin);
    const auto running = begin(*call, get("/"));
    wait_for([] { return false; }, 10ms);
    call->cancel();
    ASSERT_TRUE(wait_for([&] { return running->done; }));
    EXPECT_EQ(running->answer.error->code(), Code::cancelled);
  }
}

TEST_F(HttpClientStop, CancelEndsTheTlsHandshakeAndTheProxysAnswer) {
  FakeUpstream silent;   // waits for a head that ends, be it a client hello
  silent.when("*").stall();
  http::Origin secure = origin_of(silent), proxied;
  secure.tls = true;
  proxied.tls = true;
  proxied.host = "api.test";
  proxied.port = 443;
  proxied.proxy = silent.url();
  std::size_t connections = 0;
  for (const http::Origin* origin : {&secure, &proxied}) {
    const auto call = pool->call(*origin);
    const auto running = begin(*call, get("/"));
    ++connections;
    ASSERT_TRUE(wait_for([&] { return silent.wait_connections(connections, 0ms); }));
    wait_for([] { return false; }, 10ms);
    call->cancel();
    ASSERT_TRUE(wait_for([&] { return running->done; }));
    EXPECT_EQ(running->answer.error->code(), Code::cancelled);
    EXPECT_TRUE(silent.wait_closed(connections));
  }
}

TEST_F(HttpClientStop, CancelBeforeTheStartAndBetweenReads) {
  FakeUpstream server;
  Gate gate;
  server.when("*").chunks({"one", "two"}, gate);
  const http::Origin origin = origin_of(server);
  const auto early = pool->call(origin);
  early->cancel();
  EXPECT_EQ(run(*early, get("/"), "").error->code(), Code::cancelled);
  EXPECT_EQ(server.connections(), 0u);
  const auto call = pool->call(origin);
  gate.go();
  ASSERT_TRUE(result_of(io, call->start(get("/"), "", long_time)));
  ASSERT_TRUE(result_of(io, call->read_some()));
  call->cancel();
  call->cancel();
  const Result<std::string_view> after = result_of(io, call->read_some());
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().code(), Code::cancelled);
}

TEST_F(HttpClientStop, ACallMayOutliveItsPool) {
  FakeUpstream server;
  server.when("*").reply(200, {}, "ok");
  const http::Origin origin = origin_of(server);
  auto call = pool->call(origin);
  pool.reset();
  EXPECT_EQ(run(*call, get("/"), "").body, "ok");
  call.reset();
  EXPECT_TRUE(server.wait_closed(1));
}

}  // namespace
}  // namespace sluice::test
