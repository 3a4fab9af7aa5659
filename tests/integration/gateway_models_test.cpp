// GET /v1/models and its kin: what the key may use, with what providers list themselves.
#include <gmock/gmock.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "support/fake_upstream.hpp"
#include "support/gateway_under_test.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

const HeaderList json_type = {{"content-type", "application/json"}};

std::vector<std::string> ids(const json& page) {
  std::vector<std::string> found;
  for (const auto& model : page.contains("models") ? page["models"] : page["data"]) found.push_back(model.value("id", model.value("name", "")));
  return found;
}

json get(const GatewayUnderTest& gateway, const std::string& path, const std::string& lines = "") {
  auto client = gateway.connect();
  const auto answer = client.get(path, lines);
  EXPECT_EQ(answer.status, 200) << answer.body;
  return json::parse(answer.body, nullptr, false);
}

// Lists are fetched in the background: until there are so many models, or ten seconds have passed.
json models_once(const GatewayUnderTest& gateway, std::size_t count) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  for (;;) {
    auto page = get(gateway, "/v1/models");
    if (page["data"].size() == count || std::chrono::steady_clock::now() > until) return page;
    std::this_thread::yield();
  }
}

std::string account(const std::string& targets) { return "accounts:\n  - id: main\n    providers:\n" + targets; }

TEST(Models, AreMergedWithWhatTheProviderLists) {
  FakeUpstream upstream;
  upstream.when("/v1/models").reply(200, json_type, R"({"object":"list","data":[{"id":"gpt-4o","created":5},{"id":"new-one","context_length":7},{"id":"other"}]})");
  GatewayUnderTest gateway(account(openai_target("all", upstream.url(), "list_models: true, models: [\"gpt-*\", \"new-*\", named]")));
  const auto page = models_once(gateway, 3);
  EXPECT_THAT(ids(page), ElementsAre("gpt-4o", "named", "new-one"));
  EXPECT_EQ(page["data"][0]["created"], 5);
  EXPECT_EQ(page["data"][0]["context_length"], 128'000);
  EXPECT_EQ(page["data"][0]["pricing"]["prompt"], "0.0000025");
  EXPECT_EQ(page["data"][2]["context_length"], 7);
  EXPECT_FALSE(page["data"][2].contains("pricing"));
  const auto asked = upstream.requests().front();
  EXPECT_EQ(asked.method, "GET");
  EXPECT_EQ(asked.header("authorization"), "Bearer sk-up-all");
}

TEST(Models, AreAskedForWhereATargetPassesOnAll) {
  FakeUpstream upstream;
  upstream.when("/v1/models").reply(200, json_type, R"({"data":[{"id":"a"},{"id":"b"}]})");
  GatewayUnderTest gateway(account(openai_target("all", upstream.url(), "models: [\"*\"]")));
  EXPECT_THAT(ids(models_once(gateway, 2)), ElementsAre("a", "b"));
}

TEST(Models, AreNotAskedForWhereTheEntrySaysSo) {
  FakeUpstream silent, listing;
  listing.when("/v1/models").reply(200, json_type, R"({"data":[{"id":"b"}]})");
  GatewayUnderTest gateway(account(openai_target("quiet", silent.url(), "models: [\"*\", a], list_models: false") +
                                   openai_target("pinned", silent.url(), "model: p") +
                                   openai_target("last", listing.url(), "models: [\"*\"]")));
  EXPECT_THAT(ids(models_once(gateway, 3)), ElementsAre("a", "b", "p"));
  EXPECT_TRUE(silent.requests().empty());   // the entries are asked in the order of the file
}

TEST(Models, OfAProviderThatHangsDelayNothing) {
  FakeUpstream upstream;
  upstream.when("/v1/models").stall();
  upstream.when("/v1/chat/completions").reply(200, json_type, R"({"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]})");
  GatewayUnderTest gateway(account(openai_target("all", upstream.url(), "models: [\"*\", named]")));
  ASSERT_TRUE(upstream.wait_requests(1));
  EXPECT_THAT(ids(get(gateway, "/v1/models")), ElementsAre("named"));
  EXPECT_EQ(gateway.chat(R"({"model":"named","messages":[]})").status, 200);
  const auto before = std::chrono::steady_clock::now();
  gateway.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(900)) << "what is being asked is given up at once";
}

