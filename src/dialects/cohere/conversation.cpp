#include "dialects/cohere/conversation.hpp"

#include <cstdint>
#include <utility>
#include <variant>

#include "dialects/object_writer.hpp"
#include "sluice/base/base64.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::cohere {
namespace {

std::string text_block(std::string_view text) {
  ObjectWriter block;
  block.text("type", "text");
  block.text("text", text);
  return block.take();
}

std::string image_block(const llm::Image& image) {
  ObjectWriter url, block;
  url.text("url", image.url.empty() ? "data:" + image.media_type + ";base64," + image.base64 : image.url);
  if (!image.detail.empty()) url.text("detail", image.detail);
  block.text("type", "image_url");
  block.raw("image_url", url.take());
  return block.take();
}

// A message's content: one text is written as a string, which every model takes.
class Content {
 public:
  void text(const std::string& text) {
    if (text.empty()) return;
    x_only = x_list.empty() ? json::quoted(text) : std::string();
    next_element(x_list) += text_block(text);
  }
  void block(const std::string& block) {
    x_only.clear();
    next_element(x_list) += block;
  }
  bool empty() const { return x_list.empty(); }
  std::string take() { return x_only.empty() ? "[" + std::move(x_list) + "]" : std::move(x_only); }

 private:
  std::string x_list, x_only;
};

class Writer {
 public:
  Writer(const std::vector<llm::Message>& all, bool thinks, Dropped& dropped) : x_all(all), x_thinks(thinks), x_dropped(dropped) {}

  Result<Conversation> run() {
    for (x_index = 0; x_index < x_all.size(); ++x_index) {
      auto written = message(x_all[x_index]);
      if (!written) return std::move(written).error();
    }
    show_images();
    if (x_out.messages.empty()) return Error(Code::bad_request, "There is no message with content; the model needs one.").about("messages");
    return std::move(x_out);
  }

 private:
  Result<> message(const llm::Message&);
  Result<> assistant(const llm::Message&);
  Result<> tool_result(const llm::ToolResult&);
  Result<> part(const llm::Part&, Content&);
  Result<> image(const llm::Image&, Content&);
  Result<> document(const llm::File&);
  void thinking(const llm::Thinking&, Content&);
  void show_images();
  void put(std::string_view role, Content& content);
  Error refusal(std::string text) const {
    return Error(Code::bad_request, std::move(text)).about("messages[" + std::to_string(x_index) + "].content");
  }

