#include "dialects/bedrock/conversation.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <variant>

#include "dialects/anthropic/call_ids.hpp"
#include "dialects/bedrock/content.hpp"
#include "dialects/bedrock/event_stream.hpp"
#include "dialects/bedrock/signatures.hpp"
#include "sluice/dialects/free_text.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::bedrock {
namespace {

enum class Side : std::uint8_t { none, user, assistant };

// Converse takes ids of up to 64 characters; a longer one goes by its beginning and a checksum.
std::string short_id(std::string_view id) {
  constexpr std::size_t longest = 54;   // room for the number that tells equal ids apart
  if (id.size() <= longest) return std::string(id);
  return std::string(id.substr(0, 40)) + "_" + std::to_string(crc32(id));
}

bool is_tool_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

class Writer {
 public:
  Writer(const std::vector<llm::Message>& messages, const Model& model, Dropped& dropped)
      : x_all(messages), x_model(model), x_dropped(dropped), x_content(model, dropped) {}

  Result<Conversation> run() {
    for (x_index = 0; x_index < x_all.size(); ++x_index) {
      if (auto read = message(x_all[x_index]); !read) return std::move(read).error();
    }
    const std::string open = x_ids.unanswered();
    if (!open.empty()) {
      return refusal("messages", "Each tool call must be followed by its result; there is none for " + json::quoted(open.substr(0, 200)) + ".");
    }
    end_turn();
    if (x_out.messages.empty()) {
      return refusal("messages", "There is no message with content beside the system prompt; the model needs one.");
    }
    x_out.unthought_calls = x_called && !x_thought;
    return std::move(x_out);
  }

 private:
  Result<> message(const llm::Message& message) {
    if (message.role == llm::Role::system || message.role == llm::Role::developer) return system(message);
    if (!message.name.empty() && message.role != llm::Role::tool) x_dropped.add("messages.name");
    for (std::size_t i = 0; i < message.parts.size(); ++i) {
      const bool very_last = x_index + 1 == x_all.size() && i + 1 == message.parts.size();
      if (auto written = part(message, message.parts[i], very_last); !written) return written;
    }
    return {};
  }

