// Rate limits, and what else a key may be limited to, between a caller and a fake provider.
#include <gtest/gtest.h>

#include <deque>

#include <nlohmann/json.hpp>

#include "support/fake_upstream.hpp"
#include "support/gateway_under_test.hpp"

namespace sluice::test {
namespace {

const std::string path = "/v1/chat/completions";
const HeaderList json = {{"content-type", "application/json"}};
const std::string bearer = "Authorization: Bearer the-only-key-there-is\r\n";
const std::string ask = R"({"model":"gpt-4o","max_tokens":10,"messages":[{"role":"user","content":"Say it."}]})";
const std::string good =
    R"({"id":"1","object":"chat.completion","model":"gpt-4o","choices":[{"index":0,"message":{"role":"assistant","content":"It."},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}})";

class RateLimits : public testing::Test {
 protected:
  FakeUpstream upstream;
  std::string with(const std::string& limits) {
    return "accounts:\n  - id: a\n    providers:\n" + openai_target("t", upstream.url(), "model: gpt-4o") +
           "virtual_keys:\n  - { id: k, key: the-only-key-there-is, " + limits + " }\n";
  }
  void good_answers() { upstream.when(path).reply(200, json, good); }
};

nlohmann::json error_of(const HttpAnswer& answer) { return nlohmann::json::parse(answer.body)["error"]; }

TEST_F(RateLimits, SoManyRequestsAndNoMore) {
  good_answers();
  GatewayUnderTest gateway(with("rate_limit: { max_requests: 3, reset_duration: 1h }"));
  for (int i = 0; i < 3; ++i) {
    const HttpAnswer answer = gateway.chat(ask, bearer);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("x-ratelimit-limit-requests"), "3");
    EXPECT_EQ(answer.header("x-ratelimit-remaining-requests"), std::to_string(2 - i));
    EXPECT_NE(answer.header("x-ratelimit-reset-requests"), "");
  }
  const HttpAnswer refused = gateway.chat(ask, bearer);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(error_of(refused)["code"], "rate_limit_exceeded");
  const int wait = std::stoi(refused.header("retry-after"));   // a third of an hour, less what the test has taken
  EXPECT_LE(wait, 1200);
  EXPECT_GT(wait, 1100);
  EXPECT_EQ(refused.header("x-ratelimit-remaining-requests"), "0");
  EXPECT_EQ(upstream.requests().size(), 3u);
}

TEST_F(RateLimits, CalendarDaysOfRequests) {
  good_answers();
  GatewayUnderTest gateway(with("rate_limit: { max_requests: 2, reset_duration: 1d }"));
  EXPECT_EQ(gateway.chat(ask, bearer).status, 200);
  EXPECT_EQ(gateway.chat(ask, bearer).status, 200);
  const HttpAnswer refused = gateway.chat(ask, bearer);
  EXPECT_EQ(refused.status, 429);
  EXPECT_LE(std::stoi(refused.header("retry-after")), 86'400);
}

TEST_F(RateLimits, TokensAreReservedAndCorrected) {
  good_answers();
  // 21 (a quarter of the body's bytes) and 10 are reserved, 15 are used.
  GatewayUnderTest gateway(with("rate_limit: { max_tokens: 50, reset_duration: 1d }"));
  EXPECT_EQ(gateway.chat(ask, bearer).status, 200);
  const HttpAnswer second = gateway.chat(ask, bearer);
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.header("x-ratelimit-limit-tokens"), "50");
  const HttpAnswer third = gateway.chat(ask, bearer);
  EXPECT_EQ(third.status, 429) << "20 are left";
  EXPECT_EQ(upstream.requests().size(), 2u);
}

TEST_F(RateLimits, PlacesAreFreeAgainOnEveryWayOut) {
  Gate gate;
  upstream.when(path).wait(gate).reply(200, json, good);
  upstream.when(path).reply(400, json, R"({"error":{"message":"no"}})");
  upstream.when(path).garbage("no HTTP\r\n\r\n").close();
  good_answers();
  GatewayUnderTest gateway(with("rate_limit: { max_concurrent: 1 }"));
  PlainClient client = gateway.connect();
  client.send("POST " + path + " HTTP/1.1\r\nHost: x\r\n" + bearer + "Content-Length: " + std::to_string(ask.size()) + "\r\n\r\n" + ask);
  ASSERT_TRUE(upstream.wait_requests(1));
  const HttpAnswer refused = gateway.chat(ask, bearer);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("retry-after"), "1");
  gate.open();
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_EQ(gateway.chat(ask, bearer).status, 400);
  EXPECT_EQ(gateway.chat(ask, bearer).status, 502);
  EXPECT_EQ(gateway.chat(ask, bearer).status, 200);
}

TEST_F(RateLimits, ARequestLargerThanTheLimitIsNotAskedToRetry) {
  GatewayUnderTest gateway(with("rate_limit: { max_tokens: 20, reset_duration: 1m }"));
  const HttpAnswer refused = gateway.chat(ask, bearer);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("retry-after"), "");
  EXPECT_NE(refused.body.find("larger than the whole limit"), std::string::npos);
}

TEST_F(RateLimits, ZeroRefusesEverything) {
  GatewayUnderTest gateway(with("rate_limit: { max_requests: 0, reset_duration: 1m }"));
  EXPECT_EQ(gateway.chat(ask, bearer).status, 429);
  gateway.reload(with("budget: { max_spend: 0, reset_duration: 1d }"));
  EXPECT_EQ(gateway.chat(ask, bearer).status, 402);
  EXPECT_TRUE(upstream.requests().empty());
}

