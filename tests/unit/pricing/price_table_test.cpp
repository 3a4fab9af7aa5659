#include "sluice/pricing/price_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <string>
#include <thread>

#include "support/places.hpp"

namespace sluice::pricing {
namespace {

using llm::Usage;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view openai_url = "https://api.openai.com/v1", anthropic_url = "https://api.anthropic.com";
constexpr std::int64_t late_2026 = 1'795'000'000;   // 2026-11-18

const PriceTable& table() {
  static const PriceTable built = [] {
    auto made = PriceTable::build(PriceTable::built_in_models(), {});
    if (!made) {
      ADD_FAILURE() << made.error().message();
      std::abort();
    }
    return std::move(*made);
  }();
  return built;
}

// USD as a provider's price page has it, for `tokens` at so much a million.
constexpr std::int64_t nano(double usd_per_million, std::int64_t tokens) {
  return static_cast<std::int64_t>(usd_per_million * 1000.0 * static_cast<double>(tokens) + 0.5);
}

std::int64_t openai(std::string_view model, const Usage& usage, std::int64_t at = late_2026) {
  const auto cost = table().cost("openai", openai_url, model, usage, at);
  EXPECT_TRUE(cost.priced) << model;
  return cost.nano_usd;
}

Usage tokens(std::int64_t input, std::int64_t output) {
  Usage usage;
  usage.input = input, usage.output = output;
  return usage;
}

TEST(PriceTable, KnowsThePublishedPrices) {
  EXPECT_EQ(openai("gpt-4o", tokens(1'000'000, 1'000'000)), nano(2.50 + 10, 1'000'000));
  EXPECT_EQ(openai("gpt-4o-2024-08-06", tokens(12, 34)), nano(2.50, 12) + nano(10, 34));
  EXPECT_EQ(openai("gpt-4o-mini", tokens(1000, 1000)), nano(0.15 + 0.60, 1000));
  EXPECT_EQ(openai("text-embedding-3-small", tokens(1000, 0)), nano(0.02, 1000));
  const auto claude =
      table().cost("anthropic", anthropic_url, "claude-sonnet-4-20250514", tokens(1000, 1000), late_2026);
  EXPECT_TRUE(claude.priced);
  EXPECT_EQ(claude.nano_usd, nano(3 + 15, 1000));
}

TEST(PriceTable, IgnoresTheCaseOfNames) { EXPECT_EQ(openai("GPT-4o", tokens(1000, 0)), nano(2.50, 1000)); }

TEST(PriceTable, ChargesPartsByTheirOwnRateAndOnlyOnce) {
  Usage usage = tokens(1000, 500);
  usage.cache_read = 400;
  EXPECT_EQ(openai("gpt-4o", usage), nano(2.50, 600) + nano(1.25, 400) + nano(10, 500));
  usage.reasoning = 500;   // inside the output, at its rate
  EXPECT_EQ(openai("gpt-4o", usage), nano(2.50, 600) + nano(1.25, 400) + nano(10, 500));

  Usage claude = tokens(1000, 10);
  claude.cache_read = 500, claude.cache_write_5m = 200, claude.cache_write_1h = 100;
  const auto cost = table().cost("anthropic", anthropic_url, "claude-3-5-haiku-latest", claude, late_2026);
  EXPECT_EQ(cost.nano_usd, nano(0.80, 200) + nano(0.08, 500) + nano(1, 200) + nano(1.60, 100) + nano(4, 10));
}

TEST(PriceTable, ChargesAudioAndSearches) {
  Usage usage = tokens(100, 60);
  usage.input_audio = 40, usage.output_audio = 50;
  EXPECT_EQ(openai("gpt-audio", usage), nano(2.50, 60) + nano(32, 40) + nano(10, 10) + nano(64, 50));
  Usage searched = tokens(0, 0);
  searched.web_searches = 3;   // $10 per thousand
  EXPECT_EQ(openai("gpt-4o", searched), 30'000'000);
}

TEST(PriceTable, ChargesAPastTierForTheWholeRequest) {
  const auto cost = [](std::int64_t input) {
    return table().cost("gemini", "https://generativelanguage.googleapis.com", "gemini-2.5-pro", tokens(input, 1000),
                        late_2026);
  };
  EXPECT_EQ(cost(200'000).nano_usd, nano(1.25, 200'000) + nano(10, 1000));
  EXPECT_EQ(cost(200'001).nano_usd, nano(2.50, 200'001) + nano(15, 1000));
}

TEST(PriceTable, ChargesInATierByThatTiersRateWhatHasNoRateOfItsOwn) {
  const auto own =
      PriceTable::build(R"({"format":1,"version":"v","lists":[{"id":"a","types":[],"addresses":[],"fallback":[],
      "models":[{"id":"m","names":["m"],"prices":[
      {"input":1000,"output":3000,"tiers":[{"above":10,"input":2000}]}]}]}]})",
                        {});
  ASSERT_TRUE(own);
  Usage usage = tokens(20, 1);
  usage.cache_read = 5, usage.cache_write_1h = 5, usage.input_audio = 5;
  EXPECT_EQ(own->cost("a", "", "m", usage, 0).nano_usd, 20 * 2 + 3);
}

