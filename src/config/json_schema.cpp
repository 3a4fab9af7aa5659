#include "sluice/config/json_schema.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "config/drafts.hpp"

namespace sluice::config {
namespace {

using Json = nlohmann::ordered_json;

// Which section of the reference each is, and what keys refer to it by.
struct Name { std::string_view schema, path, type; };
constexpr std::array<Name, 11> names = {{{"CustomerSettings", "customers[]", ""},
                                         {"TeamSettings", "teams[]", ""},
                                         {"TagSettings", "tags[]", ""},
                                         {"VirtualKeySettings", "virtual_keys[]", ""},
                                         {"OverrideSettings", "override", ""},
                                         {"PriceSettings", "pricing.overrides[]", ""},
                                         {"Budget", "budget", "a budget"},
                                         {"RateLimit", "rate_limit", "a rate limit"},
                                         {"Raise", "budget.override", "a raise"},
                                         {"KeyProvider", "virtual_keys[].providers[]", "a list of providers with limits"},
                                         {"Queue", "virtual_keys[].queue", "a queue"}}};

Json ref(std::string_view schema) { return {{"$ref", "#/components/schemas/" + std::string(schema)}}; }

Json of_type(std::string_view type) {
  if (type == "true or false") return {{"type", "boolean"}};
  if (type.starts_with("a whole number")) return {{"type", "integer"}, {"minimum", 0}};
  if (type == "an amount in US dollars" || type.starts_with("US dollars")) return {{"type", "number"}, {"minimum", 0}};
  return {{"type", "string"}};
}

Json of_items(std::string_view type) {
  if (type == "a list of budgets") return ref("Budget");
  if (type == "a list of rate limits") return ref("RateLimit");
  if (type == "a list of raises") return ref("Raise");
  if (type == "a list of providers with limits") return ref("KeyProvider");
  if (type == "a list of percentages") return {{"type", "integer"}, {"minimum", 1}, {"maximum", 1000}};
  return {{"type", "string"}};
}

Json of_key(const Key& key) {
  if (key.shape == Shape::list) {
    Json list{{"type", "array"}, {"items", of_items(key.type)}};
    if (!key.when_empty.empty()) list["minItems"] = 1;
    return list;
  }
  if (key.shape == Shape::scalar) return of_type(key.type);
  for (const Name& name : names)
    if (name.type == key.type) return ref(name.schema);
  return {{"type", "object"}};
}

Json of_section(const Section& section) {
  Json out{{"type", "object"}, {"properties", Json::object()}, {"required", Json::array()}, {"additionalProperties", false}};
  for (const Key& key : section.keys) {
    Json property = of_key(key);
    std::string text(key.text);
    if (key.shape == Shape::scalar && !key.type.empty()) text += " " + std::string(key.type) + ".";
    property["description"] = text;
    out["properties"][std::string(key.name)] = std::move(property);
    if (key.required) out["required"].push_back(key.name);
  }
  return out;
}

}  // namespace

Json settings_schemas() {
  std::vector<Section> sections;
  describe_owners(sections);
  describe_limits(sections);
  describe_override(sections);
  describe_rest(sections);
  Json out = Json::object();
  for (const Name& name : names)
    for (const Section& section : sections)
      if (section.path == name.path) out[std::string(name.schema)] = of_section(section);
  return out;
}

}  // namespace sluice::config
