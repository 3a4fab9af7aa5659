// The failover table, row by row: two targets, the first of which misbehaves.
#include <gtest/gtest.h>

#include <thread>

#include "support/fake_upstream.hpp"
#include "support/gateway_under_test.hpp"

namespace sluice::test {
namespace {

const std::string path = "/v1/chat/completions";
const std::string ask = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";
const std::string ask_stream = R"({"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]})";
const std::string good =
    R"({"id":"1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"good"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}})";
const HeaderList json = {{"content-type", "application/json"}};
const std::string failure = R"({"error":{"message":"the provider's own words","type":"server_error","param":null,"code":null}})";

std::string chunk(const std::string& text) {
  return "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text +
         "\"},\"finish_reason\":null}]}\n\n";
}
const std::string finish_chunk = "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const std::string done = "data: [DONE]\n\n";

std::string account(const std::string& targets, const std::string& more = "") {
  return "accounts:\n  - id: a\n" + more + "    providers:\n" + targets;
}

class Failover : public testing::Test {
 protected:
  FakeUpstream first, second;
  // The first is always drawn first: the second has no weight.
  std::string both(const std::string& more = "") {
    return account(openai_target("first", first.url(), "model: m, weight: 1" + more) +
                   openai_target("second", second.url(), "model: m, weight: 0"));
  }
  void second_is_good() {
    second.when(path).reply(200, json, good);
  }
  void expect_second(const HttpAnswer& answer) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.body, good);
    EXPECT_EQ(answer.header("x-sluice-provider"), "second");
    EXPECT_EQ(answer.header("x-sluice-attempts"), "2");
  }
};

TEST_F(Failover, ConnectionRefused) {
  std::uint16_t closed;
  {
    FakeUpstream gone;
    closed = gone.port();
  }
  second_is_good();
  GatewayUnderTest gateway(account(openai_target("first", "http://127.0.0.1:" + std::to_string(closed), "model: m, weight: 1") +
                                   openai_target("second", second.url(), "model: m, weight: 0")));
  expect_second(gateway.chat(ask));
  auto log = gateway.log(1);
  ASSERT_EQ(log.size(), 1u);
  ASSERT_EQ(log[0].attempts.size(), 2u);
  EXPECT_FALSE(log[0].attempts[0].may_have_run);
  EXPECT_NE(log[0].attempts[0].error.find("refused"), std::string::npos) << log[0].attempts[0].error;
  EXPECT_EQ(log[0].provider, "second");
}

class FailoverStatus : public Failover, public testing::WithParamInterface<int> {};
TEST_P(FailoverStatus, GoesOn) {
  first.when(path).reply(GetParam(), json, failure);
  second_is_good();
  GatewayUnderTest gateway(both());
  expect_second(gateway.chat(ask));
  EXPECT_EQ(gateway.log(1)[0].attempts[0].status, GetParam());
}
INSTANTIATE_TEST_SUITE_P(Statuses, FailoverStatus, testing::Values(408, 409, 425, 429, 500, 502, 503, 504, 529));

class CallersFault : public Failover, public testing::WithParamInterface<int> {};
TEST_P(CallersFault, IsPassedBackByteForByte) {
  std::string words = R"({"error":{"message":"your fault",   "type":"invalid_request_error","param":"x","code":"c"}})";
  first.when(path).reply(GetParam(), {{"content-type", "application/json"}, {"x-provider-says", "hm"}}, words);
  second_is_good();
  GatewayUnderTest gateway(both());
  HttpAnswer answer = gateway.chat(ask);
  EXPECT_EQ(answer.status, GetParam());
  EXPECT_EQ(answer.body, words);
  EXPECT_EQ(answer.header("x-provider-says"), "hm");
  EXPECT_TRUE(second.requests().empty());
  EXPECT_EQ(gateway.log(1)[0].status, GetParam());
}
INSTANTIATE_TEST_SUITE_P(Statuses, CallersFault, testing::Values(400, 401, 403, 404, 413, 422));

TEST_F(Failover, SentAndClosedWithoutAByte) {
  first.when(path).close();
  second_is_good();
  GatewayUnderTest gateway(both());
  expect_second(gateway.chat(ask));
  EXPECT_TRUE(gateway.log(1)[0].attempts[0].may_have_run) << "a possible double charge is written down";
  EXPECT_EQ(first.requests().size(), 1u) << "a fresh connection is not tried twice";
}

