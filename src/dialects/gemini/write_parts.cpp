#include "dialects/gemini/write_parts.hpp"

#include "dialects/gemini/media.hpp"
#include "dialects/gemini/signature.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::gemini {
namespace {

void append_signature(std::string& out, const Signature& signature) {
  const std::string said = write_signature(signature);
  if (said.empty()) return;
  out += ",\"thoughtSignature\":";
  json::append_quoted(out, said);
}

// Google's SDKs want an object; another provider's model may have written anything.
std::string object_of(const llm::ToolCall& call) {
  if (json::kind_of(call.arguments) == json::Kind::object && !json::validate(call.arguments)) return call.arguments;
  if (call.arguments.find_first_not_of(" \t\r\n") == std::string::npos) return "{}";
  return (call.custom ? "{\"input\":" : "{\"arguments\":") + json::quoted(call.arguments) + "}";
}

}  // namespace

void append_text_part(std::string& out, std::string_view text, llm::Maker maker, std::string_view signature) {
  out += "{\"text\":";
  json::append_quoted(out, text);
  if (!signature.empty()) append_signature(out, {maker, std::string(signature), {}, false});
  out += '}';
}

void append_thought_part(std::string& out, const llm::Thinking& thinking) {
  out += "{\"text\":";
  json::append_quoted(out, thinking.text);
  out += ",\"thought\":true";
  append_signature(out, {thinking.maker, thinking.signature, thinking.id, thinking.redacted});
  out += '}';
}

void append_call_part(std::string& out, const llm::ToolCall& call) {
  out += "{\"functionCall\":{";
  if (!call.id.empty()) out.append("\"id\":").append(json::quoted(call.id)) += ',';
  out.append("\"name\":").append(json::quoted(call.name)).append(",\"args\":").append(object_of(call)) += '}';
  append_signature(out, {call.maker, call.signature, {}, false});
  out += '}';
}

bool append_other_part(std::string& out, const llm::Part& part) {
  std::string inner;
  if (const auto* const image = std::get_if<llm::Image>(&part)) {
    if (!append_image(inner, *image, "")) return false;
  } else if (const auto* const audio = std::get_if<llm::Audio>(&part)) {
    if (!append_audio(inner, *audio, "")) return false;
  } else if (const auto* const file = std::get_if<llm::File>(&part)) {
    if (!append_file(inner, *file, "")) return false;
  } else if (const auto* const server = std::get_if<llm::ServerPart>(&part)) {
    if (server->origin != llm::Dialect::gemini || json::kind_of(server->raw) != json::Kind::object || json::validate(server->raw)) return false;
    out += server->raw;
    return true;
  } else {
    return false;
  }
  out.append("{").append(inner).append("}");
  return true;
}

}  // namespace sluice::dialects::gemini
