// The administration API of a whole gateway: on the shared listener, on its own, and what changes for callers.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sluice/config/load.hpp"
#include "sluice/store/store.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway_under_test.hpp"

namespace sluice::test {
namespace {

using Json = nlohmann::json;

const std::string admin = "Authorization: Bearer the-token-of-the-file\r\n";
const std::string shared = "threads: 2, admin: { token: the-token-of-the-file }";
const std::string ask = R"({"model":"m","messages":[{"role":"user","content":"Hi"}]})";
const std::string simulated = R"(
accounts: [ { id: a, providers: [ { id: t, type: simulated, model: m } ] } ]
teams: [ { id: ml, rate_limit: { max_requests: 100, reset_duration: 1d } } ]
pricing: { overrides: [ { model: m, input: 1, output: 2 } ] }
virtual_keys: [ { id: declared, key: text-of-the-declared-key, team: ml } ]
)";

HttpAnswer request(std::uint16_t port, const std::string& method, const std::string& path, const std::string& body = "", const std::string& lines = admin) {
  PlainClient client(port);
  client.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + lines + "\r\n" + body);
  return client.read_answer();
}

Json json_of(const HttpAnswer& answer) { return Json::parse(answer.body, nullptr, false); }

TEST(AdminApi, AKeyMadeHereServesAtOnceAndIsHeldToItsLimits) {
  GatewayUnderTest gateway(simulated, shared);
  const HttpAnswer made = request(gateway.port(), "POST", "/admin/keys", R"({"id":"ci","team":"ml","rate_limit":{"max_requests":2,"reset_duration":"1d"}})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.header("cache-control"), "no-store");
  EXPECT_NE(made.header("x-request-id"), "");
  const std::string bearer = "Authorization: Bearer " + json_of(made)["key"].get<std::string>() + "\r\n";
  EXPECT_EQ(gateway.chat(ask, bearer).status, 200);
  const Json own = json_of(request(gateway.port(), "GET", "/v1/key", "", bearer));
  EXPECT_EQ(own["id"], "ci");
  EXPECT_EQ(own["team"], "ml");
  ASSERT_EQ(own["limits"].size(), 2u);
  EXPECT_EQ(own["limits"][0]["level"], "team");
  EXPECT_EQ(own["limits"][1]["used"], 1);
  EXPECT_EQ(own["limits"][1]["left"], 1);
  EXPECT_TRUE(own["limits"][1]["resets_at"].is_string());
  EXPECT_EQ(gateway.chat(ask, bearer).status, 200);
  EXPECT_EQ(gateway.chat(ask, bearer).status, 429);
  EXPECT_EQ(request(gateway.port(), "PATCH", "/admin/keys/ci", R"({"rate_limit":{"max_requests":3,"reset_duration":"1d"}})").status, 200);
  EXPECT_EQ(gateway.chat(ask, bearer).status, 200) << "what was used stays used";
  EXPECT_EQ(gateway.chat(ask, bearer).status, 429);
  EXPECT_EQ(request(gateway.port(), "DELETE", "/admin/keys/ci").status, 204);
  EXPECT_EQ(gateway.chat(ask, bearer).status, 401);
}

TEST(AdminApi, BothTextsOfARotatedKeyWork) {
  GatewayUnderTest gateway(simulated, shared);
  const auto bearer = [](const HttpAnswer& answer) { return "Authorization: Bearer " + json_of(answer)["key"].get<std::string>() + "\r\n"; };
  const std::string first = bearer(request(gateway.port(), "POST", "/admin/keys", R"({"id":"ci"})"));
  const std::string second = bearer(request(gateway.port(), "POST", "/admin/keys/ci/rotate", R"({"grace":"1h"})"));
  EXPECT_EQ(gateway.chat(ask, first).status, 200);
  EXPECT_EQ(gateway.chat(ask, second).status, 200);
  const std::string third = bearer(request(gateway.port(), "POST", "/admin/keys/ci/rotate"));
  EXPECT_EQ(gateway.chat(ask, first).status, 401);
  EXPECT_EQ(gateway.chat(ask, second).status, 401);
  EXPECT_EQ(gateway.chat(ask, third).status, 200);
  for (const auto& row : gateway.log()) EXPECT_TRUE(row.key_id == "ci" || row.status == 401);
}

TEST(AdminApi, SelfServiceNeedsAKey) {
  GatewayUnderTest gateway(simulated, shared);
  EXPECT_EQ(request(gateway.port(), "GET", "/v1/key", "", "").status, 401);
  EXPECT_EQ(request(gateway.port(), "GET", "/v1/key").status, 401) << "an admin token is no key";
  EXPECT_EQ(request(gateway.port(), "GET", "/openai/v1/key", "", "Authorization: Bearer text-of-the-declared-key\r\n").status, 200);
  EXPECT_EQ(request(gateway.port(), "GET", "/admin/keys", "", "Authorization: Bearer text-of-the-declared-key\r\n").status, 401);
}

TEST(AdminApi, AnOverrideLetsASpentBudgetGoOn) {
  FakeUpstream upstream;
  upstream.when("/v1/chat/completions").reply(200, {{"content-type", "application/json"}},
      R"({"id":"1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"It."},"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":0,"total_tokens":1000}})");
  GatewayUnderTest gateway("accounts:\n  - id: a\n    providers:\n" + openai_target("t", upstream.url(), "model: m") +
                               "pricing: { overrides: [ { model: m, input: 1000, output: 1 } ] }\n"
                               "virtual_keys: [ { id: k, key: text-of-the-declared-key, budget: { max_spend: 0.5, reset_duration: 1M, enforcement: soft } } ]\n",
                           shared);
  const std::string bearer = "Authorization: Bearer text-of-the-declared-key\r\n";
  EXPECT_EQ(gateway.chat(ask, bearer).status, 200);
  EXPECT_EQ(gateway.chat(ask, bearer).status, 402);
  const HttpAnswer raised = request(gateway.port(), "POST", "/admin/overrides", R"({"level":"key","subject":"k","max_spend":800,"periods":1})");
  ASSERT_EQ(raised.status, 201) << raised.body;
  EXPECT_EQ(gateway.chat(ask, bearer).status, 200);
  EXPECT_EQ(request(gateway.port(), "DELETE", "/admin/overrides/" + json_of(raised)["id"].get<std::string>()).status, 204);
  EXPECT_EQ(gateway.chat(ask, bearer).status, 402);
  const Json spend = json_of(request(gateway.port(), "GET", "/admin/spend?group_by=key,model"));
  EXPECT_EQ(spend["total"]["cost_usd"], "2");
  EXPECT_EQ(spend["data"][0]["key"], "k");
}

