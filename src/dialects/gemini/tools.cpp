#include "dialects/gemini/tools.hpp"

#include <algorithm>
#include <utility>

#include "dialects/gemini/members.hpp"
#include "dialects/gemini/schema.hpp"
#include "dialects/gemini/words.hpp"
#include "sluice/dialects/free_text.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::gemini {
namespace {

using Kind = llm::ServerTool::Kind;
using Choice = llm::ToolChoice::Kind;

constexpr std::string_view mixed = "includeServerSideToolInvocations";

Error refusal(std::string_view param, std::string message) {
  return Error(Code::bad_request, std::move(message)).about(std::string(param));
}

void append_element(std::string& list, std::string_view json) {
  if (!list.empty()) list += ',';
  list += json;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

// {"properties":{}} and the like: a function without arguments is declared without a schema.
bool asks_for_nothing(std::string_view schema) {
  if (is_blank(schema) || schema == "null" || schema == "{}") return true;
  const auto properties = json::find(schema, "properties");
  bool any = false;
  json::each_member(properties.value_or(schema), [&any, &properties](std::string_view key, std::string_view) {
    any = any || properties || (key != "type" && key != "additionalProperties" && key != "title" && key != "$schema");
  });
  return !any;
}

class Encoder {
 public:
  Encoder(const llm::ChatRequest& asked, const ModelTraits& model, const Quirks& quirks, Dropped& dropped)
      : x_asked(asked), x_model(model), x_quirks(quirks), x_dropped(dropped) {}

  Result<Tools> run() {
    for (const llm::Tool& tool : x_asked.tools) {
      auto done = function(tool);
      if (!done) return std::move(done).error();
    }
    for (const llm::ServerTool& tool : x_asked.server_tools) {
      auto done = server_tool(tool);
      if (!done) return std::move(done).error();
    }
    if (!x_functions.empty() && !x_own.empty() && !x_model.tools_mixed) {
      return refusal("tools", "This model takes either functions or its provider's own tools in one request, not both.");
    }
    Tools out;
    std::string list = x_own;
    if (!x_functions.empty()) append_element(list, "{\"functionDeclarations\":[" + x_functions + "]}");
    if (!list.empty()) out.tools = "[" + list + "]";
    config(out);
    return out;
  }

 private:
  Result<> function(const llm::Tool& tool) {
    if (tool.custom) {
      if (has_grammar(tool)) x_dropped.add("tools.format");
      return function(as_function(tool));
    }
    if (tool.cache) x_dropped.add("tools.cache_control");
    Members members;
    members.text("name", tool.name);
    if (!tool.description.empty()) members.text("description", tool.description);
    if (!asks_for_nothing(tool.parameters)) {
      const auto schema = encode_schema(tool.parameters, x_model.json_schema);
      if (!schema) return refusal("tools", "The parameters of the tool " + json::quoted(tool.name) + " are not a JSON object.");
      for (const std::string& keyword : schema->lost) x_dropped.add("tools.parameters." + keyword);
      members.raw(schema->openapi ? "parameters" : "parametersJsonSchema", schema->json);
    }
    if (tool.strict == true) x_dropped.add(words_of(x_asked.caller).strict);
    append_element(x_functions, members.object());
    return {};
  }

  Result<> server_tool(const llm::ServerTool& tool) {
    if (tool.origin == llm::Dialect::gemini) {
      if (json::kind_of(tool.raw) == json::Kind::object && !json::validate(tool.raw)) append_element(x_own, tool.raw);
      return {};
    }
    const std::string_view name = own_name(tool.kind);
    if (name.empty()) {
      return refusal("tools", "The model's provider has no tool like " + json::quoted(tool.name) + "; it can search the web, read pages and run code.");
    }
    settings_of(tool);
    append_element(x_own, "{" + json::quoted(name) + ":{}}");
    return {};
  }

  static std::string_view own_name(Kind kind) {
    switch (kind) {
      case Kind::web_search: return "googleSearch";
      case Kind::web_fetch: return "urlContext";
      case Kind::code_execution: return "codeExecution";
      case Kind::file_search: case Kind::image_generation: case Kind::mcp: case Kind::other: break;
    }
    return {};
  }

  // Where it may look, how often and the like: Google's tools take none of it.
  void settings_of(const llm::ServerTool& tool) {
    json::each_member(tool.raw, [&](std::string_view key, std::string_view value) {
      if (key == "type" || key == "name" || value == "null" || key == "container") return;
      x_dropped.add("tools." + (tool.name.empty() ? std::string(own_name(tool.kind)) : tool.name) + "." + std::string(key.substr(0, 60)));
    });
  }

  void config(Tools& out) {
    Members config;
    if (!x_functions.empty()) calling(config);
    const bool both = !x_functions.empty() && !x_own.empty();
    bool told = false;
    if (x_asked.caller == llm::Dialect::gemini) {
      for (const auto& [name, value] : x_asked.others) {
        if (!name.starts_with("toolConfig.")) continue;
        const std::string_view member = std::string_view(name).substr(11);
        if (member.find('.') != member.npos || member.find('[') != member.npos) continue;
        told = told || member == mixed;
        config.raw(member, value);
      }
    }
    // Beside functions, Gemini 3 wants to be told that its own calls may be shown (as recorded of Google's SDKs).
    const std::string path = "toolConfig." + std::string(mixed);
    const bool refused = std::find(x_quirks.refuses.begin(), x_quirks.refuses.end(), path) != x_quirks.refuses.end();
    if (both && !told && !refused && x_model.version >= 300) config.boolean(mixed, true);
    if (!config.empty()) out.config = config.object();
    if (x_asked.parallel_tool_calls == false && !x_functions.empty()) x_dropped.add("parallel_tool_calls");
  }

  void calling(Members& config) {
    if (!x_asked.tool_choice) return;
    const llm::ToolChoice& choice = *x_asked.tool_choice;
    std::vector<std::string> names = choice.allowed;
    std::string_view mode;
    switch (choice.kind) {
      // A choice among a few that may also be none of them (content.proto, FunctionCallingConfig.Mode).
      case Choice::automatic: mode = names.empty() ? "AUTO" : "VALIDATED"; break;
      case Choice::none: mode = "NONE", names.clear(); break;
      case Choice::required: mode = "ANY"; break;
      case Choice::named: mode = "ANY", names = {choice.name}; break;
    }
    Members members;
    members.text("mode", mode);
    if (!names.empty()) {
      std::string list;
      for (const std::string& name : names) append_element(list, json::quoted(name));
      members.raw("allowedFunctionNames", "[" + list + "]");
    }
    config.raw("functionCallingConfig", members.object());
  }

  const llm::ChatRequest& x_asked;
  const ModelTraits& x_model;
  const Quirks& x_quirks;
  Dropped& x_dropped;
  std::string x_functions, x_own;   // elements
};

}  // namespace

Result<Tools> encode_tools(const llm::ChatRequest& asked, const ModelTraits& model, const Quirks& quirks, Dropped& dropped) {
  return Encoder(asked, model, quirks, dropped).run();
}

}  // namespace sluice::dialects::gemini
