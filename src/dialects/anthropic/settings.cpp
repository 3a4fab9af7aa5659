#include "dialects/anthropic/settings.hpp"

#include <algorithm>
#include <utility>

#include "dialects/anthropic/content.hpp"
#include "dialects/anthropic/schema_subset.hpp"
#include "dialects/caller_words.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::anthropic {
namespace {

using Choice = llm::ToolChoice::Kind;

// How many tokens a model with a thinking budget may think, by OpenAI's efforts.
std::optional<std::int64_t> budget_for(std::string_view effort) {
  if (effort == "minimal" || effort == "low") return least_budget;
  if (effort == "medium") return 4096;
  if (effort == "high" || effort == "xhigh" || effort == "max") return 16384;
  return std::nullopt;
}

// What an adaptive model is asked for where the caller counts tokens.
std::string_view effort_for(std::int64_t budget) {
  if (budget <= 2048) return "low";
  if (budget <= 8192) return "medium";
  return "high";
}

// Without these the request would be another.
bool is_essential(std::string_view name, std::string_view value) {
  if (name == "background") return value == "true";
  return name == "previous_response_id" || name == "conversation" || name == "prompt" || name == "cachedContent" ||
         name == "cached_content";
}

class Decision {
 public:
  Decision(const llm::ChatRequest& asked, const Recipient& to, const ModelTraits& model, bool unthought_calls,
           bool has_tools, Dropped& dropped)
      : x_asked(asked), x_to(to), x_model(model), x_unthought_calls(unthought_calls), x_has_tools(has_tools),
        x_dropped(dropped) {}

  Result<Settings> run() {
    if (x_asked.n && *x_asked.n > 1) {
      return Error(Code::bad_request, "This model gives one answer to a request; n must be 1.").about(word("n"));
    }
    auto possible = refusals();
    if (!possible) return std::move(possible).error();
    limits();
    tool_choice();
    thinking();
    sampling();
    response_format();
    who_and_how();
    others();
    return std::move(x_out);
  }

 private:
  Result<> refusals();
  void limits();
  void tool_choice();
  void thinking();
  bool own_thinking(std::string_view value);
  void think(std::int64_t budget);
  void think_within_budget(std::int64_t budget);
  void think_by_effort(std::int64_t budget);
  void no_thinking();
  std::string thinking_object(std::string_view type, std::int64_t budget) const;
  void set_effort(std::string_view effort);
  void sampling();
  void response_format();
  void who_and_how();
  void others();
  bool forced() const {
    return x_has_tools && x_asked.tool_choice && x_model.takes_forced_tool &&
           (x_asked.tool_choice->kind == Choice::required || x_asked.tool_choice->kind == Choice::named);
  }
  bool refuses(std::string_view member) const {
    const auto& all = x_to.quirks.refuses;
    return std::find(all.begin(), all.end(), member) != all.end();
  }
  std::string word(std::string_view name) const { return std::string(caller_word(x_asked.caller, name)); }
  void drop(std::string_view name) { x_dropped.add(caller_word(x_asked.caller, name)); }

