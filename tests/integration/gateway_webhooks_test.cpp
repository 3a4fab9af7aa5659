// Notices of budgets and targets, as a webhook gets them.
#include <gmock/gmock.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "support/fake_upstream.hpp"
#include "support/gateway_under_test.hpp"

namespace sluice::test {
namespace {

const HeaderList json = {{"content-type", "application/json"}};
const std::string bearer = "Authorization: Bearer the-only-key-there-is\r\n";
const std::string ask = R"({"model":"m","max_tokens":10,"messages":[{"role":"user","content":"Hi"}]})";

class Webhooks : public testing::Test {
 protected:
  FakeUpstream provider, hook;
  std::string yaml(const std::string& more) const {
    return "accounts:\n  - id: a\n    providers:\n" + openai_target("t", provider.url(), "model: m") +
           "pricing: { overrides: [ { model: m, input: 1, output: 1000 } ] }\n"
           "webhooks: [ { url: \"" + hook.url() + "/here\", secret: \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"" + more + " } ]\n"
           "virtual_keys: [ { id: k, key: the-only-key-there-is, budget: { max_spend: 0.01, reset_duration: 1M, enforcement: soft, warn_at: [50] } } ]\n";
  }
  void answer() {
    provider.when("/v1/chat/completions")
        .reply(200, json, R"({"id":"1","object":"chat.completion","model":"m","choices":[],"usage":{"prompt_tokens":0,"completion_tokens":10,"total_tokens":10}})");
  }
  std::vector<std::string> types() const {
    std::vector<std::string> all;
    for (const Received& one : hook.requests()) all.push_back(nlohmann::json::parse(one.body)["type"]);
    return all;
  }
};

TEST_F(Webhooks, AreToldOfBudgetsAndAskedAgainUntilTheyTakeIt) {
  answer();
  hook.when("/here").reply(500, {}, "");
  hook.when("/here").reply(204, {}, "");
  GatewayUnderTest gateway(yaml(""));
  EXPECT_EQ(gateway.chat(ask, bearer).status, 200);
  EXPECT_EQ(gateway.chat(ask, bearer).status, 402);
  ASSERT_TRUE(hook.wait_requests(3));
  const auto got = hook.requests();
  EXPECT_EQ(got[0].body, got[1].body);
  EXPECT_EQ(got[0].header("webhook-id"), got[1].header("webhook-id"));
  EXPECT_THAT(got[0].header("webhook-id"), testing::MatchesRegex("msg_[0-9a-z]{26}"));
  EXPECT_THAT(got[0].header("webhook-signature"), testing::StartsWith("v1,"));
  EXPECT_THAT(types(), testing::ElementsAre("budget_threshold", "budget_threshold", "budget_exhausted"));
  const auto body = nlohmann::json::parse(got[2].body);
  EXPECT_EQ(body["id"], got[2].header("webhook-id"));
  EXPECT_EQ(body["data"]["subject"], "k");
}

TEST_F(Webhooks, AreToldOfTargetsThatFailAndRecover) {
  for (int i = 0; i < 3; ++i) provider.when("/v1/chat/completions").close();
  answer();
  hook.when("/here").reply(200, {}, "");
  GatewayUnderTest gateway(yaml(", events: [target_unhealthy, target_recovered]"));
  for (int i = 0; i < 3; ++i) EXPECT_NE(gateway.chat(ask, bearer).status, 200);
  ASSERT_TRUE(hook.wait_requests(1));
  EXPECT_THAT(types(), testing::ElementsAre("target_unhealthy"));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (gateway.chat(ask, bearer).status != 200 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  ASSERT_TRUE(hook.wait_requests(2));
  EXPECT_THAT(types(), testing::ElementsAre("target_unhealthy", "target_recovered"));
}

TEST_F(Webhooks, GetWhatWaitsWhenTheGatewayStops) {
  answer();
  hook.when("/here").reply(200, {}, "");
  GatewayUnderTest gateway(yaml(""));
  EXPECT_EQ(gateway.chat(ask, bearer).status, 200);
  gateway.stop();
  EXPECT_THAT(types(), testing::ElementsAre("budget_threshold"));
}

}  // namespace
}  // namespace sluice::test
