#include "dialects/anthropic/schema_subset.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

#include "dialects/anthropic/content.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::anthropic {
namespace {

constexpr int deepest = 64;

template <std::size_t N>
bool among(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Limits that a description can tell.
bool is_limit(std::string_view keyword) {
  static constexpr std::array<std::string_view, 13> names{
      "minimum",  "maximum",  "exclusiveMinimum", "exclusiveMaximum", "multipleOf",    "minLength", "maxLength",
      "maxItems", "minItems", "uniqueItems",      "minProperties",    "maxProperties", "pattern"};
  return among(keyword, names);
}

bool is_unknown(std::string_view keyword) {
  static constexpr std::array<std::string_view, 20> names{
      "not",         "if",          "then",          "else",              "contains",         "minContains",      "maxContains",
      "prefixItems", "additionalItems", "propertyNames", "patternProperties", "dependentSchemas", "dependentRequired",
      "dependencies", "unevaluatedItems", "unevaluatedProperties", "contentEncoding", "contentMediaType", "contentSchema",
      "$dynamicRef"};
  return among(keyword, names);
}

bool limit_fits(std::string_view keyword, std::string_view value) {
  if (keyword == "minItems") return value == "0" || value == "1";
  // Look-around and back-references are refused; a pattern without a group's "(?" or a backslash is sure to be taken.
  return keyword == "pattern" && value.find("(?") == value.npos && value.find("\\\\") == value.npos;
}

bool format_fits(std::string_view value) {
  static constexpr std::array<std::string_view, 10> known{
      R"("date-time")", R"("time")", R"("date")", R"("duration")", R"("email")",
      R"("hostname")",  R"("uri")",  R"("ipv4")", R"("ipv6")",     R"("uuid")"};
  return among(value, known);
}

bool is_scalar(std::string_view raw) {
  const json::Kind kind = json::kind_of(raw);
  return kind != json::Kind::object && kind != json::Kind::array;
}

// Which definitions a schema refers to. False: to something else than the schema's own definitions.
bool references(std::string_view raw, std::vector<std::string>& into, int depth) {
  if (depth == 0) return false;
  bool good = true;
  if (json::kind_of(raw) == json::Kind::array) {
    json::each_element(raw, [&](std::string_view one) { return good = references(one, into, depth - 1); });
    return good;
  }
  if (json::kind_of(raw) != json::Kind::object) return true;
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key != "$ref" || json::kind_of(value) != json::Kind::string) return good = references(value, into, depth - 1);
    const std::string target = json::unquoted(value).value_or("");
    const bool own = target.starts_with("#/$defs/") || target.starts_with("#/definitions/");
    if (own) into.push_back(target.substr(target.rfind('/') + 1));
    return good = own;
  });
  return good;
}

// True: no definition leads back to itself.
class Definitions {
 public:
  bool read(std::string_view schema) {
    std::vector<std::string> all;
    if (!references(schema, all, deepest)) return false;
    bool good = true;
    for (const std::string_view name : {"$defs", "definitions"}) {
      const auto map = json::find(schema, name);
      if (!map) continue;
      json::each_member(*map, [&](std::string_view key, std::string_view value) {
        x_leads_to.try_emplace(json::unquoted("\"" + std::string(key) + "\"").value_or(""));
        return good = references(value, x_leads_to[json::unquoted("\"" + std::string(key) + "\"").value_or("")], deepest);
      });
    }
    if (!good) return false;
    return std::all_of(all.begin(), all.end(), [this](const std::string& name) { return ends(name, deepest); });
  }

 private:
  bool ends(const std::string& name, int depth) {
    if (depth == 0) return false;
    if (std::find(x_done.begin(), x_done.end(), name) != x_done.end()) return true;
    if (std::find(x_path.begin(), x_path.end(), name) != x_path.end()) return false;
    const auto found = x_leads_to.find(name);
    if (found == x_leads_to.end()) return false;
    x_path.push_back(name);
    for (const std::string& next : found->second) {
      if (!ends(next, depth - 1)) return false;
    }
    x_path.pop_back();
    x_done.push_back(name);
    return true;
  }

  std::unordered_map<std::string, std::vector<std::string>> x_leads_to;
  std::vector<std::string> x_path, x_done;
};

class Rewriter {
 public:
  explicit Rewriter(Dropped& dropped) : x_dropped(dropped) {}

  bool schema(std::string_view raw, const std::string& path, std::string& out, int depth) {
    if (depth == 0) return false;
    if (json::kind_of(raw) == json::Kind::boolean) {   // anything, or nothing
      if (raw != "true") x_dropped.add(path);
      out += "{}";
      return true;
    }
    if (json::kind_of(raw) != json::Kind::object) return false;
    Object object;
    bool good = true;
    json::each_member(raw, [&](std::string_view key, std::string_view value) {
      return good = member(key, value, path, object, depth);
    });
    if (!good || (object.has_any && object.has_one)) return false;
    finish(path, object);
    out.append("{").append(object.text).append("}");
    return true;
  }

