#include "sample_json.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

namespace sluice::providers::simulated {
namespace {

using Json = nlohmann::ordered_json;

class Sampler {
 public:
  Sampler(const Json& root, std::string_view text) : x_root(root), x_text(text) {}

  Json sample(const Json& schema, int depth) {
    if (--x_budget < 0 || depth > 24 || !schema.is_object()) return Json();
    if (const Json* fixed = member(schema, "const")) return *fixed;
    if (const Json* choices = member(schema, "enum"); choices && choices->is_array() && !choices->empty())
      return choices->front();
    if (const Json* target = resolve(schema)) return sample(*target, depth + 1);
    for (const char* key : {"anyOf", "oneOf"}) {
      const Json* options = member(schema, key);
      if (options && options->is_array() && !options->empty()) return sample(first_useful(*options), depth + 1);
    }
    if (const Json* parts = member(schema, "allOf"); parts && parts->is_array()) return merged(schema, *parts, depth);
    return of_type(schema, type_of(schema), depth);
  }

 private:
  static const Json* member(const Json& object, const char* key) {
    const auto at = object.find(key);
    return at == object.end() ? nullptr : &*at;
  }
  static std::string text_member(const Json& object, const char* key) {
    const Json* at = member(object, key);
    return at && at->is_string() ? at->get<std::string>() : std::string();
  }
  static std::optional<double> number_member(const Json& object, const char* key) {
    const Json* at = member(object, key);
    return at && at->is_number() ? std::optional<double>(at->get<double>()) : std::nullopt;
  }

  // "#/$defs/Name": a walk down the root by member names.
  const Json* resolve(const Json& schema) const {
    const std::string ref = text_member(schema, "$ref");
    if (!ref.starts_with('#')) return nullptr;
    const Json* at = &x_root;
    std::size_t begin = 1;
    while (begin < ref.size()) {
      const std::size_t end = std::min(ref.find('/', begin + 1), ref.size());
      const std::string name = ref.substr(begin + 1, end - begin - 1);
      if (!at->is_object()) return nullptr;
      at = member(*at, name.c_str());
      if (at == nullptr) return nullptr;
      begin = end;
    }
    return at;
  }

  static bool is_null_type(const Json& schema) { return schema.is_object() && text_member(schema, "type") == "null"; }
  static const Json& first_useful(const Json& options) {
    const auto at =
        std::find_if(options.begin(), options.end(), [](const Json& option) { return !is_null_type(option); });
    return at == options.end() ? options.front() : *at;
  }

  static std::string type_of(const Json& schema) {
    const Json* type = member(schema, "type");
    if (type && type->is_string()) return type->get<std::string>();
    if (type && type->is_array()) {
      for (const Json& name : *type) {
        if (name.is_string() && name != "null") return name.get<std::string>();
      }
      return "null";
    }
    if (member(schema, "properties")) return "object";
    if (member(schema, "items")) return "array";
    return "string";
  }

  Json merged(const Json& schema, const Json& parts, int depth) {
    Json all = schema;
    all.erase("allOf");
    Json out = member(all, "type") || member(all, "properties") ? of_type(all, type_of(all), depth + 1) : Json();
    for (const Json& part : parts) {
      Json value = sample(part, depth + 1);
      if (out.is_object() && value.is_object()) out.update(value);
      else if (out.is_null()) out = std::move(value);
    }
    return out;
  }

  Json of_type(const Json& schema, const std::string& type, int depth) {
    if (type == "object") return object(schema, depth);
    if (type == "array") return array(schema, depth);
    if (type == "integer") return integer(schema);
    if (type == "number") return number(schema);
    if (type == "boolean") return true;
    if (type == "null") return Json();
    return string(schema);
  }

  // Deep down only what is required, so that recursive schemas end.
  Json object(const Json& schema, int depth) {
    Json out = Json::object();
    const Json* properties = member(schema, "properties");
    if (properties == nullptr || !properties->is_object()) return out;
    const Json* required = member(schema, "required");
    for (const auto& [name, inner] : properties->items()) {
      const bool needed =
          required && required->is_array() && std::find(required->begin(), required->end(), name) != required->end();
      if (x_budget <= 0 || (depth > 6 && !needed)) continue;
      out[name] = sample(inner, depth + 1);
    }
    return out;
  }

  Json array(const Json& schema, int depth) {
    Json out = Json::array();
    if (const Json* prefix = member(schema, "prefixItems"); prefix && prefix->is_array()) {
      for (const Json& inner : *prefix) out.push_back(sample(inner, depth + 1));
    }
    const Json* items = member(schema, "items");
    const double least = number_member(schema, "minItems").value_or(depth > 6 ? 0 : 1);
    const double most = number_member(schema, "maxItems").value_or(1e9);
    if (items == nullptr || !items->is_object()) return out;
    while (static_cast<double>(out.size()) < std::min(least, most) && x_budget > 0)
      out.push_back(sample(*items, depth + 1));
    return out;
  }

  static double bounded(const Json& schema, double step) {
    double value = 1;
    if (const auto least = number_member(schema, "minimum")) value = std::max(value, *least);
    if (const auto above = number_member(schema, "exclusiveMinimum")) value = std::max(value, *above + step);
    if (const auto most = number_member(schema, "maximum")) value = std::min(value, *most);
    if (const auto below = number_member(schema, "exclusiveMaximum")) value = std::min(value, *below - step);
    const double multiple = number_member(schema, "multipleOf").value_or(0);
    if (multiple > 0) value = std::ceil(value / multiple) * multiple;
    return std::clamp(value, -9e15, 9e15);
  }
  static Json integer(const Json& schema) { return static_cast<std::int64_t>(std::ceil(bounded(schema, 1))); }
  static Json number(const Json& schema) { return bounded(schema, 0.5); }

  Json string(const Json& schema) const {
    const std::string format = text_member(schema, "format");
    if (format == "date-time") return "2025-01-01T00:00:00Z";
    if (format == "date") return "2025-01-01";
    if (format == "time") return "00:00:00Z";
    if (format == "email") return "someone@example.com";
    if (format == "uuid") return "00000000-0000-4000-8000-000000000000";
    if (format == "uri" || format == "url") return "https://example.com/";
    if (format == "ipv4") return "192.0.2.1";
    std::string text(x_text);
    const auto least =
        static_cast<std::size_t>(std::clamp(number_member(schema, "minLength").value_or(0), 0.0, 4096.0));
    const auto most =
        static_cast<std::size_t>(std::clamp(number_member(schema, "maxLength").value_or(4096), 0.0, 4096.0));
    if (text.size() > most) text = std::string(most, 'x');   // never cut inside a character
    if (text.size() < least) text.append(least - text.size(), 'x');
    return text;
  }

  const Json& x_root;
  std::string_view x_text;
  int x_budget = 2000;   // values made in all
};

}  // namespace

std::string sample_json(std::string_view schema, std::string_view text) {
  const Json root = Json::parse(schema.begin(), schema.end(), nullptr, false);
  if (!root.is_object()) return "{}";
  Json value = Sampler(root, text).sample(root, 0);
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sluice::providers::simulated
