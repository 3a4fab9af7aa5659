#include "dialects/anthropic/settings.hpp"

#include <algorithm>
#include <utility>

#include "dialects/anthropic/content.hpp"
#include "dialects/anthropic/schema.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::anthropic {
namespace {

using Choice = llm::ToolChoice::Kind;

// How many tokens a model with a thinking budget may think, by OpenAI's efforts; 1024 is the least Anthropic takes.
std::optional<std::int64_t> budget_for(std::string_view effort) {
  if (effort == "minimal" || effort == "low") return 1024;
  if (effort == "medium") return 4096;
  if (effort == "high" || effort == "xhigh" || effort == "max") return 16384;
  return std::nullopt;
}

class Decision {
 public:
  Decision(const llm::ChatRequest& asked, const ModelTraits& model, bool unthought_calls, Dropped& dropped)
      : x_asked(asked), x_model(model), x_unthought_calls(unthought_calls), x_dropped(dropped) {}

  Result<Settings> run() {
    if (x_asked.n && *x_asked.n > 1) {
      return Error(Code::bad_request, "This model gives one answer to a request; n must be 1.").about("n");
    }
    limits();
    tool_choice();
    thinking();
    sampling();
    response_format();
    others();
    return std::move(x_out);
  }

 private:
  void limits();
  void tool_choice();
  void thinking();
  bool own_thinking(std::string_view value);
  void think_within_budget();
  void think_by_effort();
  void no_thinking();
  void sampling();
  void response_format();
  void others();
  bool forced() const {
    return !x_asked.tools.empty() && x_asked.tool_choice && x_model.takes_forced_tool &&
           (x_asked.tool_choice->kind == Choice::required || x_asked.tool_choice->kind == Choice::named);
  }

