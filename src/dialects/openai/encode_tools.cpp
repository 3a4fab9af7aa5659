// Tools, the choice among them, and the form of the answer.
#include <algorithm>
#include <utility>

#include "dialects/caller_words.hpp"
#include "dialects/openai/answer_format.hpp"
#include "dialects/openai/encode.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::openai {
namespace {

using Choice = llm::ToolChoice::Kind;

// The format of a custom tool: here a grammar is nested, in the Responses API it is not.
std::string custom_format(std::string_view format) {
  if (json::find(format, "type").value_or("") != "\"grammar\"" || json::find(format, "grammar")) return std::string(format);
  std::string out = R"({"type":"grammar","grammar":{)";
  bool first = true;
  for (const std::string_view name : {"syntax", "definition"}) {
    const auto value = json::find(format, name);
    if (!value) continue;
    out.append(first ? "\"" : ",\"").append(name).append("\":").append(*value);
    first = false;
  }
  return out + "}}";
}

void append_custom(std::string& list, const llm::Tool& tool) {
  list += R"({"type":"custom","custom":{"name":)";
  json::append_quoted(list, tool.name);
  if (!tool.description.empty()) {
    list += ",\"description\":";
    json::append_quoted(list, tool.description);
  }
  if (!tool.parameters.empty()) list.append(",\"format\":").append(custom_format(tool.parameters));
  list += "}}";
}

// What a custom tool is to a service that knows functions only; the gateway turns its calls back.
constexpr std::string_view free_text =
    R"({"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false})";

void append_function(std::string& list, const llm::Tool& tool, Members& members) {
  list += R"({"type":"function","function":{"name":)";
  json::append_quoted(list, tool.name);
  if (!tool.description.empty()) {
    list += ",\"description\":";
    json::append_quoted(list, tool.description);
  }
  list += ",\"parameters\":";
  if (tool.custom) {
    list += free_text;
    if (json::find(tool.parameters, "type").value_or(R"("text")") != R"("text")") members.drop("tools.format");
  } else {
    list += tool.parameters.empty() ? std::string_view(R"({"type":"object","properties":{}})") : std::string_view(tool.parameters);
  }
  if (tool.strict && members.quirks().strict_tools) list += *tool.strict ? ",\"strict\":true" : ",\"strict\":false";
  else if (tool.strict == true) members.drop("tools.strict");
  list += '}';
  if (tool.cache && members.quirks().cache_marks) {
    list += tool.cache->hour ? R"(,"cache_control":{"type":"ephemeral","ttl":"1h"})" : R"(,"cache_control":{"type":"ephemeral"})";
  } else if (tool.cache) {
    members.drop("cache_control");
  }
  list += '}';
}

bool is_of_this_api(const llm::ServerTool& tool) { return tool.origin == llm::Dialect::openai && !json::validate(tool.raw); }

// Server tools in this dialect's own words go on; of those of other dialects nothing is known here but the search, which
// some services have as a member of the request.
void append_server_tools(const llm::ChatRequest& asked, std::string& list, Members& members) {
  bool searches = false;
  const auto search = [&](std::string_view name, std::string_view raw) {
    if (!std::exchange(searches, true)) members.put(name, raw);
  };
  for (const llm::ServerTool& tool : asked.server_tools) {
    if (is_of_this_api(tool)) {
      if (tool.name == "web_search_options") search(tool.name, tool.raw);
      else list.append(list.empty() ? "" : ",").append(tool.raw);
    } else if (tool.kind == llm::ServerTool::Kind::web_search && members.quirks().web_search == "web_search_options") {
      search("web_search_options", "{}");
    } else if (tool.kind == llm::ServerTool::Kind::web_search && members.quirks().web_search == "plugins") {
      search("plugins", R"([{"id":"web"}])");
    } else {
      members.drop("tools");
    }
  }
}

std::string tool_entry(const llm::ChatRequest& asked, std::string_view name, const Members& members) {
  const auto tool = std::find_if(asked.tools.begin(), asked.tools.end(), [&](const llm::Tool& t) { return t.name == name; });
  const std::string_view type = tool != asked.tools.end() && tool->custom && !members.refuses("tools.custom") ? "custom" : "function";
  std::string out = "{\"type\":\"";
  return out.append(type).append("\",\"").append(type).append("\":{\"name\":").append(json::quoted(name)).append("}}");
}

