// Published price lists, from excerpts of the real ones.
#include "sluice/pricing/price_list.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "sluice/pricing/price_table.hpp"
#include "support/places.hpp"

namespace sluice::pricing {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view openai_url = "https://api.openai.com/v1", nothing = R"({"format":1,"version":"none","lists":[
  {"id":"openai","types":[],"addresses":[],"fallback":[],"models":[]},{"id":"google","types":["gemini"],"addresses":[],"fallback":[],"models":[]},
  {"id":"groq","types":[],"addresses":[],"fallback":[],"models":[]},{"id":"deepseek","types":[],"addresses":[],"fallback":[],"models":[]},
  {"id":"azure","types":[],"addresses":[],"fallback":[],"models":[]},{"id":"aws","types":["bedrock"],"addresses":[],"fallback":[],"models":[]}]})";

constexpr std::string_view genai = R"json([
{"id":"openai","name":"OpenAI","api_pattern":"https://api\\.openai\\.com","models":[
  {"id":"gpt-5.5","match":{"or":[{"equals":"gpt-5.5"},{"regex":"^gpt-5\\.5-\\d{4}-\\d{2}-\\d{2}$"}]},"context_window":400000,
   "prices":{"input_mtok":{"base":1.25,"tiers":[{"start":271999,"price":2.5}]},"cache_read_mtok":0.125,"output_mtok":{"base":10,"tiers":[{"start":271999,"price":15}]},"web_searches_kcount":10}},
  {"id":"gpt-4o","match":{"starts_with":"GPT-4o"},"prices":{"input_mtok":2.5,"output_mtok":10,"output_reasoning_mtok":12}},
  {"id":"gpt-4o-special","match":{"equals":"gpt-4o-special"},"prices":{"input_mtok":99,"output_mtok":99}},
  {"id":"strange","match":{"or":[{"regex":"^(a|b)+$"},{"equals":"strange"}]},"prices":{"input_mtok":1,"output_mtok":1}},
  {"id":"no-tokens","match":{"equals":"no-tokens"},"prices":{"audio_hours":3}},
  {"id":"given:free","match":{"equals":"given:free"},"prices":{}}]},
{"id":"groq","api_pattern":"https://api\\.groq\\.com","fallback_model_providers":["openai"],"models":[]},
{"id":"deepseek","api_pattern":"https://api\\.deepseek\\.com","models":[
  {"id":"deepseek-chat","match":{"and":[{"starts_with":"deepseek-"},{"contains":"chat"},{"regex":"^(?!.*-[tT][tT][sS](?:$|-))"}]},"prices":[
    {"prices":{"input_mtok":0.27,"output_mtok":1.1}},
    {"constraint":{"type":"start_date","start_date":"2026-01-01"},"prices":{"input_mtok":0.5,"output_mtok":2}},
    {"constraint":{"type":"time_of_date","start_time":"16:30:00Z","end_time":"00:30:00Z"},"prices":{"input_mtok":0.25,"output_mtok":1}},
    {"constraint":{"type":"phase_of_the_moon"},"prices":{"input_mtok":9,"output_mtok":9}}]}]}])json";

constexpr std::string_view litellm = R"({
"sample_spec":{"litellm_provider":"one of https://docs.litellm.ai/docs/providers","input_cost_per_token":0.0,"max_input_tokens":"max input tokens"},
"gpt-4o":{"cache_read_input_token_cost":1.25e-06,"input_cost_per_token":2.5e-06,"input_cost_per_token_batches":1.25e-06,"litellm_provider":"openai",
  "max_input_tokens":128000,"max_output_tokens":16384,"mode":"chat","output_cost_per_token":1e-05,
  "search_context_cost_per_query":{"search_context_size_high":0.05,"search_context_size_low":0.03,"search_context_size_medium":0.035}},
"azure/gpt-4o":{"input_cost_per_token":2.75e-06,"litellm_provider":"azure","output_cost_per_token":1.1e-05},
"gemini/gemini-2.5-pro":{"input_cost_per_token":1.25e-06,"input_cost_per_token_above_200k_tokens":2.5e-06,"output_cost_per_token":1e-05,
  "output_cost_per_token_above_200k_tokens":1.5e-05,"input_cost_per_audio_token":3e-06,"output_cost_per_reasoning_token":1.2e-05,"litellm_provider":"gemini"},
"groq/llama-3.1-8b-instant":{"input_cost_per_token":5e-08,"output_cost_per_token":8e-08,"litellm_provider":"groq"},
"anthropic.claude-3-5-haiku-20241022-v1:0":{"input_cost_per_token":8e-07,"output_cost_per_token":4e-06,"cache_creation_input_token_cost":1e-06,
  "cache_creation_input_token_cost_above_1hr":1.6e-06,"litellm_provider":"bedrock_converse"},
"dall-e-3":{"input_cost_per_image":0.04,"litellm_provider":"openai"},
"gpt-unknown":{"input_cost_per_token":0,"output_cost_per_token":0,"litellm_provider":"openai"},
"elsewhere/model":{"input_cost_per_token":1e-06,"output_cost_per_token":1e-06,"litellm_provider":"elsewhere"}})";