TEST(Models, StayWhenTheProviderFailsLater) {
  FakeUpstream upstream;
  upstream.when("/v1/models").reply(200, json_type, R"({"data":[{"id":"a"}]})");
  upstream.when("/v1/models").reply(500, json_type, "{}");
  upstream.when("/v1/models").reply(200, json_type, R"({"data":[{"id":"a"},{"id":"b"}]})");
  GatewayUnderTest gateway(account(openai_target("all", upstream.url(), "models: [\"*\"], refresh: 20ms")));
  EXPECT_THAT(ids(models_once(gateway, 1)), ElementsAre("a"));
  ASSERT_TRUE(upstream.wait_requests(2));
  EXPECT_FALSE(ids(get(gateway, "/v1/models")).empty());
  EXPECT_THAT(ids(models_once(gateway, 2)), ElementsAre("a", "b"));
}

TEST(Models, AreFetchedAfterAReload) {
  FakeUpstream first, second;
  first.when("/v1/models").reply(200, json_type, R"({"data":[{"id":"a"}]})");
  second.when("/v1/models").reply(200, json_type, R"({"data":[{"id":"b"},{"id":"c"}]})");
  GatewayUnderTest gateway(account(openai_target("all", first.url(), "models: [\"*\"]")));
  EXPECT_THAT(ids(models_once(gateway, 1)), ElementsAre("a"));
  gateway.reload(account(openai_target("all", second.url(), "models: [\"*\"]")));
  EXPECT_THAT(ids(models_once(gateway, 2)), ElementsAre("b", "c"));
}

TEST(Models, OfAnthropicComeInPages) {
  FakeUpstream upstream;
  upstream.when("/v1/models").reply(200, json_type, R"({"data":[{"type":"model","id":"claude-b","display_name":"B","created_at":"2025-02-19T00:00:00Z"}],"has_more":true,"last_id":"claude-b"})");
  upstream.when("/v1/models").reply(200, json_type, R"({"data":[{"type":"model","id":"claude-a"}],"has_more":false,"last_id":"claude-a"})");
  GatewayUnderTest gateway(account("      - { id: c, type: anthropic, base_url: \"" + upstream.url() + "\", api_key: sk-ant, models: [\"*\"] }\n"));
  models_once(gateway, 2);
  const auto page = get(gateway, "/anthropic/v1/models");
  EXPECT_THAT(ids(page), ElementsAre("claude-a", "claude-b"));
  EXPECT_EQ(page["data"][1]["display_name"], "B");
  EXPECT_EQ(page["data"][1]["created_at"], "2025-02-19T00:00:00Z");
  EXPECT_EQ(page["first_id"], "claude-a");
  EXPECT_EQ(page["has_more"], false);
  EXPECT_EQ(upstream.requests()[0].target, "/v1/models?limit=1000");
  EXPECT_EQ(upstream.requests()[0].header("x-api-key"), "sk-ant");
  EXPECT_EQ(upstream.requests()[1].target, "/v1/models?limit=1000&after_id=claude-b");
}

TEST(Models, OfGeminiAndOllamaAreRead) {
  FakeUpstream gemini, ollama;
  gemini.when("/v1beta/models").reply(200, json_type, R"({"models":[{"name":"models/gemini-x","displayName":"X","inputTokenLimit":10,"outputTokenLimit":5}]})");
  ollama.when("/api/tags").reply(200, json_type, R"({"models":[{"name":"llama3:latest","model":"llama3:latest","size":1}]})");
  GatewayUnderTest gateway(account("      - { id: g, type: gemini, base_url: \"" + gemini.url() + "\", api_key: g-key, models: [\"*\"] }\n" +
                                   "      - { id: o, type: ollama, base_url: \"" + ollama.url() + "\", models: [\"*\"] }\n"));
  const auto page = models_once(gateway, 2);
  EXPECT_THAT(ids(page), ElementsAre("gemini-x", "llama3:latest"));
  EXPECT_EQ(get(gateway, "/v1beta/models/gemini-x")["inputTokenLimit"], 10);
  EXPECT_EQ(gemini.requests().front().header("x-goog-api-key"), "g-key");
}

