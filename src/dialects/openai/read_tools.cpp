#include <algorithm>

#include "dialects/openai/read_chat.hpp"

namespace sluice::dialects::openai {
namespace {

bool check_name(Reading& reading, const std::string& name, const Path& path) {
  if (name.empty()) return reading.missing(path);
  if (name.size() > 64) {
    return reading.refuse(path,
                          "Invalid '" + path.text() +
                              "': string too long. Expected a string with maximum length 64, but got "
                              "a string with length " +
                              std::to_string(name.size()) + " instead.",
                          "string_above_max_length");
  }
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  return plain || reading.refuse(path, "Invalid '" + path.text() +
                                           "': string does not match pattern. Expected a string that "
                                           "matches the pattern '^[a-zA-Z0-9_-]+$'.");
}

bool read_function(Reading& reading, std::string_view raw, const Path& path, llm::Tool& tool) {
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const Path here = path / key;
    if (key == "name") {
      reading.text(value, here, tool.name);
    } else if (key == "description") {
      reading.text(value, here, tool.description);
    } else if (key == "parameters") {
      if (reading.object(value, here)) tool.parameters = value;
    } else if (key == "strict") {
      if (bool strict = false; reading.boolean(value, here, strict)) tool.strict = strict;
    } else {
      reading.keep_other(here, value);
    }
  });
  return read && check_name(reading, tool.name, path / "name");
}

bool read_tool(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Tool>& into) {
  std::string type;
  std::string_view function;
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    if (key == "type") reading.text(value, path / key, type);
    else if (key == "function") function = value;
  });
  if (!read) return false;
  if (type.empty()) return reading.missing(path / "type");
  if (type != "function") {   // custom tools and servers' own: nothing neutral stands for them
    reading.keep_other(path, raw);
    return true;
  }
  if (function.empty()) return reading.missing(path / "function");
  llm::Tool tool;
  if (!read_function(reading, function, path / "function", tool)) return false;
  into.push_back(std::move(tool));
  return true;
}

}  // namespace

bool read_tools(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Tool>& into) {
  into.clear();
  return reading.elements(
      raw, path, [&](std::int64_t i, std::string_view element) { read_tool(reading, element, path[i], into); });
}

bool read_tool_choice(Reading& reading, std::string_view raw, const Path& path, std::optional<llm::ToolChoice>& into) {
  using Kind = llm::ToolChoice::Kind;
  std::string text;
  if (json::kind_of(raw) == json::Kind::string) {
    if (!reading.text(raw, path, text)) return false;
    if (text == "auto") into = llm::ToolChoice{Kind::automatic, {}};
    else if (text == "none") into = llm::ToolChoice{Kind::none, {}};
    else if (text == "required") into = llm::ToolChoice{Kind::required, {}};
    else return reading.unsupported(path, text, "'none', 'auto', and 'required'");
    return true;
  }
  if (json::kind_of(raw) != json::Kind::object) return reading.wrong_type(path, "one of a string or object", raw);
  const auto type = json::find(raw, "type");
  if (!type) return reading.missing(path / "type");
  if (!reading.text(*type, path / "type", text)) return false;
  if (text != "function") {   // allowed_tools, custom
    reading.keep_other(path, raw);
    return true;
  }
  const Path inside = path / "function";
  const auto function = json::find(raw, "function");
  if (!function) return reading.missing(inside);
  llm::ToolChoice choice{Kind::named, {}};
  const bool read = reading.members(*function, inside, [&](std::string_view key, std::string_view value) {
    if (key == "name") reading.text(value, inside / key, choice.name);
  });
  if (!read || !check_name(reading, choice.name, inside / "name")) return false;
  into = std::move(choice);
  return true;
}

bool read_response_format(Reading& reading, std::string_view raw, const Path& path,
                          std::optional<llm::ResponseFormat>& into) {
  using Kind = llm::ResponseFormat::Kind;
  std::string type;
  std::string_view schema;
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    if (key == "type") reading.text(value, path / key, type);
    else if (key == "json_schema") schema = value;
    else reading.keep_other(path / key, value);
  });
  if (!read) return false;
  if (type.empty()) return reading.missing(path / "type");
  llm::ResponseFormat format;
  if (type == "json_object") format.kind = Kind::json_object;
  else if (type == "json_schema") format.kind = Kind::json_schema;
  else if (type != "text") return reading.unsupported(path / "type", type, "'text', 'json_object', and 'json_schema'");
  const Path inside = path / "json_schema";
  if (format.kind == Kind::json_schema) {
    if (schema.empty()) return reading.missing(inside);
    const bool whole = reading.members(schema, inside, [&](std::string_view key, std::string_view value) {
      const Path here = inside / key;
      if (key == "name") {
        reading.text(value, here, format.name);
      } else if (key == "schema") {
        if (reading.object(value, here)) format.schema = value;
      } else if (key == "strict") {
        if (bool strict = false; reading.boolean(value, here, strict)) format.strict = strict;
      } else {
        reading.keep_other(here, value);
      }
    });
    if (!whole || !check_name(reading, format.name, inside / "name")) return false;
  }
  into = std::move(format);
  return true;
}

}  // namespace sluice::dialects::openai
