#include "sluice/dialects/free_text.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects {
namespace {

std::optional<std::string> text_in(std::string_view arguments) {
  if (json::validate(arguments)) return std::nullopt;
  const auto input = json::find(arguments, "input");
  return input ? json::unquoted(*input) : std::nullopt;
}

// `{"input":"` with white space as it may be: how many bytes it takes; 0: more must come; npos: it is something else.
std::size_t opening(std::string_view text) {
  std::size_t at = 0;
  for (const std::string_view token : {"{", "\"input\"", ":", "\""}) {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) ++at;
    const std::size_t there = std::min(token.size(), text.size() - at);
    if (text.substr(at, there) != token.substr(0, there)) return std::string_view::npos;
    if (there < token.size()) return 0;
    at += there;
  }
  return at;
}

// `text` begins with \uD and one of `next`: half of a pair of escapes.
bool is_half(std::string_view text, std::string_view next) {
  return text.size() >= 4 && text.substr(0, 2) == "\\u" && (text[2] == 'd' || text[2] == 'D') && next.find(text[3]) != next.npos;
}

// Bytes of the escape that `text` begins with, or of the pair of them that makes one character: as many as are needed to
// know it, where they have not come.
std::size_t escape_size(std::string_view text) {
  if (text.size() < 2 || text[1] != 'u') return 2;
  if (!is_half(text, "89abAB")) return 6;
  const std::string_view next = text.substr(std::min<std::size_t>(text.size(), 6));
  constexpr std::string_view escape = "\\u";
  const std::size_t seen = std::min(next.size(), escape.size());
  if (next.substr(0, seen) != escape.substr(0, seen)) return 6;
  return next.size() >= 4 && !is_half(next, "cdefCDEF") ? 6 : 12;
}

}  // namespace

bool has_grammar(const llm::Tool& custom) { return json::find(custom.parameters, "type").value_or(R"("text")") != R"("text")"; }

llm::Tool as_function(const llm::Tool& custom) {
  llm::Tool function = custom;
  function.custom = false;
  function.parameters =
      R"({"type":"object","properties":{"input":{"type":"string","description":"The tool's whole input, as plain text"}},"required":["input"]})";
  if (has_grammar(custom)) function.description += (custom.description.empty() ? "Format of the input: " : "\nFormat of the input: ") + custom.parameters;
  return function;
}

llm::ToolCall as_function(const llm::ToolCall& custom) {
  llm::ToolCall call = custom;
  call.custom = false;
  call.arguments = "{\"input\":" + json::quoted(custom.arguments) + "}";
  return call;
}

FreeText::FreeText(const llm::ChatRequest& request) {
  for (const llm::Tool& tool : request.tools) {
    if (tool.custom) x_names.push_back(tool.name);
  }
}

bool FreeText::is_custom(std::string_view name) const { return std::find(x_names.begin(), x_names.end(), name) != x_names.end(); }

void FreeText::restore(llm::ChatResponse& response) const {
  if (x_names.empty()) return;
  for (llm::Choice& choice : response.choices) {
    for (llm::Part& part : choice.parts) {
      auto* const call = std::get_if<llm::ToolCall>(&part);
      if (call == nullptr || call->custom || !is_custom(call->name)) continue;
      call->custom = true;
      if (auto text = text_in(call->arguments)) call->arguments = *std::move(text);
    }
  }
}

void FreeText::restore(std::vector<llm::StreamEvent>& events) {
  if (x_names.empty()) return;
  std::vector<llm::StreamEvent> out;
  out.reserve(events.size());
  for (llm::StreamEvent& event : events) restore_event(event, out);
  events = std::move(out);
}

void FreeText::restore_event(llm::StreamEvent& event, std::vector<llm::StreamEvent>& out) {
  if (auto* const delta = std::get_if<llm::event::ToolCallDelta>(&event)) {
    if (x_where != Where::outside && delta->index == x_call && delta->choice == x_choice) {
      delta->arguments = piece(delta->arguments);
      if (delta->arguments.empty()) return;
    }
    out.push_back(std::move(event));
    return;
  }
  end_call(out);
  auto* const started = std::get_if<llm::event::ToolCallStarted>(&event);
  if (started != nullptr && !started->custom && is_custom(started->name)) {
    started->custom = true;
    x_call = started->index;
    x_choice = started->choice;
    x_where = Where::before;
  }
  out.push_back(std::move(event));
}

std::string FreeText::piece(std::string_view arguments) {
  if (x_where == Where::plain) return std::string(arguments);
  if (x_where == Where::behind) return {};
  x_held += arguments;
  if (x_where == Where::before) {
    const std::size_t begin = opening(x_held);
    if (begin == 0) return {};
    if (begin == std::string_view::npos) {
      x_where = Where::plain;
      return std::exchange(x_held, {});
    }
    x_held.erase(0, begin);
    x_where = Where::inside;
  }
  return take_text();
}

// What of the string is whole: an escape cut in two, or the first half of a pair of them, waits for the rest.
std::string FreeText::take_text() {
  std::size_t at = 0;
  while (at < x_held.size() && x_held[at] != '"') {
    if (x_held[at] != '\\') {
      ++at;
      continue;
    }
    const std::size_t length = escape_size(std::string_view(x_held).substr(at));
    if (x_held.size() - at < length) break;
    at += length;
  }
  std::string text;
  json::unquote("\"" + x_held.substr(0, at) + "\"", text);
  if (at < x_held.size() && x_held[at] == '"') {
    x_where = Where::behind;
    x_held.clear();
  } else {
    x_held.erase(0, at);
  }
  return text;
}

// A call without any text, or whose arguments were none of ours.
void FreeText::end_call(std::vector<llm::StreamEvent>& out) {
  if (x_where == Where::before && !x_held.empty() && x_held != "{}")
    out.emplace_back(llm::event::ToolCallDelta{x_choice, x_call, x_held});
  x_held.clear();
  x_where = Where::outside;
}

}  // namespace sluice::dialects