TEST_F(Failover, SentAndReset) {
  first.when(path).reset();
  second_is_good();
  GatewayUnderTest gateway(both());
  expect_second(gateway.chat(ask));
}

TEST_F(Failover, StaleKeepAliveIsTriedOnceMoreOnTheSameTarget) {
  first.when(path).reply(200, json, good);
  first.when(path).stale_keepalive().reply(200, json, good);
  GatewayUnderTest gateway(both());
  EXPECT_EQ(gateway.chat(ask).status, 200);
  HttpAnswer answer = gateway.chat(ask);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("x-sluice-attempts"), "1");
  EXPECT_EQ(answer.header("x-sluice-provider"), "first");
  EXPECT_EQ(first.connections(), 2u);
  EXPECT_TRUE(second.requests().empty());
}

// It has taken the request, and may have billed it: as lost as over a fresh connection.
TEST_F(Failover, AKeptConnectionThatBreaksLateIsNotStale) {
  Gate later;
  first.when(path).reply(200, json, good);
  first.when(path).wait(later).close();
  second_is_good();
  GatewayUnderTest gateway(both(", retry: { max_attempts: 1 }"));
  EXPECT_EQ(gateway.chat(ask).header("x-sluice-provider"), "first");
  std::thread clock([&later] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));   // at least so long, not at most
    later.open();
  });
  expect_second(gateway.chat(ask));
  clock.join();
  EXPECT_EQ(first.connections(), 1u);
  EXPECT_EQ(first.requests().size(), 2u);
  const auto log = gateway.log(2);
  ASSERT_EQ(log[1].attempts.size(), 2u);
  EXPECT_TRUE(log[1].attempts[0].may_have_run);
  const std::string metrics = gateway.connect().get("/metrics").body;
  EXPECT_NE(metrics.find("\nsluice_possible_double_charges_total 1\n"), std::string::npos);
  EXPECT_NE(metrics.find("\nsluice_upstream_stale_retries_total 0\n"), std::string::npos);
}

TEST_F(Failover, SilentUpstreamTimesOut) {
  first.when(path).stall();
  second_is_good();
  GatewayUnderTest gateway(both(", timeouts: { total: 200ms }"));
  expect_second(gateway.chat(ask));
  EXPECT_TRUE(first.wait_closed(1)) << "the silent one is not left open";
}

TEST_F(Failover, NoFirstEventInTime) {
  first.when(path).head(200, {{"content-type", "text/event-stream"}, {"transfer-encoding", "chunked"}}).stall();
  second.when(path).chunks({chunk("good"), finish_chunk, done});
  GatewayUnderTest gateway(both(", timeouts: { first_event: 200ms }"));
  HttpAnswer answer = gateway.chat(ask_stream);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, chunk("good") + finish_chunk + done);
  EXPECT_EQ(answer.header("x-sluice-provider"), "second");
}

TEST_F(Failover, GarbledFirstEvent) {
  first.when(path).chunks({"<html>busy</html>\n\n"});
  second.when(path).chunks({chunk("good"), finish_chunk, done});
  GatewayUnderTest gateway(both());
  HttpAnswer answer = gateway.chat(ask_stream);
  EXPECT_EQ(answer.body, chunk("good") + finish_chunk + done);
  EXPECT_EQ(answer.header("x-sluice-attempts"), "2");
}

TEST_F(Failover, AnErrorAsTheFirstEvent) {
  first.when(path).chunks({"event: error\ndata: " + failure + "\n\n"});
  second.when(path).chunks({chunk("good"), finish_chunk, done});
  GatewayUnderTest gateway(both());
  HttpAnswer answer = gateway.chat(ask_stream);
  EXPECT_EQ(answer.body, chunk("good") + finish_chunk + done);
}

std::string anthropic_target(const FakeUpstream& upstream, const std::string& keys) {
  return "providers:\n  - { id: claude, type: anthropic, base_url: \"" + upstream.url() + "\", keys: [ " + keys + " ], retry: { max_attempts: 1 } }\n";
}