TEST(AdminApi, ItsOwnListenerServesNothingElse) {
  GatewayUnderTest gateway(simulated, "threads: 1, admin: { listen: \"127.0.0.1:0\", token: the-token-of-the-file }");
  const std::uint16_t port = gateway.server().admin_port();
  ASSERT_NE(port, gateway.port());
  EXPECT_EQ(request(port, "GET", "/admin/keys").status, 200);
  EXPECT_EQ(request(port, "GET", "/v1/models").status, 404);
  EXPECT_EQ(request(port, "GET", "/healthz").status, 404);
  EXPECT_EQ(request(gateway.port(), "GET", "/admin/keys").status, 404);
  EXPECT_EQ(request(port, "GET", "/admin/keys", "", admin + "Origin: https://evil.example\r\n").status, 403);
  EXPECT_EQ(request(port, "GET", "/admin/keys", "", admin + "Origin: http://x\r\n").status, 200) << "a page that it served itself";
}

TEST(AdminApi, AFileMayNotDeclareWhatTheStoreKeeps) {
  GatewayUnderTest gateway(simulated, shared);
  ASSERT_EQ(request(gateway.port(), "POST", "/admin/teams", R"({"id":"ops"})").status, 201);
  const auto config = config::load("store: { path: \"" + gateway.store_path() + "\" }\n" + simulated + "tags: []\ncustomers: []\n", "c.yaml",
                                   [](const std::string&) { return std::optional<std::string>(); });
  auto next = std::get<config::Loaded>(config).config;
  next.teams.push_back({{}, "ops", ""});
  const auto swapped = gateway.server().reload(next);
  ASSERT_FALSE(swapped);
  EXPECT_NE(swapped.error().message().find("team `ops` is declared here and is kept in the store"), std::string::npos) << swapped.error().message();
  EXPECT_EQ(request(gateway.port(), "GET", "/admin/teams/ops").status, 200) << "what was in force still is";
}

TEST(AdminApi, ManyAtOnceAreAnsweredInTurn) {
  GatewayUnderTest gateway(simulated, shared);
  std::vector<std::unique_ptr<PlainClient>> clients;
  for (int i = 0; i < 20; ++i) {
    const std::string body = R"({"id":"k)" + std::to_string(i) + "\"}";
    clients.push_back(std::make_unique<PlainClient>(gateway.port()));
    clients.back()->send("POST /admin/keys HTTP/1.1\r\nHost: x\r\n" + admin + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  for (auto& client : clients) EXPECT_EQ(client->read_answer().status, 201);
  EXPECT_EQ(json_of(request(gateway.port(), "GET", "/admin/keys?source=store"))["data"].size(), 20u);
}

TEST(AdminApi, TheFirstStartMakesATokenOnce) {
  GatewayUnderTest gateway(simulated, "threads: 1");
  const auto token = gateway.server().take_admin_token();
  ASSERT_TRUE(token);
  const std::string bearer = "Authorization: Bearer " + std::string(token->reveal()) + "\r\n";
  EXPECT_EQ(token->reveal().substr(0, 12), "sk-sl-admin-");
  EXPECT_EQ(request(gateway.port(), "GET", "/admin/whoami", "", bearer).status, 200);
  EXPECT_FALSE(gateway.server().take_admin_token());
}

}  // namespace
}  // namespace sluice::test
