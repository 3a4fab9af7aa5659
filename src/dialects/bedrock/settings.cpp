#include "dialects/bedrock/settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "dialects/anthropic/schema.hpp"
#include "dialects/bedrock/content.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::bedrock {
namespace {

using Kind = llm::ResponseFormat::Kind;

void append_number(std::string& out, double value) {
  std::array<char, 32> digits;
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), std::isfinite(value) ? value : 0.0);
  out.append(digits.data(), written.ptr);
}

// Members collected as ,"name":value and put in braces at the end.
std::string braced(const std::string& members) { return members.empty() ? "" : "{" + members.substr(1) + "}"; }

// A value that asks for nothing is not missed.
bool asks_for_nothing(std::string_view name, std::string_view value) {
  if (value == "null" || value == "{}" || value == "[]" || value == "\"\"") return true;
  if (name == "store" || name == "background") return value == "false";
  if (name == "truncation") return value == "\"disabled\"";
  return false;
}

// requestMetadata: docs, Converse: up to 16 entries, keys of 1 to 256 and values of up to 256 of these characters.
bool fits_metadata(std::string_view text, bool is_key) {
  constexpr std::string_view others = " :_@$#=/+,-.";
  return text.size() <= 256 && !(is_key && text.empty()) && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || others.find(c) != others.npos;
  });
}

class Decision {
 public:
  Decision(const llm::ChatRequest& asked, const Model& model, const Conversation& conversation, Dropped& dropped)
      : x_asked(asked), x_model(model), x_conversation(conversation), x_dropped(dropped) {}

  Result<Settings> run() {
    if (x_asked.n.value_or(1) > 1) return refusal("n", "The model's API gives one answer a request: n must be 1.");
    const bool by_tool = response_format();
    auto tools = plan_tools(x_asked, x_model, x_conversation, by_tool, x_dropped);
    if (!tools) return std::move(tools).error();
    x_out.tools = std::move(tools->json);
    x_reasoning = plan_reasoning(x_asked, x_model, x_conversation.unthought_calls, tools->forced, x_dropped);
    x_additional = x_reasoning.fields;
    inference();
    metadata();
    service_tier();
    unsupported();
    others();
    x_out.inference = braced(x_inference);
    x_out.additional = braced(x_additional);
    return std::move(x_out);
  }

 private:
  // True: the answer's schema is that of a tool which must be called.
  bool response_format() {
    if (!x_asked.response_format || x_asked.response_format->kind == Kind::text) return false;
    const llm::ResponseFormat& format = *x_asked.response_format;
    const bool schema = format.kind == Kind::json_schema && !format.schema.empty();
    if (schema && x_model.takes_schema && anthropic::is_enforceable(format.schema)) {
      enforce(format);
      return false;
    }
    const bool thinks = x_asked.thinking_budget.value_or(0) != 0 || (!x_asked.reasoning_effort.empty() && x_asked.reasoning_effort != "none");
    const bool free = x_asked.tools.empty() && x_asked.server_tools.empty() && x_conversation.called.empty();
    const bool object = !json::validate(format.schema) && json::find(format.schema, "type").value_or("\"object\"") == "\"object\"";
    if (schema && x_model.named_tool && free && !thinks && object) return true;
    x_out.instruction = "Answer with a JSON object only, without any other text";
    x_out.instruction += schema ? ". It must be valid by this JSON Schema: " + format.schema : ".";
    x_dropped.add("response_format");   // wished, not enforced
    return false;
  }

  void enforce(const llm::ResponseFormat& format) {
    std::string& out = x_out.output;
    out = R"({"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":)";
    json::append_quoted(out, format.schema);   // told as a string
    if (!format.name.empty()) out += ",\"name\":" + json::quoted(format.name);
    if (!format.description.empty()) out += ",\"description\":" + json::quoted(format.description);
    out += "}}}}";
  }

  void inference() {
    max_tokens();
    const bool claude = x_model.family == Family::claude;
    const bool takes = !x_reasoning.no_limits && !(claude && (x_reasoning.thinks || !x_model.claude.takes_sampling));
    const bool has_temperature = temperature(takes);
    const bool both = !claude || x_model.claude.takes_both_samplers || !has_temperature;
    if (x_asked.top_p && takes && both) member(x_inference, "topP", *x_asked.top_p);
    else if (x_asked.top_p && *x_asked.top_p != 1) x_dropped.add("top_p");
    if (x_asked.top_k) top_k(takes);
    std::string stops;
    for (const std::string& stop : x_asked.stop) {
      if (stop.empty() || (claude && is_blank(stop))) {   // which Claude refuses
        x_dropped.add("stop");
        continue;
      }
      begin_element(stops);
      json::append_quoted(stops, stop);
    }
    if (!stops.empty()) x_inference += ",\"stopSequences\":[" + stops + "]";
  }

  void max_tokens() {
    if (!x_asked.max_tokens) return;   // the default is the model's limit
    std::int64_t tokens = *x_asked.max_tokens;
    const bool known = x_model.family == Family::claude && x_model.claude.version > 0;
    if (known && tokens > x_model.claude.max_output) {
      tokens = x_model.claude.max_output;
      x_dropped.add("max_tokens");
    }
    if (tokens < 1) return x_dropped.add("max_tokens");
    x_inference += ",\"maxTokens\":";
    json::append_integer(x_inference, tokens);
  }