  Result<> system(const llm::Message& message) {
    for (const llm::Part& part : message.parts) {
      if (const auto* const mark = std::get_if<llm::CacheMark>(&part)) {
        if (!x_out.system.empty()) cache_point(*mark, x_out.system);
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

  Result<> part(const llm::Message& message, const llm::Part& part, bool very_last) {
    if (const auto* const result = std::get_if<llm::ToolResult>(&part)) return tool_result(*result);
    if (const auto* const mark = std::get_if<llm::CacheMark>(&part)) return cache_mark(*mark);
    if (const auto* const own = std::get_if<llm::ServerPart>(&part)) return server_part(*own, message.role);
    if (message.role == llm::Role::assistant) return assistant_part(part, very_last);
    return user_part(part);
  }

  // Empty texts do not begin a turn: a message that is nothing else is left out altogether.
  Result<> user_part(const llm::Part& part) {
    std::string block;
    bool is_document = false, is_text = false;
    Result<> written;
    if (const auto* const text = std::get_if<llm::Text>(&part)) {
      if (is_blank(text->text)) return {};
      append_text(block, text->text);
      is_text = true;
    } else if (const auto* const image = std::get_if<llm::Image>(&part)) {
      written = x_content.image(block, *image, where("content"));
    } else if (const auto* const audio = std::get_if<llm::Audio>(&part)) {
      written = x_content.audio(block, *audio, where("content"));
    } else if (const auto* const file = std::get_if<llm::File>(&part)) {
      written = x_content.file(block, *file, where("content"), is_document);
    } else {
      written = refusal(where("content"), "This content cannot stand in a message of role 'user'.");
    }
    if (!written) return written;
    if (auto sided = take_side(Side::user); !sided) return sided;
    add_block(block, is_document);
    x_has_text = x_has_text || is_text;
    x_has_document = x_has_document || is_document;
    return {};
  }

  Result<> assistant_part(const llm::Part& part, bool very_last) {
    if (const auto* const thought = std::get_if<llm::Thinking>(&part)) return thinking(*thought);
    if (const auto* const call = std::get_if<llm::ToolCall>(&part)) return tool_use(*call);
    std::string_view text;
    if (const auto* const plain = std::get_if<llm::Text>(&part)) text = plain->text;
    else if (const auto* const refused = std::get_if<llm::Refusal>(&part)) text = refused->text;
    else return refusal(where("content"), "A message of role 'assistant' can hold text and tool calls only.");
    if (is_blank(text)) return {};
    if (auto sided = take_side(Side::assistant); !sided) return sided;
    // A conversation may end with the beginning of the answer, which must not end in white space.
    if (very_last) text = text.substr(0, text.find_last_not_of(" \t\r\n\f\v") + 1);
    std::string block;
    const auto* const plain = std::get_if<llm::Text>(&part);
    if (plain != nullptr && !plain->citations.empty()) cited_text(block, text, plain->citations);
    else append_text(block, text);
    add_block(block, false);
    return {};
  }

  void cited_text(std::string& out, std::string_view text, const std::vector<llm::Citation>& citations) {
    std::string list;
    for (const llm::Citation& citation : citations) {
      if (citation.origin != llm::Dialect::bedrock || citation.raw.empty()) continue;
      begin_element(list);
      list += citation.raw;
    }
    if (list.empty() || x_model.family != Family::claude) {
      x_dropped.add("messages.content.citations");
      return append_text(out, text);
    }
    out += R"({"citationsContent":{"content":[)";
    append_text(out, text);
    out.append("],\"citations\":[").append(list).append("]}}");
  }

  // Proof goes back only to its maker's models, and Claude takes its own thinking only with it.
  Result<> thinking(const llm::Thinking& thinking) {
    const llm::Maker maker = x_model.family == Family::claude   ? llm::Maker::anthropic
                             : x_model.family == Family::openai ? llm::Maker::openai
                                                                : llm::Maker::unknown;
    const bool proved = !thinking.signature.empty() && maker != llm::Maker::unknown &&
                        (thinking.maker == maker || thinking.maker == llm::Maker::unknown);
    if (!proved) {
      x_dropped.add("messages.reasoning_content");
      return {};
    }
    if (auto sided = take_side(Side::assistant); !sided) return sided;
    x_thought = true;
    std::string block = "{\"reasoningContent\":";
    if (maker == llm::Maker::openai) block += "{\"redactedContent\":" + json::quoted(redacted_base64(thinking)) + "}";
    else append_thinking(block, thinking);
    block += '}';
    add_block(block, false);
    return {};
  }

  Result<> tool_use(const llm::ToolCall& call) {
    if (call.custom) return tool_use(as_function(call));
    const std::string_view arguments = is_blank(call.arguments) ? "{}" : std::string_view(call.arguments);
    if (json::kind_of(arguments) != json::Kind::object || json::validate(arguments)) {
      return refusal(where("tool_calls"), "The arguments of the tool call " + json::quoted(call.name) + " are not a JSON object.");
    }
    if (!is_tool_name(call.name)) {
      return refusal(where("tool_calls"), "The tool name " + json::quoted(call.name.substr(0, 100)) + " is not of 1 to 64 letters, digits, '_' and '-'.");
    }
    if (auto sided = take_side(Side::assistant); !sided) return sided;
    x_called = true;
    if (std::find(x_out.called.begin(), x_out.called.end(), call.name) == x_out.called.end()) x_out.called.push_back(call.name);
    std::string block = R"({"toolUse":{"toolUseId":)";
    json::append_quoted(block, x_ids.call(short_id(call.id)));
    block += ",\"name\":";
    json::append_quoted(block, call.name);
    block.append(",\"input\":").append(arguments).append("}}");
    add_block(block, false);
    return {};
  }

  Result<> server_part(const llm::ServerPart& part, llm::Role role) {
    if (part.origin != llm::Dialect::bedrock) {
      x_dropped.add("messages.content");
      return {};
    }
    if (auto sided = take_side(role == llm::Role::assistant ? Side::assistant : Side::user); !sided) return sided;
    add_block(part.raw, false);
    return {};
  }

  Result<> tool_result(const llm::ToolResult& result) {
    if (auto sided = take_side(Side::user); !sided) return sided;
    const std::string* const id = x_ids.answer(short_id(result.call_id));
    if (id == nullptr) {
      return refusal(where("tool_call_id"), "There is no open tool call " + json::quoted(result.call_id.substr(0, 200)) + " before this result.");
    }
    std::string content;
    if (auto written = result_content(result, content); !written) return written;
    begin_element(x_results);
    x_results += R"({"toolResult":{"toolUseId":)";
    json::append_quoted(x_results, *id);
    x_results.append(",\"content\":[").append(content).append("]");
    // docs, ToolResultBlock.status: "only supported by Amazon Nova and Anthropic Claude 3 and 4 models".
    const bool takes_status = x_model.family == Family::claude || x_model.family == Family::nova;
    if (result.is_error && takes_status) x_results += R"(,"status":"error")";
    else if (result.is_error) x_dropped.add("messages.content.is_error");
    x_results += "}}";
    return {};
  }

  Result<> result_content(const llm::ToolResult& result, std::string& out) {
    for (const llm::Part& part : result.content) {
      std::string block;
      bool is_document = false;
      Result<> written;
      if (const auto* const text = std::get_if<llm::Text>(&part)) {
        if (is_blank(text->text)) continue;
        append_text(block, text->text);
      } else if (const auto* const image = std::get_if<llm::Image>(&part)) {
        written = x_content.image(block, *image, where("content"));
      } else if (const auto* const file = std::get_if<llm::File>(&part)) {
        written = x_content.file(block, *file, where("content"), is_document);
      } else if (std::holds_alternative<llm::CacheMark>(part)) {
        x_dropped.add("cache_control");   // only behind a whole result
        continue;
      } else if (const auto* const own = std::get_if<llm::ServerPart>(&part); own != nullptr && own->origin == llm::Dialect::bedrock) {
        block = own->raw;
      } else {
        return refusal(where("content"), "A tool's result can hold text, images, documents and videos only.");
      }
      if (!written) return written;
      begin_element(out);
      out += block;
    }
    return {};
  }

  void cache_point(const llm::CacheMark& mark, std::string& list) {
    if (!x_model.cache) return x_dropped.add("cache_control");
    begin_element(list);
    const bool hour = mark.hour && x_model.cache_hour;
    if (mark.hour && !hour) x_dropped.add("cache_control.ttl");
    list += hour ? R"({"cachePoint":{"type":"default","ttl":"1h"}})" : R"({"cachePoint":{"type":"default"}})";
  }

  // Claude's side of the API refuses a mark right behind a document ("messages.N.content.M.type: Field required",
  // pizza-bot pull request 6 and pydantic-ai's recorded workaround): it then stands before it.
  Result<> cache_mark(const llm::CacheMark& mark) {
    if (x_side == Side::none || (x_results.empty() && x_blocks.empty())) return {};   // nothing before it in the turn
    if (x_blocks.empty()) {
      cache_point(mark, x_results);
    } else if (!x_last_is_document) {
      cache_point(mark, x_blocks);
    } else if (x_last_block == 0) {
      x_dropped.add("cache_control");
    } else {
      std::string rest = x_blocks.substr(x_last_block);
      x_blocks.resize(x_last_block);
      cache_point(mark, x_blocks);
      x_last_block = x_blocks.size();
      x_blocks += rest;
    }
    return {};
  }

  void add_block(std::string_view block, bool is_document) {
    x_last_block = x_blocks.size();
    x_last_is_document = is_document;
    begin_element(x_blocks);
    x_blocks += block;
  }

  Result<> take_side(Side side) {
    if (x_side == side) return {};
    if (side == Side::assistant) {
      const std::string open = x_ids.unanswered();
      if (!open.empty()) {
        return refusal(where("content"), "The tool calls " + json::quoted(open.substr(0, 200)) +
                                             " have no result before the next message of role 'assistant'.");
      }
      if (x_side == Side::none && x_out.messages.empty()) {
        return refusal(where("role"), "The model's API wants a conversation to start with a message of role 'user'.");
      }
      x_ids.next_turn();
      x_thought = x_called = false;
    }
    end_turn();
    x_side = side;
    return {};
  }

  void end_turn() {
    if (x_side == Side::none) return;
    // docs, Message.content: "If you include a ContentBlock with a document field in the array, you must also include
    // a ContentBlock with a text field."
    if (x_has_document && !x_has_text) add_block(R"({"text":"See the document."})", false);
    begin_element(x_out.messages);
    x_out.messages += x_side == Side::user ? R"({"role":"user","content":[)" : R"({"role":"assistant","content":[)";
    x_out.messages += x_results;   // first: they are refused behind text
    if (!x_results.empty() && !x_blocks.empty()) x_out.messages += ',';
    x_out.messages += x_blocks;
    x_out.messages += "]}";
    x_results.clear();
    x_blocks.clear();
    x_side = Side::none;
    x_has_text = x_has_document = x_last_is_document = false;
    x_last_block = 0;
  }

  std::string where(std::string_view member) const {
    std::string text = "messages[";
    json::append_integer(text, static_cast<std::int64_t>(x_index));
    text.append("].").append(member);
    return text;
  }

  const std::vector<llm::Message>& x_all;
  const Model& x_model;
  Dropped& x_dropped;
  ContentWriter x_content;
  Conversation x_out;
  anthropic::CallIds x_ids;
  Side x_side = Side::none;
  std::string x_results, x_blocks;   // of the turn being built
  std::size_t x_last_block = 0;      // where in x_blocks the last one begins, its comma included
  std::size_t x_index = 0;           // of the message being read
  bool x_last_is_document = false, x_has_text = false, x_has_document = false;
  bool x_thought = false, x_called = false;   // in the last assistant turn
};

}  // namespace

Result<Conversation> encode_conversation(const std::vector<llm::Message>& messages, const Model& model, Dropped& dropped) {
  return Writer(messages, model, dropped).run();
}

}  // namespace sluice::dialects::bedrock
