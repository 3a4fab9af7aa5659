#include "dialects/gemini/contents.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>
#include <variant>
#include <vector>

#include "dialects/gemini/answer.hpp"
#include "dialects/gemini/function_result.hpp"
#include "dialects/gemini/media.hpp"
#include "dialects/gemini/open_calls.hpp"
#include "dialects/gemini/signature.hpp"
#include "dialects/gemini/words.hpp"
#include "sluice/dialects/free_text.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::gemini {
namespace {

Error refusal(std::string_view where, std::string message) {
  return Error(Code::bad_request, std::move(message)).about(std::string(where));
}

bool is_googles(llm::Maker maker) { return maker == llm::Maker::google; }

void append_signature(std::string& part, std::string_view signature) {
  part += ",\"thoughtSignature\":";
  json::append_quoted(part, signature);
}

class Writer {
 public:
  Writer(const llm::ChatRequest& asked, const ModelTraits& model, Dropped& dropped)
      : x_asked(asked), x_model(model), x_words(words_of(asked.caller)), x_dropped(dropped) {}
  Result<Contents> run();

 private:
  enum class Side : std::uint8_t { none, user, model };
  enum class Call : std::uint8_t { none, is_signed, is_not };
  struct Part { std::string json; Call call = Call::none; };
  struct Turn { Side side; std::vector<Part> parts; bool answers_only = false; };   // nothing but functions' results

  Result<> message(const llm::Message& message);
  Result<> system(const llm::Message& message);
  Result<> user_part(const llm::Part& part);
  Result<> assistant_part(const llm::Part& part);
  Result<> call(const llm::ToolCall& call);
  Result<> tool_result(const llm::ToolResult& result);
  Result<> media(const llm::Part& part, std::string& out);
  void text(const llm::Text& text);
  void thinking(const llm::Thinking& thinking);
  void detail(std::string_view asked);
  Result<> take_side(Side side);
  void add(std::string json, Call call = Call::none) { x_turn.parts.push_back({"{" + std::move(json) + "}", call}); }
  void end_turn();
  void sign_current_turn();
  void write_turns();
  std::string where(std::string_view member) const;

