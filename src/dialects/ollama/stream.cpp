#include "dialects/ollama/stream.hpp"

#include <string>
#include <utility>

#include "dialects/openai/chunk_shape.hpp"
#include "dialects/openai/errors.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::ollama {

namespace event = llm::event;

void OllamaStreamMeter::line(std::string_view text) {
  if (is_chunk_size(text) || x_facts.garbled) return;
  ++x_facts.events;
  const bool first = !x_facts.begun;
  const auto object = first && json::validate(text) ? std::nullopt : read_object(text);
  if (!object) {
    x_facts.garbled = first;
    return;
  }
  if (openai::is_reported(object->error)) {
    x_facts.failure = failure_in_line(object->error);
    return;
  }
  x_facts.begun = true;
  if (x_facts.model.empty()) x_facts.model = json::unquoted(object->model).value_or("");
  const Message message = read_message(object->message);
  for (const std::string_view raw : {message.content, message.thinking, object->response}) x_facts.text_bytes += openai::text_size(raw);
  x_facts.text_bytes += static_cast<std::int64_t>(message.tool_calls.size());
  if (object->done != "true") return;
  x_facts.finished = x_facts.done = true;
  if (const auto usage = usage_of(*object)) x_facts.usage = usage;
}

void OllamaStreamMeter::oversized() {
  ++x_facts.events;
  if (!x_facts.garbled && !x_facts.failure) x_facts.begun = true;
}

Result<> OllamaStreamDecoder::feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) {
  x_out = &out;
  x_splitter.feed(bytes, *this);
  x_out = nullptr;
  if (x_error) return *x_error;
  return {};
}

Result<> OllamaStreamDecoder::finish(std::vector<llm::StreamEvent>& out) {
  x_out = &out;
  x_splitter.finish(*this);
  x_out = nullptr;
  if (x_error) return *x_error;
  if (!x_over) return Error(Code::upstream_failed, "The provider's answer broke off before its end.");
  return {};
}

void OllamaStreamDecoder::fail(std::string_view what) {
  if (x_error || x_over) return;
  x_error = Error(Code::upstream_failed, "The provider's stream cannot be read: " + std::string(what) + ".");
}

void OllamaStreamDecoder::line(std::string_view text) {
  if (x_error || x_over || is_chunk_size(text)) return;
  const auto object = read_object(text);
  if (!object) return fail("a line is no JSON object");
  if (openai::is_reported(object->error)) {
    Failure failure = failure_in_line(object->error);
    x_out->push_back(event::Failed{std::move(failure.error), failure.status, failure.try_next, failure.key_at_fault});
    x_over = true;
    return;
  }
  if (!x_started) {
    x_started = true;
    x_out->push_back(event::Started{{}, json::unquoted(object->model).value_or("")});
  }
  message(*object);
  if (object->done == "true" && !x_error) done(*object);
}

void OllamaStreamDecoder::message(const Object& object) {
  const Message message = read_message(object.message);
  if (message.thinking.size() > 2) {
    event::ThinkingDelta delta;
    if (!json::unquote(message.thinking, delta.text)) return fail("a thought is no string");
    x_out->push_back(std::move(delta));
  }
  std::string logprobs = logprobs_of(object.logprobs);
  if (json::validate(logprobs) && !logprobs.empty()) return fail("log probabilities are no JSON");
  if (message.content.size() > 2 || !logprobs.empty()) {
    event::TextDelta delta;
    if (!message.content.empty() && !json::unquote(message.content, delta.text)) return fail("a text is no string");
    delta.logprobs = std::move(logprobs);
    x_out->push_back(std::move(delta));
  }
  if (json::kind_of(message.tool_calls) == json::Kind::array) calls(message.tool_calls, object.created_at);
}

// Each is whole. Its arguments are raw JSON here, not a string of it, and go on as they are, if they are JSON.
void OllamaStreamDecoder::calls(std::string_view raw, std::string_view created_at) {
  if (json::validate(raw)) return fail("its tool calls are no JSON");
  json::each_element(raw, [&](std::string_view element) {
    llm::ToolCall call = read_call(element, created_at, x_calls);
    x_out->push_back(event::ToolCallStarted{0, x_calls, std::move(call.id), std::move(call.name)});
    x_out->push_back(event::ToolCallDelta{0, x_calls++, std::move(call.arguments)});
  });
}

void OllamaStreamDecoder::done(const Object& object) {
  x_out->push_back(event::Finished{0, finish_of(object.done_reason, x_calls > 0)});
  if (const auto usage = usage_of(object)) x_out->push_back(event::UsageSeen{*usage});
  x_out->push_back(event::Ended{});
  x_over = true;
}

}  // namespace sluice::dialects::ollama
