#include "sluice/routing/plan.hpp"

#include <gtest/gtest.h>

#include <map>

namespace sluice::routing {
namespace {

// The account of the sample file: GPT-4o seven times in ten, Claude three times in ten.
Account production() {
  Account account{"production", {{"openai-primary", "openai-primary", "gpt-4o", {}, 70},
                                 {"anthropic-fallback", "anthropic-fallback", "claude-sonnet-4-20250514", {}, 30}}};
  normalise(account);
  return account;
}

Account mixed() {
  Account account{"mixed", {{"fast", "openai", "", {"gpt-4o-mini", "gpt-4.1*"}, 1},
                            {"main", "openai", "gpt-4o", {}, 70},
                            {"spare", "anthropic", "claude-sonnet-4-20250514", {}, 30},
                            {"last", "sim", "simulated", {}, 0}}};
  normalise(account);
  return account;
}

std::vector<std::string> names(const Account& account, const std::vector<Step>& steps) {
  std::vector<std::string> out;
  for (const Step& step : steps) out.push_back(account.targets[step.target].id + ":" + std::string(step.model));
  return out;
}

std::vector<std::string> asked(const Account& account, std::string_view model) {
  auto steps = candidates(account, model);
  if (!steps) return {steps.error().name()};
  return names(account, *steps);
}

using Names = std::vector<std::string>;

TEST(Plan, WeightsAreNormalised) {
  Account account = production();
  EXPECT_DOUBLE_EQ(account.targets[0].weight, 0.7);
  EXPECT_DOUBLE_EQ(account.targets[1].weight, 0.3);
}

TEST(Plan, PinnedTargetsServeWhateverIsAdmitted) {
  Account account = production();
  Names both{"openai-primary:gpt-4o", "anthropic-fallback:claude-sonnet-4-20250514"};
  EXPECT_EQ(asked(account, "gpt-4o"), both);
  EXPECT_EQ(asked(account, "claude-sonnet-4-20250514"), both);
  EXPECT_EQ(asked(account, "auto"), both);
  EXPECT_EQ(asked(account, "production"), both);
}

TEST(Plan, WhatNobodyServesIsNotFound) {
  Account account = production();
  EXPECT_EQ(asked(account, "gpt-3.5-turbo"), Names{"model_not_found"});
  EXPECT_EQ(asked(account, "gpt-4"), Names{"model_not_found"});
  auto refused = candidates(account, "o1");
  EXPECT_EQ(refused.error().code(), Code::not_found);
  EXPECT_NE(refused.error().message().find("gpt-4o"), std::string::npos) << "says what may be used";
}

TEST(Plan, ListedModelsAreSentAsAsked) {
  Account account = mixed();
  EXPECT_EQ(asked(account, "gpt-4.1-nano"),
            (Names{"fast:gpt-4.1-nano", "main:gpt-4o", "spare:claude-sonnet-4-20250514", "last:simulated"}));
}

TEST(Plan, AutoGoesToPinnedTargetsOnly) {
  EXPECT_EQ(asked(mixed(), "auto"), (Names{"main:gpt-4o", "spare:claude-sonnet-4-20250514", "last:simulated"}));
}

TEST(Plan, APrefixPicksATargetOrAProvidersTargets) {
  Account account = mixed();
  EXPECT_EQ(asked(account, "main/gpt-4o"), Names{"main:gpt-4o"});
  EXPECT_EQ(asked(account, "openai/gpt-4.1"), Names{"fast:gpt-4.1"});
  EXPECT_EQ(asked(account, "main/gpt-4.1"), Names{"model_not_found"}) << "the target exists but may not serve it";
  EXPECT_EQ(asked(account, "elsewhere/gpt-4o"), Names{"model_not_found"});
}

TEST(Plan, AModelsOwnNameMayHoldASlash) {
  Account account{"a", {{"openai", "openai", "", {"openai/gpt-oss-20b", "meta/*"}, 1}}};
  normalise(account);
  EXPECT_EQ(asked(account, "openai/gpt-oss-20b"), Names{"openai:openai/gpt-oss-20b"});
  EXPECT_EQ(asked(account, "meta/llama-3"), Names{"openai:meta/llama-3"});
  EXPECT_EQ(asked(account, "openai/meta/llama-3"), Names{"openai:meta/llama-3"});
}

TEST(Plan, TheFirstIsDrawnByWeightAndTheRestFollowByWeight) {
  Account account = mixed();
  std::map<std::string, int> first;
  for (int i = 0; i < 1000; ++i) {
    auto steps = *candidates(account, "auto");
    arrange(account, steps, std::vector<Readiness>(4, Readiness::ready), i / 1000.0);
    ++first[account.targets[steps[0].target].id];
    EXPECT_EQ(account.targets[steps[2].target].id, "last");
  }
  EXPECT_EQ(first["main"], 700);
  EXPECT_EQ(first["spare"], 300);
}

TEST(Plan, AllWeightsZeroIsStillAnOrder) {
  Account account{"a", {{"one", "p", "m", {}, 0}, {"two", "p", "m", {}, 0}}};
  normalise(account);
  auto steps = *candidates(account, "m");
  arrange(account, steps, std::vector<Readiness>{Readiness::ready, Readiness::ready}, 0.99);
  EXPECT_EQ(names(account, steps), (Names{"one:m", "two:m"}));
}

TEST(Plan, FailingTargetsComeLastAndUnavailableOnesNotAtAll) {
  Account account = mixed();
  auto steps = *candidates(account, "auto");
  arrange(account, steps, std::vector<Readiness>{Readiness::ready, Readiness::failing, Readiness::ready, Readiness::unavailable}, 0.0);
  EXPECT_EQ(names(account, steps), (Names{"spare:claude-sonnet-4-20250514", "main:gpt-4o"}));
}

TEST(Plan, WhenAllFailTheyAreTriedAsUsual) {
  Account account = production();
  auto steps = *candidates(account, "auto");
  arrange(account, steps, std::vector<Readiness>{Readiness::failing, Readiness::failing}, 0.9);
  EXPECT_EQ(names(account, steps)[0], "anthropic-fallback:claude-sonnet-4-20250514");
}

TEST(Plan, AKeysPatternsApplyWithAndWithoutPrefix) {
  EXPECT_TRUE(allowed({}, "anything"));
  EXPECT_TRUE(allowed({"gpt-4o"}, "gpt-4o"));
  EXPECT_TRUE(allowed({"gpt-4o"}, "main/gpt-4o"));
  EXPECT_TRUE(allowed({"main/*"}, "main/gpt-4o"));
  EXPECT_FALSE(allowed({"gpt-4o"}, "gpt-4o-mini"));
}

}  // namespace
}  // namespace sluice::routing
