#include "dialects/anthropic/tools.hpp"

#include <algorithm>

#include "dialects/anthropic/content.hpp"
#include "dialects/anthropic/schema.hpp"
#include "dialects/caller_words.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::anthropic {
namespace {

using Kind = llm::ServerTool::Kind;

constexpr std::string_view free_text =
    R"({"type":"object","properties":{"input":{"type":"string","description":"The tool's whole input, as plain text"}},)"
    R"("required":["input"],"additionalProperties":false})";

class Writer {
 public:
  Writer(const llm::ChatRequest& asked, const ModelTraits& model, const Quirks& quirks, CacheMarks& marks, Dropped& dropped)
      : x_asked(asked), x_model(model), x_quirks(quirks), x_marks(marks), x_dropped(dropped) {}

  Result<Tools> run() {
    for (const llm::Tool& tool : x_asked.tools) {
      if (!allowed(tool.name)) continue;
      auto written = own(tool);
      if (!written) return std::move(written).error();
    }
    for (const llm::ServerTool& tool : x_asked.server_tools) {
      if (allowed(tool.name)) server(tool);
    }
    if (x_asked.caller == llm::Dialect::openai) openai_search();
    const auto& choice = x_asked.tool_choice;
    if (choice && choice->kind == llm::ToolChoice::Kind::named && !has(choice->name)) {
      std::string message = "There is no tool " + json::quoted(choice->name.substr(0, 200)) + " that the model could be made to call.";
      return Error(Code::bad_request, std::move(message)).about(std::string(caller_word(x_asked.caller, "tool_choice")));
    }
    return std::move(x_out);
  }

 private:
  bool has(const std::string& name) const { return std::find(x_out.names.begin(), x_out.names.end(), name) != x_out.names.end(); }
  bool allowed(const std::string& name) const {
    if (!x_asked.tool_choice || x_asked.tool_choice->allowed.empty()) return true;
    const auto& names = x_asked.tool_choice->allowed;
    return std::find(names.begin(), names.end(), name) != names.end();
  }
  void drop(std::string_view member) {
    x_dropped.add(std::string(caller_word(x_asked.caller, "tools")) + "." + std::string(member));
  }

  Result<> own(const llm::Tool& tool) {
    const auto schema = tool.custom ? std::string(free_text) : input_schema(tool.parameters);
    if (!schema) {
      std::string message = "The parameters of the tool " + json::quoted(tool.name) + " are not a JSON object.";
      return Error(Code::bad_request, std::move(message)).about(std::string(caller_word(x_asked.caller, "tools")));
    }
    begin_element(x_out.list);
    x_out.list += "{\"name\":";
    json::append_quoted(x_out.list, tool.name);
    std::string description = tool.description;
    if (tool.custom && json::find(tool.parameters, "type").value_or(R"("text")") != R"("text")") {
      // A grammar cannot be enforced; the model can read it.
      description += (description.empty() ? "Format of the input: " : "\nFormat of the input: ") + tool.parameters;
      drop("format");
    }
    if (!description.empty()) {
      x_out.list += ",\"description\":";
      json::append_quoted(x_out.list, description);
    }
    x_out.list.append(",\"input_schema\":").append(*schema);
    if (tool.strict == true) {
      if (x_model.takes_schema && is_enforceable(*schema)) x_out.list += ",\"strict\":true";
      else drop("strict");
    }
    x_out.list += '}';
    if (tool.cache) x_marks.mark(&x_out.list, *tool.cache);
    x_out.names.push_back(tool.name);
    return {};
  }

  bool refuses(std::string_view name) const {
    return std::find(x_quirks.refuses.begin(), x_quirks.refuses.end(), name) != x_quirks.refuses.end();
  }

  void server(const llm::ServerTool& tool) {
    if (tool.origin == llm::Dialect::anthropic && json::kind_of(tool.raw) == json::Kind::object) {
      return put(tool.name, tool.raw);
    }
    const bool fits = tool.kind == Kind::web_search ? x_model.version >= 305 : x_model.version >= 400;
    if (fits && tool.kind == Kind::web_search && !refuses("tools.web_search")) return search(tool.raw);
    if (fits && tool.kind == Kind::web_fetch && !refuses("tools.web_fetch"))
      return put("web_fetch", R"({"type":"web_fetch_20250910","name":"web_fetch"})");
    if (fits && tool.kind == Kind::code_execution && !refuses("tools.code_execution")) {
      // Files that were put there, and a container of the other provider's.
      const std::string_view container = json::find(tool.raw, "container").value_or("");
      if (json::kind_of(container) == json::Kind::string || json::find(container, "file_ids").value_or("[]") != "[]") drop("container");
      return put("code_execution", R"({"type":"code_execution_20250825","name":"code_execution"})");
    }
    drop(tool.name.empty() ? std::string_view("server_tool") : tool.name);
  }

  void put(std::string_view name, std::string_view raw) {
    if (!name.empty() && has(std::string(name))) return drop(name);   // a tool of the caller's has the name
    begin_element(x_out.list);
    x_out.list += raw;
    x_out.names.emplace_back(name);
  }

  // Chat completions have the search beside the tools.
  void openai_search() {
    for (const auto& [name, raw] : x_asked.others) {
      if (name != "web_search_options") continue;
      if (x_model.version >= 305 && !refuses("tools.web_search")) search(raw);
      else x_dropped.add(name);
    }
  }

  // `options`: {"user_location","search_context_size","filters":{"allowed_domains"}} in either of OpenAI's APIs.
  void search(std::string_view options) {
    std::string tool = R"({"type":"web_search_20250305","name":"web_search")";
    json::each_member(options, [&](std::string_view key, std::string_view value) {
      if (value == "null") return;
      if (key == "user_location") location(value, tool);
      else if (key == "filters") domains(json::find(value, "allowed_domains").value_or(""), tool);
      else if (key == "search_context_size" && value != R"("medium")") drop("web_search.search_context_size");
    });
    tool += '}';
    put("web_search", tool);
  }
  static void domains(std::string_view list, std::string& tool) {
    if (json::kind_of(list) == json::Kind::array && list != "[]") tool.append(",\"allowed_domains\":").append(list);
  }
  static void location(std::string_view value, std::string& tool) {
    const std::string_view place = json::find(value, "approximate").value_or(value);
    std::string members;
    json::each_member(place, [&members](std::string_view key, std::string_view raw) {
      const bool known = key == "city" || key == "region" || key == "country" || key == "timezone";
      if (known && json::kind_of(raw) == json::Kind::string) members.append(",\"").append(key).append("\":").append(raw);
    });
    if (!members.empty()) tool.append(R"(,"user_location":{"type":"approximate")").append(members).append("}");
  }

  const llm::ChatRequest& x_asked;
  const ModelTraits& x_model;
  const Quirks& x_quirks;
  CacheMarks& x_marks;
  Dropped& x_dropped;
  Tools x_out;
};

}  // namespace

Result<Tools> encode_tools(const llm::ChatRequest& asked, const ModelTraits& model, const Quirks& quirks, CacheMarks& marks,
                           Dropped& dropped) {
  return Writer(asked, model, quirks, marks, dropped).run();
}

}  // namespace sluice::dialects::anthropic