  const llm::ChatRequest& x_asked;
  const Recipient& x_to;
  const ModelTraits& x_model;
  const bool x_unthought_calls, x_has_tools;
  Dropped& x_dropped;
  Settings x_out;
  bool x_thinks = false;               // thinking is asked for: some settings are refused beside it
  std::string_view x_own_thinking{};   // the member of `others` that decided it
};

Result<> Decision::refusals() {
  for (const auto& [name, value] : x_asked.others) {
    if (!is_essential(name, value)) continue;
    return Error(Code::bad_request, "The model's provider keeps nothing from one request to the next: " + name +
                                        " cannot be used with it.").about(name);
  }
  const auto& kinds = x_asked.modalities;
  if (!kinds.empty() && std::find(kinds.begin(), kinds.end(), "text") == kinds.end())
    return Error(Code::bad_request, "The model answers with text only.").about(word("modalities"));
  return {};
}

void Decision::limits() {
  x_out.max_tokens = x_asked.max_tokens.value_or(x_model.max_output);   // required by the API
  if (x_model.version != 0 && x_out.max_tokens > x_model.max_output) {
    x_out.max_tokens = x_model.max_output;
    drop("max_tokens");
  }
  for (const std::string& stop : x_asked.stop) {
    if (is_blank(stop)) {
      drop("stop");
    } else {
      x_out.stop.push_back(stop);
    }
  }
}

void Decision::tool_choice() {
  if (!x_has_tools) {
    const bool needs = x_asked.tool_choice && x_asked.tool_choice->kind == Choice::required;
    return needs ? drop("tool_choice") : void();
  }
  const bool one_at_a_time = x_asked.parallel_tool_calls == false;
  Choice kind = x_asked.tool_choice ? x_asked.tool_choice->kind : Choice::automatic;
  if (!x_asked.tool_choice && !one_at_a_time) return;
  if (!x_model.takes_forced_tool && (kind == Choice::required || kind == Choice::named)) {
    drop("tool_choice");
    kind = Choice::automatic;
  }
  switch (kind) {
    case Choice::none: x_out.tool_choice = R"({"type":"none"})"; return;
    case Choice::automatic: x_out.tool_choice = R"({"type":"auto")"; break;
    case Choice::required: x_out.tool_choice = R"({"type":"any")"; break;
    case Choice::named:
      x_out.tool_choice = R"({"type":"tool","name":)";
      json::append_quoted(x_out.tool_choice, x_asked.tool_choice->name);
      break;
  }
  if (one_at_a_time) x_out.tool_choice += ",\"disable_parallel_tool_use\":true";
  x_out.tool_choice += '}';
}

// A `thinking` object in Anthropic's form, as its own OpenAI-compatible endpoint takes it. Other vendors have one of
// the same name ({"type":"enabled"} without a budget).
bool Decision::own_thinking(std::string_view value) {
  if (json::kind_of(value) != json::Kind::object || json::validate(value)) return false;
  const std::string_view type = json::find(value, "type").value_or("");
  if (type == "\"disabled\"") {
    if (x_model.thinks_unasked && !x_model.may_not_think) return false;
    if (x_model.thinks_unasked) x_out.thinking = R"({"type":"disabled"})";
    return true;
  }
  if (forced()) return false;
  if (type == "\"enabled\"") {
    const auto budget = json::to_integer(json::find(value, "budget_tokens").value_or(""));
    const bool fits = budget && *budget >= least_budget && *budget < x_out.max_tokens;
    if (!fits || x_model.thinking != ThinkingForm::budget || x_unthought_calls) return false;
  } else if (type != "\"adaptive\"" || x_model.thinking != ThinkingForm::adaptive) {
    return false;
  }
  x_out.thinking = value;
  x_thinks = true;
  return true;
}

// From most to least exact: an object of Anthropic's form, a budget, an effort.
void Decision::thinking() {
  const std::string& effort = x_asked.reasoning_effort;
  for (const auto& [name, value] : x_asked.others) {
    if (name != "thinking" && name != "additionalModelRequestFields.thinking") continue;
    if (!own_thinking(value)) continue;
    x_own_thinking = name;
    if (!effort.empty()) drop("reasoning_effort");
    return;
  }
  if (!x_asked.thinking_detail.empty() && x_asked.thinking_detail != "auto") drop("reasoning.summary");
  const auto& budget = x_asked.thinking_budget;
  // Anthropic's callers ask for an effort of the whole answer, with or without thinking.
  if (!budget && x_asked.caller == llm::Dialect::anthropic) return effort.empty() ? void() : set_effort(effort);
  if (budget == 0 || (!budget && effort == "none")) return no_thinking();
  if (!budget && effort.empty()) {
    if (x_asked.show_thinking != true || forced()) return;
    return x_model.thinking == ThinkingForm::adaptive ? think(-1) : void();
  }
  if (!budget && !budget_for(effort)) return drop("reasoning_effort");
  if (forced()) return drop("reasoning_effort");
  think(budget.value_or(0));
}

// budget: tokens; -1: as the model sees fit; 0: by the effort.
void Decision::think(std::int64_t budget) {
  switch (x_model.thinking) {
    case ThinkingForm::budget:
      if (budget > 0 && x_model.takes_effort && !x_asked.reasoning_effort.empty()) set_effort(x_asked.reasoning_effort);
      return think_within_budget(budget > 0 ? budget : budget_for(x_asked.reasoning_effort).value_or(4096));
    case ThinkingForm::adaptive:
      if (budget > 0 && x_model.takes_budget && !x_unthought_calls) {
        set_effort(x_asked.reasoning_effort);
        return think_within_budget(budget);
      }
      return think_by_effort(budget);
    case ThinkingForm::none: case ThinkingForm::unknown: break;
  }
  drop("reasoning_effort");
}

void Decision::no_thinking() {
  if (x_asked.caller == llm::Dialect::anthropic && !x_asked.reasoning_effort.empty()) set_effort(x_asked.reasoning_effort);
  if (!x_model.thinks_unasked) return;
  if (x_model.may_not_think) {
    x_out.thinking = R"({"type":"disabled"})";
  } else {
    drop("reasoning_effort");
  }
}

std::string Decision::thinking_object(std::string_view type, std::int64_t budget) const {
  std::string out = "{\"type\":\"";
  out.append(type) += '"';
  if (budget > 0) {
    out += ",\"budget_tokens\":";
    json::append_integer(out, budget);
  }
  if (x_asked.show_thinking == true && x_model.hides_thoughts) out += R"(,"display":"summarized")";
  if (x_asked.show_thinking == false && x_model.takes_display) out += R"(,"display":"omitted")";
  return out += '}';
}

// max_tokens counts the thinking in, and must be larger than the budget. It is what the caller pays for at most, whichever
// dialect he speaks, and so is never raised.
void Decision::think_within_budget(std::int64_t budget) {
  if (x_unthought_calls) return drop("reasoning_effort");
  const bool counted = x_asked.thinking_budget.value_or(-1) > 0;
  if (budget < least_budget || budget >= x_model.max_output) {
    budget = std::clamp<std::int64_t>(budget, least_budget, x_model.max_output - 1);
    drop("reasoning_effort");
  }
  const auto fitting = budget_within(x_out.max_tokens, budget, counted);
  if (!fitting || (counted && *fitting != budget)) drop("reasoning_effort");
  if (!fitting) return;
  x_out.thinking = thinking_object("enabled", *fitting);
  x_thinks = true;
}

void Decision::think_by_effort(std::int64_t budget) {
  x_out.thinking = thinking_object("adaptive", 0);
  x_thinks = true;
  if (!x_asked.reasoning_effort.empty()) set_effort(x_asked.reasoning_effort);
  else if (budget > 0) set_effort(effort_for(budget));
  if (budget > 0) drop("reasoning_effort");   // its tokens
}

void Decision::set_effort(std::string_view effort) {
  if (effort.empty() || effort == "none") return;
  if (!x_model.takes_effort) return drop("reasoning_effort");
  x_out.effort = effort == "minimal" ? std::string_view("low") : effort;
  if (x_out.effort == "xhigh" && x_model.version < 407) x_out.effort = "high";
  if (x_out.effort == "max" && x_model.version < 406) x_out.effort = "high";
}

void Decision::sampling() {
  const bool takes = x_model.takes_sampling && !x_thinks;
  if (x_asked.temperature) {
    if (takes) {
      x_out.temperature = std::clamp(*x_asked.temperature, 0.0, 1.0);   // OpenAI's scale goes to 2
      if (x_out.temperature != x_asked.temperature) drop("temperature");
    } else if (*x_asked.temperature != 1) {   // 1 is what the model does anyway
      drop("temperature");
    }
  }
  if (x_asked.top_p && *x_asked.top_p != 1) {
    const bool fits = takes && (x_model.takes_both_samplers || !x_out.temperature);
    if (fits) x_out.top_p = x_asked.top_p;
    else drop("top_p");
  }
  if (x_asked.top_k) {
    if (takes) x_out.top_k = x_asked.top_k;
    else drop("top_k");
  }
}

// What the model cannot be held to it is told, and that it is not held to it is reported.
void Decision::response_format() {
  if (!x_asked.response_format || x_asked.response_format->kind == llm::ResponseFormat::Kind::text) return;
  const llm::ResponseFormat& format = *x_asked.response_format;
  const bool with_schema = format.kind == llm::ResponseFormat::Kind::json_schema;
  if (with_schema && x_model.takes_schema && !refuses("output_config")) {
    if (auto schema = to_subset(format.schema, word("response_format") + ".schema", x_dropped)) {
      x_out.schema = *std::move(schema);
      return;
    }
  }
  drop("response_format");
  x_out.instructions = "Answer with one JSON object and nothing else: no text around it, no code fence.";
  if (!with_schema || json::validate(format.schema)) return;
  x_out.instructions += " It must be valid against this JSON Schema:\n" + format.schema;
}

void Decision::who_and_how() {
  x_out.user = x_asked.user;
  if (!x_asked.metadata.empty() && x_asked.metadata != "{}") {
    const std::string named = json::unquoted(json::find(x_asked.metadata, "user_id").value_or("")).value_or("");
    const bool is_all = !named.empty() && x_asked.user.empty();
    if (is_all) x_out.user = named;
    std::size_t members = 0;
    json::each_member(x_asked.metadata, [&members](std::string_view, std::string_view) { ++members; });
    if (!is_all || members > 1) drop("metadata");
  }
  const std::string& tier = x_asked.service_tier;
  if (x_asked.caller == llm::Dialect::anthropic && !refuses("service_tier")) x_out.service_tier = tier;
  else if (!tier.empty() && tier != "auto" && tier != "default" && tier != "standard") drop("service_tier");
}

// A value that asks for nothing is not missed.
bool asks_for_nothing(std::string_view name, std::string_view value) {
  if (value == "null") return true;
  if (name == "logprobs" || name == "store" || name == "background") return value == "false";
  if (name == "logit_bias" || name == "metadata") return value == "{}";
  if (name == "modalities") return value == R"(["text"])";
  if (name == "service_tier") return value == R"("auto")" || value == R"("default")";
  if (name == "truncation") return value == R"("disabled")";
  // The thoughts' proofs, which come in every answer of Claude's.
  if (name == "include") return value == R"(["reasoning.encrypted_content"])";
  return false;
}

// Members that only this dialect has, at the top of a request.
bool is_own(std::string_view name) {
  return name == "cache_control" || name == "context_management" || name == "container" || name == "mcp_servers" ||
         name == "inference_geo" || name == "speed";
}

void Decision::others() {
  if (x_asked.frequency_penalty && *x_asked.frequency_penalty != 0) drop("frequency_penalty");
  if (x_asked.presence_penalty && *x_asked.presence_penalty != 0) drop("presence_penalty");
  if (x_asked.seed) drop("seed");
  if (x_asked.logprobs == true) drop("logprobs");
  if (x_asked.top_logprobs && *x_asked.top_logprobs > 0) drop("top_logprobs");
  if (x_asked.modalities.size() > 1) drop("modalities");
  if (!x_asked.audio_output.empty()) drop("audio");
  if (!x_asked.verbosity.empty() && x_asked.verbosity != "medium") drop("verbosity");
  for (const auto& [name, value] : x_asked.others) {
    if (!x_own_thinking.empty() && name == x_own_thinking) continue;
    if (name == "web_search_options" && x_asked.caller == llm::Dialect::openai) continue;   // with the tools
    if (x_asked.caller == llm::Dialect::anthropic && is_own(name)) x_out.passed.emplace_back(name, value);
    else if (!asks_for_nothing(name, value)) x_dropped.add(name);
  }
}

}  // namespace

Result<Settings> decide_settings(const llm::ChatRequest& asked, const Recipient& to, const ModelTraits& model,
                                 bool unthought_calls, bool has_tools, Dropped& dropped) {
  return Decision(asked, to, model, unthought_calls, has_tools, dropped).run();
}

}  // namespace sluice::dialects::anthropic
