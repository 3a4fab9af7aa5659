#include "dialects/openai/answer_format.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace sluice::dialects::openai {
namespace {

using Json = nlohmann::json;

// OpenAI's strict mode takes objects that list all their properties as required and allow no others.
bool fits_strict(const Json& schema, int depth) {
  if (depth == 0 || !schema.is_object()) return false;
  if (schema.contains("$ref")) return true;
  for (const char* list : {"anyOf"}) {
    const auto at = schema.find(list);
    if (at == schema.end()) continue;
    if (!at->is_array()) return false;
    if (!std::all_of(at->begin(), at->end(), [&](const Json& one) { return fits_strict(one, depth - 1); })) return false;
  }
  for (const char* name : {"oneOf", "allOf", "not", "if", "patternProperties", "default"}) {
    if (schema.contains(name)) return false;
  }
  for (const char* name : {"$defs", "definitions"}) {
    const auto defs = schema.find(name);
    if (defs == schema.end()) continue;
    if (!std::all_of(defs->begin(), defs->end(), [&](const Json& one) { return fits_strict(one, depth - 1); })) return false;
  }
  if (const auto items = schema.find("items"); items != schema.end() && !fits_strict(*items, depth - 1)) return false;
  const auto properties = schema.find("properties");
  const bool object = properties != schema.end() || (schema.contains("type") && schema["type"] == "object");
  if (!object) return schema.contains("type") || schema.contains("enum") || schema.contains("anyOf") || schema.contains("const");
  if (properties == schema.end() || !properties->is_object()) return false;
  if (!schema.contains("additionalProperties") || schema["additionalProperties"] != false) return false;
  const auto required = schema.find("required");
  if (required == schema.end() || !required->is_array() || required->size() != properties->size()) return false;
  return std::all_of(properties->begin(), properties->end(), [&](const Json& one) { return fits_strict(one, depth - 1); });
}

}  // namespace

bool is_strict(const llm::ResponseFormat& format, llm::Dialect caller) {
  if (format.strict) return *format.strict;
  if (caller == llm::Dialect::openai || caller == llm::Dialect::responses) return false;
  const Json schema = Json::parse(format.schema, nullptr, false);
  return schema.is_object() && schema.contains("type") && schema["type"] == "object" && fits_strict(schema, 64);
}

std::string format_name(const std::string& name) {
  std::string out = name.substr(0, 64);
  std::replace_if(out.begin(), out.end(), [](char c) {
    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-');
  }, '_');
  return out.empty() ? "response" : out;
}

bool says_json(std::span<const llm::Message> messages) {
  const auto has = [](std::string_view text) {
    constexpr std::string_view word = "json";
    const auto same = [](char a, char b) { return (a | 0x20) == b; };
    return std::search(text.begin(), text.end(), word.begin(), word.end(), same) != text.end();
  };
  for (const llm::Message& message : messages) {
    for (const llm::Part& part : message.parts) {
      if (const auto* text = std::get_if<llm::Text>(&part); text != nullptr && has(text->text)) return true;
    }
  }
  return false;
}

std::string in_words(const llm::ResponseFormat& format) {
  std::string words = "Answer with a JSON object only, without any other text or Markdown.";
  if (!format.schema.empty()) words += " It must be valid by this JSON Schema:\n" + format.schema;
  return words;
}

}  // namespace sluice::dialects::openai
