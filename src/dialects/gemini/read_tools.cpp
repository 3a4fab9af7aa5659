#include <array>
#include <utility>

#include "dialects/gemini/read_chat.hpp"
#include "dialects/gemini/schema.hpp"

namespace sluice::dialects::gemini {
namespace {

using Kind = llm::ServerTool::Kind;

Kind kind_of(std::string_view name) {
  if (name == "googleSearch" || name == "googleSearchRetrieval" || name == "enterpriseWebSearch") return Kind::web_search;
  if (name == "urlContext") return Kind::web_fetch;
  if (name == "codeExecution") return Kind::code_execution;
  if (name == "fileSearch") return Kind::file_search;
  if (name == "mcpServers") return Kind::mcp;
  return Kind::other;
}

void read_function(Reading& reading, std::string_view raw, const Path& path, llm::ChatRequest& into) {
  llm::Tool tool;
  each_named(reading, raw, path, [&](std::string_view name, std::string_view value) {
    const Path here = path / name;
    if (name == "name") reading.text(value, here, tool.name);
    else if (name == "description") reading.text(value, here, tool.description);
    else if (name == "parameters" && reading.object(value, here)) tool.parameters = json_schema_of(value);
    else if (name == "parametersJsonSchema" && reading.object(value, here)) tool.parameters = value;
    else if (!reading.failed()) reading.keep_other(here, value);   // response, behavior
  });
  if (reading.failed()) return;
  if (tool.name.empty()) reading.missing(path / "name");
  else into.tools.push_back(std::move(tool));
}

void read_functions(Reading& reading, std::string_view raw, const Path& path, llm::ChatRequest& into) {
  if (json::kind_of(raw) == json::Kind::object) return read_function(reading, raw, path, into);
  reading.elements(raw, path, [&](std::int64_t i, std::string_view one) { read_function(reading, one, path[i], into); });
}

}  // namespace

// One object may hold functions and several tools of Google's own; each of these is told apart.
bool read_tools(Reading& reading, std::string_view raw, const Path& path, llm::ChatRequest& into) {
  const auto one_of = [&](std::string_view tool, const Path& here) {
    std::string buffer;
    reading.members(tool, here, [&](std::string_view key, std::string_view value) {
      const std::string name(camel_case(key, buffer));
      if (name == "functionDeclarations") return read_functions(reading, value, here / key, into);
      into.server_tools.push_back({kind_of(name), name, "{\"" + name + "\":" + std::string(value) + "}", llm::Dialect::gemini});
    });
  };
  if (json::kind_of(raw) == json::Kind::object) {
    one_of(raw, path);
    return !reading.failed();
  }
  return reading.elements(raw, path, [&](std::int64_t i, std::string_view tool) { one_of(tool, path[i]); });
}

bool read_tool_config(Reading& reading, std::string_view raw, const Path& path, llm::ChatRequest& into) {
  // content.proto, FunctionCallingConfig.Mode
  static constexpr std::array<std::string_view, 5> modes = {"MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"};
  return each_named(reading, raw, path, [&](std::string_view name, std::string_view value) {
    if (name != "functionCallingConfig") return reading.keep_other(path / name, value);
    const Path here = path / name;
    std::string_view mode;
    std::vector<std::string> names;
    each_named(reading, value, here, [&](std::string_view key, std::string_view inner) {
      if (key == "mode") {
        mode = enum_name(inner, modes);
      } else if (key == "allowedFunctionNames") {
        reading.elements(inner, here / key, [&](std::int64_t i, std::string_view one) {
          reading.text(one, (here / key)[i], names.emplace_back());
        });
      } else {
        reading.keep_other(here / key, inner);
      }
    });
    if (reading.failed() || (mode.empty() && names.empty())) return;
    llm::ToolChoice choice;
    if (mode == "ANY") choice.kind = names.size() == 1 ? llm::ToolChoice::Kind::named : llm::ToolChoice::Kind::required;
    else if (mode == "NONE") choice.kind = llm::ToolChoice::Kind::none;
    if (choice.kind == llm::ToolChoice::Kind::named) choice.name = names.front();
    else if (choice.kind != llm::ToolChoice::Kind::none) choice.allowed = std::move(names);
    into.tool_choice = std::move(choice);
  });
}

}  // namespace sluice::dialects::gemini