  const std::vector<llm::Message>& x_all;
  const bool x_thinks;
  Dropped& x_dropped;
  Conversation x_out;
  Content x_images;              // of tool results, where no image can stand
  std::size_t x_index = 0, x_documents = 0;
};

void Writer::put(std::string_view role, Content& content) {
  if (content.empty()) return;
  ObjectWriter message;
  message.text("role", role);
  message.raw("content", content.take());
  next_element(x_out.messages) += message.take();
}

// Behind all results of a turn, which must not be parted from their calls.
void Writer::show_images() {
  put("user", x_images);
  x_images = Content();
}

Result<> Writer::message(const llm::Message& message) {
  if (!message.name.empty() && message.role != llm::Role::tool) x_dropped.add("messages.name");
  if (message.role == llm::Role::assistant) return assistant(message);
  Content content;
  for (const llm::Part& each : message.parts) {
    const auto* const result = std::get_if<llm::ToolResult>(&each);
    auto written = result != nullptr ? tool_result(*result) : part(each, content);
    if (!written) return written;
  }
  if (content.empty()) return {};
  show_images();
  const bool system = message.role == llm::Role::system || message.role == llm::Role::developer;
  put(system ? "system" : "user", content);
  return {};
}

Result<> Writer::part(const llm::Part& part, Content& content) {
  if (const auto* const text = std::get_if<llm::Text>(&part)) {
    content.text(text->text);
  } else if (const auto* const refused = std::get_if<llm::Refusal>(&part)) {
    content.text(refused->text);
  } else if (const auto* const image = std::get_if<llm::Image>(&part)) {
    return this->image(*image, content);
  } else if (const auto* const file = std::get_if<llm::File>(&part)) {
    return document(*file);
  } else if (std::holds_alternative<llm::Audio>(part)) {
    return refusal("The model does not take audio.");
  } else if (std::holds_alternative<llm::CacheMark>(part)) {
    x_dropped.add("cache_control");   // it caches by itself
  } else if (std::holds_alternative<llm::ServerPart>(part)) {
    x_dropped.add("messages.server_tools");
  } else {
    return refusal("This content cannot stand in a message of this role.");
  }
  return {};
}

Result<> Writer::image(const llm::Image& image, Content& content) {
  if (image.url.empty() && image.base64.empty()) return refusal("An image has neither data nor an address.");
  if (!image.url.empty() && !image.url.starts_with("http")) return refusal("The model takes images as data or from http(s) URLs only.");
  content.block(image_block(image));
  return {};
}

// Documents belong to the request, not to a message (docs.cohere.com, "Retrieval augmented generation").
Result<> Writer::document(const llm::File& file) {
  std::string text = file.text;
  if (text.empty() && file.media_type.starts_with("text/")) text = from_base64(file.base64).value_or("");
  if (text.empty() || !json::valid_utf8(text)) return refusal("The model takes documents as plain text only.");
  ObjectWriter data, document;
  data.text("text", text);
  if (!file.name.empty()) data.text("title", file.name);
  if (!file.context.empty()) data.text("context", file.context);
  document.text("id", file.id.empty() ? "doc:" + std::to_string(x_documents) : file.id);
  document.raw("data", data.take());
  next_element(x_out.documents) += document.take();
  ++x_documents;
  return {};
}

// Another maker's signed thoughts say nothing to this model, and redacted ones to nobody.
void Writer::thinking(const llm::Thinking& thought, Content& content) {
  if (thought.text.empty() && thought.signature.empty()) return;
  if (!x_thinks || thought.redacted || thought.text.empty() || !thought.signature.empty()) {
    x_dropped.add("messages.reasoning_content");
    return;
  }
  ObjectWriter block;
  block.text("type", "thinking");
  block.text("thinking", thought.text);
  content.block(block.take());
}

// What was said beside calls is their plan: that is where Cohere itself says it.
Result<> Writer::assistant(const llm::Message& message) {
  show_images();
  std::string calls, plan;
  bool calling = false;
  for (const llm::Part& each : message.parts) calling = calling || std::holds_alternative<llm::ToolCall>(each);
  Content content;
  for (const llm::Part& each : message.parts) {
    if (const auto* const call = std::get_if<llm::ToolCall>(&each)) {
      ObjectWriter function, written;
      function.text("name", call->name);
      function.text("arguments", call->custom ? "{\"input\":" + json::quoted(call->arguments) + "}" : call->arguments);
      written.text("id", call->id);
      written.text("type", "function");
      written.raw("function", function.take());
      next_element(calls) += written.take();
    } else if (const auto* const thought = std::get_if<llm::Thinking>(&each)) {
      thinking(*thought, content);
    } else if (const auto* const text = std::get_if<llm::Text>(&each); text != nullptr && calling) {
      plan += text->text;
    } else if (std::holds_alternative<llm::Image>(each) || std::holds_alternative<llm::File>(each)) {
      x_dropped.add("messages.content");   // its own earlier output
    } else if (auto written = part(each, content); !written) {
      return written;
    }
  }
  if (!calling && content.empty()) return {};
  ObjectWriter out;
  out.text("role", "assistant");
  if (!plan.empty()) out.text("tool_plan", plan);
  if (!content.empty()) out.raw("content", content.take());
  if (calling) out.raw("tool_calls", "[" + calls + "]");
  next_element(x_out.messages) += out.take();
  return {};
}

Result<> Writer::tool_result(const llm::ToolResult& result) {
  Content content;
  for (const llm::Part& each : result.content) {
    if (const auto* const image = std::get_if<llm::Image>(&each)) {
      auto written = this->image(*image, x_images);
      if (!written) return written;
    } else if (const auto* const file = std::get_if<llm::File>(&each); file != nullptr && !file->text.empty()) {
      content.text(file->text);
    } else if (auto written = part(each, content); !written) {
      return written;
    }
  }
  if (result.is_error) x_dropped.add("messages.is_error");
  ObjectWriter out;
  out.text("role", "tool");
  out.text("tool_call_id", result.call_id);
  out.raw("content", content.empty() ? "\"\"" : content.take());
  next_element(x_out.messages) += out.take();
  return {};
}

}  // namespace

Result<Conversation> encode_conversation(const std::vector<llm::Message>& messages, bool thinks, Dropped& dropped) {
  return Writer(messages, thinks, dropped).run();
}

}  // namespace sluice::dialects::cohere
