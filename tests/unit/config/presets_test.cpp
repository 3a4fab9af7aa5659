// Provider types that are presets, and compatible services that YAML alone describes.
#include <gtest/gtest.h>

#include "unit/config/loading.hpp"

namespace sluice::config {
namespace {

const Provider& only(const Loaded& loaded) { return loaded.config.providers.front(); }
std::string provider(const std::string& settings) {
  return "accounts: [{id: a, providers: [{id: t, model: m, " + settings + "}]}]";
}

TEST(PresetTypes, NeedOnlyTheirKey) {
  const auto loaded = good(provider("type: groq"), {{"GROQ_API_KEY", "gsk-1"}});
  EXPECT_EQ(only(loaded).base_url, "https://api.groq.com/openai/v1");
  EXPECT_EQ(only(loaded).keys.at(0).value.reveal(), "gsk-1");
  EXPECT_TRUE(only(loaded).usable);
  EXPECT_FALSE(only(good(provider("type: groq"), {})).usable);
  EXPECT_EQ(only(good(provider("type: xai, api_key: k"), {})).keys.at(0).value.reveal(), "k");
}

TEST(PresetTypes, TakeTheirAddressFromTheVendorsVariable) {
  const auto loaded = good(provider("type: together"), {{"TOGETHER_API_KEY", "k"}, {"TOGETHER_BASE_URL", "https://api.together.ai/v1/"}});
  EXPECT_EQ(only(loaded).base_url, "https://api.together.ai/v1");
}

TEST(PresetTypes, OfServersOfOnesOwnNeedNoKey) {
  const auto loaded = good(provider("type: vllm"), {});
  EXPECT_EQ(only(loaded).base_url, "http://localhost:8000/v1");
  EXPECT_TRUE(only(loaded).usable);
  EXPECT_TRUE(only(loaded).keys.empty());
}

TEST(PresetTypes, WithAnAccountInTheirAddressNeedIt) {
  const auto loaded = good(provider("type: snowflake, base_url: \"https://acme.snowflakecomputing.com/api/v2/cortex/v1\""), {{"SNOWFLAKE_TOKEN", "pat"}});
  EXPECT_EQ(only(loaded).keys.at(0).value.reveal(), "pat");
}

TEST(Quirks, AreReadByTheNamesOfTheStruct) {
  const auto loaded = good(provider(R"(type: openai, base_url: "https://llm.example.com/v1", auth_header: "X-Key: Token",
    operations: [chat, audio], list_models: false, refresh: 5m,
    quirks: {refuses: [seed, response_format.json_schema], renames: {max_completion_tokens: max_tokens}, images: false, purpose: none,
             reasoning_history: none, call_id_length: 9, models: {"vision-*": {images: true}, "*": {efforts: [low]}}})"));
  const Provider& p = only(loaded);
  const presets::QuirkTable table({}, p.quirks);
  const auto& plain = table.of("m");
  EXPECT_EQ(plain.refuses, (presets::Words{"seed", "response_format.json_schema"}));
  EXPECT_EQ(plain.renames, (presets::Renames{{"max_completion_tokens", "max_tokens"}}));
  EXPECT_FALSE(plain.images);
  EXPECT_EQ(plain.call_id_length, 9);
  EXPECT_EQ(plain.efforts, presets::Words{"low"});
  EXPECT_TRUE(table.of("vision-1").images);
  EXPECT_EQ(p.auth_header, "X-Key: Token");
  EXPECT_EQ(p.operations->names(), (std::vector<std::string_view>{"chat", "audio"}));
  EXPECT_EQ(p.list_models, false);
  EXPECT_EQ(p.refresh, std::chrono::minutes(5));
}

}  // namespace
}  // namespace sluice::config