TEST_F(RateLimits, LimitsOnModelsCountThoseOnly) {
  good_answers();
  GatewayUnderTest gateway("accounts:\n  - id: a\n    providers:\n" + openai_target("t", upstream.url(), "models: [\"*\"]") +
                           "virtual_keys:\n  - { id: k, key: the-only-key-there-is, rate_limit: { max_requests: 1, reset_duration: 1h, models: [\"gpt-4o\"] } }\n");
  EXPECT_EQ(gateway.chat(ask, bearer).status, 200);
  EXPECT_EQ(gateway.chat(ask, bearer).status, 429);
  EXPECT_EQ(gateway.chat(R"({"model":"gpt-4o-mini","messages":[]})", bearer).status, 200);
}

TEST_F(RateLimits, TheProvidersOwnLimitsAreNotShownBesideOurs) {
  upstream.when(path).reply(200, {{"content-type", "application/json"}, {"x-ratelimit-remaining-requests", "4711"}}, good);
  GatewayUnderTest gateway(with("rate_limit: { max_requests: 3, reset_duration: 1h }"));
  EXPECT_EQ(gateway.chat(ask, bearer).header("x-ratelimit-remaining-requests"), "2");
  gateway.reload(with("enabled: true"));
  EXPECT_EQ(gateway.chat(ask, bearer).header("x-ratelimit-remaining-requests"), "4711");
}

TEST_F(RateLimits, KeysMayBeBoundToNetworksAndEndpoints) {
  good_answers();
  GatewayUnderTest gateway(with("networks: [10.0.0.0/8]"));
  const HttpAnswer refused = gateway.chat(ask, bearer);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(error_of(refused)["code"], "network_not_allowed");
  gateway.reload(with("networks: [10.0.0.0/8, 127.0.0.0/8]"));
  EXPECT_EQ(gateway.chat(ask, bearer).status, 200);
  gateway.reload(with("endpoints: [embeddings]"));
  const HttpAnswer other = gateway.chat(ask, bearer);
  EXPECT_EQ(other.status, 403);
  EXPECT_EQ(error_of(other)["code"], "endpoint_not_allowed");
}

TEST_F(RateLimits, WaitingForAPlaceInLine) {
  Gate gate;
  upstream.when(path).wait(gate).reply(200, json, good);
  GatewayUnderTest gateway(with("rate_limit: { max_concurrent: 1 }, queue: { max_wait: 20s, max_length: 2 }"), "threads: 2");
  const std::string request = "POST " + path + " HTTP/1.1\r\nHost: x\r\n" + bearer + "Content-Length: " + std::to_string(ask.size()) + "\r\n\r\n" + ask;
  std::deque<PlainClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(gateway.port());
    clients.back().send(request);
    if (i == 0) { ASSERT_TRUE(upstream.wait_requests(1)); }
  }
  // Only when both wait is the line full; how fast they come to it is the system's to say.
  HttpAnswer refused;
  PlainClient late = gateway.connect();
  PlainClient later = gateway.connect();
  late.send(request);
  later.send(request);
  gate.go();
  EXPECT_EQ(clients[0].read_answer().status, 200);
  gate.open();
  int served = 1, over = 0;
  for (PlainClient* client : {&clients[1], &clients[2], &late, &later}) {
    const int status = client->read_answer().status;
    served += status == 200 ? 1 : 0;
    over += status == 429 ? 1 : 0;
  }
  EXPECT_EQ(served + over, 5);
  EXPECT_GE(served, 3) << "two may wait";
  EXPECT_EQ(upstream.requests().size(), static_cast<std::size_t>(served));
}

TEST_F(RateLimits, WaitingForARateIsNotWorthWhileIfItTakesTooLong) {
  good_answers();
  GatewayUnderTest gateway(with("rate_limit: { max_requests: 1, reset_duration: 1h }, queue: { max_wait: 5s }"));
  EXPECT_EQ(gateway.chat(ask, bearer).status, 200);
  EXPECT_EQ(gateway.chat(ask, bearer).status, 429) << "at once: its turn is in an hour";
}

TEST_F(RateLimits, WaitingForARate) {
  good_answers();
  GatewayUnderTest gateway(with("rate_limit: { max_requests: 10, reset_duration: 1s }, queue: { max_wait: 20s, max_length: 100 }"));
  std::deque<PlainClient> clients;
  const std::string request = "POST " + path + " HTTP/1.1\r\nHost: x\r\n" + bearer + "Content-Length: " + std::to_string(ask.size()) + "\r\n\r\n" + ask;
  for (int i = 0; i < 25; ++i) {
    clients.emplace_back(gateway.port());
    clients.back().send(request);
  }
  for (PlainClient& client : clients) EXPECT_EQ(client.read_answer().status, 200);
}

TEST_F(RateLimits, WhoLeavesTheLineIsForgotten) {
  Gate gate;
  upstream.when(path).wait(gate).reply(200, json, good);
  GatewayUnderTest gateway(with("rate_limit: { max_concurrent: 1 }, queue: { max_wait: 60s, max_length: 1 }"));
  const std::string request = "POST " + path + " HTTP/1.1\r\nHost: x\r\n" + bearer + "Content-Length: " + std::to_string(ask.size()) + "\r\n\r\n" + ask;
  PlainClient first = gateway.connect();
  first.send(request);
  ASSERT_TRUE(upstream.wait_requests(1));
  {
    PlainClient second = gateway.connect();
    second.send(request);
    second.close();
  }
  EXPECT_EQ(gateway.log(1)[0].status, 499);
  gate.open();
  EXPECT_EQ(first.read_answer().status, 200);
  EXPECT_EQ(gateway.chat(ask, bearer).status, 200);
}

}  // namespace
}  // namespace sluice::test
