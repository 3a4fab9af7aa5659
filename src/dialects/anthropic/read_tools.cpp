#include <algorithm>

#include "dialects/anthropic/read_request.hpp"

namespace sluice::dialects::anthropic {
namespace {

bool check_name(Reading& reading, const std::string& name, const Path& path) {
  if (name.empty()) return reading.missing(path);
  const bool plain = name.size() <= 128 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  return plain || reading.refuse(path, path.text() + ": String should match pattern '^[a-zA-Z0-9_-]{1,128}$'");
}

// "web_search_20250305": what it does, and a date that says in which form it is asked for.
llm::ServerTool::Kind kind_of(std::string_view type) {
  using Kind = llm::ServerTool::Kind;
  if (type.starts_with("web_search_")) return Kind::web_search;
  if (type.starts_with("web_fetch_")) return Kind::web_fetch;
  if (type.starts_with("code_execution_")) return Kind::code_execution;
  if (type == "mcp_toolset") return Kind::mcp;
  return Kind::other;   // bash_, text_editor_, computer_, memory_: run by the caller, but known to Claude only
}

bool read_server_tool(Reading& reading, std::string_view raw, std::string_view type, const Path& path,
                      std::vector<llm::ServerTool>& into) {
  llm::ServerTool tool;
  tool.kind = kind_of(type);
  tool.origin = llm::Dialect::anthropic;
  tool.raw = raw;
  const auto name = json::find(raw, "name");
  if (name && !reading.text(*name, path / "name", tool.name)) return false;
  if (tool.name.empty()) tool.name = type;
  into.push_back(std::move(tool));
  return true;
}

bool read_own_tool(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Tool>& into) {
  llm::Tool tool;
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const Path here = path / key;
    if (key == "name") {
      reading.text(value, here, tool.name);
    } else if (key == "description") {
      reading.text(value, here, tool.description);
    } else if (key == "input_schema") {
      if (reading.object(value, here)) tool.parameters = value;
    } else if (key == "strict") {
      if (bool strict = false; reading.boolean(value, here, strict)) tool.strict = strict;
    } else if (key == "cache_control") {
      read_cache_control(reading, value, here, tool.cache);
    } else if (key != "type") {
      reading.keep_other(here, value);
    }
  });
  if (!read || !check_name(reading, tool.name, path / "name")) return false;
  if (tool.parameters.empty()) return reading.missing(path / "input_schema");
  into.push_back(std::move(tool));
  return true;
}

}  // namespace

bool read_cache_control(Reading& reading, std::string_view raw, const Path& path, std::optional<llm::CacheMark>& into) {
  std::string type, term = "5m";
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    if (key == "type") reading.text(value, path / key, type);
    else if (key == "ttl") reading.text(value, path / key, term);
    else reading.keep_other(path / key, value);
  });
  if (!read) return false;
  if (type != "ephemeral") return reading.unsupported(path / "type", type, "'ephemeral'");
  if (term != "5m" && term != "1h") return reading.unsupported(path / "ttl", term, "'5m' and '1h'");
  into = llm::CacheMark{term == "1h"};
  return true;
}

bool read_tools(Reading& reading, std::string_view raw, const Path& path, llm::ChatRequest& into) {
  into.tools.clear();
  into.server_tools.clear();
  return reading.elements(raw, path, [&](std::int64_t i, std::string_view element) {
    const Path here = path[i];
    if (!reading.object(element, here)) return;
    std::string type = "custom";
    const auto said = json::find(element, "type");
    if (said && *said != "null" && !reading.text(*said, here / "type", type)) return;
    if (type == "custom") read_own_tool(reading, element, here, into.tools);
    else read_server_tool(reading, element, type, here, into.server_tools);
  });
}

bool read_tool_choice(Reading& reading, std::string_view raw, const Path& path, llm::ChatRequest& into) {
  using Kind = llm::ToolChoice::Kind;
  std::string type;
  llm::ToolChoice choice;
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    if (key == "type") {
      reading.text(value, path / key, type);
    } else if (key == "name") {
      reading.text(value, path / key, choice.name);
    } else if (key == "disable_parallel_tool_use") {
      if (bool alone = false; reading.boolean(value, path / key, alone)) into.parallel_tool_calls = !alone;
    } else {
      reading.keep_other(path / key, value);
    }
  });
  if (!read) return false;
  if (type == "auto") choice.kind = Kind::automatic;
  else if (type == "any") choice.kind = Kind::required;
  else if (type == "none") choice.kind = Kind::none;
  else if (type == "tool") choice.kind = Kind::named;
  else if (type.empty()) return reading.missing(path / "type");
  else return reading.unsupported(path / "type", type, "'auto', 'any', 'tool', and 'none'");
  if (choice.kind == Kind::named && choice.name.empty()) return reading.missing(path / "name");
  if (choice.kind != Kind::named) choice.name.clear();
  into.tool_choice = std::move(choice);
  return true;
}

}  // namespace sluice::dialects::anthropic