// Translated, an error in the stream means what it would have meant as an answer: a key at fault rests, its status counts.
TEST_F(Failover, AnthropicsErrorAsTheFirstEventIsAReasonForTheNextKey) {
  first.when("/v1/messages").chunks({"event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"slow down\"}}\n\n"});
  second.when(path).chunks({chunk("good"), finish_chunk, done});
  GatewayUnderTest gateway(anthropic_target(first, "{ value: \"sk-ant-one-of-one\" }") +
                           account("      - { id: first, provider: claude, model: m, weight: 1 }\n" +
                                   openai_target("second", second.url(), "model: m, weight: 0")));
  EXPECT_EQ(gateway.chat(ask_stream).body, chunk("good") + finish_chunk + done);
  auto log = gateway.log(1);
  ASSERT_EQ(log[0].attempts.size(), 2u);
  EXPECT_EQ(log[0].attempts[0].status, 429);
}

TEST_F(Failover, AnthropicsRefusalAsTheFirstEventIsToldAndNotTriedElsewhere) {
  first.when("/v1/messages").chunks({"event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"no such thing\"}}\n\n"});
  GatewayUnderTest gateway(anthropic_target(first, "{ value: \"sk-ant-one-of-one\" }") +
                           account("      - { id: first, provider: claude, model: m, weight: 1 }\n" +
                                   openai_target("second", second.url(), "model: m, weight: 0")));
  HttpAnswer answer = gateway.chat(ask_stream);
  EXPECT_EQ(answer.status, 400);
  EXPECT_NE(answer.body.find("no such thing"), std::string::npos) << answer.body;
  EXPECT_TRUE(second.requests().empty());
}

TEST_F(Failover, TheWordsOfAnErrorAsTheOnlyEventAreTold) {
  first.when(path).chunks({"data: {\"error\":{\"message\":\"overloaded just now\"}}\n\n"});
  GatewayUnderTest gateway(account(openai_target("first", first.url(), "model: m, weight: 1, retry: { max_attempts: 1 }")));
  EXPECT_NE(gateway.chat(ask_stream).body.find("overloaded just now"), std::string::npos);
}

class Nonsense : public Failover, public testing::WithParamInterface<const char*> {};
TEST_P(Nonsense, WithStatus200IsNoAnswer) {
  first.when(path).reply(200, json, GetParam());
  GatewayUnderTest gateway(account(openai_target("first", first.url(), "model: m, weight: 1, retry: { max_attempts: 1 }")));
  HttpAnswer answer = gateway.chat(ask);
  EXPECT_EQ(answer.status, 502) << answer.body;
  EXPECT_NE(answer.body.find("\"error\""), std::string::npos);
}
INSTANTIATE_TEST_SUITE_P(Bodies, Nonsense, testing::Values("<html>hi</html>", "", "{\"a\":"));