PriceTable table_of(std::string_view published, std::string_view models = nothing) {
  auto list = read_price_list(published, "2026-11-27");
  if (!list) throw std::runtime_error(list.error().message());
  auto table = PriceTable::build(models, {}, *list);
  if (!table) throw std::runtime_error(table.error().message());
  return *std::move(table);
}

constexpr std::int64_t noon = 1'795'780'800;   // 2026-11-27T12:00:00Z
Rates rates(const PriceTable& table, std::string_view type, std::string_view model, std::int64_t at = noon, std::int64_t input = 0) {
  const auto found = table.rates(type, "", model, at, input);
  EXPECT_TRUE(found) << model;
  return found.value_or(Rates{});
}

TEST(PriceList, ReadsGenaiPrices) {
  const auto table = table_of(genai);
  EXPECT_THAT(std::string(table.version()), StartsWith("2026-11-27-"));
  for (const char* name : {"gpt-5.5", "GPT-5.5-2026-01-02"}) {
    EXPECT_EQ(rates(table, "openai", name).input, 1'250'000) << name;
    EXPECT_EQ(rates(table, "openai", name).cache_read, 125'000) << name;
    EXPECT_EQ(rates(table, "openai", name, noon, 271'999).output, 10'000'000) << name;
    EXPECT_EQ(rates(table, "openai", name, noon, 272'000).output, 15'000'000) << name;
    EXPECT_EQ(rates(table, "openai", name).web_search, 10'000'000'000) << name;
  }
  EXPECT_FALSE(table.knows("openai", "", "gpt-5.5-2026-01-xx"));
  EXPECT_EQ(table.limits("openai", "", "gpt-5.5").context, 400'000);
  EXPECT_EQ(rates(table, "openai", "gpt-4o-2024-08-06").reasoning, 12'000'000);
  EXPECT_EQ(rates(table, "openai", "gpt-4o-special").input, 2'500'000) << "the first rule that fits counts";
  EXPECT_EQ(rates(table, "openai", "strange").input, 1'000'000) << "one of its rules is not understood";
  EXPECT_FALSE(table.knows("openai", "", "aba"));
  EXPECT_FALSE(table.knows("openai", "", "no-tokens"));
  EXPECT_TRUE(table.knows("openai", "", "given:free"));
  EXPECT_EQ(rates(table, "groq", "gpt-4o").input, 2'500'000) << "by its fallback";
}

TEST(PriceList, ReadsWhenPricesOfGenaiPricesCount) {
  const auto table = table_of(genai);
  EXPECT_EQ(rates(table, "deepseek", "deepseek-chat", 1'700'000'000 - 1'700'000'000 % 86'400 + 43'200).input, 270'000);
  EXPECT_EQ(rates(table, "deepseek", "deepseek-chat").input, 500'000);
  EXPECT_EQ(rates(table, "deepseek", "deepseek-chat", noon + 12 * 3600 + 60).input, 250'000) << "over midnight";
  EXPECT_FALSE(table.knows("deepseek", "", "deepseek-chat-tts")) << "a rule that leaves speech out";
}

TEST(PriceList, ReadsLiteLlms) {
  const auto table = table_of(litellm);
  const Rates plain = rates(table, "openai", "gpt-4o");
  EXPECT_EQ(plain.input, 2'500'000);
  EXPECT_EQ(plain.output, 10'000'000);
  EXPECT_EQ(plain.cache_read, 1'250'000);
  EXPECT_EQ(plain.web_search, 35'000'000'000);
  EXPECT_EQ(table.limits("openai", "", "gpt-4o").max_output, 16'384);
  EXPECT_EQ(rates(table, "azure", "gpt-4o").input, 2'750'000);
  EXPECT_EQ(rates(table, "gemini", "gemini-2.5-pro").input_audio, 3'000'000);
  EXPECT_EQ(rates(table, "gemini", "gemini-2.5-pro").reasoning, 12'000'000);
  EXPECT_EQ(rates(table, "gemini", "gemini-2.5-pro", noon, 200'001).input, 2'500'000);
  EXPECT_EQ(rates(table, "groq", "llama-3.1-8b-instant").output, 80'000);
  EXPECT_EQ(rates(table, "bedrock", "anthropic.claude-3-5-haiku-20241022-v1:0").cache_write_1h, 1'600'000);
  for (const char* unknown : {"dall-e-3", "gpt-unknown", "sample_spec"}) EXPECT_FALSE(table.knows("openai", "", unknown)) << unknown;
}

TEST(PriceList, GoesBeforeTheBuiltInPricesAndLeavesTheRest) {
  const auto table = table_of(R"({"gpt-4o":{"input_cost_per_token":3e-06,"output_cost_per_token":1e-05,"litellm_provider":"openai"}})",
                              PriceTable::built_in_models());
  EXPECT_EQ(table.rates("openai", openai_url, "gpt-4o", noon)->input, 3'000'000);
  EXPECT_EQ(table.limits("openai", openai_url, "gpt-4o").max_output, 16'384) << "it says none";
  EXPECT_EQ(table.rates("openai", openai_url, "gpt-4o-mini", noon)->input, 150'000);
  EXPECT_THAT(std::string(table.version()), testing::MatchesRegex("2026-11-27-[0-9a-f]{8}/.*"));
}

TEST(PriceList, RefusesWhatIsNone) {
  const std::string deep(200, '[');
  const std::pair<std::string, const char*> bad[] = {
      {"", "byte 0"}, {"<html>", "byte 0"}, {deep, "it is no price list"}, {"7", "neither"}, {"[]", "no model"}, {"{}", "no model"}, {R"({"a":1})", "no model"},
      {R"([{"id":"openai"}])", "models"}, {R"([{"id":"openai","models":[{"id":"m","match":{"like":"m"},"prices":{}}]}])", "unknown kind"},
      {R"([{"id":"openai","models":[{"id":"m","match":{"equals":"m"},"prices":{"input_mtok":-1}}]}])", "negative"},
      {R"([{"id":"openai","models":[{"id":"m","match":{"equals":"m"},"prices":{"input_mtok":10001}}]}])", "above 10,000"},
      {R"([{"id":"openai","models":[{"id":"m","match":{"equals":"m"},"prices":{"input_mtok":"1"}}]}])", "number"},
      {R"({"m":{"input_cost_per_token":0.02,"litellm_provider":"openai"}})", "above 10,000"},
      {R"({"m":{"input_cost_per_token":-1e-6,"litellm_provider":"openai"}})", "negative"}};
  for (const auto& [text, why] : bad) {
    const auto list = read_price_list(text, "2026-11-27");
    ASSERT_FALSE(list) << text;
    EXPECT_THAT(list.error().message(), HasSubstr(why)) << text;
  }
}

std::string litellm_of(std::initializer_list<std::pair<const char*, double>> models) {
  nlohmann::json list;
  for (const auto& [name, input] : models) list[name] = {{"input_cost_per_token", input}, {"output_cost_per_token", 1e-5}, {"litellm_provider", "openai"}};
  return list.dump();
}

std::string succession(const PriceTable& in_force, const std::string& published) {
  const auto checked = in_force.may_be_followed_by(*read_price_list(published, "2026-11-28"), noon);
  return checked ? "" : checked.error().message();
}

TEST(PriceList, IsNotFollowedByOneThatIsFarFromIt) {
  const auto in_force = table_of(litellm_of({{"a", 1e-6}, {"b", 1e-6}, {"c", 1e-6}, {"d", 1e-6}}));
  EXPECT_EQ(succession(in_force, litellm_of({{"a", 20e-6}, {"b", 1e-6 / 20}})), "") << "half of the models, prices at the limit";
  EXPECT_THAT(succession(in_force, litellm_of({{"a", 1e-6}, {"x", 1e-6}, {"y", 1e-6}})), HasSubstr("1 of the 4 models"));
  EXPECT_THAT(succession(in_force, litellm_of({{"a", 21e-6}, {"b", 1e-6}})), HasSubstr("the price of a at openai"));
  EXPECT_THAT(succession(in_force, litellm_of({{"a", 1e-6}, {"b", 0.9e-6 / 20}})), HasSubstr("the price of b at openai"));
  EXPECT_THAT(succession(in_force, litellm_of({{"a", 1e-6}, {"b", 0}})), HasSubstr("the price of b at openai")) << "free all at once";
}

// Where the originals lie beside the repository: the list that the built-in prices were made of says the same as they do.
TEST(PriceList, OfTheOriginalsIsTheBuiltInOne) {
  const auto file = std::filesystem::path(test::source_root()).parent_path() / "shared/models/genai-prices.json";
  std::ifstream in(file, std::ios::binary);
  if (!in) GTEST_SKIP() << file;
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto list = read_price_list(text, "2026-09-23");
  ASSERT_TRUE(list) << list.error().message();
  const auto built_in = PriceTable::build(PriceTable::built_in_models(), {});
  const auto checked = built_in->may_be_followed_by(*list, noon);
  EXPECT_TRUE(checked) << checked.error().message();
  const auto made = nlohmann::json::parse(*list), ours = nlohmann::json::parse(PriceTable::built_in_models());
  std::size_t compared = 0;
  for (const auto& theirs : made["lists"])
    for (const auto& one : ours["lists"]) {
      if (one["id"] != theirs["id"]) continue;
      std::map<std::string, nlohmann::json> prices;
      for (const auto& model : theirs["models"]) prices[model["id"]] = model["prices"];
      for (const auto& model : one["models"]) {
        if (!prices.contains(model["id"])) continue;   // of models.dev
        EXPECT_EQ(prices[model["id"]], model["prices"]) << one["id"] << " " << model["id"];
        ++compared;
      }
    }
  EXPECT_GT(compared, 1500u);
}

}  // namespace
}  // namespace sluice::pricing