  bool temperature(bool takes) {
    if (!x_asked.temperature) return false;
    if (!takes) {
      if (*x_asked.temperature != 1) x_dropped.add("temperature");   // 1 is what the model does anyway
      return false;
    }
    const double value = std::clamp(*x_asked.temperature, 0.0, 1.0);   // OpenAI's scale goes to 2
    if (value != *x_asked.temperature) x_dropped.add("temperature");
    member(x_inference, "temperature", value);
    return true;
  }

  static void member(std::string& into, std::string_view name, double value) {
    into.append(",\"").append(name).append("\":");
    append_number(into, value);
  }

  // docs: Inference request parameters, each model's own page.
  void top_k(bool takes) {
    std::string number;
    json::append_integer(number, *x_asked.top_k);
    if (!takes) x_dropped.add("top_k");
    else if (x_model.family == Family::claude || x_model.family == Family::mistral) x_additional += ",\"top_k\":" + number;
    else if (x_model.family == Family::nova) x_additional += ",\"inferenceConfig\":{\"topK\":" + number + "}";
    else if (x_model.family == Family::cohere) x_additional += ",\"k\":" + number;
    else x_dropped.add("top_k");
  }

  void metadata() {
    if (!x_asked.user.empty()) x_dropped.add("user");
    if (x_asked.metadata.empty()) return;
    std::string entries;
    int count = 0;
    json::each_member(x_asked.metadata, [&](std::string_view key, std::string_view raw) {
      const auto name = json::unquoted("\"" + std::string(key) + "\""), value = json::unquoted(raw);
      if (!name || !value || !fits_metadata(*name, true) || !fits_metadata(*value, false) || ++count > 16) return x_dropped.add("metadata");
      entries += "," + json::quoted(*name) + ":" + json::quoted(*value);
    });
    x_out.metadata = braced(entries);
  }

  void service_tier() {
    const std::string& tier = x_asked.service_tier;
    const bool bedrock = x_asked.caller == llm::Dialect::bedrock;
    if (tier.empty() || tier == "auto" || (!bedrock && (tier == "default" || tier == "standard_only" || tier == "standard"))) return;
    if (bedrock || tier == "flex" || tier == "priority") x_out.service_tier = "{\"type\":" + json::quoted(tier) + "}";
    else x_dropped.add("service_tier");
  }

  void unsupported() {
    if (x_asked.frequency_penalty.value_or(0) != 0) x_dropped.add("frequency_penalty");
    if (x_asked.presence_penalty.value_or(0) != 0) x_dropped.add("presence_penalty");
    if (x_asked.seed) x_dropped.add("seed");
    if (x_asked.logprobs.value_or(false)) x_dropped.add("logprobs");
    if (x_asked.top_logprobs.value_or(0) != 0) x_dropped.add("top_logprobs");
    if (!x_asked.verbosity.empty() && x_asked.verbosity != "medium") x_dropped.add("verbosity");
    if (!x_asked.audio_output.empty()) x_dropped.add("audio");
    if (x_asked.parallel_tool_calls == false && !x_asked.tools.empty()) x_dropped.add("parallel_tool_calls");
    const auto other = std::find_if(x_asked.modalities.begin(), x_asked.modalities.end(), [](const std::string& one) { return one != "text"; });
    if (other != x_asked.modalities.end()) x_dropped.add("modalities");
  }

  // Converse's own members, whoever says them; anything else in the words of others is not known.
  void others() {
    constexpr std::array<std::string_view, 5> own = {"guardrailConfig", "performanceConfig", "promptVariables", "projectIdentifier",
                                                     "additionalModelResponseFieldPaths"};
    constexpr std::string_view additional = "additionalModelRequestFields";
    for (const auto& [name, value] : x_asked.others) {
      if (std::find(own.begin(), own.end(), name) != own.end()) x_out.others += "," + json::quoted(name) + ":" + value;
      else if (name == additional) json::each_member(value, [this](std::string_view key, std::string_view raw) { add_field(key, raw); });
      else if (name.starts_with(additional) && name.size() > additional.size() + 1) add_field(std::string_view(name).substr(additional.size() + 1), value);
      else if (!asks_for_nothing(name, value)) x_dropped.add(name);
    }
  }

  // One that is said already in the neutral request stays as it was decided.
  void add_field(std::string_view key, std::string_view raw) {
    const std::string start = ",\"" + std::string(key) + "\":";
    if (!json::valid_utf8(key) || key.find('.') != key.npos) return x_dropped.add("additionalModelRequestFields");
    if (json::find(braced(x_additional), key)) return x_dropped.add("additionalModelRequestFields." + std::string(key));
    x_additional += start;
    x_additional += raw;
  }

  const llm::ChatRequest& x_asked;
  const Model& x_model;
  const Conversation& x_conversation;
  Dropped& x_dropped;
  Reasoning x_reasoning;
  std::string x_inference, x_additional;   // members with a comma before each
  Settings x_out;
};

}  // namespace

Result<Settings> decide_settings(const llm::ChatRequest& asked, const Model& model, const Conversation& conversation, Dropped& dropped) {
  return Decision(asked, model, conversation, dropped).run();
}

}  // namespace sluice::dialects::bedrock
