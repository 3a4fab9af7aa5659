#include "dialects/openai/write_chat.hpp"

#include "dialects/openai/answer_json.hpp"
#include "dialects/openai/reasoning.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::openai {
namespace {

constexpr std::int64_t audio_lives = 3600;   // seconds that OpenAI keeps an answer's sound

struct Message {
  std::string text, refusal, reasoning, details, calls, function_call, annotations, images, audio, proof;
  bool has_text = false;
  std::int64_t characters = 0, thoughts = 0;   // thoughts: the next index among reasoning_details
};

void append_function(std::string& out, const llm::ToolCall& call) {
  out += "{\"name\":";
  json::append_quoted(out, call.name);
  out += ",\"arguments\":";
  json::append_quoted(out, call.arguments);
  out += '}';
}

void append_call(std::string& list, const llm::ToolCall& call) {
  if (!list.empty()) list += ',';
  list += "{\"id\":";
  json::append_quoted(list, call.id);
  if (call.custom) {
    list += R"(,"type":"custom","custom":{"name":)";
    json::append_quoted(list, call.name);
    list += ",\"input\":";
    json::append_quoted(list, call.arguments);
    list += '}';
  } else {
    list += ",\"type\":\"function\",\"function\":";
    append_function(list, call);
  }
  append_google_proof(list, call.signature, call.maker);
  list += '}';
}

// A text that is cited as a whole (Anthropic's blocks) is a range of the message's.
void add_text(Message& message, const llm::Text& text) {
  const std::int64_t start = message.characters;
  message.characters += characters(text.text);
  message.text += text.text;
  message.has_text = true;
  for (const llm::Citation& citation : text.citations) append_annotation(message.annotations, citation, start, message.characters);
  if (text.maker != llm::Maker::google || text.signature.empty()) return;
  message.proof.clear();
  append_google_proof(message.proof, text.signature, text.maker);
}

Message collect(const std::vector<llm::Part>& parts, bool old_functions, std::int64_t created) {
  Message message;
  for (const llm::Part& part : parts) {
    if (const auto* text = std::get_if<llm::Text>(&part)) {
      add_text(message, *text);
    } else if (const auto* refusal = std::get_if<llm::Refusal>(&part)) {
      message.refusal += refusal->text;
    } else if (const auto* thinking = std::get_if<llm::Thinking>(&part)) {
      if (!thinking->redacted) message.reasoning += thinking->text;
      if (!thinking->signature.empty()) append_details(message.details, *thinking, message.thoughts);
    } else if (const auto* call = std::get_if<llm::ToolCall>(&part)) {
      if (!old_functions) append_call(message.calls, *call);
      else if (message.function_call.empty()) append_function(message.function_call, *call);
    } else if (const auto* image = std::get_if<llm::Image>(&part)) {
      append_image(message.images, *image);
    } else if (const auto* audio = std::get_if<llm::Audio>(&part)) {
      message.audio.clear();
      append_audio(message.audio, *audio, created + audio_lives);
    }
  }
  return message;
}

void append_list(std::string& out, std::string_view name, const std::string& elements) {
  if (!elements.empty()) out.append(",\"").append(name).append("\":[").append(elements) += ']';
}

void append_choice(std::string& out, const llm::Choice& choice, bool old_functions, std::int64_t created) {
  const Message message = collect(choice.parts, old_functions, created);
  const bool silent = message.calls.empty() && message.function_call.empty() && message.refusal.empty() && message.audio.empty();
  out += "{\"index\":";
  json::append_integer(out, choice.index);
  out += ",\"message\":{\"role\":\"assistant\",\"content\":";
  if (message.has_text || silent) json::append_quoted(out, message.text);
  else out += "null";
  out += ",\"refusal\":";
  if (message.refusal.empty()) out += "null";
  else json::append_quoted(out, message.refusal);
  if (!message.reasoning.empty()) {
    out += ",\"reasoning_content\":";
    json::append_quoted(out, message.reasoning);
  }
  append_list(out, "reasoning_details", message.details);
  append_list(out, "annotations", message.annotations);
  append_list(out, "images", message.images);
  if (!message.audio.empty()) out.append(",\"audio\":").append(message.audio);
  append_list(out, "tool_calls", message.calls);
  if (!message.function_call.empty()) out.append(",\"function_call\":").append(message.function_call);
  out.append(message.proof).append("},\"logprobs\":").append(choice.logprobs.empty() ? std::string_view("null") : choice.logprobs);
  const bool old_call = !message.function_call.empty() && choice.finish == llm::Finish::tool_calls;
  out.append(",\"finish_reason\":\"").append(old_call ? std::string_view("function_call") : finish_name(choice.finish)) += '"';
  if (!choice.stop_sequence.empty()) {   // as vLLM says it
    out += ",\"stop_reason\":";
    json::append_quoted(out, choice.stop_sequence);
  }
  out += '}';
}

}  // namespace

std::string write_chat(const llm::ChatRequest& request, const llm::ChatResponse& response, std::string_view id, std::int64_t created) {
  const std::int64_t when = response.created != 0 ? response.created : created;
  std::string out = "{\"id\":";
  json::append_quoted(out, response.id.empty() ? id : std::string_view(response.id));
  out += ",\"object\":\"chat.completion\",\"created\":";
  json::append_integer(out, when);
  out += ",\"model\":";
  json::append_quoted(out, response.model.empty() ? request.model : response.model);
  out += ",\"choices\":[";
  for (std::size_t i = 0; i < response.choices.size(); ++i) {
    if (i > 0) out += ',';
    append_choice(out, response.choices[i], request.old_functions, when);
  }
  out += "],\"usage\":";
  append_usage(out, response.usage);
  if (!response.service_tier.empty()) {
    out += ",\"service_tier\":";
    json::append_quoted(out, response.service_tier);
  }
  out += '}';
  return out;
}

}  // namespace sluice::dialects::openai
