#include "dialects/anthropic/write_chat.hpp"

#include <algorithm>

#include "dialects/anthropic/citation.hpp"
#include "dialects/anthropic/content.hpp"
#include "dialects/anthropic/thought_proof.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::anthropic {
namespace {

std::string_view stop_reason(const Stop& stop) {
  switch (stop.finish) {
    case llm::Finish::length: return "max_tokens";
    case llm::Finish::tool_calls: return "tool_use";
    case llm::Finish::content_filter: return "refusal";
    case llm::Finish::refusal: return "refusal";
    case llm::Finish::pause: return "pause_turn";
    case llm::Finish::stop: case llm::Finish::unknown: break;
  }
  if (stop.calls) return "tool_use";   // OpenAI says "stop" where the choice of tool was forced
  return stop.sequence.empty() ? "end_turn" : "stop_sequence";
}

// The content blocks of one answer.
class Content {
 public:
  Content(std::string& out, std::string_view id) : x_out(out), x_id(id) {}
  bool has_calls() const { return x_calls > 0; }

  void operator()(const llm::Text& text) {
    proof(text.maker, text.signature);
    std::string citations;
    for (const llm::Citation& citation : text.citations) {
      std::string one;
      if (!append_citation(one, citation)) continue;
      begin_element(citations);
      citations += one;
    }
    if (text.text.empty() && citations.empty() && text.signature.empty()) return;
    next() += R"({"type":"text","text":)";
    json::append_quoted(x_out, text.text);
    if (!citations.empty()) x_out.append(",\"citations\":[").append(citations).append("]");
    x_out += '}';
  }
  void operator()(const llm::Refusal& refusal) { append_text(next(), refusal.text); }
  void operator()(const llm::Thinking& thought) {
    if (thought.redacted) {
      next() += R"({"type":"redacted_thinking","data":)";
    } else {
      next() += R"({"type":"thinking","thinking":)";
      json::append_quoted(x_out, thought.text);
      x_out += ",\"signature\":";
    }
    json::append_quoted(x_out, thought_proof(thought));
    x_out += '}';
  }
  void operator()(const llm::ToolCall& call) {
    proof(call.maker, call.signature);
    next() += R"({"type":"tool_use","id":)";
    json::append_quoted(x_out, call.id.empty() ? made_call_id(x_id, x_calls) : call.id);
    x_out += ",\"name\":";
    json::append_quoted(x_out, call.name);
    x_out.append(",\"input\":").append(input_of(call)).append("}");
    ++x_calls;
  }
  void operator()(const llm::ServerPart& part) {
    if (part.origin == llm::Dialect::anthropic && !part.raw.empty()) next() += part.raw;
  }
  void operator()(const llm::Image& image) { shown(image); }
  void operator()(const llm::Audio& audio) { shown(audio); }
  void operator()(const llm::File& file) { shown(file); }
  void operator()(const llm::ToolResult&) {}   // no model answers with one
  void operator()(const llm::CacheMark&) {}

 private:
  std::string& next() {
    if (x_any) x_out += ',';
    x_any = true;
    return x_out;
  }
  // Whose it is must be known: unmarked it would pass for Claude's.
  void proof(llm::Maker maker, std::string_view signature) {
    if (signature.empty() || maker == llm::Maker::unknown) return;
    next() += R"({"type":"thinking","thinking":"","signature":)";
    json::append_quoted(x_out, part_proof(maker, signature));
    x_out += '}';
  }
  template <class Shown>
  void shown(const Shown& part) {
    const std::string text = shown_as_text(part);
    if (!text.empty()) append_text(next(), text);
  }

  std::string& x_out;
  std::string_view x_id;
  std::int64_t x_calls = 0;
  bool x_any = false;
};

}  // namespace

void append_stop(std::string& out, const Stop& stop) {
  const std::string_view reason = stop_reason(stop);
  out.append("\"stop_reason\":\"").append(reason).append("\",\"stop_sequence\":");
  if (reason == "stop_sequence") json::append_quoted(out, stop.sequence);
  else out += "null";
}

void append_usage(std::string& out, const llm::Usage& usage, std::string_view service_tier) {
  const auto member = [&out](std::string_view name, std::int64_t value) {
    out.append(name);
    json::append_integer(out, std::max<std::int64_t>(value, 0));
  };
  const std::int64_t written = usage.cache_write_5m + usage.cache_write_1h;
  member("{\"input_tokens\":", usage.input - usage.cache_read - written);
  member(",\"cache_creation_input_tokens\":", written);
  member(",\"cache_read_input_tokens\":", usage.cache_read);
  member(",\"cache_creation\":{\"ephemeral_5m_input_tokens\":", usage.cache_write_5m);
  member(",\"ephemeral_1h_input_tokens\":", usage.cache_write_1h);
  member("},\"output_tokens\":", usage.output);
  if (usage.reasoning > 0) {
    member(",\"output_tokens_details\":{\"thinking_tokens\":", usage.reasoning);
    out += '}';
  }
  if (usage.web_searches > 0) {
    member(",\"server_tool_use\":{\"web_search_requests\":", usage.web_searches);
    out += '}';
  }
  if (!service_tier.empty()) {
    out += ",\"service_tier\":";
    json::append_quoted(out, service_tier == "default" ? std::string_view("standard") : service_tier);
  }
  out += '}';
}

std::string input_of(const llm::ToolCall& call) {
  if (call.custom) return "{\"input\":" + json::quoted(call.arguments) + "}";
  if (is_blank(call.arguments)) return "{}";
  // Models do write broken JSON; clients want an object.
  if (json::kind_of(call.arguments) != json::Kind::object || json::validate(call.arguments))
    return "{\"arguments\":" + json::quoted(call.arguments) + "}";
  return call.arguments;
}

std::string shown_as_text(const llm::Part& part) {
  if (const auto* const audio = std::get_if<llm::Audio>(&part)) return audio->transcript;
  const auto* const image = std::get_if<llm::Image>(&part);
  if (image == nullptr) return {};
  if (!image->url.empty()) return "![image](" + image->url + ")";
  if (image->base64.empty()) return {};
  return "![image](data:" + image->media_type + ";base64," + image->base64 + ")";
}

std::string made_call_id(std::string_view answer_id, std::int64_t number) {
  std::string id = "toolu_";
  for (const char c : answer_id.substr(0, 64)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (plain) id += c;
  }
  id += '_';
  json::append_integer(id, number);
  return id;
}

std::string write_chat(const llm::ChatRequest& request, const llm::ChatResponse& response, const AnswerContext& context) {
  const std::string& id = response.id.empty() ? context.id : response.id;
  std::string out = "{\"id\":";
  json::append_quoted(out, id);
  out += R"(,"type":"message","role":"assistant","model":)";
  json::append_quoted(out, response.model.empty() ? request.model : response.model);
  out += ",\"content\":[";
  Content content(out, context.id);
  Stop stop;
  if (!response.choices.empty()) {
    const llm::Choice& choice = response.choices.front();
    for (const llm::Part& part : choice.parts) std::visit(content, part);
    stop = {choice.finish, choice.stop_sequence, content.has_calls()};
  }
  out += "],";
  append_stop(out, stop);
  out += ",\"usage\":";
  append_usage(out, response.usage, response.service_tier);
  out += '}';
  return out;
}

std::string write_token_count(std::int64_t tokens) {
  std::string out = "{\"input_tokens\":";
  json::append_integer(out, tokens);
  out += '}';
  return out;
}

}  // namespace sluice::dialects::anthropic
