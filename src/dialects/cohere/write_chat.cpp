#include "dialects/cohere/write_chat.hpp"

#include <utility>

#include "dialects/cohere/carried.hpp"
#include "dialects/cohere/citations.hpp"
#include "dialects/cohere/logprobs.hpp"
#include "dialects/cohere/usage.hpp"
#include "dialects/object_writer.hpp"

namespace sluice::dialects::cohere {
namespace {

// The lists of a message while its parts are gone through.
class Message {
 public:
  Message(bool calling, const std::vector<std::string>& names) : x_calling(calling), x_names(names) {}

  void add(const llm::Part& part) {
    if (const auto* const text = std::get_if<llm::Text>(&part)) said(text->text, text->citations);
    else if (const auto* const refused = std::get_if<llm::Refusal>(&part)) said(refused->text, {});
    else if (const auto* const audio = std::get_if<llm::Audio>(&part)) said(audio->transcript, {});
    else if (const auto* const thought = std::get_if<llm::Thinking>(&part)) thinking(*thought);
    else if (const auto* const called = std::get_if<llm::ToolCall>(&part)) call(*called);
  }

  std::string take() {
    ObjectWriter out;
    out.text("role", "assistant");
    if (!x_plan.empty()) out.text("tool_plan", x_plan);
    if (!x_calls.empty()) out.raw("tool_calls", "[" + x_calls + "]");
    if (!x_content.empty() || !x_calling) out.raw("content", "[" + x_content + "]");
    if (!x_citations.empty()) out.raw("citations", "[" + x_citations + "]");
    return out.take();
  }

 private:
  // Beside calls what is said is their plan, as Cohere has it; the recorded clients send that back with the calls.
  void said(const std::string& text, const std::vector<llm::Citation>& citations) {
    if (text.empty()) return;
    if (x_calling) {
      x_plan += text;
      return;
    }
    for (const llm::Citation& citation : citations) append_citation(next_element(x_citations), citation, text, x_items, x_names);
    block("text", "text", text);
  }

  void thinking(const llm::Thinking& thought) {
    x_thoughts.push_back(thought);
    if (!thought.redacted && !thought.text.empty()) block("thinking", "thinking", thought.text);
  }

  void call(const llm::ToolCall& call) {
    ObjectWriter function, out;
    function.text("name", call.name);
    function.text("arguments", call.custom ? "{\"input\":" + json::quoted(call.arguments) + "}" : call.arguments);
    out.text("id", pack_id(call.id, x_thoughts, call.signature, call.maker));
    out.text("type", "function");
    out.raw("function", function.take());
    next_element(x_calls) += out.take();
    x_thoughts.clear();
  }

  void block(std::string_view type, std::string_view member, const std::string& text) {
    ObjectWriter item;
    item.text("type", type);
    item.text(member, text);
    next_element(x_content) += item.take();
    ++x_items;
  }

  const bool x_calling;
  const std::vector<std::string>& x_names;
  std::string x_plan, x_calls, x_content, x_citations;
  std::vector<llm::Thinking> x_thoughts;   // since the last call
  std::int64_t x_items = 0;
};

}  // namespace

Ending ending_of(llm::Finish finish, bool stop_sequence, bool refused) {
  constexpr std::string_view filtered = "The answer was ended by the provider's content filter.";
  switch (finish) {
    case llm::Finish::length: return {"MAX_TOKENS", ""};
    case llm::Finish::pause: return {"MAX_TOKENS", ""};   // what the caller has is not the whole answer
    case llm::Finish::tool_calls: return {"TOOL_CALL", ""};
    case llm::Finish::content_filter: return {"ERROR", filtered};
    case llm::Finish::refusal:   // Claude's classifiers stop it in the middle of what it says
      if (!refused) return {"ERROR", filtered};
      break;
    case llm::Finish::unknown: return {"ERROR", "The answer was broken off by its provider."};
    case llm::Finish::stop: break;
  }
  return {stop_sequence ? "STOP_SEQUENCE" : "COMPLETE", ""};
}

std::string write_chat(const llm::ChatRequest& request, const llm::ChatResponse& response, std::string_view id) {
  static const llm::Choice nothing{0, {}, llm::Finish::stop};
  const llm::Choice& choice = response.choices.empty() ? nothing : response.choices.front();
  bool calling = false, refused = false;
  for (const llm::Part& part : choice.parts) {
    calling = calling || std::holds_alternative<llm::ToolCall>(part);
    refused = refused || std::holds_alternative<llm::Refusal>(part);
  }
  const auto names = document_names(request);
  Message message(calling, names);
  for (const llm::Part& part : choice.parts) message.add(part);
  ObjectWriter out;
  std::string usage;
  append_usage(usage, response.usage);
  out.text("id", response.id.empty() ? id : std::string_view(response.id));
  out.raw("message", message.take());
  const Ending ending = ending_of(choice.finish, !choice.stop_sequence.empty(), refused);
  out.text("finish_reason", ending.reason);
  if (!ending.error.empty()) out.text("error", ending.error);
  out.raw("usage", usage);
  if (const std::string logprobs = write_logprobs(choice.logprobs); !logprobs.empty()) out.raw("logprobs", logprobs);
  return out.take();
}

}  // namespace sluice::dialects::cohere