std::string allowed_tools(const llm::ChatRequest& asked, const Members& members) {
  std::string out = R"({"type":"allowed_tools","allowed_tools":{"mode":")";
  out += asked.tool_choice->kind == Choice::required ? "required" : "auto";
  out += R"(","tools":[)";
  for (std::size_t i = 0; i < asked.tool_choice->allowed.size(); ++i) {
    if (i > 0) out += ',';
    out += tool_entry(asked, asked.tool_choice->allowed[i], members);
  }
  return out + "]}}";
}

void put_choice(const llm::ChatRequest& asked, Members& members, bool allowed_apart) {
  if (asked.parallel_tool_calls && !(members.refuses("parallel_tool_calls") && *asked.parallel_tool_calls)) {
    members.put("parallel_tool_calls", *asked.parallel_tool_calls ? "true" : "false");
  }
  if (!asked.tool_choice) return;
  if (allowed_apart) {
    members.put("tool_choice", allowed_tools(asked, members));
    return;
  }
  Choice kind = asked.tool_choice->kind;
  if (kind == Choice::named && members.refuses("tool_choice.named")) {
    members.drop("tool_choice");
    kind = Choice::required;
  }
  if (kind == Choice::required && members.refuses("tool_choice.required")) {
    members.drop("tool_choice");
    kind = Choice::automatic;
  }
  if (members.refuses("tool_choice") && kind == Choice::automatic) return;
  switch (kind) {
    case Choice::automatic: members.put("tool_choice", "\"auto\""); return;
    case Choice::none: members.put("tool_choice", "\"none\""); return;
    case Choice::required: members.put("tool_choice", "\"required\""); return;
    case Choice::named: members.put("tool_choice", tool_entry(asked, asked.tool_choice->name, members)); return;
  }
}

}  // namespace

Result<> put_tools(const llm::ChatRequest& asked, Members& members) {
  if (asked.tools.empty() && asked.server_tools.empty()) return {};
  // A search that is a member of its own is there also where no tools are taken.
  const bool no_tools = members.refuses("tools");
  if (no_tools && !asked.tools.empty()) members.drop("tools");
  const bool limited = asked.tool_choice && !asked.tool_choice->allowed.empty();
  const bool apart = limited && !members.refuses("tool_choice.allowed_tools") && !members.refuses("tool_choice");
  std::string list;
  for (const llm::Tool& tool : asked.tools) {
    if (no_tools) break;
    // A service without such a choice is shown only what may be chosen.
    const auto& allowed = asked.tool_choice ? asked.tool_choice->allowed : std::vector<std::string>();
    if (limited && !apart && std::find(allowed.begin(), allowed.end(), tool.name) == allowed.end()) continue;
    if (!tool.custom && !tool.parameters.empty() && json::kind_of(tool.parameters) != json::Kind::object) {
      return Error(Code::bad_request, "The parameters of the tool " + json::quoted(tool.name) + " are no JSON object.")
          .about(std::string(caller_word(asked.caller, "tools")));
    }
    if (!list.empty()) list += ',';
    if (tool.custom && !members.refuses("tools.custom")) append_custom(list, tool);
    else append_function(list, tool, members);
  }
  append_server_tools(asked, list, members);
  if (list.empty()) return {};
  if (members.put("tools", "[" + list + "]")) put_choice(asked, members, apart);
  return {};
}

std::string put_response_format(const llm::ChatRequest& asked, Members& members) {
  using Kind = llm::ResponseFormat::Kind;
  if (!asked.response_format || asked.response_format->kind == Kind::text) return {};
  const llm::ResponseFormat& format = *asked.response_format;
  const bool none = members.refuses("response_format");
  const bool schema = format.kind == Kind::json_schema && !format.schema.empty();
  if (schema && members.quirks().json_schema && !none && !members.refuses("response_format.json_schema")) {
    std::string raw = R"({"type":"json_schema","json_schema":{"name":)";
    json::append_quoted(raw, format_name(format.name));
    if (!format.description.empty()) raw.append(",\"description\":").append(json::quoted(format.description));
    raw.append(",\"schema\":").append(format.schema);
    if (is_strict(format, asked.caller)) raw += ",\"strict\":true";
    else if (format.strict) raw += ",\"strict\":false";
    members.put("response_format", raw + "}}");
    return {};
  }
  const bool object = !none && !members.refuses("response_format.json_object");
  if (schema || !object) members.drop("response_format");
  if (object) members.put("response_format", R"({"type":"json_object"})");
  // OpenAI: "'messages' must contain the word 'json' in some form".
  return schema || !object || !says_json(asked.messages) ? in_words(format) : std::string();
}

}  // namespace sluice::dialects::openai