TEST_F(Failover, SwitchingProtocolsIsNoAnswer) {
  first.when(path).garbage("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
  GatewayUnderTest gateway(account(openai_target("first", first.url(), "model: m, weight: 1, retry: { max_attempts: 1 }")));
  EXPECT_EQ(gateway.chat(ask).status, 502);
}

TEST_F(Failover, AKeyThatTheProviderRepeatsIsHidden) {
  first.when(path).reply(401, json, R"({"error":{"message":"key sk-up-first refused","type":"invalid_request_error","param":null,"code":null}})");
  GatewayUnderTest gateway(account(openai_target("first", first.url(), "model: m, weight: 1")));
  HttpAnswer answer = gateway.chat(ask);
  EXPECT_EQ(answer.status, 401);
  EXPECT_NE(answer.body.find("key [hidden] refused"), std::string::npos) << answer.body;
  EXPECT_EQ(gateway.log(1)[0].error_message.find("sk-up-first"), std::string::npos);
}

TEST_F(Failover, TheLastKeyNeverRests) {
  first.when(path).reply(401, json, failure);
  first.when(path).reply(401, json, failure);
  first.when(path).reply(200, json, good);
  GatewayUnderTest gateway("providers:\n  - { id: p, type: openai, base_url: \"" + first.url() +
                           "/v1\", keys: [ { value: \"sk-one-of-two-keys\" }, { value: \"sk-two-of-two-keys\" } ] }\n" +
                           account("      - { id: t, provider: p, model: m }\n"));
  EXPECT_EQ(gateway.chat(ask).status, 401);
  EXPECT_EQ(gateway.chat(ask).status, 200);
}

TEST_F(Failover, StreamEndsBeforeItsFirstEvent) {
  first.when(path).chunks({});
  second.when(path).chunks({chunk("good"), finish_chunk, done});
  GatewayUnderTest gateway(both());
  EXPECT_EQ(gateway.chat(ask_stream).body, chunk("good") + finish_chunk + done);
}

TEST_F(Failover, TruncatedWholeAnswer) {
  first.when(path).close_after(150).reply(200, json, good);
  second_is_good();
  GatewayUnderTest gateway(both());
  expect_second(gateway.chat(ask));
}

TEST_F(Failover, GarbageInsteadOfHttp) {
  first.when(path).garbage("220 smtp.example.com ESMTP\r\n\r\n").close();
  second_is_good();
  GatewayUnderTest gateway(both());
  expect_second(gateway.chat(ask));
}

TEST_F(Failover, AfterTheFirstEventNothingFailsOver) {
  Gate gate;
  first.when(path).head(200, {{"content-type", "text/event-stream"}, {"transfer-encoding", "chunked"}}).chunk(chunk("one")).wait(gate).reset();
  second.when(path).chunks({chunk("good"), finish_chunk, done});
  GatewayUnderTest gateway(both());
  PlainClient client = gateway.connect();
  client.send("POST " + path + " HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(ask_stream.size()) + "\r\n\r\n" + ask_stream);
  ASSERT_TRUE(client.read_until("one"));
  gate.open();
  HttpAnswer answer = client.read_answer();
  EXPECT_FALSE(answer.whole) << "a broken answer does not end as a whole one";
  EXPECT_TRUE(answer.body.starts_with(chunk("one")));
  EXPECT_NE(answer.body.find("data: {\"error\""), std::string::npos) << answer.body;
  EXPECT_EQ(answer.body.find("[DONE]"), std::string::npos);
  EXPECT_TRUE(second.requests().empty());
  EXPECT_FALSE(gateway.log(1)[0].error.empty());
  EXPECT_TRUE(gateway.log(1)[0].usage.estimated);
}

TEST_F(Failover, AStreamThatEndsWithoutItsEndIsToldAsBroken) {
  first.when(path).chunks({chunk("one")});
  GatewayUnderTest gateway(both());
  HttpAnswer answer = gateway.chat(ask_stream);
  EXPECT_FALSE(answer.whole);
  EXPECT_NE(answer.body.find("\"error\""), std::string::npos);
}

TEST_F(Failover, ALastEventWithoutItsBlankLineIsStillTheEnd) {
  std::string cut = finish_chunk.substr(0, finish_chunk.size() - 2);
  first.when(path).chunks({chunk("one"), cut});
  GatewayUnderTest gateway(both());
  HttpAnswer answer = gateway.chat(ask_stream);
  EXPECT_TRUE(answer.whole);
  EXPECT_EQ(answer.body, chunk("one") + cut);
  EXPECT_EQ(gateway.log(1)[0].error, "");
}

// What is written down of it is written when its last event is shown.
TEST_F(Failover, AResponseThatFailedInItsStreamIsNoSuccessInTheLog) {
  const std::string began = R"({"type":"response.created","response":{"id":"resp_1","status":"in_progress","model":"m","output":[]}})";
  const std::string failed =
      R"({"type":"response.failed","response":{"id":"resp_1","status":"failed","model":"m","output":[],)"
      R"("error":{"code":"server_error","message":"It broke."},"usage":{"input_tokens":7,"output_tokens":3,"total_tokens":10}}})";
  first.when("/v1/responses").chunks({"data: " + began + "\n\n", "data: " + failed + "\n\n"});
  GatewayUnderTest gateway(both());
  const std::string body = R"({"model":"m","stream":true,"input":"hi"})";
  HttpAnswer answer = gateway.connect().post("/v1/responses", body);
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("It broke."), std::string::npos);
  const auto row = gateway.log(1)[0];
  EXPECT_EQ(row.error, "server_error");
  EXPECT_EQ(row.error_message, "It broke.");
  EXPECT_EQ(row.usage.input, 7);
}

TEST_F(Failover, SilenceBetweenEvents) {
  first.when(path).head(200, {{"content-type", "text/event-stream"}, {"transfer-encoding", "chunked"}}).chunk(chunk("one")).stall();
  GatewayUnderTest gateway(both(", timeouts: { between_events: 200ms }"));
  HttpAnswer answer = gateway.chat(ask_stream);
  EXPECT_FALSE(answer.whole);
  EXPECT_NE(answer.body.find("upstream_timeout"), std::string::npos) << answer.body;
}

TEST_F(Failover, EveryTargetFailsAndTheMostUsefulErrorIsTold) {
  first.when(path).reply(429, {{"content-type", "application/json"}, {"retry-after", "7"}}, failure);
  second.when(path).close();
  GatewayUnderTest gateway(both());
  HttpAnswer answer = gateway.chat(ask);
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.body, failure) << "the limit says more than the lost connection that came after it";
  EXPECT_EQ(answer.header("retry-after"), "7");
  EXPECT_EQ(gateway.log(1)[0].attempts.size(), 2u);
}

