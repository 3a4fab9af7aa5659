#include "dialects/gemini/openapi_schema.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace sluice::dialects::gemini {
namespace {

using Json = nlohmann::ordered_json;

constexpr int deepest = 32;              // Google's own limit is lower
constexpr std::size_t most_schemas = 5000;   // references put in place can multiply

class OpenApiForm {
 public:
  OpenApiForm(const Json& root, std::vector<std::string>& lost) : x_root(root), x_lost(lost) {}

  Json form(const Json& schema, int depth = 0) {
    Json out = Json::object();
    if (depth > deepest || ++x_made > most_schemas) {
      lose("$ref");
      out["type"] = "OBJECT";
      return out;
    }
    if (!schema.is_object()) return any(out);   // true: anything
    const Json& meant = resolved(schema);
    types(meant, out, depth);
    for (const auto& [key, value] : meant.items()) member(key, value, out, depth);
    if (&meant != &schema) {
      for (const auto& [key, value] : schema.items()) {   // beside a $ref
        if (key == "description" || key == "title" || key == "default") out[key] = value;
      }
    }
    finish(out);
    return out;
  }

 private:
  Json any(Json& out) {
    lose("type");
    out["type"] = "STRING";
    return out;
  }

  // What a $ref leads to, or the schema itself.
  const Json& resolved(const Json& schema) {
    const Json* at = &schema;
    for (int steps = 0; steps < deepest; ++steps) {
      const auto ref = at->find("$ref");
      if (ref == at->end() || !ref->is_string()) return *at;
      const Json* const target = find_target(ref->get_ref<const std::string&>());
      if (target == nullptr || !target->is_object()) break;
      at = target;
    }
    lose("$ref");
    return *at;
  }

  const Json* find_target(std::string_view ref) const {
    for (const std::string_view list : {"$defs", "definitions"}) {
      const std::string prefix = "#/" + std::string(list) + "/";
      if (!ref.starts_with(prefix)) continue;
      const auto defs = x_root.find(std::string(list));
      if (defs == x_root.end() || !defs->is_object()) return nullptr;
      const auto target = defs->find(std::string(ref.substr(prefix.size())));
      return target == defs->end() ? nullptr : &*target;
    }
    return nullptr;
  }

  static std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
  }

  void types(const Json& schema, Json& out, int depth) {
    const auto type = schema.find("type");
    if (type != schema.end() && type->is_string()) {
      out["type"] = upper(type->get<std::string>());
    } else if (type != schema.end() && type->is_array()) {
      list_of_types(*type, schema, out, depth);
    } else if (schema.contains("properties")) {
      out["type"] = "OBJECT";
    } else if (schema.contains("items")) {
      out["type"] = "ARRAY";
    }
  }

  void list_of_types(const Json& list, const Json& schema, Json& out, int depth) {
    std::vector<std::string> names;
    for (const Json& one : list) {
      if (!one.is_string()) continue;
      if (one == "null") out["nullable"] = true;
      else names.push_back(one.get<std::string>());
    }
    if (names.size() == 1) out["type"] = upper(names[0]);
    if (names.size() < 2) return;
    Json choices = Json::array();
    for (const std::string& name : names) {
      Json one = {{"type", name}};
      if (name == "array" && schema.contains("items")) one["items"] = schema["items"];
      if (name == "object" && schema.contains("properties")) one["properties"] = schema["properties"];
      choices.push_back(form(one, depth + 1));
    }
    out["anyOf"] = std::move(choices);
  }

  void member(const std::string& key, const Json& value, Json& out, int depth) {
    static constexpr std::array<std::string_view, 17> same = {
        "format", "title", "description", "nullable", "maxItems", "minItems", "minProperties", "maxProperties", "minimum",
        "maximum", "minLength", "maxLength", "pattern", "example", "propertyOrdering", "default", "required"};
    if (std::find(same.begin(), same.end(), key) != same.end()) out[key] = value;
    else if (key == "properties") properties(value, out, depth);
    else if (key == "items") out["items"] = form(value, depth + 1);
    else if (key == "anyOf" || key == "oneOf") alternatives(value, out, depth);
    else if (key == "allOf") all_of(value, out, depth);
    else if (key == "enum") enumeration(value, out);
    else if (key == "const") constant(value, out);
    else if (key == "examples") example(value, out);
    else if (key == "additionalProperties") closed(value);
    else if (!describes(key)) lose(key);
  }

