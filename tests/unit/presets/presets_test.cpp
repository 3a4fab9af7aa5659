// config/presets.json as it is compiled in, what it may say, and what of it agrees with the recorded traffic.
#include "sluice/presets/presets.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "sluice/base/pattern.hpp"
#include "support/traffic.hpp"

namespace sluice::presets {
namespace {

using dialects::Quirks;
using llm::Operation;

// Converts to anything: for counting the members of an aggregate.
struct Anything { template <class T> operator T() const; };

template <class T, class... Given>
consteval std::size_t members_of() {
  if constexpr (requires { T{Given{}..., Anything{}}; }) return members_of<T, Given..., Anything>();
  else return sizeof...(Given);
}

TEST(Quirks, EveryMemberHasItsField) {
  EXPECT_EQ(quirk_fields().size(), members_of<Quirks>()) << "a member of dialects::Quirks is missing in src/presets/quirk_fields.cpp";
  std::set<std::string_view> names;
  std::set<const void*> places;
  Quirks quirks;
  for (const QuirkField& field : quirk_fields()) {
    EXPECT_TRUE(names.insert(field.name).second) << field.name;
    EXPECT_FALSE(field.text.empty()) << field.name;
    std::visit([&](auto member) { EXPECT_TRUE(places.insert(&(quirks.*member)).second) << field.name; }, field.member);
  }
}

// Of a preset that has one member more.
std::string refusal(const std::string& more) {
  const auto read = parse(R"({"format":1,"presets":[{"name":"x","title":"X","base_url":"https://x/v1","api_key_env":"X_KEY","operations":["chat"],"source":["s"])" +
                          more + "}]}");
  return read ? "read" : read.error().message();
}

TEST(Presets, TheFileIsReadStrictly) {
  EXPECT_EQ(refusal(""), "read");
  EXPECT_EQ(refusal(R"(,"quirks":{"images":false,"efforts":["low"],"renames":{"a":"b"},"call_id_length":9,"purpose":"none"})"), "read");
  EXPECT_EQ(refusal(R"(,"titel":"X")"), "presets.json: presets[0].titel: is no member of a preset");
  EXPECT_EQ(refusal(R"(,"quirks":{"imags":true})"), "presets.json: presets[0].quirks.imags: is no quirk");
  EXPECT_EQ(refusal(R"(,"quirks":{"images":"yes"})"), "presets.json: presets[0].quirks.images: must be true or false");
  EXPECT_EQ(refusal(R"(,"quirks":{"reasoning_history":"thoughts"})"), "presets.json: presets[0].quirks.reasoning_history: is no word for this: thoughts");
  EXPECT_EQ(refusal(R"(,"operations":["chats"])"), "presets.json: presets[0].operations: there is no operation chats");
  EXPECT_EQ(refusal(R"(,"paths":{"chat":"v1"})"), "presets.json: presets[0].paths.chat: must be a path");
  EXPECT_EQ(refusal(R"(,"models":[{"match":"a*"}])"), "presets.json: presets[0].models: needs match and quirks");
  EXPECT_EQ(refusal(R"(},{"name":"x","title":"X","base_url":"https://x/v1","api_key_env":"X_KEY","operations":["chat"],"source":["s"])"),
            "presets.json: x: stands there twice");
  for (const std::string_view text : {"", "{", "[]", "{}", R"({"format":1,"presets":{}})", R"({"format":1,"presets":[1]})", R"({"format":2})"})
    EXPECT_FALSE(parse(text)) << text;
}

TEST(Presets, ThoseCompiledInAreGood) {
  const auto read = parse(built_in_text());
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_GE(read->size(), 28u);
  for (const char* name : {"groq", "xai", "deepseek", "openrouter", "together", "fireworks", "perplexity", "cerebras", "nvidia", "huggingface",
                           "deepinfra", "moonshot", "zai", "dashscope", "sambanova", "nebius", "hyperbolic", "github-models", "snowflake",
                           "databricks", "vllm", "sglang", "llama.cpp", "lm-studio", "litellm", "voyage", "jina", "mistral", "openai"})
    EXPECT_NE(find(name), nullptr) << name;
  EXPECT_EQ(find("anthropic"), nullptr);
}

// A pattern behind one that fits all it fits is never reached.
TEST(Presets, NoModelPatternHidesAnother) {
  for (const Preset& preset : all()) {
    const auto& models = preset.quirks.models;
    for (std::size_t later = 1; later < models.size(); ++later)
      for (std::size_t first = 0; first < later; ++first)
        EXPECT_FALSE(matches(models[first].pattern, models[later].pattern)) << preset.name << ": " << models[later].pattern;
  }
}

TEST(Offers, HaveShortNames) {
  Offer offer;
  for (const char* name : {"chat", "speech", "transcriptions"}) EXPECT_TRUE(offer.add(name));
  EXPECT_FALSE(offer.add("stored_response"));
  EXPECT_EQ(offer.names(), (std::vector<std::string_view>{"chat", "speech", "transcriptions"}));
  EXPECT_TRUE(offer.add("audio"));
  EXPECT_EQ(offer.names(), (std::vector<std::string_view>{"chat", "audio"}));
  EXPECT_TRUE(offer.has(Operation::translations));
  EXPECT_FALSE(offer.responses());
  EXPECT_TRUE(Offer::everything().responses());
}

QuirkSetting setting(std::string_view name, QuirkValue value) {
  for (const QuirkField& field : quirk_fields())
    if (field.name == name) return {&field, std::move(value)};
  throw std::logic_error("no such quirk");
}

TEST(QuirkTables, TheFirstPatternCountsAndTheOperatorLast) {
  QuirkRules service, operators;
  service.all = {setting("images", false), setting("refuses", Words{"seed"})};
  service.models = {{"vision-*", {setting("images", true)}}, {"v*", {setting("audio", true)}}};
  operators.models = {{"*-plain", {setting("images", false), setting("refuses", Words{})}}};
  const QuirkTable table(service, operators);
  EXPECT_FALSE(table.of("other").images);
  EXPECT_TRUE(table.of("vision-1").images);
  EXPECT_FALSE(table.of("vision-1").audio);
  EXPECT_EQ(table.of("vision-1").refuses, Words{"seed"});
  EXPECT_FALSE(table.of("vision-plain").images);
  EXPECT_TRUE(table.of("vision-plain").refuses.empty());
  EXPECT_TRUE(table.of("v2").audio);
}

// ---- against what was recorded

const Preset* preset_of_host(const std::string& host) {
  static const std::map<std::string, std::string> others = {{"api.together.ai", "together"}, {"account.snowflakecomputing.com", "snowflake"}};
  if (const auto known = others.find(host); known != others.end()) return find(known->second);
  for (const Preset& preset : all())
    if (preset.base_url.find("://" + host + "/") != std::string::npos || preset.base_url.ends_with("://" + host)) return &preset;
  return nullptr;
}

// Path of the base URL and of the operation, as the adapter puts them together.
std::string expected_path(const Preset& preset, const std::string& operation) {
  const std::string& base = preset.base_url.empty() ? preset.base_url_form : preset.base_url;
  const std::size_t slash = base.find('/', base.find("://") + 3);
  const std::string root = slash == std::string::npos ? "" : base.substr(slash);
  if (operation == "responses") return root + (preset.responses_path.empty() ? "/responses" : preset.responses_path);
  return root + (operation == "chat.completions" ? "/chat/completions" : "/" + operation);
}

// What was accepted in a recording is not refused by the preset.
void agrees(const test::Exchange& exchange, const Preset& preset) {
  if (exchange.status >= 400) return;
  const auto body = nlohmann::json::parse(exchange.request, nullptr, false);
  if (!body.is_object()) return;
  const Quirks quirks = QuirkTable(preset.quirks, {}).of(body.value("model", std::string()));
  for (const std::string& name : quirks.refuses) {
    // Mistral and Together were sent null for these, which says nothing.
    const bool sent = body.contains(name) && !body[name].is_null();
    EXPECT_FALSE(sent && name != "stream_options") << exchange.id << " was sent " << name;
  }
  if (body.contains("stream_options") && preset.name != "mistral") { EXPECT_TRUE(quirks.stream_usage) << exchange.id; }
  if (body.contains("thinking")) { EXPECT_EQ(quirks.reasoning_request, "thinking") << exchange.id; }
  for (const auto& message : body.value("messages", nlohmann::json::array())) {
    if (message.value("role", "") == "developer") { EXPECT_TRUE(quirks.developer_role) << exchange.id; }
    if (message.contains("reasoning_content")) { EXPECT_EQ(quirks.reasoning_history, "reasoning_content") << exchange.id; }
    if (!message.contains("content") || !message["content"].is_array()) continue;
    EXPECT_TRUE(quirks.content_lists) << exchange.id;
    for (const auto& part : message["content"]) {
      if (part.value("type", "") == "image_url") { EXPECT_TRUE(quirks.images) << exchange.id; }
      if (part.value("type", "") == "input_audio") { EXPECT_TRUE(quirks.audio) << exchange.id; }
    }
  }
}

TEST(Presets, AgreeWithTheRecordedTraffic) {
  std::set<std::string> seen;
  for (const test::Exchange& exchange : test::exchanges()) {
    const Preset* preset = preset_of_host(exchange.host);
    if (preset == nullptr || exchange.method != "POST") continue;
    seen.insert(preset->name);
    const bool known_detour = exchange.path.find("/coding/") != std::string::npos || exchange.path.starts_with("/together/");
    if (!known_detour && preset->name != "openai") { EXPECT_EQ(exchange.path, expected_path(*preset, exchange.operation)) << exchange.id; }
    agrees(exchange, *preset);
  }
  for (const char* name : {"groq", "xai", "deepseek", "openrouter", "together", "perplexity", "cerebras", "huggingface", "zai", "snowflake", "mistral", "voyage"})
    EXPECT_TRUE(seen.contains(name)) << name;
}

}  // namespace
}  // namespace sluice::presets