// Voyage names the number of results and the results themselves otherwise than Cohere and Jina do.
TEST(Presets, WithARerankOfTheirOwnAreTranslatedTo) {
  FakeUpstream voyage;
  voyage.when("/v1/rerank").reply(200, json_type, R"({"object":"list","data":[{"relevance_score":0.43,"index":1}],"model":"rerank-2.5","usage":{"total_tokens":26}})");
  GatewayUnderTest gateway(account("      - { id: v, type: voyage, base_url: \"" + voyage.url() + "/v1\", api_key: pa-1, models: [\"rerank-*\"] }\n"));
  auto client = gateway.connect();
  const auto answer = client.post("/v1/rerank", R"({"model":"rerank-2.5","query":"q","documents":["a","b"],"top_n":1})");
  EXPECT_EQ(answer.status, 200) << answer.body;
  const auto sent = json::parse(voyage.requests().front().body);
  EXPECT_EQ(sent["top_k"], 1);
  EXPECT_FALSE(sent.contains("top_n"));
  EXPECT_EQ(json::parse(answer.body)["results"][0]["index"], 1);
  EXPECT_EQ(voyage.requests().front().header("authorization"), "Bearer pa-1");
}

TEST(Presets, NeedOnlyAKey) {
  FakeUpstream groq;
  groq.when("/openai/v1/chat/completions").reply(200, json_type, R"({"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":0}})");
  GatewayUnderTest gateway(account("      - { id: g, type: groq, base_url: \"" + groq.url() + "/openai/v1\", api_key: gsk-1, model: llama-3.3-70b-versatile }\n"));
  EXPECT_EQ(gateway.chat(R"({"model":"auto","messages":[{"role":"user","content":"x"}]})").status, 200);
  const auto rows = gateway.log(1);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_TRUE(rows[0].priced) << "the type finds its price list at any address";
  EXPECT_EQ(rows[0].cost_nano_usd, 590'000);   // $0.59 per million
}

TEST(Models, AreInTheCallersForm) {
  GatewayUnderTest gateway(account("      - { id: s, type: simulated, models: [\"text-embedding-x\", small/one] }\n"));
  EXPECT_THAT(ids(get(gateway, "/v1/models")), ElementsAre("small/one", "text-embedding-x"));
  EXPECT_EQ(get(gateway, "/v1/models", "anthropic-version: 2023-06-01\r\n")["data"][0]["type"], "model");
  EXPECT_EQ(get(gateway, "/v1/models/small%2Fone", "anthropic-version: 2023-06-01\r\n")["type"], "model");
  EXPECT_EQ(get(gateway, "/anthropic/v1/models/small%2Fone")["id"], "small/one");
  EXPECT_EQ(get(gateway, "/v1beta/models")["models"][0]["name"], "models/small/one");
  EXPECT_EQ(get(gateway, "/genai/v1beta/models/small/one")["name"], "models/small/one");
  EXPECT_EQ(get(gateway, "/openai/v1/models/small/one")["object"], "model");
}

TEST(Models, OfOthersAreRefusedInTheCallersForm) {
  GatewayUnderTest gateway(account("      - { id: s, type: simulated, models: [a] }\n"));
  auto client = gateway.connect();
  const auto openai = client.get("/v1/models/b");
  EXPECT_EQ(openai.status, 404);
  EXPECT_THAT(openai.body, HasSubstr("model_not_found"));
  auto again = gateway.connect();
  const auto anthropic = again.get("/anthropic/v1/models/b");
  EXPECT_EQ(anthropic.status, 404);
  EXPECT_EQ(json::parse(anthropic.body)["type"], "error");
}

TEST(Models, AreOnlyThoseOfTheKey) {
  FakeUpstream upstream;
  upstream.when("/v1/models").reply(200, json_type, R"({"data":[{"id":"gpt-4o"},{"id":"o1"}]})");
  GatewayUnderTest gateway(account(openai_target("all", upstream.url(), "models: [\"*\"]")) +
                           "virtual_keys:\n  - { id: k, key: sk-test-key-0123456789abcdef, models: [\"gpt-*\"] }\n  - { id: l, key: sk-test-key-fedcba9876543210 }\n");
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  json all;
  do all = get(gateway, "/v1/models", "authorization: Bearer sk-test-key-fedcba9876543210\r\n");
  while (all["data"].size() < 2 && std::chrono::steady_clock::now() < until);
  EXPECT_THAT(ids(all), ElementsAre("gpt-4o", "o1"));
  EXPECT_THAT(ids(get(gateway, "/v1/models", "authorization: Bearer sk-test-key-0123456789abcdef\r\n")), ElementsAre("gpt-4o"));
}

}  // namespace
}  // namespace sluice::test
