// What the upstream client does with answers, whole, streamed and broken, over plain connections.
#include <gmock/gmock.h>

#include "support/client_fixture.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;
using HttpClient = ClientFixture;

TEST_F(HttpClient, SendsTheRequestByteForByteAndReadsTheAnswer) {
  FakeUpstream server;
  server.when("/v1").reply(200, {{"x-a", "b"}}, "{\"ok\":true}");
  const http::Origin origin = origin_of(server);
  const std::string body = "{\"model\":\"m\"}";
  const auto call = pool->call(origin);
  const Answer answer = run(*call, post("/v1", body.size()), body);
  ASSERT_FALSE(answer.error) << answer.error->message();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "{\"ok\":true}");
  EXPECT_EQ(call->head().fields.get("x-a"), "b");
  EXPECT_TRUE(answer.progress.connected);
  EXPECT_TRUE(answer.progress.sent);
  EXPECT_FALSE(answer.progress.reused);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].head, post("/v1", body.size()));
  EXPECT_EQ(requests[0].body, body);
}

TEST_F(HttpClient, ReusesConnectionsOfEqualOrigins) {
  FakeUpstream server;
  server.when("*").reply(200, {}, "ok");
  for (int i = 0; i < 5; ++i) {
    const auto origin = std::make_unique<http::Origin>(origin_of(server));   // as a reload makes new ones
    const Answer answer = ask(*origin, "/" + std::to_string(i));
    EXPECT_EQ(answer.body, "ok");
    EXPECT_EQ(answer.progress.reused, i > 0);
  }
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(server.requests().size(), 5u);
}

TEST_F(HttpClient, HandsOutEachEventAsItComes) {
  FakeUpstream server;
  Gate gate;
  server.when("/s").chunks({"data: 1\n\n", "data: 2\n\n", "data: 3\n\n"}, gate);
  const http::Origin origin = origin_of(server);
  const auto call = pool->call(origin);
  const Result<> started = result_of(io, call->start(get("/s"), "", long_time));
  ASSERT_TRUE(started);
  EXPECT_TRUE(call->head().chunked);
  for (const char* event : {"data: 1\n\n", "data: 2\n\n", "data: 3\n\n"}) {
    gate.go();
    const Result<std::string_view> some = result_of(io, call->read_some());
    ASSERT_TRUE(some);
    EXPECT_EQ(*some, event);
  }
  gate.go();
  for (int i = 0; i < 2; ++i) {
    const Result<std::string_view> end = result_of(io, call->read_some());
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->empty());
  }
}

TEST_F(HttpClient, SkipsInformationalAnswers) {
  FakeUpstream server;
  server.when("*")
      .garbage("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n")
      .reply(201, {}, "made");
  const http::Origin origin = origin_of(server);
  const Answer answer = ask(origin, "/");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, "made");
  EXPECT_TRUE(ask(origin, "/").progress.reused);
}

TEST_F(HttpClient, ReadsUntilCloseAndDoesNotKeepTheConnection) {
  FakeUpstream server;
  server.when("*").head(200, {}).garbage("first ").garbage("second").close();
  const http::Origin origin = origin_of(server);
  EXPECT_EQ(ask(origin, "/").body, "first second");
  EXPECT_EQ(ask(origin, "/").body, "first second");
  EXPECT_EQ(server.connections(), 2u);
}

TEST_F(HttpClient, SaysWhenABodyIsCutShort) {
  FakeUpstream server;
  server.when("/length").reply(200, {}, "0123456789").close_after(48);
  server.when("/chunked").chunks({"one", "two"}).close_after(100);
  server.when("/reset").head(200, {{"content-length", "10"}}).garbage("123").reset();
  server.when("/half").head(200, {{"content-length", "10"}}).garbage("123").half_close();
  const http::Origin origin = origin_of(server);
  for (const char* path : {"/length", "/chunked", "/reset", "/half"}) {
    const Answer answer = ask(origin, path);
    EXPECT_TRUE(answer.started) << path;
    ASSERT_TRUE(answer.error) << path;
    EXPECT_EQ(answer.error->code(), Code::upstream_failed) << path;
    EXPECT_THAT(answer.error->message(), HasSubstr("in the middle of its answer")) << path;
  }
}

TEST_F(HttpClient, RefusesAnswersThatAreNotHttp) {
  FakeUpstream server;
  server.when("/text").garbage("this is not HTTP\r\n\r\n");
  server.when("/smuggle").garbage("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc");
  server.when("/chunk").garbage("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n");
  const http::Origin origin = origin_of(server);
  for (const char* path : {"/text", "/smuggle", "/chunk"}) {
    const Answer answer = ask(origin, path);
    ASSERT_TRUE(answer.error) << path;
    EXPECT_EQ(answer.error->code(), Code::upstream_failed) << path;
  }
  EXPECT_EQ(server.connections(), 3u);
}

TEST_F(HttpClient, SaysThatAFreshConnectionClosedWithoutAnAnswer) {
  FakeUpstream server;
  server.when("/close").close();
  server.when("/reset").reset();
  const http::Origin origin = origin_of(server);
  for (const char* path : {"/close", "/reset"}) {
    const Answer answer = ask(origin, path);
    ASSERT_TRUE(answer.error);
    EXPECT_EQ(answer.error->code(), Code::upstream_failed);
    EXPECT_THAT(answer.error->message(), HasSubstr("closed the connection without an answer"));
    EXPECT_TRUE(answer.progress.sent);
    EXPECT_FALSE(answer.progress.retried_stale);
  }
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(HttpClient, SaysWhereItCouldNotConnect) {
  http::Origin origin;
  {
    const FakeUpstream gone;
    origin = origin_of(gone);
  }
  const Answer answer = ask(origin, "/");
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.error->code(), Code::upstream_failed);
  EXPECT_EQ(answer.error->message(), "connect to 127.0.0.1:" + std::to_string(origin.port) + ": connection refused");
  EXPECT_FALSE(answer.progress.connected);
  EXPECT_FALSE(answer.progress.sent);
}

}  // namespace
}  // namespace sluice::test
