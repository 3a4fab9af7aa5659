#include "dialects/ollama/encode.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "dialects/dropped.hpp"
#include "dialects/object_writer.hpp"
#include "dialects/ollama/conversation.hpp"
#include "sluice/dialects/free_text.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::ollama {
namespace {

using Choice = llm::ToolChoice::Kind;
using Format = llm::ResponseFormat::Kind;

Error refusal(std::string_view about, std::string message) {
  return Error(Code::bad_request, std::move(message)).about(std::string(about));
}

// A value that asks for nothing is not missed.
bool asks_for_nothing(std::string_view name, std::string_view value) {
  if (value == "null") return true;
  if (name == "logprobs" || name == "store") return value == "false";
  return (name == "logit_bias" || name == "metadata") && value == "{}";
}

// docs.ollama.com, "Modelfile" and openapi.yaml (ModelOptions): what else may stand in `options`, whose names callers of
// other dialects send beside theirs.
bool is_option(std::string_view name) {
  static constexpr std::array<std::string_view, 12> names{"num_ctx", "num_keep", "min_p", "typical_p", "repeat_last_n", "repeat_penalty",
                                                          "num_gpu", "main_gpu", "num_batch", "num_thread", "use_mmap", "draft_num_predict"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Body {
 public:
  Body(const llm::ChatRequest& asked, const Recipient& to) : x_asked(asked), x_model(to.model) {}

  Result<Encoded> run() {
    if (x_asked.n && *x_asked.n > 1) return refusal("n", "The provider gives one answer to a request; n must be 1.");
    for (const std::string& modality : x_asked.modalities) {
      if (modality != "text") return refusal("modalities", "The provider answers with text only.");
    }
    x_out.text("model", x_model);
    auto messages = encode_messages(x_asked.messages, x_dropped);
    if (!messages) return std::move(messages).error();
    x_out.raw("messages", "[" + *messages + "]");
    if (auto done = tools(); !done) return std::move(done).error();
    format();
    think();
    sampling();
    rest();
    others();
    if (!x_options.empty()) x_out.raw("options", x_options.take());
    x_out.boolean("stream", x_asked.stream);   // it streams unless told not to
    return Encoded{x_out.take(), x_dropped.take()};
  }

 private:
  Result<> tools();
  bool shown(const llm::Tool&) const;
  void format();
  void think();
  void sampling();
  void rest();
  void others();
  void option_set(std::string_view raw);

  const llm::ChatRequest& x_asked;
  const std::string_view x_model;
  ObjectWriter x_out, x_options;
  Dropped x_dropped;
};

// There is no tool_choice: tools that may not be called are not shown.
bool Body::shown(const llm::Tool& tool) const {
  if (!x_asked.tool_choice) return true;
  if (x_asked.tool_choice->kind == Choice::none) return false;
  if (x_asked.tool_choice->kind == Choice::named) return tool.name == x_asked.tool_choice->name;
  const auto& allowed = x_asked.tool_choice->allowed;
  return allowed.empty() || std::find(allowed.begin(), allowed.end(), tool.name) != allowed.end();
}

Result<> Body::tools() {
  if (!x_asked.server_tools.empty()) return refusal("tools", "The provider runs no tools by itself.");
  std::string list;
  for (const llm::Tool& given : x_asked.tools) {
    const llm::Tool tool = given.custom ? as_function(given) : given;
    if (given.custom && has_grammar(given)) x_dropped.add("tools.format");
    if (tool.strict == true) x_dropped.add("tools.strict");
    if (tool.cache) x_dropped.add("cache_control");
    if (!shown(tool)) continue;
    ObjectWriter function, out;
    function.text("name", tool.name);
    function.text("description", tool.description);
    function.raw("parameters", tool.parameters.empty() ? R"({"type":"object","properties":{}})" : tool.parameters);
    out.text("type", "function");
    out.raw("function", function.take());
    next_element(list) += out.take();
  }
  if (!list.empty()) x_out.raw("tools", "[" + list + "]");
  if (x_asked.tools.empty() || !x_asked.tool_choice) {
    if (!x_asked.tools.empty() && x_asked.parallel_tool_calls == false) x_dropped.add("parallel_tool_calls");
    return {};
  }
  const Choice kind = x_asked.tool_choice->kind;
  if (list.empty() && kind != Choice::none) return refusal("tool_choice", "tool_choice names a tool that is not among the tools.");
  if (kind == Choice::required || kind == Choice::named) x_dropped.add("tool_choice");
  if (x_asked.parallel_tool_calls == false && kind != Choice::none) x_dropped.add("parallel_tool_calls");
  return {};
}

void Body::format() {
  if (!x_asked.response_format || x_asked.response_format->kind == Format::text) return;
  const llm::ResponseFormat& format = *x_asked.response_format;
  if (format.kind == Format::json_schema && !format.schema.empty()) x_out.raw("format", format.schema);
  else x_out.text("format", "json");
}

// gpt-oss knows levels and nothing else; other models think or do not (docs.ollama.com/capabilities/thinking).
void Body::think() {
  if (!x_asked.thinking_detail.empty()) x_dropped.add("reasoning.summary");
  const std::string& effort = x_asked.reasoning_effort;
  if (!x_asked.thinking_budget && effort.empty()) return;
  const bool off = x_asked.thinking_budget ? *x_asked.thinking_budget == 0 : effort == "none";
  if (!off && x_asked.show_thinking == false) x_dropped.add("include_reasoning");   // what it thinks it shows
  const bool levels = x_model.find("gpt-oss") != x_model.npos;
  if (x_asked.thinking_budget.value_or(0) > 0) x_dropped.add("thinking.budget_tokens");
  if (off && levels) return x_dropped.add(x_asked.thinking_budget ? "thinking" : "reasoning_effort");   // it always thinks
  if (off || !levels || effort.empty()) return x_out.boolean("think", !off);
  const bool named = effort == "low" || effort == "medium" || effort == "high";
  x_out.text("think", named ? std::string_view(effort) : effort == "minimal" ? "low" : "high");
}

void Body::sampling() {
  if (x_asked.temperature) x_options.number("temperature", *x_asked.temperature);
  if (x_asked.top_p) x_options.number("top_p", *x_asked.top_p);
  if (x_asked.top_k) x_options.integer("top_k", *x_asked.top_k);
  if (x_asked.seed) x_options.integer("seed", *x_asked.seed);
  if (x_asked.max_tokens) x_options.integer("num_predict", *x_asked.max_tokens);
  if (x_asked.frequency_penalty) x_options.number("frequency_penalty", *x_asked.frequency_penalty);
  if (x_asked.presence_penalty) x_options.number("presence_penalty", *x_asked.presence_penalty);
  std::string stops;
  for (const std::string& stop : x_asked.stop) next_element(stops) += json::quoted(stop);
  if (!stops.empty()) x_options.raw("stop", "[" + stops + "]");
  if (x_asked.logprobs == true) {
    x_out.boolean("logprobs", true);
    if (x_asked.top_logprobs) x_out.integer("top_logprobs", *x_asked.top_logprobs);
  }
}

void Body::rest() {
  if (!x_asked.verbosity.empty() && x_asked.verbosity != "medium") x_dropped.add("verbosity");
  const std::string& tier = x_asked.service_tier;
  if (!tier.empty() && tier != "auto" && tier != "default") x_dropped.add("service_tier");
  if (!x_asked.user.empty()) x_dropped.add("user");
  if (!x_asked.metadata.empty() && x_asked.metadata != "{}") x_dropped.add("metadata");
}

// `options` as Ollama itself has it: what the caller's own parameters do not say already.
void Body::option_set(std::string_view raw) {
  static constexpr std::array<std::string_view, 8> said{"temperature", "top_p", "top_k", "seed", "num_predict", "frequency_penalty",
                                                        "presence_penalty", "stop"};
  const bool ours[] = {x_asked.temperature.has_value(), x_asked.top_p.has_value(), x_asked.top_k.has_value(), x_asked.seed.has_value(),
                       x_asked.max_tokens.has_value(), x_asked.frequency_penalty.has_value(), x_asked.presence_penalty.has_value(),
                       !x_asked.stop.empty()};
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    const auto at = static_cast<std::size_t>(std::find(said.begin(), said.end(), key) - said.begin());
    if (at == said.size() ? is_option(key) : !ours[at]) x_options.raw(key, value);
    else x_dropped.add("options." + std::string(key));
  });
}

void Body::others() {
  for (const auto& [name, value] : x_asked.others) {
    if (asks_for_nothing(name, value)) continue;
    if (name == "keep_alive") x_out.raw(name, value);
    else if (name == "options" && json::kind_of(value) == json::Kind::object) option_set(value);
    else if (is_option(name)) x_options.raw(name, value);
    else x_dropped.add(name);
  }
}

}  // namespace

Result<Encoded> encode(const llm::ChatRequest& asked, const Recipient& to) { return Body(asked, to).run(); }

}  // namespace sluice::dialects::ollama