// Where the sources of config/models.json are at hand: it is what the script makes of them.
TEST(PriceTable, ComesFromItsSources) {
  const char* sources = std::getenv("SLUICE_MODEL_SOURCES");
  if (sources == nullptr) GTEST_SKIP() << "SLUICE_MODEL_SOURCES does not name the directory of the lists it is made from";
  const auto command = "python3 '" + (test::source_root() / "scripts/generate-models.py").string() + "' --check '" + sources + "'";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST(PriceTable, FollowsPricesThatChangeByDate) {
  constexpr std::int64_t june_10_2025 = 1'749'513'600;
  EXPECT_EQ(openai("o3", tokens(1000, 1000), june_10_2025 - 1), nano(10 + 40, 1000));
  EXPECT_EQ(openai("o3", tokens(1000, 1000), june_10_2025), nano(2 + 8, 1000));
}

TEST(PriceTable, FollowsPricesThatChangeByTheHour) {
  constexpr std::int64_t midnight = 1'795'046'400;   // UTC
  const auto cost = [](std::int64_t at) {
    return table().cost("deepseek", "https://api.deepseek.com", "deepseek-chat", tokens(1000, 0), at).nano_usd;
  };
  EXPECT_EQ(cost(midnight + 1799), nano(0.135, 1000));
  EXPECT_EQ(cost(midnight + 1800), nano(0.27, 1000));
  EXPECT_EQ(cost(midnight + 16 * 3600 + 1799), nano(0.27, 1000));
  EXPECT_EQ(cost(midnight + 16 * 3600 + 1800), nano(0.135, 1000));
}

TEST(PriceTable, RoundsHalfUpOnce) {
  config::PriceOverride half;
  half.model = "half", half.input = 500, half.output = 499;   // 0.5 and 0.499 nano-USD a token
  const auto own = PriceTable::build(PriceTable::built_in_models(), {&half, 1});
  ASSERT_TRUE(own);
  EXPECT_EQ(own->cost("openai", openai_url, "half", tokens(1, 0), 0).nano_usd, 1);
  EXPECT_EQ(own->cost("openai", openai_url, "half", tokens(0, 1), 0).nano_usd, 0);
  EXPECT_EQ(own->cost("openai", openai_url, "half", tokens(3, 0), 0).nano_usd, 2);
  EXPECT_EQ(own->cost("openai", openai_url, "half", tokens(1, 1), 0).nano_usd, 1);
}

TEST(PriceTable, NeverTakesAnUnknownModelForFree) {
  for (const auto* model : {"no-such-model", "", "whisper-1", "ft:gpt-4o:acme"}) {
    const auto cost = table().cost("openai", openai_url, model, tokens(1000, 1000), late_2026);
    EXPECT_FALSE(cost.priced) << model;
    EXPECT_EQ(cost.nano_usd, 0);
    EXPECT_FALSE(table().knows("openai", openai_url, model)) << model;
  }
  EXPECT_FALSE(table().knows("no-such-type", "http://localhost", "gpt-4o"));
}

TEST(PriceTable, TellsCompatibleServicesApartByTheirAddress) {
  EXPECT_TRUE(table().knows("openai", "https://api.groq.com/openai/v1", "llama-3.3-70b-versatile"));
  EXPECT_FALSE(table().knows("openai", "https://api.groq.com/openai/v1", "gpt-4o"));
  EXPECT_TRUE(table().knows("openai", "https://openrouter.ai/api/v1", "openai/gpt-4o"));
  EXPECT_TRUE(table().knows("openai", "https://my-resource.openai.azure.com/openai/v1", "gpt-4o"));
  EXPECT_TRUE(table().knows("openai", "HTTPS://API.OPENAI.COM", "gpt-4o"));
  // An address nobody knows: the type's own list, for it may be a proxy.
  EXPECT_TRUE(table().knows("openai", "http://127.0.0.1:9000/v1", "gpt-4o"));
  EXPECT_FALSE(table().knows("openai", "http://127.0.0.1:9000/v1", "llama-3.3-70b-versatile"));
  EXPECT_FALSE(table().knows("openai", "https://api.groq.community", "llama-3.3-70b-versatile"));
}

TEST(PriceTable, MatchesByRulesInTheOrderOfTheData) {
  const auto known = [](std::string_view model) { return table().knows("anthropic", anthropic_url, model); };
  EXPECT_TRUE(known("claude-opus-4-20250514"));
  EXPECT_TRUE(known("claude-fable-5-20260101"));
  EXPECT_FALSE(known("claude-fable-5-2026010x"));
  EXPECT_TRUE(table().knows("openai", openai_url, "gpt-5.6-luna-2026-07-01"));
  EXPECT_FALSE(table().knows("openai", openai_url, "gpt-5.6-luna-2026-07-0"));
}

TEST(PriceTable, TakesTheCostThatTheProviderStates) {
  Usage usage = tokens(10, 10);
  usage.reported_cost_nano_usd = 777;
  EXPECT_EQ(openai("gpt-4o", usage), 777);
  const auto unknown = table().cost("openai", "https://openrouter.ai/api/v1", "new/model", usage, late_2026);
  EXPECT_TRUE(unknown.priced);
  EXPECT_EQ(unknown.nano_usd, 777);
  usage.reported_cost_nano_usd = -5;
  EXPECT_EQ(openai("gpt-4o", usage), nano(12.50, 10));
}

TEST(PriceTable, LetsTheOperatorOverrideEverything) {
  const config::PriceOverride overrides[] = {{"gpt-4o", 1'000'000, 2'000'000, 100'000, std::nullopt},
                                             {"my-*", 500'000, 1'500'000, std::nullopt, std::nullopt}};
  const auto own = PriceTable::build(PriceTable::built_in_models(), overrides);
  ASSERT_TRUE(own);
  Usage usage = tokens(1000, 1000);
  usage.cache_read = 500;
  usage.reported_cost_nano_usd = 1;
  EXPECT_EQ(own->cost("openai", openai_url, "gpt-4o", usage, 0).nano_usd,
            nano(1, 500) + nano(0.1, 500) + nano(2, 1000));
  EXPECT_EQ(own->cost("no-such-type", "", "my-model", usage, 0).nano_usd, nano(0.5 + 1.5, 1000));
  EXPECT_EQ(own->cost("openai", openai_url, "gpt-4o-mini", tokens(1000, 0), 0).nano_usd, nano(0.15, 1000));
  EXPECT_TRUE(own->knows("simulated", "", "my-model"));
  EXPECT_EQ(own->cost("simulated", "", "my-model", tokens(1000, 0), 0).nano_usd, nano(0.5, 1000));
  EXPECT_THAT(std::string(own->version()), StartsWith(std::string(table().version()) + "+"));
  const auto same = PriceTable::build(PriceTable::built_in_models(), overrides);
  EXPECT_EQ(own->version(), same->version());
  const auto other = PriceTable::build(PriceTable::built_in_models(), std::span(overrides).first(1));
  EXPECT_NE(own->version(), other->version());
}

config::PriceOverride price_for(std::int64_t input, std::string key, std::string team, std::string customer, std::string provider) {
  config::PriceOverride price;
  price.model = "gpt-*", price.input = input * 1000;
  price.key = std::move(key), price.team = std::move(team), price.customer = std::move(customer), price.provider = std::move(provider);
  return price;
}

TEST(PriceTable, TakesTheMostSpecificOfTheOperatorsPrices) {
  const std::vector<config::PriceOverride> overrides{
      price_for(1, "", "", "", ""),  price_for(2, "", "", "", "p"), price_for(3, "", "", "c", ""), price_for(4, "", "", "c", "p"),
      price_for(5, "", "t", "", ""), price_for(6, "k", "", "", ""), price_for(7, "k", "", "", "p"), price_for(8, "k", "", "", "p")};
  const auto own = PriceTable::build(PriceTable::built_in_models(), overrides);
  ASSERT_TRUE(own);
  const auto charged = [&own](const Scope& scope, std::string_view model = "gpt-4o") {
    Usage usage = tokens(1, 0);
    usage.reported_cost_nano_usd = 99;
    const auto cost = own->cost("openai", openai_url, model, usage, late_2026, scope).nano_usd;
    const auto rates = own->rates("openai", openai_url, model, late_2026, 0, scope);
    if (cost != 99) { EXPECT_EQ(rates->input, cost * 1000); }
    return cost;
  };
  for (int again = 0; again < 2; ++again) {   // the second time it may be remembered
    EXPECT_EQ(charged({}), 1);
    EXPECT_EQ(charged({"x", "x", "x", "x"}), 1);
    EXPECT_EQ(charged({"x", "x", "x", "p"}), 2);
    EXPECT_EQ(charged({"c", "x", "x", "x"}), 3);
    EXPECT_EQ(charged({"c", "x", "x", "p"}), 4);
    EXPECT_EQ(charged({"c", "t", "x", "p"}), 5);
    EXPECT_EQ(charged({"c", "t", "k", "x"}), 6);
    EXPECT_EQ(charged({"c", "t", "k", "p"}), 7) << "the first of two alike";
    EXPECT_EQ(charged({"c", "t", "k", "p"}, "o1"), 99) << "another model: what the provider says";
  }
  EXPECT_EQ(own->limits("openai", openai_url, "gpt-4o").max_output, 16'384);
}

TEST(PriceTable, KnowsAModelWhereOnlySomeHaveAPriceForIt) {
  const auto price = price_for(1, "k", "", "", "");
  const auto own = PriceTable::build(R"({"format":1,"version":"v","lists":[]})", {&price, 1});
  ASSERT_TRUE(own);
  EXPECT_FALSE(own->knows("openai", openai_url, "gpt-4o"));
  EXPECT_TRUE(own->knows("openai", openai_url, "gpt-4o", {"", "", "k", ""}));
  EXPECT_FALSE(own->knows("openai", openai_url, "gpt-4o", {"", "", "other", ""}));
}

TEST(PriceTable, ChargesEveryRateOfAnOverride) {
  config::PriceOverride price;
  price.model = "m", price.input = 1000, price.output = 2000;
  const auto cost_of = [&price](const Usage& usage) {
    const auto own = PriceTable::build(R"({"format":1,"version":"v","lists":[]})", {&price, 1});
    return own ? own->cost("openai", openai_url, "m", usage, 0).nano_usd : -1;
  };
  Usage usage = tokens(40, 30);
  usage.cache_write_1h = 10, usage.cache_write_5m = 10, usage.input_audio = 10, usage.reasoning = 10, usage.output_audio = 10;
  usage.web_searches = 2;
  EXPECT_EQ(cost_of(usage), 40 * 1 + 30 * 2) << "what is not told apart";
  price.cache_write = 3000;
  EXPECT_EQ(cost_of(usage), 20 * 1 + 20 * 3 + 30 * 2) << "an hour's as five minutes'";
  price.cache_write_1h = 5000, price.reasoning = 7000, price.input_audio = 11'000, price.output_audio = 13'000;
  price.web_search = 17'000'000, price.request = 19'000'000;
  EXPECT_EQ(cost_of(usage), 10 * 1 + 10 * 3 + 10 * 5 + 10 * 11 + 10 * 2 + 10 * 7 + 10 * 13 + 2 * 17'000 + 19'000);
}

TEST(PriceTable, KnowsThatTheSimulatedProviderIsFree) {
  const auto cost = table().cost("simulated", "", "anything", tokens(1000, 1000), late_2026);
  EXPECT_TRUE(cost.priced);
  EXPECT_EQ(cost.nano_usd, 0);
}

TEST(PriceTable, SurvivesNonsensicalUsage) {
  constexpr auto least = std::numeric_limits<std::int64_t>::min(), most = std::numeric_limits<std::int64_t>::max();
  Usage negative;
  negative.input = negative.output = negative.cache_read = negative.reasoning = negative.web_searches = least;
  EXPECT_EQ(openai("gpt-4o", negative), 0);
  Usage huge;
  huge.input = huge.output = huge.cache_read = huge.cache_write_5m = huge.input_audio = huge.web_searches = most;
  EXPECT_GT(openai("gpt-4o", huge), 0);
  Usage parts_above_whole = tokens(100, 100);
  parts_above_whole.cache_read = 1000, parts_above_whole.reasoning = 1000;
  EXPECT_EQ(openai("gpt-4o", parts_above_whole), nano(1.25, 100) + nano(10, 100));
}

TEST(PriceTable, KnowsLimits) {
  const auto limits = table().limits("openai", openai_url, "gpt-4o");
  EXPECT_EQ(limits.context, 128'000);
  EXPECT_EQ(limits.max_output, 16'384);
  EXPECT_EQ(table().limits("openai", openai_url, "no-such-model").context, 0);
}

// A provider type of its own finds the price list of that service, whatever its address is.
TEST(PriceTable, FindsTheListOfEachProviderType) {
  const std::pair<const char*, const char*> known[] = {
      {"openai", "gpt-4o"}, {"anthropic", "claude-sonnet-4-5"}, {"groq", "llama-3.3-70b-versatile"}, {"xai", "grok-3-mini"},
      {"deepseek", "deepseek-chat"}, {"openrouter", "deepseek/deepseek-chat"}, {"together", "meta-llama/Llama-3.3-70B-Instruct-Turbo"},
      {"fireworks", "accounts/fireworks/models/gpt-oss-120b"}, {"perplexity", "sonar-pro"}, {"cerebras", "gpt-oss-120b"},
      {"huggingface", "Qwen/Qwen3-235B-A22B-Thinking-2507"}, {"moonshot", "kimi-k2.5"}, {"zai", "glm-4.7"}, {"dashscope", "qwen-max"},
      {"mistral", "mistral-large-latest"}, {"voyage", "voyage-3.5"}, {"deepinfra", "openai/gpt-oss-120b"},
      {"nebius", "openai/gpt-oss-120b"}, {"gemini", "gemini-2.5-flash"}, {"cohere", "command-a-03-2025"}};
  for (const auto& [type, model] : known) {
    EXPECT_TRUE(table().knows(type, "http://proxy.internal/v1", model)) << type << " " << model;
  }
  EXPECT_TRUE(table().knows("openai", "https://api.together.ai/v1", "meta-llama/Llama-3.3-70B-Instruct-Turbo"));
  EXPECT_FALSE(table().knows("vllm", "http://localhost:8000/v1", "gpt-4o")) << "a server of one's own has no price list";
}

TEST(PriceTable, GivesEveryTableItsOwnAnswers) {
  // Look-ups are remembered by thread: not beyond their table, and by several threads at once.
  for (int round = 1; round <= 20; ++round) {
    config::PriceOverride price;
    price.model = "gpt-4o", price.input = round * 1000, price.output = 0;
    const auto own = PriceTable::build(R"({"format":1,"version":"v","lists":[]})", {&price, 1});
    ASSERT_TRUE(own);
    const auto look = [&own, round] {
      for (int i = 0; i < 100; ++i)
        if (own->cost("openai", openai_url, "gpt-4o", tokens(1, 0), 0).nano_usd != round) ADD_FAILURE();
    };
    std::thread other(look);
    look();
    other.join();
  }
}

TEST(PriceTable, RefusesFilesThatAreNone) {
  for (const auto* text :
       {"", "{", "[]", "{}", R"({"format":2,"version":"v","lists":[]})", R"({"format":1,"version":7})",
        R"({"format":1,"version":"v","lists":[{"id":"a","models":[{"id":"b"}]}]})",
        R"({"format":1,"version":"v","lists":[{"id":7,"types":[],"addresses":[],"fallback":[],"models":[]}]})"}) {
    const auto made = PriceTable::build(text, {});
    ASSERT_FALSE(made) << text;
    EXPECT_THAT(made.error().message(), StartsWith("models.json: "));
  }
}

}  // namespace
}  // namespace sluice::pricing