TEST_F(Failover, RetryAfterIsHonoured) {
  first.when(path).reply(429, {{"content-type", "application/json"}, {"retry-after", "30"}}, failure);
  second_is_good();
  GatewayUnderTest gateway(both());
  expect_second(gateway.chat(ask));
  HttpAnswer answer = gateway.chat(ask);
  EXPECT_EQ(answer.header("x-sluice-attempts"), "1") << "the first target is left alone";
  EXPECT_EQ(first.requests().size(), 1u);
}

TEST_F(Failover, AllTargetsCoolingDownIsA429WithTheTimeToWait) {
  first.when(path).reply(429, {{"content-type", "application/json"}, {"retry-after", "30"}}, failure);
  GatewayUnderTest gateway(account(openai_target("first", first.url())));
  EXPECT_EQ(gateway.chat(ask).status, 429);
  HttpAnswer answer = gateway.chat(ask);
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.header("retry-after"), "30");
  EXPECT_EQ(first.requests().size(), 1u) << "nothing is sent while the provider asked to be left alone";
}

TEST_F(Failover, AnotherKeyOfTheProviderIsAskedFirst) {
  first.when(path).reply(429, {{"content-type", "application/json"}, {"retry-after", "30"}}, failure);
  first.when(path).reply(200, json, good);
  GatewayUnderTest gateway("providers:\n  - { id: p, type: openai, base_url: \"" + first.url() +
                           "/v1\", keys: [ { value: \"sk-one-of-two-keys\" }, { value: \"sk-two-of-two-keys\" } ] }\n" +
                           account("      - { id: t, provider: p, model: m }\n" + openai_target("second", second.url(), "model: m, weight: 0")));
  HttpAnswer answer = gateway.chat(ask);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("x-sluice-provider"), "p");
  auto requests = first.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_NE(requests[0].header("authorization"), requests[1].header("authorization"));
  EXPECT_TRUE(second.requests().empty());
}

TEST_F(Failover, TheCapOnAttemptsHolds) {
  for (auto* upstream : {&first, &second}) upstream->when(path).reply(500, json, failure);
  GatewayUnderTest gateway(account(openai_target("first", first.url(), "model: m, retry: { max_attempts: 9, backoff: 1ms }") +
                                       openai_target("second", second.url(), "model: m, weight: 0"),
                                   "    failover: { on: [5xx], max_attempts: 3 }\n"));
  EXPECT_EQ(gateway.chat(ask).status, 500);
  EXPECT_EQ(first.requests().size() + second.requests().size(), 3u);
}

TEST_F(Failover, TheClientLeavesAndTheUpstreamIsCancelledAtOnce) {
  first.when(path).stall();
  GatewayUnderTest gateway(both());
  PlainClient client = gateway.connect();
  client.send("POST " + path + " HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(ask.size()) + "\r\n\r\n" + ask);
  ASSERT_TRUE(first.wait_requests(1));
  client.close();
  EXPECT_TRUE(first.wait_closed(1));
  auto log = gateway.log(1);
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(log[0].status, 499);
  EXPECT_TRUE(second.requests().empty()) << "nobody is left to answer";
}

TEST_F(Failover, TheClientLeavesInTheMiddleOfAStream) {
  Gate gate;
  first.when(path).head(200, {{"content-type", "text/event-stream"}, {"transfer-encoding", "chunked"}}).chunk(chunk("one")).stall();
  GatewayUnderTest gateway(both());
  PlainClient client = gateway.connect();
  client.send("POST " + path + " HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(ask_stream.size()) + "\r\n\r\n" + ask_stream);
  ASSERT_TRUE(client.read_until("one"));
  client.close();
  EXPECT_TRUE(first.wait_closed(1));
  auto log = gateway.log(1);
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(log[0].status, 499);
  EXPECT_TRUE(log[0].usage.estimated);
  EXPECT_GT(log[0].usage.output, 0);
}

}  // namespace
}  // namespace sluice::test
