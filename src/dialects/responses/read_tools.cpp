#include <algorithm>
#include <utility>

#include "dialects/responses/read_chat.hpp"

namespace sluice::dialects::responses {
namespace {

bool check_name(Reading& reading, const std::string& name, const Path& path) {
  if (name.empty()) return reading.missing(path);
  if (name.size() > 128) {
    return reading.refuse(path, "Invalid '" + path.text() + "': string too long. Expected a string with maximum length 128, but got "
                                "a string with length " + std::to_string(name.size()) + " instead.", "string_above_max_length");
  }
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  return plain || reading.refuse(path, "Invalid '" + path.text() + "': string does not match pattern. Expected a string that "
                                       "matches the pattern '^[a-zA-Z0-9_-]+$'.");
}

// In the form of chat completions, where a grammar is an object of its own: the neutral one.
std::string custom_format(std::string_view raw) {
  if (json::find(raw, "type").value_or("") != "\"grammar\"" || json::find(raw, "grammar")) return std::string(raw);
  std::string grammar;
  json::each_member(raw, [&grammar](std::string_view key, std::string_view value) {
    if (key == "type") return;
    grammar.append(grammar.empty() ? "\"" : ",\"").append(key).append("\":").append(value);
  });
  return R"({"type":"grammar","grammar":{)" + grammar + "}}";
}

bool read_own_tool(Reading& reading, std::string_view raw, const Path& path, bool custom, std::vector<llm::Tool>& into) {
  llm::Tool tool;
  tool.custom = custom;
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const Path here = path / key;
    if (key == "name") reading.text(value, here, tool.name);
    else if (key == "description") reading.text(value, here, tool.description);
    else if (key == "parameters" && !custom) { if (reading.object(value, here)) tool.parameters = value; }
    else if (key == "format" && custom) { if (reading.object(value, here)) tool.parameters = custom_format(value); }
    else if (key == "strict" && !custom) { if (bool strict = false; reading.boolean(value, here, strict)) tool.strict = strict; }
    else if (key != "type") reading.keep_other(here, value);
  });
  if (!read || !check_name(reading, tool.name, path / "name")) return false;
  into.push_back(std::move(tool));
  return true;
}

llm::ServerTool::Kind kind_of(std::string_view type) {
  using Kind = llm::ServerTool::Kind;
  if (type.starts_with("web_search")) return Kind::web_search;   // web_search_preview, web_search_2025_08_26
  if (type == "file_search") return Kind::file_search;
  if (type == "code_interpreter") return Kind::code_execution;
  if (type == "image_generation") return Kind::image_generation;
  if (type == "mcp") return Kind::mcp;
  return Kind::other;
}

bool read_tool(Reading& reading, std::string_view raw, const Path& path, llm::ChatRequest& into) {
  std::string type;
  if (!reading.object(raw, path)) return false;
  const auto raw_type = json::find(raw, "type");
  if (!raw_type) return reading.missing(path / "type");
  if (!reading.text(*raw_type, path / "type", type)) return false;
  if (type == "function" || type == "custom") return read_own_tool(reading, raw, path, type == "custom", into.tools);
  into.server_tools.push_back({kind_of(type), std::move(type), std::string(raw), llm::Dialect::responses});
  return true;
}

// {"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"…"}]}
bool read_allowed(Reading& reading, std::string_view raw, const Path& path, llm::ToolChoice& choice) {
  std::string mode = "auto";
  bool hosted = false;
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const Path here = path / key;
    if (key == "mode") {
      reading.text(value, here, mode);
    } else if (key == "tools") {
      reading.elements(value, here, [&](std::int64_t i, std::string_view one) {
        if (!reading.object(one, here[i])) return;
        const auto name = json::find(one, "name");
        const std::string_view type = json::find(one, "type").value_or("");
        if (!name || (type != "\"function\"" && type != "\"custom\"")) hosted = true;
        else reading.text(*name, here[i] / "name", choice.allowed.emplace_back());
      });
    } else if (key != "type") {
      reading.keep_other(here, value);
    }
  });
  if (!read) return false;
  if (mode != "auto" && mode != "required") return reading.unsupported(path / "mode", mode, "'auto' and 'required'");
  choice.kind = mode == "required" ? llm::ToolChoice::Kind::required : llm::ToolChoice::Kind::automatic;
  if (hosted) reading.keep_other(path, raw);
  return true;
}

}  // namespace

