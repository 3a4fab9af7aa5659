#include "dialects/anthropic/conversation.hpp"

#include <cstdint>
#include <utility>
#include <variant>

#include "dialects/anthropic/call_ids.hpp"
#include "dialects/anthropic/content.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::anthropic {
namespace {

Error refusal(std::string_view where, std::string message) {
  return Error(Code::bad_request, std::move(message)).about(std::string(where));
}

class Writer {
 public:
  Writer(const std::vector<llm::Message>& messages, Dropped& dropped) : x_all(messages), x_dropped(dropped) {}
  Result<Conversation> run();

 private:
  enum class Side : std::uint8_t { none, user, assistant };

  Result<> message(std::size_t index);
  Result<> system(const llm::Message& message);
  Result<> part(const llm::Message& message, const llm::Part& part, bool very_last);
  Result<> user_part(const llm::Part& part);
  Result<> assistant_part(const llm::Part& part, bool very_last);
  Result<> tool_result(const llm::ToolResult& result);
  Result<> result_content(const llm::ToolResult& result, std::string& out);
  void thinking(const llm::Thinking& thinking);
  Result<> take_side(Side side);
  void end_turn();
  std::string where(std::string_view member) const;

  const std::vector<llm::Message>& x_all;
  Dropped& x_dropped;
  Conversation x_out;
  CallIds x_ids;
  Side x_side = Side::none;
  std::string x_results, x_blocks;   // of the turn being built
  std::size_t x_index = 0;           // of the message being read
  bool x_thought = false, x_called = false;   // in the last assistant turn
};

std::string Writer::where(std::string_view member) const {
  std::string text = "messages[";
  json::append_integer(text, static_cast<std::int64_t>(x_index));
  text += "].";
  text += member;
  return text;
}

Result<Conversation> Writer::run() {
  for (x_index = 0; x_index < x_all.size(); ++x_index) {
    auto read = message(x_index);
    if (!read) return std::move(read).error();
  }
  const std::string open = x_ids.unanswered();
  if (!open.empty()) {
    return refusal("messages", "Each tool call must be followed by its result in a message of role 'tool'; there is "
                               "none for " + json::quoted(open.substr(0, 200)) + ".");
  }
  end_turn();
  if (x_out.messages.empty()) {
    return refusal("messages", "There is no message with content beside the system prompt; the model needs one.");
  }
  x_out.unthought_calls = x_called && !x_thought;
  return std::move(x_out);
}

Result<> Writer::message(std::size_t index) {
  const llm::Message& message = x_all[index];
  if (message.role == llm::Role::system || message.role == llm::Role::developer) return system(message);
  if (!message.name.empty() && message.role != llm::Role::tool) x_dropped.add("messages.name");
  for (std::size_t i = 0; i < message.parts.size(); ++i) {
    const bool very_last = index + 1 == x_all.size() && i + 1 == message.parts.size();
    auto written = part(message, message.parts[i], very_last);
    if (!written) return written;
  }
  return {};
}

Result<> Writer::system(const llm::Message& message) {
  for (const llm::Part& part : message.parts) {
    const auto* const text = std::get_if<llm::Text>(&part);
    if (text == nullptr) return refusal(where("content"), "A system message can hold text only.");
    if (is_blank(text->text)) continue;
    begin_element(x_out.system);
    append_text(x_out.system, text->text);
  }
  return {};
}

Result<> Writer::part(const llm::Message& message, const llm::Part& part, bool very_last) {
  if (const auto* const result = std::get_if<llm::ToolResult>(&part)) return tool_result(*result);
  if (message.role == llm::Role::assistant) return assistant_part(part, very_last);
  return user_part(part);
}

// Empty texts do not begin a turn: a message that is nothing else is left out altogether.
Result<> Writer::user_part(const llm::Part& part) {
  std::string block;
  if (const auto* const text = std::get_if<llm::Text>(&part)) {
    if (is_blank(text->text)) return {};
    append_text(block, text->text);
  } else if (const auto* const image = std::get_if<llm::Image>(&part)) {
    auto written = append_image(block, *image, where("content"), x_dropped);
    if (!written) return written;
  } else if (const auto* const file = std::get_if<llm::File>(&part)) {
    auto written = append_file(block, *file, where("content"));
    if (!written) return written;
  } else if (std::holds_alternative<llm::Audio>(part)) {
    return refusal(where("content"), "The model does not take audio.");
  } else {
    return refusal(where("content"), "This content cannot stand in a message of role 'user'.");
  }
  auto sided = take_side(Side::user);
  if (!sided) return sided;
  begin_element(x_blocks);
  x_blocks += block;
  return {};
}

Result<> Writer::assistant_part(const llm::Part& part, bool very_last) {
  std::string_view text;
  if (const auto* const plain = std::get_if<llm::Text>(&part)) {
    text = plain->text;
  } else if (const auto* const refused = std::get_if<llm::Refusal>(&part)) {
    text = refused->text;
  } else if (!std::holds_alternative<llm::Thinking>(part) && !std::holds_alternative<llm::ToolCall>(part)) {
    return refusal(where("content"), "A message of role 'assistant' can hold text and tool calls only.");
  }
  if (const auto* const thought = std::get_if<llm::Thinking>(&part)) {
    if (thought->signature.empty()) {   // another model's: Anthropic takes its own, signed, only
      x_dropped.add("messages.reasoning_content");
      return {};
    }
  } else if (!std::holds_alternative<llm::ToolCall>(part) && is_blank(text)) {
    return {};
  }
  auto sided = take_side(Side::assistant);
  if (!sided) return sided;

  if (const auto* const thought = std::get_if<llm::Thinking>(&part)) {
    thinking(*thought);
  } else if (const auto* const call = std::get_if<llm::ToolCall>(&part)) {
    x_called = true;
    begin_element(x_blocks);
    return append_tool_use(x_blocks, *call, x_ids.call(call->id), where("tool_calls"));
  } else {
    // A conversation may end with the beginning of the answer, which must not end in white space.
    if (very_last) text = text.substr(0, text.find_last_not_of(" \t\r\n\f\v") + 1);
    begin_element(x_blocks);
    append_text(x_blocks, text);
  }
  return {};
}

void Writer::thinking(const llm::Thinking& thinking) {
  x_thought = true;
  begin_element(x_blocks);
  if (thinking.redacted) {
    x_blocks += R"({"type":"redacted_thinking","data":)";
  } else {
    x_blocks += R"({"type":"thinking","thinking":)";
    json::append_quoted(x_blocks, thinking.text);
    x_blocks += ",\"signature\":";
  }
  json::append_quoted(x_blocks, thinking.signature);
  x_blocks += '}';
}

Result<> Writer::tool_result(const llm::ToolResult& result) {
  auto sided = take_side(Side::user);
  if (!sided) return sided;
  const std::string* const id = x_ids.answer(result.call_id);
  if (id == nullptr) {
    return refusal(where("tool_call_id"), "There is no open tool call " + json::quoted(result.call_id.substr(0, 200)) +
                                              " before this result.");
  }
  begin_element(x_results);
  x_results += R"({"type":"tool_result","tool_use_id":)";
  json::append_quoted(x_results, *id);
  std::string content;
  auto written = result_content(result, content);
  if (!written) return written;
  if (!content.empty()) {
    x_results += ",\"content\":[";
    x_results += content;
    x_results += ']';
  }
  if (result.is_error) x_results += ",\"is_error\":true";
  x_results += '}';
  return {};
}

Result<> Writer::result_content(const llm::ToolResult& result, std::string& out) {
  for (const llm::Part& part : result.content) {
    std::string block;
    Result<> written;
    if (const auto* const text = std::get_if<llm::Text>(&part)) {
      if (is_blank(text->text)) continue;
      append_text(block, text->text);
    } else if (const auto* const image = std::get_if<llm::Image>(&part)) {
      written = append_image(block, *image, where("content"), x_dropped);
    } else if (const auto* const file = std::get_if<llm::File>(&part)) {
      written = append_file(block, *file, where("content"));
    } else {
      return refusal(where("content"), "A tool's result can hold text, images and documents only.");
    }
    if (!written) return written;
    begin_element(out);
    out += block;
  }
  return {};
}

Result<> Writer::take_side(Side side) {
  if (x_side == side) return {};
  if (side == Side::assistant) {
    const std::string open = x_ids.unanswered();
    if (!open.empty()) {
      return refusal(where("content"), "The tool calls " + json::quoted(open.substr(0, 200)) +
                                           " have no result before the next message of role 'assistant'.");
    }
    x_ids.next_turn();
    x_thought = x_called = false;
  }
  end_turn();
  x_side = side;
  return {};
}

void Writer::end_turn() {
  if (x_side == Side::none) return;
  begin_element(x_out.messages);
  x_out.messages += x_side == Side::user ? R"({"role":"user","content":[)" : R"({"role":"assistant","content":[)";
  x_out.messages += x_results;   // first: Anthropic refuses them behind text
  if (!x_results.empty() && !x_blocks.empty()) x_out.messages += ',';
  x_out.messages += x_blocks;
  x_out.messages += "]}";
  x_results.clear();
  x_blocks.clear();
  x_side = Side::none;
}

}  // namespace

Result<Conversation> encode_conversation(const std::vector<llm::Message>& messages, Dropped& dropped) {
  return Writer(messages, dropped).run();
}

}  // namespace sluice::dialects::anthropic
