#include "dialects/anthropic/conversation.hpp"

#include <cstdint>
#include <utility>
#include <variant>

#include "dialects/anthropic/call_ids.hpp"
#include "dialects/anthropic/citation.hpp"
#include "dialects/anthropic/content.hpp"
#include "dialects/caller_words.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::anthropic {
namespace {

Error refusal(std::string_view where, std::string message) {
  return Error(Code::bad_request, std::move(message)).about(std::string(where));
}

class Writer {
 public:
  Writer(const llm::ChatRequest& request, CacheMarks& marks, Dropped& dropped)
      : x_request(request), x_all(request.messages), x_marks(marks), x_dropped(dropped) {}
  Result<Conversation> run();

 private:
  enum class Side : std::uint8_t { none, user, assistant };

  Result<> message(std::size_t index);
  Result<> system(const llm::Message& message);
  Result<> systems();
  Result<> part(const llm::Message& message, const llm::Part& part, bool very_last);
  Result<> user_part(const llm::Part& part);
  Result<> assistant_part(const llm::Part& part, bool very_last);
  Result<> tool_result(const llm::ToolResult& result);
  Result<> result_content(const llm::ToolResult& result, std::string& out);
  Result<> assistant_text(const llm::Text& text, bool very_last);
  Result<> thinking(const llm::Thinking& thinking);
  Result<> server_part(const llm::ServerPart& part, Side side);
  bool is_foreign(llm::Maker maker) const { return maker != llm::Maker::anthropic && maker != llm::Maker::unknown; }
  void drop(std::string_view name) { x_dropped.add(caller_word(x_request.caller, name)); }
  std::string& next_block();
  Result<> take_side(Side side);
  void end_turn();
  std::string where(std::string_view member) const;