bool read_tools(Reading& reading, std::string_view raw, const Path& path, llm::ChatRequest& into) {
  into.tools.clear();
  into.server_tools.clear();
  return reading.elements(raw, path, [&](std::int64_t i, std::string_view one) { read_tool(reading, one, path[i], into); });
}

bool read_tool_choice(Reading& reading, std::string_view raw, const Path& path, llm::ChatRequest& into) {
  using Kind = llm::ToolChoice::Kind;
  std::string text;
  if (json::kind_of(raw) == json::Kind::string) {
    if (!reading.text(raw, path, text)) return false;
    llm::ToolChoice choice;
    if (text == "none") choice.kind = Kind::none;
    else if (text == "required") choice.kind = Kind::required;
    else if (text != "auto") return reading.unsupported(path, text, "'none', 'auto', and 'required'");
    into.tool_choice = std::move(choice);
    return true;
  }
  if (json::kind_of(raw) != json::Kind::object) return reading.wrong_type(path, "one of a string or object", raw);
  const auto type = json::find(raw, "type");
  if (!type) return reading.missing(path / "type");
  if (!reading.text(*type, path / "type", text)) return false;
  llm::ToolChoice choice;
  if (text == "allowed_tools") {
    if (!read_allowed(reading, raw, path, choice)) return false;
  } else if (text == "function" || text == "custom") {
    choice.kind = Kind::named;
    const auto name = json::find(raw, "name");
    if (!name) return reading.missing(path / "name");
    if (!reading.text(*name, path / "name", choice.name) || !check_name(reading, choice.name, path / "name")) return false;
  } else {   // one of the provider's own tools
    reading.keep_other(path, raw);
    return true;
  }
  into.tool_choice = std::move(choice);
  return true;
}

bool read_text_settings(Reading& reading, std::string_view raw, const Path& path, llm::ChatRequest& into) {
  using Kind = llm::ResponseFormat::Kind;
  std::string_view raw_format;
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    if (key == "format") raw_format = value;
    else if (key == "verbosity") reading.text(value, path / key, into.verbosity);
    else reading.keep_other(path / key, value);
  });
  if (!read || raw_format.empty()) return read;
  const Path inside = path / "format";
  std::string type;
  llm::ResponseFormat format;
  const bool whole = reading.members(raw_format, inside, [&](std::string_view key, std::string_view value) {
    const Path here = inside / key;
    if (key == "type") reading.text(value, here, type);
    else if (key == "name") reading.text(value, here, format.name);
    else if (key == "description") reading.text(value, here, format.description);
    else if (key == "schema") { if (reading.object(value, here)) format.schema = value; }
    else if (key == "strict") { if (bool strict = false; reading.boolean(value, here, strict)) format.strict = strict; }
    else reading.keep_other(here, value);
  });
  if (!whole) return false;
  if (type.empty()) return reading.missing(inside / "type");
  if (type == "json_object") format.kind = Kind::json_object;
  else if (type == "json_schema") format.kind = Kind::json_schema;
  else if (type != "text") return reading.unsupported(inside / "type", type, "'text', 'json_object', and 'json_schema'");
  if (format.kind == Kind::json_schema) {
    if (!check_name(reading, format.name, inside / "name")) return false;
    if (format.schema.empty()) return reading.missing(inside / "schema");
  }
  into.response_format = std::move(format);
  return true;
}

}  // namespace sluice::dialects::responses
