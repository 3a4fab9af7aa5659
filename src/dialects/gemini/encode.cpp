#include "dialects/gemini/encode.hpp"

#include <algorithm>
#include <array>

#include "dialects/dropped.hpp"
#include "dialects/gemini/contents.hpp"
#include "dialects/gemini/members.hpp"
#include "dialects/gemini/model_traits.hpp"
#include "dialects/gemini/settings.hpp"
#include "dialects/gemini/tools.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::gemini {
namespace {

// A value that asks for nothing is not missed.
bool asks_for_nothing(std::string_view name, std::string_view value) {
  if (value == "null" || value == "{}" || value == "[]") return true;
  if (name == "logprobs" || name == "store") return value == "false";
  if (name == "service_tier") return value == R"("auto")" || value == R"("default")";
  return false;
}

// Members of a GenerateContentRequest without a neutral place.
bool is_own(std::string_view name) {
  static constexpr std::array<std::string_view, 5> names = {"safetySettings", "cachedContent", "labels", "modelArmorConfig", "store"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Encoder {
 public:
  Encoder(const llm::ChatRequest& asked, const Recipient& to) : x_asked(asked), x_to(to), x_model(traits_of(to.model)) {}

  // Contents, system instruction, tools: what both requests have.
  Result<> conversation() {
    auto contents = encode_contents(x_asked, x_model, x_dropped);
    if (!contents) return std::move(contents).error();
    auto tools = encode_tools(x_asked, x_model, x_to.quirks, x_dropped);
    if (!tools) return std::move(tools).error();
    x_out.raw("contents", contents->contents);
    if (!contents->system.empty()) x_out.raw("systemInstruction", contents->system);
    if (!tools->tools.empty()) x_out.raw("tools", tools->tools);
    if (!tools->config.empty()) x_out.raw("toolConfig", tools->config);
    x_resolution = contents->media_resolution;
    return {};
  }

  Result<> settings() {
    auto config = encode_settings(x_asked, x_model, x_resolution, x_dropped);
    if (!config) return std::move(config).error();
    if (!config->empty()) x_out.raw("generationConfig", *config);
    service_tier();
    others();
    if (!x_asked.user.empty()) x_dropped.add("user");
    if (!asks_for_nothing("metadata", x_asked.metadata) && !x_asked.metadata.empty()) x_dropped.add("metadata");
    if (!x_asked.verbosity.empty() && x_asked.verbosity != "medium") x_dropped.add("verbosity");
    if (!x_asked.thinking_detail.empty() && x_asked.thinking_detail != "auto") x_dropped.add("reasoning.summary");
    return {};
  }

  Encoded whole() { return {x_out.object(), x_dropped.take()}; }
  Encoded counted() {
    Members request;
    const std::string inner = x_out.object();
    request.raw("generateContentRequest", "{\"model\":" + json::quoted(resource_name(x_to.model)) + "," + inner.substr(1));
    return {request.object(), x_dropped.take()};
  }

 private:
  // OpenAI's words; Google's SDK has the same (ServiceTier).
  void service_tier() {
    const std::string& tier = x_asked.service_tier;
    if (tier.empty() || tier == "auto") return;
    if (x_asked.caller == llm::Dialect::gemini && !refused("serviceTier")) return x_out.text("serviceTier", tier);
    const std::string_view said = tier == "default" || tier == "standard" ? "standard" : tier == "flex" ? "flex" : tier == "priority" ? "priority" : "";
    if (said.empty() || refused("serviceTier")) return x_dropped.add("service_tier");
    if (said != "standard") x_out.text("serviceTier", said);
  }

  bool refused(std::string_view name) const {
    return std::find(x_to.quirks.refuses.begin(), x_to.quirks.refuses.end(), name) != x_to.quirks.refuses.end();
  }

  void others() {
    for (const auto& [name, value] : x_asked.others) {
      if (own_word(name, value) || compatible_word(name, value) || asks_for_nothing(name, value)) continue;
      x_dropped.add(name);
    }
  }

  // generationConfig.… and toolConfig.… were written where they belong.
  bool own_word(std::string_view name, std::string_view value) {
    if (x_asked.caller != llm::Dialect::gemini) return false;
    for (const std::string_view group : {"generationConfig.", "toolConfig."}) {
      if (name.starts_with(group)) return name.substr(group.size()).find_first_of(".[") == name.npos;
    }
    if (!is_own(name) || refused(name)) return false;
    x_out.raw(name, value);
    return true;
  }

  // Google's own extensions of OpenAI's dialect (ai.google.dev/gemini-api/docs/openai, "extra_body").
  bool compatible_word(std::string_view name, std::string_view value) {
    if (x_asked.caller != llm::Dialect::openai) return false;
    if (name == "safety_settings" || name == "safetySettings") {
      if (json::kind_of(value) == json::Kind::array) x_out.raw("safetySettings", value);
      return true;
    }
    if (name == "cached_content" || name == "cachedContent") {
      if (json::kind_of(value) == json::Kind::string) x_out.raw("cachedContent", value);
      return true;
    }
    if (name != "extra_body") return false;
    const std::string_view google = json::find(value, "google").value_or("");
    bool all = json::kind_of(google) == json::Kind::object;
    json::each_member(google, [&](std::string_view key, std::string_view inner) {
      if (key == "extra_body" || !compatible_word(key, inner)) all = false;
    });
    return all;
  }

  const llm::ChatRequest& x_asked;
  const Recipient& x_to;
  const ModelTraits x_model;
  Dropped x_dropped;
  Members x_out;
  std::string_view x_resolution;
};

}  // namespace

std::string resource_name(std::string_view model) {
  const bool whole = model.starts_with("models/") || model.starts_with("tunedModels/") || model.starts_with("projects/") ||
                     model.starts_with("publishers/");
  return whole ? std::string(model) : "models/" + std::string(model);
}

Result<Encoded> encode(const llm::ChatRequest& asked, const Recipient& to) {
  Encoder encoder(asked, to);
  auto said = encoder.conversation();
  if (!said) return std::move(said).error();
  auto set = encoder.settings();
  if (!set) return std::move(set).error();
  return encoder.whole();
}

Result<Encoded> encode_count_tokens(const llm::ChatRequest& asked, const Recipient& to) {
  Encoder encoder(asked, to);
  auto said = encoder.conversation();
  if (!said) return std::move(said).error();
  return encoder.counted();
}

Result<std::int64_t> decode_token_count(std::string_view body) {
  std::string_view raw = json::find(body, "totalTokens").value_or("");
  if (raw.size() >= 2 && raw.front() == '"') raw = raw.substr(1, raw.size() - 2);
  const auto tokens = json::to_integer(raw);
  // protobuf leaves out what is zero: {} is an answer, anything else is none.
  bool empty = json::kind_of(body) == json::Kind::object;
  json::each_member(body, [&empty](std::string_view, std::string_view) { empty = false; });
  if (empty) return 0;
  if (!tokens || *tokens < 0) return Error(Code::upstream_failed, "The provider's answer cannot be read: it has no token count.");
  return *tokens;
}

}  // namespace sluice::dialects::gemini
