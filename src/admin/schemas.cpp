// The schemas of the API's answers; those of what it takes are the configuration's own.
#include "admin/openapi.hpp"

#include <algorithm>

#include "sluice/config/json_schema.hpp"
#include "sluice/store/spend.hpp"

namespace sluice::admin {
namespace {

// A property's type in short: "s" text, "i" whole number, "n" number, "b" boolean, "t" time, "o" any object, "[X]" a list, "Name" a
// schema; a '?' behind it: or null.
struct Property { std::string_view name, type; };

Json of_type(std::string_view type) {
  if (type.ends_with('?')) return {{"anyOf", {of_type(type.substr(0, type.size() - 1)), {{"type", "null"}}}}};
  if (type.starts_with('[')) return {{"type", "array"}, {"items", of_type(type.substr(1, type.size() - 2))}};
  if (type == "s") return {{"type", "string"}};
  if (type == "i") return {{"type", "integer"}};
  if (type == "n") return {{"type", "number"}};
  if (type == "b") return {{"type", "boolean"}};
  if (type == "t") return {{"type", "string"}, {"format", "date-time"}};
  if (type == "o") return {{"type", "object"}};
  if (type == "sum") return {{"oneOf", {{{"type", "integer"}}, {{"type", "string"}}}}};
  return {{"$ref", "#/components/schemas/" + std::string(type)}};
}

Json object(std::initializer_list<Property> properties) {
  Json out{{"type", "object"}, {"properties", Json::object()}, {"required", Json::array()}, {"additionalProperties", false}};
  for (const Property& property : properties) {
    out["properties"][std::string(property.name)] = of_type(property.type);
    out["required"].push_back(property.name);
  }
  return out;
}

// All of both; what the first requires of `settings` is required of the answer, too.
Json joined(const Json& settings, const Json& own) {
  Json out = settings;
  for (const char* part : {"key", "budget", "rate_limit"}) out["properties"].erase(part);
  for (const auto& [name, property] : own["properties"].items()) out["properties"][name] = property;
  for (const Json& name : own["required"])
    if (std::find(out["required"].begin(), out["required"].end(), name) == out["required"].end()) out["required"].push_back(name);
  return out;
}

Json patch_of(const Json& settings) {
  Json out = settings;
  out["required"] = Json::array();
  for (auto& [name, property] : out["properties"].items()) {
    Json schema = property;
    property = {{"anyOf", {schema, {{"type", "null"}}}}};
  }
  return out;
}

Json list_of(std::string_view schema, bool pages) {
  const std::string items = "[" + std::string(schema) + "]";
  return pages ? object({{"object", "s"}, {"data", items}, {"has_more", "b"}, {"next_after", "s?"}}) : object({{"object", "s"}, {"data", items}, {"has_more", "b"}});
}

// Properties of an answer that stand only where something was told apart.
Json spend_row() {
  Json out = object({{"cost_usd", "s"}});
  for (const auto& [name, sum] : store::spend_columns) out["properties"][name] = of_type("i"), out["required"].push_back(name);
  for (const char* name : {"customer", "team", "key", "account", "provider", "target", "model", "tag"}) out["properties"][name] = of_type("s?");
  for (const char* name : {"hour", "day", "month"}) out["properties"][name] = of_type("t");
  return out;
}

void add_owners(Json& out) {
  for (const char* name : {"Customer", "Team", "Tag"}) {
    const Json settings = out[std::string(name) + "Settings"];
    out[std::string(name) + "Patch"] = patch_of(settings);
    out[name] = joined(settings, object({{"object", "s"}, {"source", "Source"}, {"created_at", "t?"}, {"updated_at", "t?"}, {"limits", "[Limit]"}}));
    out[std::string(name) + "List"] = list_of(name, true);
  }
  const Json settings = out["VirtualKeySettings"];
  out["VirtualKeyPatch"] = patch_of(settings);
  out["VirtualKeyPatch"]["properties"].erase("key");
  out["VirtualKey"] = joined(settings, object({{"object", "s"}, {"enabled", "b"}, {"customer", "s?"}, {"source", "Source"}, {"state", "s"},
                                               {"hint", "s?"}, {"created_at", "t?"}, {"previous_until", "t?"}, {"limits", "[Limit]"}}));
  out["NewVirtualKey"] = joined(out["VirtualKey"], object({{"key", "s"}}));
  out["VirtualKeyList"] = list_of("VirtualKey", true);
  out["RotateRequest"] = {{"type", "object"}, {"properties", {{"grace", {{"type", "string"}, {"description", "How long the old text works too: 24h."}}}}}, {"additionalProperties", false}};
}

void add_tokens(Json& out) {
  out["AdminTokenSettings"] = object({{"id", "s"}, {"role", "s"}, {"team", "s"}, {"accounts", "[s]"}});
  out["AdminTokenSettings"]["required"] = {"id", "role"};
  out["AdminTokenSettings"]["properties"]["role"]["enum"] = {"admin", "viewer", "team"};
  out["AdminToken"] = object({{"object", "s"}, {"id", "s"}, {"role", "s"}, {"team", "s?"}, {"accounts", "[s]"}, {"hint", "s"}, {"created_at", "t?"}});
  out["NewAdminToken"] = joined(out["AdminToken"], object({{"token", "s"}}));
  out["AdminTokenList"] = list_of("AdminToken", true);
  out["Caller"] = object({{"object", "s"}, {"id", "s"}, {"role", "s"}, {"team", "s?"}, {"accounts", "[s]"}});
}

void add_money(Json& out) {
  const Json own = object({{"object", "s"}, {"id", "s"}, {"created_at", "t?"}});
  out["Override"] = joined(out["OverrideSettings"], own);
  out["OverrideList"] = list_of("Override", true);
  out["PriceOverride"] = joined(out["PriceSettings"], own);
  out["PriceOverrideList"] = list_of("PriceOverride", true);
  out["Rates"] = object({{"input", "s"}, {"cache_read", "s"}, {"cache_write_5m", "s"}, {"cache_write_1h", "s"}, {"input_audio", "s"},
                         {"output", "s"}, {"reasoning", "s"}, {"output_audio", "s"}});
  out["Price"] = object({{"object", "s"}, {"provider", "s"}, {"model", "s"}, {"priced", "b"}, {"source", "s?"}, {"override", "s?"},
                         {"usd_per_million_tokens", "Rates?"}, {"version", "s"}});
  out["SpendRow"] = spend_row();
  out["Spend"] = object({{"object", "s"}, {"data", "[SpendRow]"}, {"has_more", "b"}, {"total", "SpendRow"}});
}

void add_operation(Json& out) {
  out["ProviderKeyHealth"] = object({{"index", "i"}, {"weight", "n"}, {"models", "[s]"}, {"state", "s"}, {"failures", "i"}, {"cooling_until", "t?"}});
  out["Target"] = object({{"object", "s"}, {"id", "s"}, {"account", "s"}, {"target", "s"}, {"provider", "s"}, {"type", "s"}, {"model", "s?"}, {"models", "[s]"},
                          {"weight", "n"}, {"state", "s"}, {"failures", "i"}, {"cooling_until", "t?"}, {"because", "s?"}, {"keys", "[ProviderKeyHealth]"}});
  out["Target"]["properties"]["state"]["enum"] = {"ready", "failing", "cooling", "left_out"};
  out["TargetList"] = list_of("Target", true);
  out["Configuration"] = object({{"object", "s"}, {"version", "i"}, {"loaded_at", "t"}, {"configuration", "o"}, {"kept_in_store", "o"}});
  out["Problem"] = object({{"line", "i"}, {"column", "i"}, {"path", "s"}, {"message", "s"}});
  out["Validation"] = object({{"object", "s"}, {"valid", "b"}, {"problems", "[Problem]"}, {"warnings", "[Problem]"}});
  out["Reload"] = object({{"object", "s"}, {"version", "i"}, {"warnings", "[s]"}});
  out["LogList"] = list_of("LogRow", false);
  out["LogRow"] = {{"type", "object"}, {"required", {"row", "id", "at", "key", "status", "cost_usd"}}, {"properties", {{"row", of_type("i")}, {"id", of_type("s")}, {"at", of_type("t")}, {"key", of_type("s")}, {"status", of_type("i")}, {"cost_usd", of_type("s?")}}}};
  out["AuditLine"] = object({{"row", "i"}, {"at", "t"}, {"who", "s"}, {"action", "s"}, {"kind", "s"}, {"id", "s"}, {"before", "o?"}, {"after", "o?"}});
  out["AuditList"] = list_of("AuditLine", false);
}

}  // namespace

Json schemas() {
  Json out = config::settings_schemas();
  out["Source"] = {{"type", "string"}, {"enum", {"configuration", "store"}}, {"description", "Where it is declared; what the configuration file declares is changed there."}};
  out["Limit"] = object({{"level", "s"}, {"subject", "s"}, {"what", "s"}, {"unit", "s"}, {"models", "[s]"}, {"limit", "sum"}, {"used", "sum"}, {"held", "sum"},
                         {"left", "sum"}, {"resets_at", "t?"}, {"enforcement", "s"}});
  out["Limit"]["properties"]["unit"]["enum"] = {"usd", "requests", "tokens"};
  out["Limits"] = object({{"object", "s"}, {"data", "[Limit]"}});
  out["Error"] = {{"type", "object"}, {"required", {"error"}}, {"properties", {{"error", {{"type", "object"}, {"required", {"message", "type", "param", "code"}}, {"properties", {{"message", of_type("s")}, {"type", of_type("s")}, {"param", of_type("s?")}, {"code", of_type("s?")}}}}}}}};
  add_owners(out);
  add_tokens(out);
  add_money(out);
  add_operation(out);
  return out;
}

}  // namespace sluice::admin
