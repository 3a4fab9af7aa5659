#include "dialects/bedrock/write_chat.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "dialects/bedrock/formats.hpp"
#include "dialects/bedrock/signatures.hpp"
#include "dialects/bedrock/usage.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::bedrock {
namespace {

class Blocks {
 public:
  void add(const llm::Part& part) {
    std::visit([this](const auto& what) { put(what); }, part);
  }
  std::string take() { return std::move(x_list); }

 private:
  void begin(std::string_view member) {
    if (!x_list.empty()) x_list += ',';
    x_list.append("{\"").append(member).append("\":");
  }

  // Of a text or call, in a block of its own right before it.
  void signature(llm::Maker maker, const std::string& text) {
    if (text.empty()) return;
    begin("reasoningContent");
    append_attached(x_list, maker, text);
    x_list += '}';
  }

  void put(const llm::Text& text) {
    if (text.text.empty()) return;
    signature(text.maker, text.signature);
    if (text.citations.empty()) {
      begin("text");
      json::append_quoted(x_list, text.text);
      x_list += '}';
      return;
    }
    begin("citationsContent");
    x_list += R"({"content":[{"text":)";
    json::append_quoted(x_list, text.text);
    x_list += "}],\"citations\":[";
    for (std::size_t i = 0; i < text.citations.size(); ++i) {
      if (i > 0) x_list += ',';
      append_citation(x_list, text.citations[i]);
    }
    x_list += "]}}";
  }
  void put(const llm::Refusal& refusal) { put(llm::Text{refusal.text}); }
  void put(const llm::Thinking& thinking) {
    begin("reasoningContent");
    append_thinking(x_list, thinking);
    x_list += '}';
  }
  void put(const llm::ToolCall& call) {
    signature(call.maker, call.signature);
    begin("toolUse");
    x_list += "{\"toolUseId\":";
    json::append_quoted(x_list, call.id);
    x_list += ",\"name\":";
    json::append_quoted(x_list, call.name);
    x_list += ",\"input\":";
    if (call.custom || json::kind_of(call.arguments) != json::Kind::object || json::validate(call.arguments)) {
      x_list += call.arguments.empty() ? "{}" : "{\"input\":" + json::quoted(call.arguments) + "}";
    } else {
      x_list += call.arguments;
    }
    x_list += "}}";
  }
  void put(const llm::Image& image) {
    if (image.base64.empty()) return put(llm::Text{image.url});
    media("image", format_of(Media::image, image.media_type), image.base64);
  }
  void put(const llm::Audio& audio) {
    if (!audio.transcript.empty()) put(llm::Text{audio.transcript});   // for those who cannot hear it
    if (!audio.base64.empty()) media("audio", audio.format, audio.base64);
  }
  void media(std::string_view kind, std::string_view format, const std::string& base64) {
    begin(kind);
    x_list += "{\"format\":";
    json::append_quoted(x_list, format.empty() ? "png" : format);
    x_list += R"(,"source":{"bytes":)";
    json::append_quoted(x_list, base64);
    x_list += "}}}";
  }
  void put(const llm::ServerPart& part) {
    if (part.origin != llm::Dialect::bedrock) return;
    if (!x_list.empty()) x_list += ',';
    x_list += part.raw;
  }
  void put(const llm::File&) {}         // no model answers with these
  void put(const llm::ToolResult&) {}
  void put(const llm::CacheMark&) {}

  std::string x_list;
};

}  // namespace

std::string_view stop_reason(llm::Finish finish, bool by_stop_sequence) {
  switch (finish) {
    case llm::Finish::length: return "max_tokens";
    case llm::Finish::tool_calls: return "tool_use";
    case llm::Finish::content_filter: case llm::Finish::refusal: return "content_filtered";
    case llm::Finish::pause: return "max_tokens";   // what the caller has is not the whole answer
    case llm::Finish::unknown: return "malformed_model_output";   // no end of an answer: not to be taken for one
    case llm::Finish::stop: break;
  }
  return by_stop_sequence ? "stop_sequence" : "end_turn";
}

void append_citation(std::string& out, const llm::Citation& citation) {
  if (citation.origin == llm::Dialect::bedrock && !citation.raw.empty()) {
    out += citation.raw;
    return;
  }
  out += "{\"title\":";
  json::append_quoted(out, citation.title);
  if (!citation.quote.empty()) {
    out += R"(,"sourceContent":[{"text":)";
    json::append_quoted(out, citation.quote);
    out += "}]";
  }
  if (!citation.url.empty()) {
    out += R"(,"location":{"web":{"url":)";
    json::append_quoted(out, citation.url);
    out += "}}";
  } else if (citation.document >= 0) {   // where in it is not known
    out += R"(,"location":{"documentChunk":{"documentIndex":)";
    json::append_integer(out, citation.document);
    out += "}}";
  }
  out += '}';
}

std::string write_chat(const llm::ChatResponse& response) {
  Blocks blocks;
  std::string_view reason = "end_turn";
  if (!response.choices.empty()) {   // Converse has one
    const llm::Choice& choice = response.choices.front();
    for (const llm::Part& part : choice.parts) blocks.add(part);
    reason = stop_reason(choice.finish, !choice.stop_sequence.empty());
  }
  std::string out = R"({"output":{"message":{"role":"assistant","content":[)" + blocks.take() + "]}},\"stopReason\":\"";
  out.append(reason).append("\",\"usage\":");
  append_usage(out, response.usage);
  out += R"(,"metrics":{"latencyMs":0})";   // required; how long it took is in the server-timing header
  const bool known_tier = response.service_tier == "default" || response.service_tier == "flex" || response.service_tier == "priority";
  if (known_tier) out += ",\"serviceTier\":{\"type\":" + json::quoted(response.service_tier) + "}";
  return out + "}";
}

}  // namespace sluice::dialects::bedrock
