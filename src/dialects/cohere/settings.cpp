#include "dialects/cohere/settings.hpp"

#include <algorithm>
#include <array>

#include "sluice/dialects/free_text.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::cohere {
namespace {

using Choice = llm::ToolChoice::Kind;
using Format = llm::ResponseFormat::Kind;

// docs.cohere.com/v2/reference/chat: ranges of the parameters. A number outside is brought to the nearest, and reported.
void ranged(std::string_view name, std::string_view told, double value, double least, double most, ObjectWriter& out, Dropped& dropped) {
  const double fits = std::clamp(value, least, most);
  if (fits != value) dropped.add(told);
  out.number(name, fits);
}

std::int64_t budget_for(std::string_view effort) {
  if (effort == "minimal" || effort == "low") return 1024;
  return effort == "medium" ? 4096 : 16384;
}

Error refusal(std::string_view about, std::string message) {
  return Error(Code::bad_request, std::move(message)).about(std::string(about));
}

// A value that asks for nothing is not missed.
bool asks_for_nothing(std::string_view name, std::string_view value) {
  if (value == "null") return true;
  if (name == "logprobs" || name == "store") return value == "false";
  if (name == "logit_bias" || name == "metadata") return value == "{}";
  return false;
}

class Settings {
 public:
  Settings(const llm::ChatRequest& asked, std::string_view model, bool documents, ObjectWriter& out, Dropped& dropped)
      : x_asked(asked), x_model(model), x_documents(documents), x_out(out), x_dropped(dropped) {}

  Result<> run() {
    if (x_asked.n && *x_asked.n > 1) return refusal("n", "This model gives one answer to a request; n must be 1.");
    for (const std::string& modality : x_asked.modalities) {
      if (modality != "text") return refusal("modalities", "This model answers with text only.");
    }
    if (auto done = tools(); !done) return done;
    response_format();
    sampling();
    thinking();
    rest();
    others();
    return {};
  }

 private:
  Result<> tools();
  bool strict_tools() const;
  bool chosen(const llm::Tool&) const;
  void response_format();
  void sampling();
  void thinking();
  void rest();
  void others();

