#include "dialects/gemini/schema.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "dialects/gemini/openapi_schema.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::gemini {
namespace {

using Json = nlohmann::ordered_json;

template <class List>
bool is_among(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// Of GenerationConfig.response_json_schema's list; what only describes (default, examples …) does no harm.
constexpr std::array<std::string_view, 21> enforced = {
    "$id",   "$defs",    "$ref",     "$anchor", "type",    "format",  "title", "description", "enum",       "items",
    "prefixItems", "minItems", "maxItems", "minimum", "maximum", "anyOf",   "oneOf", "properties",  "additionalProperties",
    "required", "propertyOrdering"};
constexpr std::array<std::string_view, 12> describing = {"default",  "examples",   "example",   "$schema",  "$comment", "readOnly",
                                                         "writeOnly", "deprecated", "nullable", "$vocabulary", "discriminator", "strict"};

// Rewrites what can be said with the keywords that are enforced, and collects what cannot.
class JsonForm {
 public:
  explicit JsonForm(std::vector<std::string>& lost) : x_lost(lost) {}
  bool changed() const { return x_changed; }

  void fit(Json& schema) {
    if (!schema.is_object()) return;
    rename_definitions(schema);
    constant(schema);
    exclusive(schema, "exclusiveMinimum", "minimum", 1);
    exclusive(schema, "exclusiveMaximum", "maximum", -1);
    only_one_of_all(schema);
    reference(schema);
    for (auto& [key, value] : schema.items()) member(key, value);
  }

 private:
  void member(const std::string& key, Json& value) {
    if (key == "properties" || key == "$defs") {
      if (value.is_object()) {
        for (auto& [name, inner] : value.items()) fit(inner);
      }
    } else if (key == "anyOf" || key == "oneOf" || key == "prefixItems") {
      if (value.is_array()) {
        for (Json& inner : value) fit(inner);
      }
    } else if (key == "items" || key == "additionalProperties") {
      fit(value);
    } else if (!is_among(enforced, key) && !is_among(describing, key)) {
      lose(key);
    }
  }

  // The older name of "$defs".
  void rename_definitions(Json& schema) {
    const auto at = schema.find("definitions");
    if (at == schema.end() || !at->is_object() || schema.contains("$defs")) return;
    schema["$defs"] = Json(*at);
    schema.erase("definitions");
    x_changed = true;
  }

  void constant(Json& schema) {
    const auto at = schema.find("const");
    if (at == schema.end() || schema.contains("enum") || !(at->is_string() || at->is_number())) return;
    schema["enum"] = Json::array({Json(*at)});
    schema.erase("const");
    x_changed = true;
  }

  // Of whole numbers "more than 3" is "at least 4".
  void exclusive(Json& schema, const char* strict, const char* plain, std::int64_t step) {
    const auto at = schema.find(strict);
    const auto type = schema.find("type");
    if (at == schema.end() || type == schema.end() || *type != "integer" || !at->is_number_integer() || schema.contains(plain)) return;
    const auto limit = at->get<std::int64_t>();
    if (limit > 1'000'000'000'000'000 || limit < -1'000'000'000'000'000) return;
    schema[plain] = limit + step;
    schema.erase(strict);
    x_changed = true;
  }

  void only_one_of_all(Json& schema) {
    const auto at = schema.find("allOf");
    if (at == schema.end() || !at->is_array() || at->size() != 1 || schema.contains("anyOf")) return;
    schema["anyOf"] = Json(*at);
    schema.erase("allOf");
    x_changed = true;
  }

  // "If $ref is set on a sub-schema, no other properties, except for than those starting as a $, may be set."
  void reference(Json& schema) {
    const auto at = schema.find("$ref");
    if (at == schema.end() || !at->is_string()) return;
    constexpr std::string_view old = "#/definitions/";
    auto target = at->get<std::string>();
    if (target.starts_with(old)) {
      *at = target = "#/$defs/" + target.substr(old.size());
      x_changed = true;
    }
    bool alone = true;
    for (const auto& [key, value] : schema.items()) alone = alone && key.starts_with('$');
    if (alone || schema.contains("anyOf")) return;
    schema.erase("$ref");
    schema["anyOf"] = Json::array({Json{{"$ref", target}}});
    x_changed = true;
  }

  void lose(const std::string& keyword) {
    if (!is_among(x_lost, keyword)) x_lost.push_back(keyword);
  }

  std::vector<std::string>& x_lost;
  bool x_changed = false;
};

}  // namespace

std::optional<EncodedSchema> encode_schema(std::string_view text, bool json_schema) {
  if (json::kind_of(text) != json::Kind::object || json::validate(text)) return std::nullopt;
  Json schema = Json::parse(text.begin(), text.end(), nullptr, false);
  if (!schema.is_object()) return std::nullopt;
  EncodedSchema plain, openapi;
  openapi.openapi = true;
  const Json rewritten = to_openapi(schema, openapi.lost);
  JsonForm form(plain.lost);
  form.fit(schema);
  const bool take_plain = json_schema ? plain.lost.empty() || !openapi.lost.empty() : plain.lost.empty() && !openapi.lost.empty();
  if (take_plain) {
    plain.json = form.changed() ? schema.dump(-1, ' ', false, Json::error_handler_t::replace) : std::string(text);
    return plain;
  }
  openapi.json = rewritten.dump(-1, ' ', false, Json::error_handler_t::replace);
  return openapi;
}

}  // namespace sluice::dialects::gemini
