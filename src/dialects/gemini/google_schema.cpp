// Google's Schema read as JSON Schema.
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "dialects/gemini/names.hpp"
#include "dialects/gemini/schema.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::gemini {
namespace {

using Json = nlohmann::ordered_json;

// Type in content.proto, in the order of its numbers.
constexpr std::array<std::string_view, 8> types = {"", "string", "number", "integer", "boolean", "array", "object", "null"};

Json type_of(const Json& value) {
  if (value.is_number_integer()) {
    const auto number = value.get<std::int64_t>();
    return number > 0 && number < 8 ? Json(std::string(types[static_cast<std::size_t>(number)])) : Json();
  }
  if (!value.is_string()) return value;   // a list: JSON Schema already
  std::string name = value.get<std::string>();
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name == "type_unspecified" ? Json() : Json(name);
}

// protobuf writes a 64-bit number as a text.
Json number_of(const Json& value) {
  if (!value.is_string()) return value;
  const auto& text = value.get_ref<const std::string&>();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? Json(number) : value;
}

bool counts(std::string_view key) {
  return key == "minItems" || key == "maxItems" || key == "minLength" || key == "maxLength" || key == "minProperties" ||
         key == "maxProperties";
}

Json read(const Json& schema);

Json read_list(const Json& list) {
  Json out = Json::array();
  for (const Json& one : list) out.push_back(read(one));
  return out;
}

Json read_map(const Json& map) {
  Json out = Json::object();
  for (const auto& [name, one] : map.items()) out[name] = read(one);
  return out;
}

void allow_null(Json& schema) {
  if (schema.contains("anyOf")) schema["anyOf"].push_back(Json{{"type", "null"}});
  else if (schema.contains("type") && schema["type"].is_string()) schema["type"] = Json::array({schema["type"], "null"});
  if (schema.contains("enum")) schema["enum"].push_back(nullptr);
}

Json read(const Json& schema) {
  if (!schema.is_object()) return schema;
  Json out = Json::object();
  bool nullable = false;
  std::string buffer;
  for (const auto& [raw_key, value] : schema.items()) {
    const std::string key(camel_case(raw_key, buffer));
    if (value.is_null()) continue;
    if (key == "type") {
      if (Json type = type_of(value); !type.is_null()) out["type"] = std::move(type);
    } else if (key == "nullable") {
      nullable = value == true;
    } else if (key == "properties" && value.is_object()) {
      out[key] = read_map(value);
    } else if (key == "anyOf" && value.is_array()) {
      out[key] = read_list(value);
    } else if (key == "items") {
      out[key] = read(value);
    } else if (key == "example") {
      out["examples"] = Json::array({value});
    } else {
      out[key] = counts(key) ? number_of(value) : value;
    }
  }
  if (nullable) allow_null(out);
  return out;
}

}  // namespace

std::string json_schema_of(std::string_view text) {
  if (json::validate(text)) return std::string(text);
  const Json schema = Json::parse(text.begin(), text.end(), nullptr, false);
  if (!schema.is_object()) return std::string(text);
  return read(schema).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sluice::dialects::gemini
