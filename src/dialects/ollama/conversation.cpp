#include "dialects/ollama/conversation.hpp"

#include <map>
#include <utility>
#include <variant>

#include "dialects/object_writer.hpp"
#include "sluice/base/base64.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::ollama {
namespace {

// What a message of Ollama's consists of (api/types.go, type Message).
struct Draft {
  std::string content, thinking, images, calls;
  bool empty() const { return content.empty() && thinking.empty() && images.empty() && calls.empty(); }
};

class Writer {
 public:
  Writer(const std::vector<llm::Message>& all, Dropped& dropped) : x_all(all), x_dropped(dropped) {}

  Result<std::string> run() {
    for (x_index = 0; x_index < x_all.size(); ++x_index) {
      auto written = message(x_all[x_index]);
      if (!written) return std::move(written).error();
    }
    if (x_out.empty()) return Error(Code::bad_request, "There is no message with content; the model needs one.").about("messages");
    return std::move(x_out);
  }

 private:
  Result<> message(const llm::Message&);
  Result<> part(const llm::Part&, Draft&);
  Result<> file(const llm::File&, Draft&);
  Result<> image(const llm::Image&, Draft&);
  Result<> tool_result(const llm::ToolResult&);
  void call(const llm::ToolCall&, Draft&);
  void thinking(const llm::Thinking&, Draft&);
  void put(std::string_view role, const Draft&, const llm::ToolResult* result = nullptr);
  Error refusal(std::string text) const {
    return Error(Code::bad_request, std::move(text)).about("messages[" + std::to_string(x_index) + "].content");
  }

  const std::vector<llm::Message>& x_all;
  Dropped& x_dropped;
  std::string x_out;
  std::map<std::string, std::string, std::less<>> x_names;   // of the tools, by the id of the call
  std::size_t x_index = 0;
};

void add_text(std::string& into, std::string_view text) {
  if (text.empty()) return;
  if (!into.empty()) into += '\n';
  into += text;
}

Result<> Writer::message(const llm::Message& message) {
  if (!message.name.empty() && message.role != llm::Role::tool) x_dropped.add("messages.name");
  Draft draft;
  for (const llm::Part& each : message.parts) {
    const auto* const result = std::get_if<llm::ToolResult>(&each);
    auto written = result != nullptr ? tool_result(*result) : part(each, draft);
    if (!written) return written;
  }
  if (draft.empty()) return {};
  switch (message.role) {
    case llm::Role::system: case llm::Role::developer: put("system", draft); break;
    case llm::Role::assistant: put("assistant", draft); break;
    case llm::Role::user: case llm::Role::tool: put("user", draft); break;
  }
  return {};
}

void Writer::put(std::string_view role, const Draft& draft, const llm::ToolResult* result) {
  ObjectWriter out;
  out.text("role", role);
  out.text("content", draft.content);
  if (!draft.thinking.empty()) out.text("thinking", draft.thinking);
  if (!draft.images.empty()) out.raw("images", "[" + draft.images + "]");
  if (!draft.calls.empty()) out.raw("tool_calls", "[" + draft.calls + "]");
  if (result != nullptr) {
    const auto name = x_names.find(result->call_id);
    if (name != x_names.end()) out.text("tool_name", name->second);
    out.text("tool_call_id", result->call_id);
  }
  next_element(x_out) += out.take();
}

Result<> Writer::part(const llm::Part& part, Draft& draft) {
  if (const auto* const text = std::get_if<llm::Text>(&part)) add_text(draft.content, text->text);
  else if (const auto* const refused = std::get_if<llm::Refusal>(&part)) add_text(draft.content, refused->text);
  else if (const auto* const picture = std::get_if<llm::Image>(&part)) return image(*picture, draft);
  else if (const auto* const document = std::get_if<llm::File>(&part)) return file(*document, draft);
  else if (const auto* const thought = std::get_if<llm::Thinking>(&part)) thinking(*thought, draft);
  else if (const auto* const called = std::get_if<llm::ToolCall>(&part)) call(*called, draft);
  else if (std::holds_alternative<llm::CacheMark>(part)) x_dropped.add("cache_control");
  else if (std::holds_alternative<llm::ServerPart>(part)) x_dropped.add("messages.server_tools");
  else return refusal("The provider does not take audio.");
  return {};
}

Result<> Writer::image(const llm::Image& image, Draft& draft) {
  if (image.base64.empty()) return refusal("The provider takes images as data only; it fetches none.");
  if (!image.detail.empty() && image.detail != "auto") x_dropped.add("image_url.detail");
  next_element(draft.images) += json::quoted(image.base64);
  return {};
}

Result<> Writer::file(const llm::File& file, Draft& draft) {
  std::string text = file.text;
  if (text.empty() && file.media_type.starts_with("text/")) text = from_base64(file.base64).value_or("");
  if (text.empty() || !json::valid_utf8(text)) return refusal("The provider takes documents as plain text only.");
  if (file.cite) x_dropped.add("citations");
  add_text(draft.content, file.name);
  add_text(draft.content, file.context);
  add_text(draft.content, text);
  return {};
}

// Another maker's signed thoughts say nothing to this model, and redacted ones to nobody.
void Writer::thinking(const llm::Thinking& thought, Draft& draft) {
  if (thought.redacted || !thought.signature.empty()) x_dropped.add("messages.reasoning_content");
  else add_text(draft.thinking, thought.text);
}

// Arguments are an object here, not the text of one.
void Writer::call(const llm::ToolCall& call, Draft& draft) {
  x_names.insert_or_assign(call.id, call.name);
  const bool object = json::kind_of(call.arguments) == json::Kind::object && !call.custom;
  ObjectWriter function, out;
  function.text("name", call.name);
  if (object) function.raw("arguments", call.arguments);
  else function.raw("arguments", call.arguments.empty() ? "{}" : "{\"input\":" + json::quoted(call.arguments) + "}");
  if (!call.id.empty()) out.text("id", call.id);
  out.raw("function", function.take());
  next_element(draft.calls) += out.take();
}

Result<> Writer::tool_result(const llm::ToolResult& result) {
  Draft draft;
  for (const llm::Part& each : result.content) {
    auto written = part(each, draft);
    if (!written) return written;
  }
  if (result.is_error) x_dropped.add("messages.is_error");
  put("tool", draft, &result);
  return {};
}

}  // namespace

Result<std::string> encode_messages(const std::vector<llm::Message>& messages, Dropped& dropped) { return Writer(messages, dropped).run(); }

}  // namespace sluice::dialects::ollama
