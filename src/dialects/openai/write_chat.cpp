#include "dialects/openai/write_chat.hpp"

#include "sluice/json/write.hpp"

namespace sluice::dialects::openai {
namespace {

void append_call(std::string& out, const llm::ToolCall& call) {
  out += "{\"id\":";
  json::append_quoted(out, call.id);
  out += ",\"type\":\"function\",\"function\":{\"name\":";
  json::append_quoted(out, call.name);
  out += ",\"arguments\":";
  json::append_quoted(out, call.arguments);
  out += "}}";
}

// OpenRouter's form of reasoning with its proof, which callers send back in a tool loop. If redacted it has no text.
void append_reasoning_detail(std::string& out, const llm::Thinking& thinking) {
  if (thinking.redacted) {
    out += "{\"type\":\"reasoning.encrypted\",\"data\":";
    json::append_quoted(out, thinking.signature);
  } else {
    out += "{\"type\":\"reasoning.text\",\"text\":";
    json::append_quoted(out, thinking.text);
    out += ",\"signature\":";
    json::append_quoted(out, thinking.signature);
  }
  out += '}';
}

void append_item(std::string& list) {
  if (!list.empty()) list += ',';
}

struct Message {
  std::string text, refusal, reasoning, reasoning_details, calls;
  bool has_text = false;
};

Message collect(const std::vector<llm::Part>& parts) {
  Message message;
  for (const llm::Part& part : parts) {
    if (const auto* text = std::get_if<llm::Text>(&part)) {
      message.text += text->text;
      message.has_text = true;
    } else if (const auto* refusal = std::get_if<llm::Refusal>(&part)) {
      message.refusal += refusal->text;
    } else if (const auto* thinking = std::get_if<llm::Thinking>(&part)) {
      if (!thinking->redacted) message.reasoning += thinking->text;
      if (thinking->signature.empty()) continue;
      append_item(message.reasoning_details);
      append_reasoning_detail(message.reasoning_details, *thinking);
    } else if (const auto* call = std::get_if<llm::ToolCall>(&part)) {
      append_item(message.calls);
      append_call(message.calls, *call);
    }
  }
  return message;
}

void append_choice(std::string& out, const llm::Choice& choice) {
  const Message message = collect(choice.parts);
  out += "{\"index\":";
  json::append_integer(out, choice.index);
  out += ",\"message\":{\"role\":\"assistant\",\"content\":";
  if (message.has_text || (message.calls.empty() && message.refusal.empty())) json::append_quoted(out, message.text);
  else out += "null";
  out += ",\"refusal\":";
  if (message.refusal.empty()) out += "null";
  else json::append_quoted(out, message.refusal);
  if (!message.reasoning.empty()) {
    out += ",\"reasoning_content\":";
    json::append_quoted(out, message.reasoning);
  }
  if (!message.reasoning_details.empty())
    out.append(",\"reasoning_details\":[").append(message.reasoning_details) += ']';
  if (!message.calls.empty()) out.append(",\"tool_calls\":[").append(message.calls) += ']';
  out += "},\"logprobs\":null,\"finish_reason\":\"";
  out.append(finish_name(choice.finish)) += "\"}";
}

}  // namespace

std::string_view finish_name(llm::Finish finish) {
  switch (finish) {
    case llm::Finish::length: return "length";
    case llm::Finish::tool_calls: return "tool_calls";
    case llm::Finish::content_filter: return "content_filter";
    case llm::Finish::refusal: return "content_filter";
    case llm::Finish::pause: return "length";   // what the caller has is not the whole answer
    case llm::Finish::stop: case llm::Finish::unknown: break;
  }
  return "stop";
}

void append_usage(std::string& out, const llm::Usage& usage) {
  const auto member = [&out](std::string_view name, std::int64_t value) {
    out.append(name);
    json::append_integer(out, value);
  };
  member("{\"prompt_tokens\":", usage.input);
  member(",\"completion_tokens\":", usage.output);
  member(",\"total_tokens\":", usage.input + usage.output);
  member(",\"prompt_tokens_details\":{\"cached_tokens\":", usage.cache_read);
  const std::int64_t written = usage.cache_write_5m + usage.cache_write_1h;
  if (written > 0) member(",\"cache_write_tokens\":", written);
  member(",\"audio_tokens\":", usage.input_audio);
  member("},\"completion_tokens_details\":{\"reasoning_tokens\":", usage.reasoning);
  member(",\"audio_tokens\":", usage.output_audio);
  out += ",\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}";
}

std::string write_chat(const llm::ChatResponse& response, std::string_view id, std::int64_t created) {
  std::string out = "{\"id\":";
  json::append_quoted(out, response.id.empty() ? id : std::string_view(response.id));
  out += ",\"object\":\"chat.completion\",\"created\":";
  json::append_integer(out, response.created != 0 ? response.created : created);
  out += ",\"model\":";
  json::append_quoted(out, response.model);
  out += ",\"choices\":[";
  for (std::size_t i = 0; i < response.choices.size(); ++i) {
    if (i > 0) out += ',';
    append_choice(out, response.choices[i]);
  }
  out += "],\"usage\":";
  append_usage(out, response.usage);
  out += '}';
  return out;
}

}  // namespace sluice::dialects::openai