  const llm::ChatRequest& x_asked;
  const ModelTraits& x_model;
  const Words x_words;
  Dropped& x_dropped;
  Contents x_out;
  OpenCalls x_calls;
  std::vector<Turn> x_turns;
  Turn x_turn{Side::none, {}, false};
  std::vector<std::string> x_behind;   // media of results, for models that do not take them inside
  std::string x_system;
  std::size_t x_index = 0;             // of the message being read
};

std::string Writer::where(std::string_view member) const {
  std::string text = x_asked.caller == llm::Dialect::gemini ? "contents[" : "messages[";
  json::append_integer(text, static_cast<std::int64_t>(x_index));
  text += "].";
  text += member;
  return text;
}

Result<Contents> Writer::run() {
  for (x_index = 0; x_index < x_asked.messages.size(); ++x_index) {
    auto read = message(x_asked.messages[x_index]);
    if (!read) return std::move(read).error();
  }
  const std::string open = x_calls.unanswered();
  if (!open.empty()) {
    return refusal("messages", "Each tool call must be followed by its result; there is none for " + json::quoted(open.substr(0, 200)) + ".");
  }
  end_turn();
  if (x_turns.empty()) {
    return refusal("messages", "There is no message with content beside the system prompt; the model needs one.");
  }
  if (x_model.wants_signatures) sign_current_turn();
  write_turns();
  if (!x_system.empty()) x_out.system = "{\"parts\":[" + x_system + "]}";
  return std::move(x_out);
}

Result<> Writer::message(const llm::Message& message) {
  if (message.role == llm::Role::system || message.role == llm::Role::developer) return system(message);
  if (!message.name.empty() && message.role != llm::Role::tool) x_dropped.add(x_words.name);
  for (const llm::Part& part : message.parts) {
    Result<> written;
    if (std::holds_alternative<llm::CacheMark>(part)) x_dropped.add("cache_control");   // Gemini caches by itself
    else if (const auto* const result = std::get_if<llm::ToolResult>(&part)) written = tool_result(*result);
    else if (message.role == llm::Role::assistant) written = assistant_part(part);
    else written = user_part(part);
    if (!written) return written;
  }
  return {};
}

Result<> Writer::system(const llm::Message& message) {
  for (const llm::Part& part : message.parts) {
    if (std::holds_alternative<llm::CacheMark>(part)) {
      x_dropped.add("cache_control");
      continue;
    }
    const auto* const text = std::get_if<llm::Text>(&part);
    if (text == nullptr) return refusal(where("content"), "A system message can hold text only.");
    if (text->text.empty()) continue;
    if (!x_system.empty()) x_system += ',';
    x_system += "{\"text\":" + json::quoted(text->text) + "}";
  }
  return {};
}

// An empty text says nothing unless it is signed; a message that is nothing else is left out altogether.
void Writer::text(const llm::Text& text) {
  const bool is_signed = x_turn.side == Side::model && is_googles(text.maker) && !text.signature.empty();
  std::string part = "\"text\":" + json::quoted(text.text);
  if (is_signed) append_signature(part, text.signature);
  add(std::move(part));
}

Result<> Writer::user_part(const llm::Part& part) {
  if (const auto* const plain = std::get_if<llm::Text>(&part)) {
    if (plain->text.empty()) return {};
    auto sided = take_side(Side::user);
    if (sided) text(*plain);
    return sided;
  }
  if (const auto* const refused = std::get_if<llm::Refusal>(&part)) return user_part(llm::Text{refused->text});
  if (const auto* const server = std::get_if<llm::ServerPart>(&part); server != nullptr && server->origin != llm::Dialect::gemini) {
    x_dropped.add(x_words.content);
    return {};
  }
  std::string json;
  auto written = media(part, json);
  if (!written) return written;
  auto sided = take_side(Side::user);
  if (sided) add(std::move(json));
  return sided;
}

Result<> Writer::media(const llm::Part& part, std::string& out) {
  if (const auto* const image = std::get_if<llm::Image>(&part)) {
    detail(image->detail);
    return append_image(out, *image, where("content"));
  }
  if (const auto* const audio = std::get_if<llm::Audio>(&part)) return append_audio(out, *audio, where("content"));
  if (const auto* const file = std::get_if<llm::File>(&part)) {
    if (file->cite) x_dropped.add(x_words.cite);
    if (file->text.empty()) return append_file(out, *file, where("content"));
    std::string text = file->name.empty() ? std::string() : file->name + "\n\n";
    if (!file->context.empty()) text += file->context + "\n\n";
    out = "\"text\":" + json::quoted(text + file->text);
    return {};
  }
  if (const auto* const server = std::get_if<llm::ServerPart>(&part)) {
    const std::string_view raw = server->raw;   // an object as it came: what stands between its braces
    const std::size_t first = raw.find('{'), last = raw.rfind('}');
    if (first != raw.npos && last != raw.npos && last > first && !json::validate(raw)) {
      out = raw.substr(first + 1, last - first - 1);
      return {};
    }
  }
  return refusal(where("content"), "This content cannot stand in a message of role 'user'.");
}

// One setting holds for all pictures: the finest that is asked for.
void Writer::detail(std::string_view asked) {
  const std::string_view wanted = asked == "low" ? "MEDIA_RESOLUTION_LOW" : asked == "high" || asked == "original" ? "MEDIA_RESOLUTION_HIGH" : "";
  if (wanted.empty() || wanted == x_out.media_resolution) return;
  if (!x_out.media_resolution.empty()) x_dropped.add(x_words.detail);
  if (x_out.media_resolution.empty() || asked != "low") x_out.media_resolution = wanted;
}

Result<> Writer::assistant_part(const llm::Part& part) {
  if (const auto* const thought = std::get_if<llm::Thinking>(&part)) {
    auto sided = take_side(Side::model);
    if (sided) thinking(*thought);
    return sided;
  }
  if (const auto* const tool = std::get_if<llm::ToolCall>(&part)) return call(*tool);
  const auto* const plain = std::get_if<llm::Text>(&part);
  const auto* const refused = std::get_if<llm::Refusal>(&part);
  if (plain != nullptr || refused != nullptr) {
    const bool is_signed = plain != nullptr && is_googles(plain->maker) && !plain->signature.empty();
    if (!is_signed && (plain != nullptr ? plain->text : refused->text).empty()) return {};
    auto sided = take_side(Side::model);
    if (sided) text(plain != nullptr ? *plain : llm::Text{refused->text});
    return sided;
  }
  const auto* const server = std::get_if<llm::ServerPart>(&part);
  const auto* const audio = std::get_if<llm::Audio>(&part);
  if ((server != nullptr && server->origin != llm::Dialect::gemini) || (audio != nullptr && audio->base64.empty())) {
    x_dropped.add(x_words.content);
    return {};
  }
  std::string json;
  auto written = media(part, json);
  if (!written) return written;
  auto sided = take_side(Side::model);
  if (sided) add(std::move(json));
  return sided;
}

// Another model's thoughts are nothing that Gemini thought, and their proof is good elsewhere only.
void Writer::thinking(const llm::Thinking& thinking) {
  const bool own = is_googles(thinking.maker) || (thinking.maker == llm::Maker::unknown && x_asked.caller == llm::Dialect::gemini);
  if (!own || thinking.redacted) return x_dropped.add(x_words.thinking);
  std::string part = "\"text\":" + json::quoted(thinking.text) + ",\"thought\":true";
  if (!thinking.signature.empty()) append_signature(part, thinking.signature);
  add(std::move(part));
}

Result<> Writer::call(const llm::ToolCall& call) {
  if (call.custom) return this->call(as_function(call));
  const bool object = json::kind_of(call.arguments) == json::Kind::object && !json::validate(call.arguments);
  if (!object && call.arguments.find_first_not_of(" \t\r\n") != std::string::npos) {
    return refusal(where("tool_calls"), "The arguments of the tool call " + json::quoted(call.id.substr(0, 200)) + " are not a JSON object.");
  }
  auto sided = take_side(Side::model);
  if (!sided) return sided;
  x_calls.call(call.id, call.name);
  std::string part = "\"functionCall\":{";
  if (!call.id.empty() && !is_made_up(call.id)) part += "\"id\":" + json::quoted(call.id) + ",";
  part += "\"name\":" + json::quoted(call.name) + ",\"args\":" + (object ? call.arguments : std::string("{}")) + "}";
  const bool is_signed = is_googles(call.maker) && !call.signature.empty();
  if (is_signed) append_signature(part, call.signature);
  add(std::move(part), is_signed ? Call::is_signed : Call::is_not);
  return {};
}

Result<> Writer::tool_result(const llm::ToolResult& result) {
  auto sided = take_side(Side::user);
  if (!sided) return sided;
  const std::string* const name = x_calls.name_of(result.call_id);
  if (name == nullptr) {
    return refusal(where("tool_call_id"), "There is no open tool call " + json::quoted(result.call_id.substr(0, 200)) + " before this result.");
  }
  FunctionResult written(*name, is_made_up(result.call_id) ? std::string_view() : result.call_id);
  for (const llm::Part& part : result.content) {
    if (const auto* const text = std::get_if<llm::Text>(&part)) {
      written.text(text->text);
      continue;
    }
    if (std::holds_alternative<llm::CacheMark>(part)) {
      x_dropped.add("cache_control");
      continue;
    }
    const auto* const file = std::get_if<llm::File>(&part);
    if (file != nullptr && !file->text.empty()) {
      written.text(file->text);
      continue;
    }
    std::string json;
    auto added = media(part, json);
    if (!added) return added;
    // Gemini 3 reads media inside a result (docs: Function calling, "Multimodal function responses"); for older models
    // they stand behind the results in the same turn.
    if (x_model.media_in_results) written.media(json);
    else x_behind.push_back(std::move(json));
  }
  x_calls.answer(result.call_id, written.json(result.is_error));
  return {};
}

Result<> Writer::take_side(Side side) {
  if (x_turn.side == side) return {};
  if (side == Side::model) {
    const std::string open = x_calls.unanswered();
    if (!open.empty()) {
      return refusal(where("content"), "The tool calls " + json::quoted(open.substr(0, 200)) +
                                           " have no result before the next message of role 'assistant'.");
    }
  }
  end_turn();
  x_turn.side = side;
  return {};
}

void Writer::end_turn() {
  if (x_turn.side == Side::user && !x_calls.empty()) {
    const bool only = x_turn.parts.empty();
    std::vector<Part> parts{{x_calls.take_results(), Call::none}};   // first, as Google's SDKs have them
    for (std::string& json : x_behind) parts.push_back({"{" + std::move(json) + "}", Call::none});
    std::move(x_turn.parts.begin(), x_turn.parts.end(), std::back_inserter(parts));
    x_turn.parts = std::move(parts);
    x_turn.answers_only = only;
    x_behind.clear();
  }
  if (x_turn.side != Side::none && !x_turn.parts.empty()) x_turns.push_back(std::move(x_turn));
  x_turn = Turn{Side::none, {}, false};
}

// The current turn is everything since the user last spoke. In each step of it the first call must be signed; the others
// beside it need not be (docs: Thought signatures, "Model behavior").
void Writer::sign_current_turn() {
  std::size_t begin = x_turns.size();
  while (begin > 0 && (x_turns[begin - 1].side == Side::model || x_turns[begin - 1].answers_only)) --begin;
  for (std::size_t i = begin; i < x_turns.size(); ++i) {
    if (x_turns[i].side != Side::model) continue;
    for (Part& part : x_turns[i].parts) {
      if (part.call == Call::none) continue;
      if (part.call == Call::is_not) {
        part.json.pop_back();
        append_signature(part.json, no_signature_to_check);
        part.json += '}';
      }
      break;
    }
  }
}

void Writer::write_turns() {
  x_out.contents = "[";
  for (const Turn& turn : x_turns) {
    if (x_out.contents.size() > 1) x_out.contents += ',';
    x_out.contents += turn.side == Side::user ? "{\"role\":\"user\",\"parts\":[" : "{\"role\":\"model\",\"parts\":[";
    bool first = true;
    for (const Part& part : turn.parts) {
      if (!std::exchange(first, false)) x_out.contents += ',';
      x_out.contents += part.json;
    }
    x_out.contents += "]}";
  }
  x_out.contents += ']';
}

}  // namespace

Result<Contents> encode_contents(const llm::ChatRequest& asked, const ModelTraits& model, Dropped& dropped) {
  return Writer(asked, model, dropped).run();
}

}  // namespace sluice::dialects::gemini
