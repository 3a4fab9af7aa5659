#include "sluice/tokens/chat_tokens.hpp"

#include "tokens/request_text.hpp"

namespace sluice::tokens {
namespace {

constexpr std::int64_t around_message = 3, before_name = 1, beginning_of_answer = 3;

// {"function": {"name", "arguments"}} or {"custom": {"name", "input"}} of an assistant's message.
void add_tool_call(RequestText& sum, std::string_view call) {
  each_named(call, [&](std::string_view key, std::string_view value) {
    if (key == "function" || key == "custom") sum.call(value);
  });
}

void add_message(RequestText& sum, std::string_view message) {
  sum.add(around_message);
  each_named(message, [&](std::string_view key, std::string_view value) {
    if (key == "role" || key == "refusal" || key == "reasoning_content") return sum.text(value);
    if (key == "content") return sum.content(value);
    if (key == "name") {
      sum.add(before_name);
      return sum.text(value);
    }
    if (key == "function_call" && json::kind_of(value) == json::Kind::object) return sum.call(value);
    if (key == "tool_calls") json::each_element(value, [&](std::string_view call) { add_tool_call(sum, call); });
    if (key == "audio" && json::kind_of(value) != json::Kind::null) sum.not_only_text();
  });
}

bool says_nothing(std::string_view value) {
  const json::Kind kind = json::kind_of(value);
  return kind == json::Kind::null || kind == json::Kind::none;
}

// {"type": "function_call", …} and the other items of a list of input that are no messages.
void add_item(RequestText& sum, std::string_view item) {
  const std::string type = text_of(item, "type");
  if (type.empty() || type == "message") return add_message(sum, item);
  if (type == "function_call" || type == "custom_tool_call") return sum.call(item);
  const bool output = type == "function_call_output" || type == "custom_tool_call_output";
  if (!output && type != "reasoning") return sum.not_only_text();
  sum.add(around_message);
  each_named(item, [&](std::string_view key, std::string_view value) {
    if (key == "output" || key == "summary" || key == "content") return sum.content(value);
    if (key == "encrypted_content" && !says_nothing(value)) sum.not_only_text();
  });
}

void add_input(RequestText& sum, std::string_view value) {
  if (json::kind_of(value) == json::Kind::array) {
    json::each_element(value, [&](std::string_view item) { add_item(sum, item); });
    return;
  }
  sum.add(around_message + 1);   // a message of the user
  sum.text(value);
}

void add_instructions(RequestText& sum, std::string_view value) {
  if (says_nothing(value)) return;
  sum.add(around_message + 1);
  sum.content(value);
}

// "input" or "prompt" and, of completions, "suffix".
InputTokens plain(Vocabulary vocabulary, std::string_view body, std::string_view name) {
  RequestText sum(vocabulary);
  const bool whole = each_named(body, [&](std::string_view key, std::string_view value) {
    if (key == name) sum.prompt(value);
    if (key == "suffix") sum.text(value);
  });
  if (!whole) sum.not_only_text();
  return sum.sum();
}

}  // namespace

InputTokens chat_tokens(Vocabulary vocabulary, std::string_view body) {
  RequestText sum(vocabulary);
  sum.add(beginning_of_answer);
  const bool whole = each_named(body, [&](std::string_view key, std::string_view value) {
    if (key == "messages") json::each_element(value, [&](std::string_view one) { add_message(sum, one); });
    if (key == "tools" || key == "functions") sum.tools(value);
    if (key == "response_format") sum.schema(value);
    if (key == "tool_choice" || key == "function_call") sum.choice(value);
    if (key == "web_search_options" && !says_nothing(value)) sum.not_only_text();
  });
  if (!whole) sum.not_only_text();
  return sum.sum();
}

InputTokens responses_tokens(Vocabulary vocabulary, std::string_view body) {
  RequestText sum(vocabulary);
  sum.add(beginning_of_answer);
  const bool whole = each_named(body, [&](std::string_view key, std::string_view value) {
    if (key == "input") add_input(sum, value);
    if (key == "instructions") add_instructions(sum, value);
    if (key == "tools") sum.tools(value);
    if (key == "tool_choice") sum.choice(value);
    if (key == "text") {
      each_named(value, [&](std::string_view inner, std::string_view format) {
        if (inner == "format") sum.schema(format);
      });
    }
    const bool kept = key == "previous_response_id" || key == "conversation" || key == "prompt";
    if (kept && !says_nothing(value)) sum.not_only_text();
  });
  if (!whole) sum.not_only_text();
  return sum.sum();
}

InputTokens completion_tokens(Vocabulary vocabulary, std::string_view body) { return plain(vocabulary, body, "prompt"); }

InputTokens embedding_tokens(Vocabulary vocabulary, std::string_view body) { return plain(vocabulary, body, "input"); }

}  // namespace sluice::tokens