  const llm::ChatRequest& x_asked;
  const std::string_view x_model;
  const bool x_documents;
  ObjectWriter& x_out;
  Dropped& x_dropped;
};

// It can be told to call a tool, not which: the others are not shown to it then.
bool Settings::chosen(const llm::Tool& tool) const {
  if (!x_asked.tool_choice) return true;
  if (x_asked.tool_choice->kind == Choice::named) return tool.name == x_asked.tool_choice->name;
  const auto& allowed = x_asked.tool_choice->allowed;
  return allowed.empty() || std::find(allowed.begin(), allowed.end(), tool.name) != allowed.end();
}

// strict_tools is of the request, and each tool must have a required parameter then (docs.cohere.com, "Structured
// outputs").
bool Settings::strict_tools() const {
  return std::all_of(x_asked.tools.begin(), x_asked.tools.end(), [](const llm::Tool& tool) {
    const auto required = json::find(tool.parameters, "required");
    bool some = false;
    if (required) json::each_element(*required, [&](std::string_view) { return !(some = true); });
    return tool.strict == true && some;
  });
}

Result<> Settings::tools() {
  if (!x_asked.server_tools.empty()) return refusal("tools", "The provider runs no tools by itself.");
  if (x_asked.tools.empty()) return {};
  std::string list;
  for (const llm::Tool& given : x_asked.tools) {
    const llm::Tool tool = given.custom ? as_function(given) : given;
    if (given.custom && has_grammar(given)) x_dropped.add("tools.format");
    if (tool.cache) x_dropped.add("cache_control");
    if (!chosen(tool)) continue;
    ObjectWriter function, written;
    function.text("name", tool.name);
    if (!tool.description.empty()) function.text("description", tool.description);
    function.raw("parameters", tool.parameters.empty() ? R"({"type":"object","properties":{}})" : tool.parameters);
    written.text("type", "function");
    written.raw("function", function.take());
    next_element(list) += written.take();
  }
  if (list.empty()) return refusal("tool_choice", "tool_choice names a tool that is not among the tools.");
  x_out.raw("tools", "[" + list + "]");
  const Choice kind = x_asked.tool_choice ? x_asked.tool_choice->kind : Choice::automatic;
  if (kind == Choice::none) x_out.text("tool_choice", "NONE");
  else if (kind != Choice::automatic) x_out.text("tool_choice", "REQUIRED");
  const bool asked_strict = std::any_of(x_asked.tools.begin(), x_asked.tools.end(), [](const auto& tool) { return tool.strict == true; });
  if (strict_tools()) x_out.boolean("strict_tools", true);
  else if (asked_strict) x_dropped.add("tools.strict");
  if (x_asked.parallel_tool_calls == false) x_dropped.add("parallel_tool_calls");
  return {};
}

// Not beside documents or tools (cohere-python, types/response_format_v2.py).
void Settings::response_format() {
  if (!x_asked.response_format || x_asked.response_format->kind == Format::text) return;
  if (x_documents || !x_asked.tools.empty()) return x_dropped.add("response_format");
  const llm::ResponseFormat& format = *x_asked.response_format;
  ObjectWriter out;
  out.text("type", "json_object");
  if (format.kind == Format::json_schema && !format.schema.empty()) out.raw("json_schema", format.schema);
  x_out.raw("response_format", out.take());
}

void Settings::sampling() {
  if (x_asked.max_tokens) x_out.integer("max_tokens", *x_asked.max_tokens);
  if (x_asked.temperature) ranged("temperature", "temperature", *x_asked.temperature, 0, 1, x_out, x_dropped);
  if (x_asked.top_p) ranged("p", "top_p", *x_asked.top_p, 0.01, 0.99, x_out, x_dropped);
  if (x_asked.top_k) {
    const std::int64_t k = std::clamp<std::int64_t>(*x_asked.top_k, 0, 500);
    if (k != *x_asked.top_k) x_dropped.add("top_k");
    x_out.integer("k", k);
  }
  if (x_asked.frequency_penalty)
    ranged("frequency_penalty", "frequency_penalty", *x_asked.frequency_penalty, 0, 1, x_out, x_dropped);
  if (x_asked.presence_penalty)
    ranged("presence_penalty", "presence_penalty", *x_asked.presence_penalty, 0, 1, x_out, x_dropped);
  if (x_asked.seed && *x_asked.seed >= 0) x_out.integer("seed", *x_asked.seed);
  else if (x_asked.seed) x_dropped.add("seed");
  constexpr std::size_t most_stops = 5;
  std::string stops;
  for (std::size_t i = 0; i < std::min(x_asked.stop.size(), most_stops); ++i) next_element(stops) += json::quoted(x_asked.stop[i]);
  if (!stops.empty()) x_out.raw("stop_sequences", "[" + stops + "]");
  if (x_asked.stop.size() > most_stops) x_dropped.add("stop");
  if (x_asked.logprobs == true) x_out.boolean("logprobs", true);
  if (x_asked.top_logprobs.value_or(0) > 0) x_dropped.add("top_logprobs");
}

// Models that can think do, unless they are told not to.
void Settings::thinking() {
  const bool off = x_asked.thinking_budget == 0 || (!x_asked.thinking_budget && x_asked.reasoning_effort == "none");
  const bool asked = x_asked.thinking_budget || !x_asked.reasoning_effort.empty();
  if (!x_asked.thinking_detail.empty()) x_dropped.add("reasoning.summary");
  if (!asked) return;
  if (!can_think(x_model)) {
    if (!off) x_dropped.add(x_asked.thinking_budget ? "thinking" : "reasoning_effort");
    return;
  }
  ObjectWriter out;
  out.text("type", off ? "disabled" : "enabled");
  const std::int64_t budget = x_asked.thinking_budget.value_or(off ? 0 : budget_for(x_asked.reasoning_effort));
  if (!off && budget > 0) out.integer("token_budget", budget);
  if (!off && x_asked.show_thinking == false) x_dropped.add("include_reasoning");
  x_out.raw("thinking", out.take());
}

void Settings::rest() {
  if (!x_asked.verbosity.empty() && x_asked.verbosity != "medium") x_dropped.add("verbosity");
  const std::string& tier = x_asked.service_tier;
  if (!tier.empty() && tier != "auto" && tier != "default") x_dropped.add("service_tier");
  if (!x_asked.user.empty()) x_dropped.add("user");
  if (!x_asked.metadata.empty() && x_asked.metadata != "{}") x_dropped.add("metadata");
}

// Members of Cohere's own that callers of any dialect may send beside theirs.
void Settings::others() {
  static constexpr std::array<std::string_view, 4> own{"safety_mode", "citation_options", "priority", "raw_prompting"};
  for (const auto& [name, value] : x_asked.others) {
    const bool known = std::find(own.begin(), own.end(), name) != own.end();
    if (known && value != "null") x_out.raw(name, value);
    else if (!known && !asks_for_nothing(name, value)) x_dropped.add(name);
  }
}

}  // namespace

// docs.cohere.com/docs/models: reasoning came with Command A Reasoning; what is older or made for something else has
// none.
bool can_think(std::string_view model) {
  if (model.find("reasoning") != model.npos) return true;
  static constexpr std::array<std::string_view, 7> older{"command-r", "command-a-03", "command-a-vision", "command-a-translate",
                                                         "command-light", "command-nightly", "c4ai-"};
  return model != "command" && model != "command-a" &&
         std::none_of(older.begin(), older.end(), [&](std::string_view start) { return model.starts_with(start); });
}

Result<> write_settings(const llm::ChatRequest& asked, std::string_view model, bool documents, ObjectWriter& out, Dropped& dropped) {
  return Settings(asked, model, documents, out, dropped).run();
}

}  // namespace sluice::dialects::cohere