  static bool describes(std::string_view key) {
    static constexpr std::array<std::string_view, 12> words = {"type", "$ref", "$defs", "definitions", "$schema", "$id",
        "$comment", "$anchor", "readOnly", "writeOnly", "deprecated", "discriminator"};
    return std::find(words.begin(), words.end(), key) != words.end();
  }

  void properties(const Json& value, Json& out, int depth) {
    if (!value.is_object()) return;
    Json& list = out["properties"];
    if (!list.is_object()) list = Json::object();
    for (const auto& [name, inner] : value.items()) {
      Json made = form(inner, depth + 1);   // first: it may move `list`'s elements, never `list` itself
      list[name] = std::move(made);
    }
  }

  void alternatives(const Json& value, Json& out, int depth) {
    if (!value.is_array()) return;
    Json choices = Json::array();
    for (const Json& one : value) {
      if (one.is_object() && one.contains("type") && one["type"] == "null") out["nullable"] = true;
      else choices.push_back(form(one, depth + 1));
    }
    if (choices.size() == 1 && !out.contains("type")) {
      merge(choices[0], out);
    } else if (!choices.empty()) {
      if (out.contains("anyOf")) lose("anyOf");
      out["anyOf"] = std::move(choices);
    }
  }

  void all_of(const Json& value, Json& out, int depth) {
    if (!value.is_array()) return;
    for (const Json& one : value) merge(form(one, depth + 1), out);
  }

  // Everything of `from` besides what `out` has; two sets of properties are one.
  void merge(const Json& from, Json& out) {
    for (const auto& [key, value] : from.items()) {
      if (!out.contains(key)) {
        out[key] = value;
      } else if (key == "properties" || key == "required") {
        if (out[key].is_object() && value.is_object()) out[key].update(value);
        if (out[key].is_array() && value.is_array()) out[key].insert(out[key].end(), value.begin(), value.end());
      } else if (out[key] != value && key != "description" && key != "title") {
        lose("allOf");
      }
    }
  }

  // Schema.enum holds texts only.
  void enumeration(const Json& value, Json& out) {
    if (!value.is_array()) return;
    Json texts = Json::array();
    for (const Json& one : value) {
      if (one.is_null()) out["nullable"] = true;
      else if (one.is_string()) texts.push_back(one);
      else return lose("enum");
    }
    if (texts.empty()) return;
    out["enum"] = std::move(texts);
    if (!out.contains("type")) out["type"] = "STRING";
  }

  void constant(const Json& value, Json& out) {
    if (value.is_string()) {
      out["enum"] = Json::array({value});
      if (!out.contains("type")) out["type"] = "STRING";
    } else if (value.is_number()) {
      out["minimum"] = out["maximum"] = value;
      if (!out.contains("type")) out["type"] = value.is_number_integer() ? "INTEGER" : "NUMBER";
    } else {
      lose("const");
    }
  }

  static void example(const Json& value, Json& out) {
    if (value.is_array() && !value.empty() && !out.contains("example")) out["example"] = value[0];
  }

  // The model writes no other properties than those it knows.
  void closed(const Json& value) {
    if (value != false) lose("additionalProperties");
  }

  void finish(Json& out) {
    // What is required must be there.
    const auto required = out.find("required");
    if (required != out.end() && required->is_array()) {
      Json kept = Json::array();
      const auto known = out.find("properties");
      for (const Json& name : *required) {
        if (name.is_string() && known != out.end() && known->contains(name.get<std::string>())) kept.push_back(name);
      }
      *required = std::move(kept);
    }
    if (!out.contains("type") && !out.contains("anyOf")) any(out);
    if (out.contains("type") && out["type"] == "ARRAY" && !out.contains("items")) out["items"] = Json{{"type", "STRING"}};
  }

  void lose(const std::string& keyword) {
    if (std::find(x_lost.begin(), x_lost.end(), keyword) == x_lost.end()) x_lost.push_back(keyword);
  }

  const Json& x_root;
  std::vector<std::string>& x_lost;
  std::size_t x_made = 0;
};

}  // namespace

Json to_openapi(const Json& schema, std::vector<std::string>& lost) { return OpenApiForm(schema, lost).form(schema); }

}  // namespace sluice::dialects::gemini