  const llm::ChatRequest& x_asked;
  const ModelTraits& x_model;
  const bool x_unthought_calls;
  Dropped& x_dropped;
  Settings x_out;
  bool x_thinks = false;         // thinking is asked for: some settings are refused beside it
  bool x_own_thinking = false;   // the caller's own `thinking` decided
};

void Decision::limits() {
  x_out.max_tokens = x_asked.max_tokens.value_or(x_model.max_output);   // required by the API
  if (x_model.version != 0 && x_out.max_tokens > x_model.max_output) {
    x_out.max_tokens = x_model.max_output;
    x_dropped.add("max_tokens");
  }
  for (const std::string& stop : x_asked.stop) {
    if (is_blank(stop)) {
      x_dropped.add("stop");
    } else {
      x_out.stop.push_back(stop);
    }
  }
}

void Decision::tool_choice() {
  if (x_asked.tools.empty()) return;
  const bool one_at_a_time = x_asked.parallel_tool_calls == false;
  Choice kind = x_asked.tool_choice ? x_asked.tool_choice->kind : Choice::automatic;
  if (!x_asked.tool_choice && !one_at_a_time) return;
  if (!x_model.takes_forced_tool && (kind == Choice::required || kind == Choice::named)) {
    x_dropped.add("tool_choice");
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
    const bool fits = budget && *budget >= 1024 && *budget < x_out.max_tokens;
    if (!fits || x_model.thinking != ThinkingForm::budget || x_unthought_calls) return false;
  } else if (type != "\"adaptive\"" || x_model.thinking != ThinkingForm::adaptive) {
    return false;
  }
  x_out.thinking = value;
  x_thinks = true;
  return true;
}

void Decision::thinking() {
  for (const auto& [name, value] : x_asked.others) {
    if (name != "thinking" || !own_thinking(value)) continue;
    x_own_thinking = true;
    if (!x_asked.reasoning_effort.empty()) x_dropped.add("reasoning_effort");
    return;
  }
  const std::string& effort = x_asked.reasoning_effort;
  if (effort.empty()) return;
  if (effort == "none") return no_thinking();
  if (!budget_for(effort) || forced()) return x_dropped.add("reasoning_effort");
  if (x_model.thinking == ThinkingForm::budget) return think_within_budget();
  if (x_model.thinking == ThinkingForm::adaptive) return think_by_effort();
  x_dropped.add("reasoning_effort");
}

void Decision::no_thinking() {
  if (!x_model.thinks_unasked) return;
  if (x_model.may_not_think) {
    x_out.thinking = R"({"type":"disabled"})";
  } else {
    x_dropped.add("reasoning_effort");
  }
}

// max_tokens counts the thinking in, and must be larger than the budget.
void Decision::think_within_budget() {
  if (x_unthought_calls) return x_dropped.add("reasoning_effort");
  const std::int64_t budget = *budget_for(x_asked.reasoning_effort);
  if (x_out.max_tokens <= budget) {
    if (budget + x_out.max_tokens > x_model.max_output) return x_dropped.add("reasoning_effort");
    x_out.max_tokens += budget;
    x_dropped.add("max_tokens");
  }
  x_out.thinking = R"({"type":"enabled","budget_tokens":)";
  json::append_integer(x_out.thinking, budget);
  x_out.thinking += '}';
  x_thinks = true;
}

void Decision::think_by_effort() {
  x_out.thinking = R"({"type":"adaptive"})";
  x_thinks = true;
  x_out.effort = x_asked.reasoning_effort;
  if (x_out.effort == "minimal") x_out.effort = "low";
  if (x_out.effort == "xhigh" && x_model.version < 407) x_out.effort = "high";
}

void Decision::sampling() {
  const bool takes = x_model.takes_sampling && !x_thinks;
  if (x_asked.temperature) {
    if (takes) {
      x_out.temperature = std::clamp(*x_asked.temperature, 0.0, 1.0);   // OpenAI's scale goes to 2
      if (x_out.temperature != x_asked.temperature) x_dropped.add("temperature");
    } else if (*x_asked.temperature != 1) {   // 1 is what the model does anyway
      x_dropped.add("temperature");
    }
  }
  if (x_asked.top_p && *x_asked.top_p != 1) {
    const bool fits = takes && (x_model.takes_both_samplers || !x_out.temperature);
    if (fits) x_out.top_p = x_asked.top_p;
    else x_dropped.add("top_p");
  }
  if (x_asked.top_k) {
    if (takes) x_out.top_k = x_asked.top_k;
    else x_dropped.add("top_k");
  }
}

void Decision::response_format() {
  if (!x_asked.response_format) return;
  const llm::ResponseFormat& format = *x_asked.response_format;
  if (format.kind == llm::ResponseFormat::Kind::text) return;
  if (format.kind == llm::ResponseFormat::Kind::json_schema && x_model.takes_schema && is_enforceable(format.schema)) {
    x_out.schema = format.schema;
  } else {
    x_dropped.add("response_format");
  }
}

// A value that asks for nothing is not missed.
bool asks_for_nothing(std::string_view name, std::string_view value) {
  if (value == "null") return true;
  if (name == "logprobs" || name == "store") return value == "false";
  if (name == "logit_bias" || name == "metadata") return value == "{}";
  if (name == "modalities") return value == R"(["text"])";
  if (name == "service_tier") return value == R"("auto")" || value == R"("default")";
  return false;
}

void Decision::others() {
  if (x_asked.frequency_penalty && *x_asked.frequency_penalty != 0) x_dropped.add("frequency_penalty");
  if (x_asked.presence_penalty && *x_asked.presence_penalty != 0) x_dropped.add("presence_penalty");
  if (x_asked.seed) x_dropped.add("seed");
  for (const auto& [name, value] : x_asked.others) {
    if (name == "thinking" && x_own_thinking) continue;
    if (!asks_for_nothing(name, value)) x_dropped.add(name);
  }
}

}  // namespace

Result<Settings> decide_settings(const llm::ChatRequest& asked, const ModelTraits& model, bool unthought_calls,
                                 Dropped& dropped) {
  return Decision(asked, model, unthought_calls, dropped).run();
}

Result<std::string> encode_tools(const std::vector<llm::Tool>& tools, const ModelTraits& model, Dropped& dropped) {
  std::string out;
  for (const llm::Tool& tool : tools) {
    const auto schema = input_schema(tool.parameters);
    if (!schema) {
      std::string message = "The parameters of the tool " + json::quoted(tool.name) + " are not a JSON object.";
      return Error(Code::bad_request, std::move(message)).about("tools");
    }
    begin_element(out);
    out += "{\"name\":";
    json::append_quoted(out, tool.name);
    if (!tool.description.empty()) {
      out += ",\"description\":";
      json::append_quoted(out, tool.description);
    }
    out += ",\"input_schema\":";
    out += *schema;
    if (tool.strict == true) {
      if (model.takes_schema && is_enforceable(*schema)) out += ",\"strict\":true";
      else dropped.add("tools.strict");
    }
    out += '}';
  }
  return out;
}

}  // namespace sluice::dialects::anthropic
