// Files that must load, and what they come to.
#include <gtest/gtest.h>

#include "unit/config/loading.hpp"

namespace sluice::config {
namespace {

constexpr std::string_view short_form = R"(accounts:
  - id: "production"
    providers:
      - id: "openai-primary"
        type: "openai"
        model: "gpt-4o"
        weight: 70
      - id: "anthropic-fallback"
        type: "anthropic"
        model: "claude-sonnet-4-20250514"
        weight: 30
virtual_keys:
  - id: "ml-team-key"
    budget:
      max_spend: 500
      reset_duration: "1M"
    rate_limit:
      max_requests: 10000
      reset_duration: "1d"
)";

TEST(Load, TheShortFormOfTheContract) {
  const auto loaded = good(short_form);
  const Config& config = loaded.config;
  EXPECT_EQ(config.server.listen.host, "127.0.0.1");
  EXPECT_EQ(config.server.listen.port, 8080);
  ASSERT_EQ(config.providers.size(), 2u);
  EXPECT_EQ(config.providers[0].id, "openai-primary");
  EXPECT_EQ(config.providers[0].type, "openai");
  EXPECT_EQ(config.providers[0].base_url, "https://api.openai.com/v1");
  ASSERT_EQ(config.providers[0].keys.size(), 1u);
  EXPECT_EQ(config.providers[0].keys[0].value.reveal(), "sk-openai");
  EXPECT_EQ(config.providers[1].base_url, "https://api.anthropic.com");
  ASSERT_EQ(config.accounts.size(), 1u);
  ASSERT_EQ(config.accounts[0].targets.size(), 2u);
  EXPECT_EQ(config.accounts[0].targets[1].provider, "anthropic-fallback");
  EXPECT_EQ(config.accounts[0].targets[1].model, "claude-sonnet-4-20250514");
  EXPECT_EQ(config.accounts[0].targets[1].weight, 30);
  ASSERT_EQ(config.virtual_keys.size(), 1u);
  EXPECT_EQ(config.virtual_keys[0].account, "production");
  EXPECT_FALSE(config.virtual_keys[0].key);
  ASSERT_EQ(config.virtual_keys[0].budgets.size(), 1u);
  EXPECT_EQ(config.virtual_keys[0].budgets[0].max_spend, 500'000'000'000);
  EXPECT_EQ(config.virtual_keys[0].budgets[0].reset.unit, Period::Unit::month);
  EXPECT_EQ(config.virtual_keys[0].rate_limits[0].max_requests, 10'000);
  EXPECT_EQ(format(loaded.warnings), "");
}

TEST(Load, SeveralAccountsMayWaitForTheirFirstKey) {
  const auto loaded = good("accounts:\n- {id: a, providers: [{id: s, type: simulated, model: m}]}\n"
                           "- {id: b, providers: [{id: t, type: simulated, model: m}]}\n", {});
  EXPECT_EQ(format(loaded.warnings),
            "c.yaml:2:1: accounts: there are several and no virtual_keys: nothing says which account a request may use, so "
            "all are refused until `sluice keys create --account ID` has made a key\n");
}

}  // namespace
}  // namespace sluice::config
