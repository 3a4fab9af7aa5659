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

bool read_custom(Reading& reading, std::string_view raw, const Path& path, llm::Tool& tool) {
  tool.custom = true;
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const Path here = path / key;
    if (key == "name") reading.text(value, here, tool.name);
    else if (key == "description") reading.text(value, here, tool.description);
    else if (key == "format") tool.parameters = reading.object(value, here) ? value : std::string_view();
    else reading.keep_other(here, value);
  });
  return read && check_name(reading, tool.name, path / "name");
}

// Tools that a service runs by itself, told apart by their type as far as it says.
llm::ServerTool::Kind kind_of_server(std::string_view type) {
  using Kind = llm::ServerTool::Kind;
  const auto has = [type](std::string_view word) { return type.find(word) != type.npos; };
  if (has("web_search") || has("browser_search")) return Kind::web_search;
  if (has("web_fetch")) return Kind::web_fetch;
  if (has("code_")) return Kind::code_execution;
  if (has("file_search")) return Kind::file_search;
  if (has("image_generation")) return Kind::image_generation;
  return has("mcp") ? Kind::mcp : Kind::other;
}

bool read_tool(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Tool>& into,
               std::vector<llm::ServerTool>& servers) {
  std::string type;
  std::string_view body, cache;
  if (!reading.object(raw, path)) return false;
  const auto raw_type = json::find(raw, "type");
  if (!raw_type) return reading.missing(path / "type");
  if (!reading.text(*raw_type, path / "type", type)) return false;
  if (type != "function" && type != "custom") {
    servers.push_back({kind_of_server(type), type, std::string(raw), llm::Dialect::openai});
    return true;
  }
  reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    if (key == type) body = value;
    else if (key == "cache_control") cache = value;
    else if (key != "type") reading.keep_other(path / key, value);
  });
  const Path inside = path / type;
  if (body.empty()) return reading.missing(inside);
  llm::Tool tool;
  const bool read = type == "custom" ? read_custom(reading, body, inside, tool) : read_function(reading, body, inside, tool);
  if (!read) return false;
  if (!cache.empty() && !read_cache_mark(reading, cache, path / "cache_control", tool.cache.emplace())) return false;
  into.push_back(std::move(tool));
  return true;
}

// {"mode", "tools": [{"type", "function": {"name"}}]}: only these may be called.
bool read_allowed(Reading& reading, std::string_view raw, const Path& path, llm::ToolChoice& choice) {
  std::string mode = "auto";
  std::string_view tools;
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    if (key == "mode") reading.text(value, path / key, mode);
    else if (key == "tools") tools = value;
  });
  if (!read) return false;
  if (mode != "auto" && mode != "required") return reading.unsupported(path / "mode", mode, "'auto' and 'required'");
  if (tools.empty()) return reading.missing(path / "tools");
  choice.kind = mode == "required" ? llm::ToolChoice::Kind::required : llm::ToolChoice::Kind::automatic;
  const Path list = path / "tools";
  return reading.elements(tools, list, [&](std::int64_t i, std::string_view tool) {
    const Path here = list[i];
    if (!reading.object(tool, here)) return;
    std::string_view named = json::find(tool, "function").value_or("");
    if (named.empty()) named = json::find(tool, "custom").value_or("");
    const auto name = json::find(named, "name");
    if (!name) reading.missing(here / "function");
    else reading.text(*name, here / "name", choice.allowed.emplace_back());
  });
}

bool read_chosen(Reading& reading, std::string_view raw, std::string_view type, const Path& path, llm::ToolChoice& choice) {
  const Path inside = path / type;
  const auto body = json::find(raw, type);
  if (!body) return reading.missing(inside);
  if (type == "allowed_tools") return read_allowed(reading, *body, inside, choice);
  choice.kind = llm::ToolChoice::Kind::named;
  const bool read = reading.members(*body, inside, [&](std::string_view key, std::string_view value) {
    if (key == "name") reading.text(value, inside / key, choice.name);
  });
  return read && check_name(reading, choice.name, inside / "name");
}

}  // namespace

bool read_tools(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Tool>& into,
                std::vector<llm::ServerTool>& servers) {
  into.clear();
  return reading.elements(raw, path, [&](std::int64_t i, std::string_view element) {
    read_tool(reading, element, path[i], into, servers);
  });
}

bool read_functions(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Tool>& into) {
  return reading.elements(raw, path, [&](std::int64_t i, std::string_view element) {
    llm::Tool tool;
    if (read_function(reading, element, path[i], tool)) into.push_back(std::move(tool));
  });
}

bool read_function_call(Reading& reading, std::string_view raw, const Path& path, std::optional<llm::ToolChoice>& into) {
  if (json::kind_of(raw) == json::Kind::string) return read_tool_choice(reading, raw, path, into);
  llm::ToolChoice choice{llm::ToolChoice::Kind::named, {}};
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    if (key == "name") reading.text(value, path / key, choice.name);
  });
  if (!read || !check_name(reading, choice.name, path / "name")) return false;
  into = std::move(choice);
  return true;
}

bool read_tool_choice(Reading& reading, std::string_view raw, const Path& path, std::optional<llm::ToolChoice>& into) {
  using Kind = llm::ToolChoice::Kind;
  std::string text;
  if (json::kind_of(raw) == json::Kind::string) {   // "any": Mistral's word, which its SDKs send
    if (!reading.text(raw, path, text)) return false;
    if (text == "auto") into = llm::ToolChoice{Kind::automatic, {}};
    else if (text == "none") into = llm::ToolChoice{Kind::none, {}};
    else if (text == "required" || text == "any") into = llm::ToolChoice{Kind::required, {}};
    else return reading.unsupported(path, text, "'none', 'auto', and 'required'");
    return true;
  }
  if (json::kind_of(raw) != json::Kind::object) return reading.wrong_type(path, "one of a string or object", raw);
  const auto type = json::find(raw, "type");
  if (!type) return reading.missing(path / "type");
  if (!reading.text(*type, path / "type", text)) return false;
  if (text != "function" && text != "custom" && text != "allowed_tools") {   // of a server's tool
    reading.keep_other(path, raw);
    return true;
  }
  llm::ToolChoice choice;
  if (!read_chosen(reading, raw, text, path, choice)) return false;
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
      } else if (key == "description") {
        reading.text(value, here, format.description);
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
