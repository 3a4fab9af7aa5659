// What the store keeps, read by the YAML's tables.
#include "sluice/config/extend.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "loading.hpp"
#include "sluice/config/write_json.hpp"

namespace sluice::config {
namespace {

const std::string yaml = R"(
accounts: [ { id: a, providers: [ { id: t, type: simulated, model: m, budget: { max_spend: 5, reset_duration: 1d } } ] } ]
customers: [ { id: acme } ]
teams: [ { id: ml, customer: acme, budget: { max_spend: 100, reset_duration: 1M } } ]
virtual_keys: [ { id: declared, key: a-text-of-sixteen, team: ml } ]
)";

Config declared() { return good(yaml).config; }

Config extended(std::vector<Stored> stored) {
  auto result = extend(declared(), stored);
  if (const auto* problems = std::get_if<std::vector<Problem>>(&result)) {
    ADD_FAILURE() << format(*problems);
    return {};
  }
  return std::get<Extended>(std::move(result)).config;
}

std::string refused(std::vector<Stored> stored) {
  const auto result = extend(declared(), stored);
  if (const auto* problems = std::get_if<std::vector<Problem>>(&result)) return format(*problems);
  return "taken";
}

TEST(Extend, NothingKeptChangesNothing) {
  const Config config = extended({});
  EXPECT_EQ(config.virtual_keys.size(), 1u);
  EXPECT_EQ(config.virtual_keys[0].account, "a");
}

TEST(Extend, EntriesStandBesideWhatIsDeclared) {
  const Config config = extended({{"team", "ops", R"({"id":"ops","customer":"acme","rate_limit":{"max_requests":3,"reset_duration":"1m"}})"},
                                  {"virtual_key", "ci", R"({"id":"ci","team":"ops","budgets":[{"max_spend":0.5,"reset_duration":"1d"}],"networks":["10.0.0.0/8"]})"}});
  ASSERT_EQ(config.teams.size(), 2u);
  EXPECT_EQ(config.teams[1].rate_limits.at(0).max_requests, 3);
  ASSERT_EQ(config.virtual_keys.size(), 2u);
  EXPECT_EQ(config.virtual_keys[1].account, "a") << "the only one";
  EXPECT_EQ(config.virtual_keys[1].budgets.at(0).max_spend, 500'000'000);
}

TEST(Extend, ComplaintsNameTheEntryAndTheField) {
  EXPECT_EQ(refused({{"virtual_key", "ci", R"({"id":"ci","budgets":[{"max_spend":-1,"reset_duration":"1M"}]})"}}),
            "virtual key `ci`: budgets[0].max_spend: must not be negative, not '-1'\n");
  EXPECT_EQ(refused({{"virtual_key", "ci", R"({"id":"ci","team":"nobody"})"}}), "virtual key `ci`: team: no team has the id 'nobody'\n");
  EXPECT_EQ(refused({{"team", "x", R"({"id":"x","custmer":"acme"})"}}), "team `x`: custmer: unknown key 'custmer', did you mean 'customer'?\n");
  EXPECT_EQ(refused({{"team", "x", "[]"}}), "team `x`: must be a JSON object\n");
  EXPECT_EQ(refused({{"team", "x", "{"}}).substr(0, 29), "team `x`: this is not JSON (a");
  EXPECT_EQ(refused({{"team", "x", R"({"id":"x","id":"x"})"}}), "team `x`: id: duplicate key 'id', first on line 1\n");
}

TEST(Extend, AmountsMayHaveAnExponent) {
  const auto amount = [](const std::string& written) {
    return extended({{"tag", "t", R"({"id":"t","budget":{"reset_duration":"1d","max_spend":)" + written + "}}"}}).tags.at(0).budgets.at(0).max_spend;
  };
  EXPECT_EQ(amount("1e-9"), 1);
  EXPECT_EQ(amount("1.25E-7"), 125);
  EXPECT_EQ(amount("12.5e1"), 125'000'000'000);
  EXPECT_EQ(amount("2e3"), 2'000'000'000'000);
  EXPECT_EQ(amount("0.05e+1"), 500'000'000);
  EXPECT_NE(refused({{"tag", "t", R"({"id":"t","budget":{"reset_duration":"1d","max_spend":1e300}})"}}), "taken");
}

TEST(Extend, AnIdLivesInOnePlace) {
  const std::string text = refused({{"virtual_key", "declared", R"({"id":"declared"})"}});
  EXPECT_EQ(text.substr(0, 58), "configuration: virtual_keys[0].id: the virtual key `declar") << text;
  EXPECT_NE(text.find("kept in the store"), std::string::npos) << text;
}

TEST(Extend, NothingIsReadFromTheEnvironmentOrFromFiles) {
  for (const char* text : {"env.HOME", "${HOME}", "file:/etc/hostname"}) {
    const std::string json = R"({"id":"ci","models":[")" + std::string(text) + R"("]})";
    EXPECT_EQ(refused({{"virtual_key", "ci", json}}),
              "virtual key `ci`: models[0]: must stand for itself: env.NAME, ${NAME} and file:PATH are for the configuration file\n");
  }
}

TEST(Extend, OverridesRaiseBudgetsWhoeverDeclaredThem) {
  const Config config = extended({{"override", "1", R"({"level":"team","subject":"ml","reset_duration":"1M","max_spend":800,"until":"2030-01-01T00:00:00Z"})"},
                                  {"override", "2", R"({"level":"target","subject":"a/t","max_spend":7,"from":"2026-01-01T00:00:00Z","periods":2})"}});
  ASSERT_EQ(config.teams[0].budgets[0].raises.size(), 1u);
  EXPECT_EQ(config.teams[0].budgets[0].raises[0].limit, 800'000'000'000);
  ASSERT_EQ(config.accounts[0].targets[0].budgets[0].raises.size(), 1u);
  EXPECT_EQ(config.accounts[0].targets[0].budgets[0].raises[0].periods, 2);
}

TEST(Extend, AnOverrideOfNothingIsAWarning) {
  const std::vector<Stored> stored{{"override", "1", R"({"level":"team","subject":"ml","reset_duration":"1d","max_spend":8,"until":"2030-01-01T00:00:00Z"})"}};
  auto result = extend(declared(), stored);
  ASSERT_TRUE(std::holds_alternative<Extended>(result));
  EXPECT_EQ(format(std::get<Extended>(result).warnings), "override `1`: there is no such budget of team `ml`, so it does nothing\n");
}

TEST(Extend, AnOverrideNeedsAnEnd) {
  EXPECT_EQ(refused({{"override", "1", R"({"level":"team","subject":"ml","max_spend":8})"}}), "override `1`: needs either until or periods\n");
}

TEST(Extend, TheNewestPriceIsLookedAtFirst) {
  const Config config = extended({{"price", "1", R"({"model":"m*","input":1,"output":2})"}, {"price", "2", R"({"model":"m","input":3,"output":4})"}});
  ASSERT_EQ(config.pricing.overrides.size(), 2u);
  EXPECT_EQ(config.pricing.overrides[0].stored_id, "2");
}

// Whatever an entry of the YAML says can be said through the API.
TEST(Extend, WhatIsWrittenIsReadBack) {
  const std::string whole = R"(
providers: [ { id: p, type: simulated } ]
accounts: [ { id: a, providers: [ { id: t, provider: p, model: m } ] } ]
customers: [ { id: acme, budgets: [ { max_spend: 12.5, reset_duration: 1M, time_zone: Europe/Berlin, warn_at: [50, 80] },
  { max_spend: 3, reset_duration: 1d, alignment: rolling, enforcement: soft, models: ["gpt*"] },
  { max_spend: 0.000000001, reset_duration: 1w, reserve: capped, reserve_output: 9, on_exhausted_mid_stream: stop, on_tight_budget: clamp,
    overrides: [ { max_spend: 9, from: "2026-01-01T00:00:00Z", periods: 3 }, { max_spend: 8, until: "2027-01-01T00:00:00Z" } ] } ] } ]
teams: [ { id: ml, customer: acme, rate_limits: [ { max_tokens: 5, max_input_tokens: 4, max_output_tokens: 3, max_requests: 2, reset_duration: 90s,
  time_zone: Asia/Tokyo, models: ["x"] }, { max_concurrent: 0 } ] } ]
tags: [ { id: batch, budget: { max_spend: 1, reset_duration: 1Y } } ]
virtual_keys: [ { id: "k@x", team: ml, enabled: false, models: ["m"], endpoints: [chat, rerank], networks: ["10.1.2.3", "2001:db8::/32", "::/0", "0.0.0.0/0"],
  tags: [b, a], expires_at: "2027-01-01T00:00:00Z", budget: { max_spend: 4, reset_duration: 1h },
  providers: [ { provider: p, rate_limit: { max_requests: 1, reset_duration: 1s } } ], queue: { max_wait: 1500ms, max_length: 7 } } ]
)";
  const Config from = good(whole).config;
  Config base = from;
  base.customers.clear(), base.teams.clear(), base.tags.clear(), base.virtual_keys.clear();
  const std::vector<Stored> stored{{"customer", "acme", to_json(from.customers[0]).dump()},
                                   {"team", "ml", to_json(from.teams[0]).dump()},
                                   {"tag", "batch", to_json(from.tags[0]).dump()},
                                   {"virtual_key", "k@x", to_json(from.virtual_keys[0]).dump()}};
  auto result = extend(base, stored);
  if (const auto* problems = std::get_if<std::vector<Problem>>(&result)) FAIL() << format(*problems);
  const Config& back = std::get<Extended>(result).config;
  EXPECT_EQ(to_json(back.customers[0]), to_json(from.customers[0]));
  EXPECT_EQ(to_json(back.teams[0]), to_json(from.teams[0]));
  EXPECT_EQ(to_json(back.tags[0]), to_json(from.tags[0]));
  EXPECT_EQ(to_json(back.virtual_keys[0]), to_json(from.virtual_keys[0]));
  EXPECT_EQ(back.customers[0].budgets[2].max_spend, 1);
  EXPECT_EQ(back.virtual_keys[0].networks.size(), 4u);
  EXPECT_EQ(back.virtual_keys[0].networks[3].bits, from.virtual_keys[0].networks[3].bits);
  EXPECT_EQ(back.virtual_keys[0].queue.max_wait, Milliseconds(1500));
}

TEST(Written, ShowsTheFileWithoutItsSecrets) {
  const Config config = good(R"(
server: { listen: "127.0.0.1:0", admin: { token: the-admins-own-token } }
providers: [ { id: p, type: openai, base_url: "http://x/v1", keys: [ { value: sk-very-secret, weight: 2 } ], headers: { X-Credential: hidden }, proxy: "http://u:pw@h:1" } ]
accounts: [ { id: a, providers: [ { id: t, provider: p, model: m } ] } ]
virtual_keys: [ { id: k, key: the-text-of-a-key-0 } ]
)").config;
  for (const char* secret : {"the-admins", "sk-very", "hidden", "pw@h", "the-text"}) EXPECT_EQ(config.written.find(secret), std::string::npos) << secret;
  const auto json = nlohmann::json::parse(config.written);
  EXPECT_EQ(json["providers"][0]["keys"][0]["value"], "[secret]");
  EXPECT_EQ(json["providers"][0]["keys"][0]["weight"], 2);
  EXPECT_EQ(json["virtual_keys"][0]["id"], "k");
}

}  // namespace
}  // namespace sluice::config