  const llm::ChatRequest& x_request;
  const std::vector<llm::Message>& x_all;
  CacheMarks& x_marks;
  Dropped& x_dropped;
  Conversation x_out;
  CallIds x_ids;
  Side x_side = Side::none;
  std::string x_results, x_blocks;   // of the turn being built
  std::string* x_markable = nullptr; // the list whose last block was written last, if that can have a cache mark
  std::size_t x_index = 0;           // of the message being read
  bool x_thought = false, x_called = false;   // in the last assistant turn
};

std::string Writer::where(std::string_view member) const {
  std::string text(caller_word(x_request.caller, "messages"));
  text += '[';
  json::append_integer(text, static_cast<std::int64_t>(x_index));
  text += "].";
  text += member;
  return text;
}

Result<Conversation> Writer::run() {
  auto told = systems();
  if (!told) return std::move(told).error();
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

bool is_system(const llm::Message& message) {
  return message.role == llm::Role::system || message.role == llm::Role::developer;
}

// Before all else: so Anthropic counts cache breakpoints.
Result<> Writer::systems() {
  for (x_index = 0; x_index < x_all.size(); ++x_index) {
    if (!is_system(x_all[x_index])) continue;
    auto told = system(x_all[x_index]);
    if (!told) return told;
  }
  x_markable = nullptr;
  return {};
}

Result<> Writer::message(std::size_t index) {
  const llm::Message& message = x_all[index];
  if (is_system(message)) return {};
  if (!message.name.empty() && message.role != llm::Role::tool) drop("messages.name");
  for (std::size_t i = 0; i < message.parts.size(); ++i) {
    const bool very_last = index + 1 == x_all.size() && i + 1 == message.parts.size();
    auto written = part(message, message.parts[i], very_last);
    if (!written) return written;
  }
  return {};
}

Result<> Writer::system(const llm::Message& message) {
  for (const llm::Part& part : message.parts) {
    if (const auto* const mark = std::get_if<llm::CacheMark>(&part)) {
      x_marks.mark(&x_out.system, *mark);
      continue;
    }
    const auto* const text = std::get_if<llm::Text>(&part);
    if (text == nullptr) return refusal(where("content"), "A system message can hold text only.");
    if (is_blank(text->text)) continue;
    begin_element(x_out.system);
    append_text(x_out.system, text->text);
  }
  return {};
}

Result<> Writer::part(const llm::Message& message, const llm::Part& part, bool very_last) {
  if (const auto* const mark = std::get_if<llm::CacheMark>(&part)) {
    x_marks.mark(x_markable, *mark);
    return {};
  }
  if (const auto* const result = std::get_if<llm::ToolResult>(&part)) return tool_result(*result);
  if (message.role == llm::Role::assistant) return assistant_part(part, very_last);
  return user_part(part);
}

std::string& Writer::next_block() {
  begin_element(x_blocks);
  x_markable = &x_blocks;
  return x_blocks;
}

// Empty texts do not begin a turn: a message that is nothing else is left out altogether.
Result<> Writer::user_part(const llm::Part& part) {
  std::string block;
  const std::string at = where("content");
  const Place place{at, x_request.caller == llm::Dialect::anthropic, x_dropped};
  Result<> written;
  if (const auto* const text = std::get_if<llm::Text>(&part)) {
    if (is_blank(text->text)) return {};
    append_text(block, text->text);
  } else if (const auto* const image = std::get_if<llm::Image>(&part)) {
    written = append_image(block, *image, place);
  } else if (const auto* const file = std::get_if<llm::File>(&part)) {
    written = append_file(block, *file, place);
  } else if (const auto* const server = std::get_if<llm::ServerPart>(&part)) {
    return server_part(*server, Side::user);
  } else if (std::holds_alternative<llm::Audio>(part)) {
    return refusal(at, "The model does not take audio.");
  } else {
    return refusal(at, "This content cannot stand in a message of role 'user'.");
  }
  if (!written) return written;
  auto sided = take_side(Side::user);
  if (!sided) return sided;
  next_block() += block;
  return {};
}

Result<> Writer::assistant_part(const llm::Part& part, bool very_last) {
  if (const auto* const text = std::get_if<llm::Text>(&part)) return assistant_text(*text, very_last);
  if (const auto* const refused = std::get_if<llm::Refusal>(&part)) return assistant_text({refused->text}, very_last);
  if (const auto* const thought = std::get_if<llm::Thinking>(&part)) return thinking(*thought);
  if (const auto* const server = std::get_if<llm::ServerPart>(&part)) return server_part(*server, Side::assistant);
  const auto* const call = std::get_if<llm::ToolCall>(&part);
  if (call == nullptr) {
    return refusal(where("content"), "A message of role 'assistant' can hold text and tool calls only.");
  }
  if (is_foreign(call->maker) && !call->signature.empty()) drop("messages.reasoning_content");
  auto sided = take_side(Side::assistant);
  if (!sided) return sided;
  x_called = true;
  return append_tool_use(next_block(), *call, x_ids.call(call->id), where("tool_calls"));
}

Result<> Writer::assistant_text(const llm::Text& part, bool very_last) {
  if (is_foreign(part.maker) && !part.signature.empty()) drop("messages.reasoning_content");
  std::string_view text = part.text;
  if (is_blank(text)) return {};
  auto sided = take_side(Side::assistant);
  if (!sided) return sided;
  // A conversation may end with the beginning of the answer, which must not end in white space.
  if (very_last) text = text.substr(0, text.find_last_not_of(" \t\r\n\f\v") + 1);
  std::string& out = next_block();
  append_text(out, text);
  std::string citations;
  for (const llm::Citation& citation : part.citations) {
    if (!is_own_citation(citation)) {
      drop("messages.annotations");
      continue;
    }
    begin_element(citations);
    citations += citation.raw;
  }
  if (citations.empty()) return {};
  out.pop_back();
  out.append(",\"citations\":[").append(citations).append("]}");
  return {};
}

// What was made by a tool of another provider means nothing here.
Result<> Writer::server_part(const llm::ServerPart& part, Side side) {
  if (part.origin != llm::Dialect::anthropic || json::kind_of(part.raw) != json::Kind::object) {
    std::string name(caller_word(x_request.caller, "messages"));
    name += '.';
    name += json::unquoted(json::find(part.raw, "type").value_or("")).value_or("content");
    x_dropped.add(name);
    return {};
  }
  auto sided = take_side(side);
  if (!sided) return sided;
  next_block() += part.raw;
  return {};
}

// Anthropic takes its own thoughts, signed, only.
Result<> Writer::thinking(const llm::Thinking& thinking) {
  if (thinking.signature.empty() || is_foreign(thinking.maker)) {
    drop("messages.reasoning_content");
    return {};
  }
  auto sided = take_side(Side::assistant);
  if (!sided) return sided;
  x_thought = true;
  next_block() += thinking.redacted ? R"({"type":"redacted_thinking","data":)" : R"({"type":"thinking","thinking":)";
  x_markable = nullptr;
  if (!thinking.redacted) {
    json::append_quoted(x_blocks, thinking.text);
    x_blocks += ",\"signature\":";
  }
  json::append_quoted(x_blocks, thinking.signature);
  x_blocks += '}';
  return {};
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
  x_markable = &x_results;
  return {};
}

Result<> Writer::result_content(const llm::ToolResult& result, std::string& out) {
  const std::string at = where("content");
  const Place place{at, x_request.caller == llm::Dialect::anthropic, x_dropped};
  for (const llm::Part& part : result.content) {
    std::string block;
    Result<> written;
    if (const auto* const mark = std::get_if<llm::CacheMark>(&part)) {
      x_marks.mark(&out, *mark);
      continue;
    }
    if (const auto* const text = std::get_if<llm::Text>(&part)) {
      if (is_blank(text->text)) continue;
      append_text(block, text->text);
    } else if (const auto* const image = std::get_if<llm::Image>(&part)) {
      written = append_image(block, *image, place);
    } else if (const auto* const file = std::get_if<llm::File>(&part)) {
      written = append_file(block, *file, place);
    } else if (const auto* const server = std::get_if<llm::ServerPart>(&part)) {
      if (server->origin == llm::Dialect::anthropic) block = server->raw;
      else drop("messages.content");
    } else {
      return refusal(at, "A tool's result can hold text, images and documents only.");
    }
    if (!written) return written;
    if (block.empty()) continue;
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
  x_markable = nullptr;
  x_side = Side::none;
}

}  // namespace

Result<Conversation> encode_conversation(const llm::ChatRequest& request, CacheMarks& marks, Dropped& dropped) {
  return Writer(request, marks, dropped).run();
}

}  // namespace sluice::dialects::anthropic
