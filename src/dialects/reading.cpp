#include "dialects/reading.hpp"

#include <charconv>
#include <cmath>

namespace sluice::dialects {
namespace {

std::string quoted(std::string_view text) {
  return "'" + std::string(text.substr(0, 200)) + "'";
}

// A JSON number that is whole, however written (1, 1.0, 1e3): some clients know no integers.
std::optional<std::int64_t> whole(std::string_view raw) {
  if (const auto integer = json::to_integer(raw)) return integer;
  double value = 0;
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
  if (error != std::errc() || end != raw.data() + raw.size() || std::nearbyint(value) != value) return std::nullopt;
  if (std::abs(value) > 9e15) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

std::string short_number(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace

std::string Path::text() const {
  std::string out = up != nullptr ? up->text() : std::string();
  if (!name.empty()) {
    if (!out.empty()) out += '.';
    out.append(name.substr(0, 100));
  }
  if (index >= 0) out.append("[").append(std::to_string(index)) += ']';
  return out;
}

bool Reading::refuse(const Path& path, std::string message, std::string_view name) {
  if (!x_fault) x_fault = Error(Code::bad_request, std::move(message)).named(std::string(name)).about(path.text());
  return false;
}
bool Reading::wrong_type(const Path& path, std::string_view expected, std::string_view raw) {
  std::string message = "Invalid type for " + quoted(path.text()) + ": expected ";
  message.append(expected).append(", but got ").append(json::describe(json::kind_of(raw))).append(" instead.");
  return refuse(path, std::move(message), "invalid_type");
}
bool Reading::missing(const Path& path) {
  return refuse(path, "Missing required parameter: " + quoted(path.text()) + ".", "missing_required_parameter");
}
bool Reading::unsupported(const Path& path, std::string_view value, std::string_view supported) {
  return refuse(path, "Invalid value: " + quoted(value) + ". Supported values are: " + std::string(supported) + ".");
}

bool Reading::text(std::string_view raw, const Path& path, std::string& into) {
  if (json::kind_of(raw) != json::Kind::string) return wrong_type(path, "a string", raw);
  into.clear();
  if (!json::unquote(raw, into)) return refuse(path, "Invalid string in " + quoted(path.text()) + ".");
  return true;
}
bool Reading::boolean(std::string_view raw, const Path& path, bool& into) {
  const auto value = json::to_boolean(raw);
  if (!value) return wrong_type(path, "a boolean", raw);
  into = *value;
  return true;
}
bool Reading::integer(std::string_view raw, const Path& path, std::int64_t least, std::int64_t most,
                      std::optional<std::int64_t>& into) {
  if (json::kind_of(raw) != json::Kind::number) return wrong_type(path, "an integer", raw);
  into = whole(raw);
  if (!into)
    return refuse(path, "Invalid type for " + quoted(path.text()) + ": expected an integer, but got a number instead.",
                  "invalid_type");
  if (*into < least) {
    return refuse(path, "Invalid " + quoted(path.text()) + ": integer below minimum value. Expected a value >= " +
                            std::to_string(least) + ", but got " + std::to_string(*into) + " instead.",
                  "integer_below_min_value");
  }
  if (*into > most) {
    return refuse(path, "Invalid " + quoted(path.text()) + ": integer above maximum value. Expected a value <= " +
                            std::to_string(most) + ", but got " + std::to_string(*into) + " instead.",
                  "integer_above_max_value");
  }
  return true;
}
bool Reading::number(std::string_view raw, const Path& path, double least, double most, std::optional<double>& into) {
  if (json::kind_of(raw) != json::Kind::number) return wrong_type(path, "a decimal", raw);
  double value = 0;
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
  const bool known = error == std::errc() && end == raw.data() + raw.size();
  if (!known || value < least || value > most) {
    const bool above = !known || value > most;
    return refuse(path, "Invalid " + quoted(path.text()) + ": decimal " + (above ? "above maximum" : "below minimum") +
                            " value. Expected a value " + (above ? "<= " : ">= ") + short_number(above ? most : least) +
                            ", but got " + std::string(raw.substr(0, 40)) + " instead.",
                  above ? "decimal_above_max_value" : "decimal_below_min_value");
  }
  into = value;
  return true;
}
bool Reading::object(std::string_view raw, const Path& path) {
  return json::kind_of(raw) == json::Kind::object || wrong_type(path, "an object", raw);
}
bool Reading::array(std::string_view raw, const Path& path) {
  return json::kind_of(raw) == json::Kind::array || wrong_type(path, "an array", raw);
}

void Reading::keep_other(const Path& path, std::string_view raw) {
  if (raw == "[]" || raw == "\"\"" || raw == "null") return;
  others.emplace_back(path.text(), std::string(raw));
}

std::string_view Reading::plain_key(std::string_view key) {
  if (key.find('\\') == key.npos) return key;
  x_key.clear();
  const std::string quoted_key = "\"" + std::string(key) + "\"";
  return json::unquote(quoted_key, x_key) ? std::string_view(x_key) : key;
}

}  // namespace sluice::dialects
