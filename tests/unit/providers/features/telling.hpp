// Neutral values as one line of text each, in which everything that counts is seen: two of them are the same if their
// lines are.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sluice/llm/chat.hpp"

namespace sluice::providers::features {

using Json = nlohmann::json;

// Spaces and the order of members say nothing.
inline std::string plain(std::string_view json) {
  const Json value = Json::parse(json, nullptr, false);
  return value.is_discarded() ? std::string(json) : value.dump();
}

template <class T>
std::string tell(const std::optional<T>& value) {
  return value ? Json(*value).dump() : "-";
}
inline std::string tell(bool value) { return value ? "yes" : "no"; }
inline std::string tell(const std::string& value) { return value; }
inline std::string tell(const std::vector<std::string>& value) { return Json(value).dump(); }

inline std::string tell(llm::Role role) {
  constexpr std::string_view names[] = {"system", "developer", "user", "assistant", "tool"};
  return std::string(names[static_cast<std::size_t>(role)]);
}

inline std::string tell(const llm::Text& text) { return "text " + text.text; }
inline std::string tell(const llm::Refusal& refusal) { return "refusal " + refusal.text; }
inline std::string tell(const llm::Image& image) {
  return "image " + image.media_type + " " + image.base64 + image.url + " " + image.file_id;
}
inline std::string tell(const llm::Audio& audio) {
  return "audio " + audio.format + " " + audio.base64 + " " + audio.transcript;
}
inline std::string tell(const llm::File& file) {
  const bool pdf = file.text.empty() && file.media_type.empty();   // which files are that are not said to be others
  return "file " + (pdf ? "application/pdf" : file.text.empty() ? file.media_type : "") + " " + file.base64 + file.url
      + file.text + " " + file.file_id + " " + file.source;
}
inline std::string tell(const llm::Thinking& thought) {
  return "thinking " + thought.text + " " + thought.signature + (thought.redacted ? " redacted " : " ")
      + std::to_string(static_cast<int>(thought.maker));
}
inline std::string tell(const llm::ToolCall& call) {
  return (call.custom ? "custom call " : "call ") + call.id + " " + call.name + " " + plain(call.arguments);
}
inline std::string tell(const llm::CacheMark& mark) { return mark.hour ? "mark for an hour" : "mark"; }
inline std::string tell(const llm::ServerPart& part) { return "server part " + plain(part.raw); }
inline std::string tell(const llm::ToolResult& result);

inline std::string tell(const llm::Part& part) {
  return std::visit([](const auto& one) { return tell(one); }, part);
}
inline std::string tell(const std::vector<llm::Part>& parts) {
  std::string out;
  for (const llm::Part& part : parts) out += (out.empty() ? "" : "; ") + tell(part);
  return out;
}
inline std::string tell(const llm::ToolResult& result) { return "result " + result.call_id + " {" + tell(result.content)
    + "}"; }

// All parts of one kind, in order; those inside tool results only if asked for.
template <class Kind>
std::string tell_all(const std::vector<llm::Message>& messages, bool inside = false) {
  std::string out;
  const auto add = [&out](const std::vector<llm::Part>& parts) {
    for (const llm::Part& part : parts) {
      if (const auto* one = std::get_if<Kind>(&part)) out += tell(*one) + "; ";
    }
  };
  for (const llm::Message& message : messages) {
    if (!inside) add(message.parts);
    for (const llm::Part& part : message.parts) {
      if (const auto* result = std::get_if<llm::ToolResult>(&part); result != nullptr && inside) add(result->content);
    }
  }
  return out;
}

}  // namespace sluice::providers::features