 private:
  struct Object {
    std::string text, limits, description;
    bool is_object = false, has_properties = false, open = false, open_said = false, has_any = false, has_one = false;
  };

  static void add(Object& object, std::string_view key, std::string_view value) {
    begin_element(object.text);
    object.text.append("\"").append(key).append("\":").append(value);
  }

  bool member(std::string_view key, std::string_view value, const std::string& path, Object& object, int depth) {
    if (key == "description") {
      object.description = json::unquoted(value).value_or("");
    } else if (is_limit(key) && !limit_fits(key, value)) {
      take_away(key, value, path, object);
    } else if (key == "format" && !format_fits(value)) {
      take_away(key, value, path, object);
    } else if (is_unknown(key)) {
      x_dropped.add(path + "." + std::string(key));
    } else if (key == "additionalProperties") {
      object.open_said = true;
      object.open = value != "false";
    } else if (key == "enum") {
      return enumeration(value, path, object);
    } else {
      return inner(key, value, path, object, depth);
    }
    return true;
  }

  bool inner(std::string_view key, std::string_view value, const std::string& path, Object& object, int depth) {
    if (key == "type") object.is_object = object.is_object || value.find("\"object\"") != value.npos;
    std::string text;
    if (key == "properties" || key == "$defs" || key == "definitions") {
      if (key == "properties") {
        object.is_object = true;
        json::each_member(value, [&object](std::string_view, std::string_view) { return !(object.has_properties = true); });
      }
      if (!map(value, path + "." + std::string(key), text, depth)) return false;
    } else if (key == "anyOf" || key == "allOf" || key == "oneOf") {
      if (key == "oneOf") x_dropped.add(path + ".oneOf");   // that only one may fit
      object.has_any = object.has_any || key == "anyOf";
      object.has_one = object.has_one || key == "oneOf";
      if (!list(value, path + "." + std::string(key), text, depth)) return false;
      if (key == "oneOf") key = "anyOf";
    } else if (key == "items") {
      if (json::kind_of(value) == json::Kind::array) {   // a tuple, as older drafts have it
        x_dropped.add(path + ".items");
        return true;
      }
      if (!schema(value, path + ".items", text, depth - 1)) return false;
    } else {
      text = value;
    }
    add(object, key, text);
    return true;
  }

  bool enumeration(std::string_view value, const std::string& path, Object& object) {
    bool plain = true;
    json::each_element(value, [&plain](std::string_view one) { return plain = is_scalar(one); });
    if (plain) add(object, "enum", value);
    else take_away("enum", value, path, object);
    return true;
  }

  bool map(std::string_view raw, const std::string& path, std::string& out, int depth) {
    std::string members;
    bool good = json::kind_of(raw) == json::Kind::object;
    json::each_member(raw, [&](std::string_view key, std::string_view value) {
      begin_element(members);
      members.append("\"").append(key).append("\":");
      return good = schema(value, path + "." + std::string(key.substr(0, 100)), members, depth - 1);
    });
    out.append("{").append(members).append("}");
    return good;
  }

  bool list(std::string_view raw, const std::string& path, std::string& out, int depth) {
    std::string elements;
    bool good = json::kind_of(raw) == json::Kind::array;
    json::each_element(raw, [&](std::string_view value) {
      begin_element(elements);
      return good = schema(value, path, elements, depth - 1);
    });
    out.append("[").append(elements).append("]");
    return good;
  }

  void take_away(std::string_view key, std::string_view value, const std::string& path, Object& object) {
    x_dropped.add(path + "." + std::string(key));
    if (!object.limits.empty()) object.limits += ", ";
    object.limits.append(key).append(": ").append(value.substr(0, 500));
  }

  void finish(const std::string& path, Object& object) {
    if (object.is_object) {
      if (object.open_said ? object.open : !object.has_properties) x_dropped.add(path + ".additionalProperties");
      add(object, "additionalProperties", "false");
    } else if (object.open_said && object.open) {
      x_dropped.add(path + ".additionalProperties");
    }
    if (!object.limits.empty()) {
      object.description += (object.description.empty() ? "(" : " (") + object.limits + ")";
    }
    if (!object.description.empty()) add(object, "description", json::quoted(object.description));
  }

  Dropped& x_dropped;
};

}  // namespace

std::optional<std::string> to_subset(std::string_view schema, std::string_view where, Dropped& dropped) {
  if (json::validate(schema) || !Definitions().read(schema)) return std::nullopt;
  Dropped lost;   // nothing of it is lost if the whole cannot be
  std::string out;
  if (!Rewriter(lost).schema(schema, std::string(where), out, deepest)) return std::nullopt;
  for (const std::string& name : lost.take()) dropped.add(name);
  return out;
}

}  // namespace sluice::dialects::anthropic
