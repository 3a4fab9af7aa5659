#include "dialects/anthropic/schema.hpp"

#include <algorithm>
#include <array>

#include "sluice/json/scan.hpp"
#include "sluice/json/splice.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::anthropic {
namespace {

bool enforceable(std::string_view schema, int depth);

bool all_enforceable(std::string_view list_or_map, int depth) {
  bool all = true;
  if (json::kind_of(list_or_map) == json::Kind::array) {
    return json::each_element(list_or_map, [&](std::string_view one) { return all = enforceable(one, depth); }) && all;
  }
  const bool whole = json::each_member(list_or_map, [&](std::string_view, std::string_view one) {
    return all = enforceable(one, depth);
  });
  return whole && all;
}

bool keyword_fits(std::string_view keyword, std::string_view value, int depth) {
  constexpr std::array<std::string_view, 14> refused = {
      "minimum",  "maximum",     "exclusiveMinimum", "exclusiveMaximum",  "multipleOf", "minLength", "maxLength",
      "maxItems", "uniqueItems", "minProperties",    "patternProperties", "oneOf",      "not",       "if"};
  if (std::find(refused.begin(), refused.end(), keyword) != refused.end()) return false;
  if (keyword == "minItems") return value == "0" || value == "1";
  if (keyword == "additionalProperties") return value == "false";
  if (keyword == "$ref") return value.starts_with("\"#/");
  // Look-around and back-references; a `pattern` without a backslash or a group is sure to be taken.
  if (keyword == "pattern") return value.find("(?") == value.npos && value.find("\\\\") == value.npos;
  if (keyword == "items") return enforceable(value, depth);
  if (keyword == "properties" || keyword == "$defs" || keyword == "definitions") return all_enforceable(value, depth);
  if (keyword == "anyOf" || keyword == "allOf") return all_enforceable(value, depth);
  return true;
}

bool enforceable(std::string_view schema, int depth) {
  if (depth == 0 || json::kind_of(schema) != json::Kind::object) return false;
  bool fits = true, is_object = false, closed = false;
  const bool whole = json::each_member(schema, [&](std::string_view key, std::string_view value) {
    if (key == "type") is_object = is_object || value.find("\"object\"") != std::string_view::npos;
    if (key == "properties") is_object = true;
    if (key == "additionalProperties") closed = true;
    return fits = keyword_fits(key, value, depth - 1);
  });
  return whole && fits && (closed || !is_object);
}

}  // namespace

std::optional<std::string> input_schema(std::string_view parameters) {
  const json::Kind kind = json::kind_of(parameters);
  if (kind == json::Kind::none && parameters.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return R"({"type":"object","properties":{}})";
  }
  if (json::validate(parameters)) return std::nullopt;
  if (kind == json::Kind::null) return R"({"type":"object","properties":{}})";
  if (kind != json::Kind::object) return std::nullopt;
  bool empty = true;
  json::each_member(parameters, [&](std::string_view, std::string_view) { return empty = false; });
  if (empty) return R"({"type":"object","properties":{}})";
  if (json::find(parameters, "type")) return std::string(parameters);
  return json::set_member(parameters, "type", "\"object\"");
}

bool is_enforceable(std::string_view schema) { return !json::validate(schema) && enforceable(schema, 64); }

}  // namespace sluice::dialects::anthropic
