#include <utility>

#include "dialects/responses/encode.hpp"
#include "dialects/responses/write_settings.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::responses {
namespace {

using llm::Dialect;

// Searching and running code are asked for the same way whoever asks; what else another dialect's provider would do by
// itself cannot be left out without changing what the request means.
Result<> append_server_tool(std::string& list, const llm::ServerTool& tool, Dropped& dropped) {
  using Kind = llm::ServerTool::Kind;
  if (tool.origin == Dialect::responses) {
    begin_element(list);
    list += tool.raw;
    return {};
  }
  if (tool.kind == Kind::web_search) {
    begin_element(list);
    list += R"({"type":"web_search")";
    if (const auto domains = json::find(tool.raw, "allowed_domains"); domains && json::kind_of(*domains) == json::Kind::array)
      list.append(",\"filters\":{\"allowed_domains\":").append(*domains) += '}';
    if (const auto place = json::find(tool.raw, "user_location"); place && tool.origin == Dialect::anthropic && json::kind_of(*place) == json::Kind::object)
      list.append(",\"user_location\":").append(*place);
    list += '}';
    for (const char* name : {"blocked_domains", "max_uses"}) {
      if (json::find(tool.raw, name)) dropped.add(std::string("tools.") + name);
    }
    return {};
  }
  if (tool.kind == Kind::code_execution) {
    begin_element(list);
    list += R"({"type":"code_interpreter","container":{"type":"auto"}})";
    return {};
  }
  return Error(Code::bad_request, "The provider of this model has no tool like " + json::quoted(tool.name.substr(0, 100)) + ".").about("tools");
}

}  // namespace

Result<std::string> encode_tools(const llm::ChatRequest& asked, const Quirks& quirks, Dropped& dropped) {
  std::string list;
  const Unsaid unsaid = asked.caller == Dialect::responses ? Unsaid::as_is : Unsaid::loose;
  for (const llm::Tool& tool : asked.tools) {
    if (tool.cache) dropped.add("cache_control");
    if (tool.strict != true || quirks.strict_tools) {
      append_tool(list, tool, unsaid);
      continue;
    }
    llm::Tool loose = tool;
    loose.strict = false;
    dropped.add("tools.strict");
    append_tool(list, loose, unsaid);
  }
  for (const llm::ServerTool& tool : asked.server_tools) {
    auto written = append_server_tool(list, tool, dropped);
    if (!written) return std::move(written).error();
  }
  return list;
}

}  // namespace sluice::dialects::responses
