#include <algorithm>

#include "dialects/anthropic/schema.hpp"
#include "dialects/bedrock/answer.hpp"
#include "dialects/bedrock/content.hpp"
#include "dialects/bedrock/settings.hpp"
#include "sluice/dialects/free_text.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::bedrock {
namespace {

using Choice = llm::ToolChoice::Kind;
using ServerKind = llm::ServerTool::Kind;

void append_spec(std::string& list, std::string_view name, std::string_view description, std::string_view schema, bool strict) {
  begin_element(list);
  list += R"({"toolSpec":{"name":)";
  json::append_quoted(list, name);
  if (!description.empty()) {
    list += ",\"description\":";
    json::append_quoted(list, description);
  }
  list.append(",\"inputSchema\":{\"json\":").append(schema).append("}");
  if (strict) list += ",\"strict\":true";
  list += "}}";
}

bool is_allowed(const llm::ChatRequest& asked, const std::string& name) {
  if (!asked.tool_choice || asked.tool_choice->allowed.empty()) return true;
  const auto& allowed = asked.tool_choice->allowed;
  return std::find(allowed.begin(), allowed.end(), name) != allowed.end();
}

class Plan {
 public:
  Plan(const llm::ChatRequest& asked, const Model& model, const Conversation& conversation, Dropped& dropped)
      : x_asked(asked), x_model(model), x_conversation(conversation), x_dropped(dropped) {}

  Result<ToolPlan> run(bool answer_by_tool) {
    const bool none = x_asked.tool_choice && x_asked.tool_choice->kind == Choice::none;
    const bool needed = !x_conversation.called.empty();   // tools that were called must stay declared
    if (!none || needed) {
      for (const llm::Tool& tool : x_asked.tools) {
        if (auto added = add(tool); !added) return std::move(added).error();
      }
      for (const llm::ServerTool& tool : x_asked.server_tools) {
        if (auto added = add(tool); !added) return std::move(added).error();
      }
      if (none) x_dropped.add("tool_choice");   // Converse cannot forbid to call them
    }
    if (answer_by_tool) add_answer_tool();
    // "The toolConfig field must be defined when using toolUse and toolResult content blocks."
    if (x_list.empty()) {
      for (const std::string& name : x_conversation.called) append_spec(x_list, name, {}, R"({"type":"object","properties":{}})", false);
    }
    ToolPlan plan;
    plan.has_tools = !x_list.empty();
    if (x_list.empty()) return plan;
    const std::string choice = answer_by_tool ? "{\"tool\":{\"name\":" + json::quoted(answer_tool) + "}}" : none ? "" : choose();
    plan.forced = !choice.empty();
    plan.json = "{\"tools\":[" + x_list + "]";
    if (!choice.empty()) plan.json += ",\"toolChoice\":" + choice;
    plan.json += '}';
    return plan;
  }

 private:
  Result<> add(const llm::Tool& tool) {
    if (tool.custom) {
      if (has_grammar(tool)) x_dropped.add("tools.format");
      return add(as_function(tool));
    }
    const bool called = std::find(x_conversation.called.begin(), x_conversation.called.end(), tool.name) != x_conversation.called.end();
    if (!is_allowed(x_asked, tool.name) && !called) return {};
    const bool named = !tool.name.empty() && tool.name.size() <= 64 &&
                       tool.name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == std::string::npos;
    if (!named) return refusal("tools", "The tool name " + json::quoted(tool.name.substr(0, 100)) + " is not of 1 to 64 letters, digits, '_' and '-'.");
    const auto schema = anthropic::input_schema(tool.parameters);
    if (!schema) return refusal("tools", "The parameters of the tool " + json::quoted(tool.name) + " are not a JSON object.");
    const bool strict = tool.strict == true && x_model.takes_schema && anthropic::is_enforceable(*schema);
    if (tool.strict == true && !strict) x_dropped.add("tools.strict");
    append_spec(x_list, tool.name, tool.description, *schema, strict);
    if (tool.cache) add_mark(*tool.cache);
    return {};
  }

  void add_mark(const llm::CacheMark& mark) {
    if (!x_model.cache_tools) return x_dropped.add("cache_control");
    const bool hour = mark.hour && x_model.cache_hour;
    if (mark.hour && !hour) x_dropped.add("cache_control.ttl");
    begin_element(x_list);
    x_list += hour ? R"({"cachePoint":{"type":"default","ttl":"1h"}})" : R"({"cachePoint":{"type":"default"}})";
  }

  Result<> add(const llm::ServerTool& tool) {
    if (tool.origin == llm::Dialect::bedrock) {
      begin_element(x_list);
      x_list += tool.raw;
      return {};
    }
    std::string_view own;
    if (tool.kind == ServerKind::web_search) own = "nova_grounding";
    else if (tool.kind == ServerKind::code_execution) own = "nova_code_interpreter";
    if (!x_model.system_tools || own.empty()) {
      return refusal("tools", "The model's API has no tool of its own like " + json::quoted(tool.name.substr(0, 100)) + ".");
    }
    begin_element(x_list);
    x_list.append(R"({"systemTool":{"name":")").append(own).append("\"}}");
    return {};
  }

  void add_answer_tool() {
    const llm::ResponseFormat& format = *x_asked.response_format;
    const std::string description = format.description.empty() ? "Gives the answer to the user." : format.description;
    append_spec(x_list, answer_tool, description, anthropic::input_schema(format.schema).value_or("{}"), false);
  }

  std::string choose() {
    if (!x_asked.tool_choice) return {};
    const llm::ToolChoice& choice = *x_asked.tool_choice;
    if (choice.kind == Choice::automatic) return {};   // the default, which not every model takes when said
    if (choice.kind == Choice::named && x_model.named_tool) return "{\"tool\":{\"name\":" + json::quoted(choice.name) + "}}";
    const bool only_one = x_asked.tools.size() == 1 && x_asked.server_tools.empty();
    if (x_model.any_tool && (choice.kind == Choice::required || only_one)) return R"({"any":{}})";
    x_dropped.add("tool_choice");
    return {};
  }

  const llm::ChatRequest& x_asked;
  const Model& x_model;
  const Conversation& x_conversation;
  Dropped& x_dropped;
  std::string x_list;
};

}  // namespace

Result<ToolPlan> plan_tools(const llm::ChatRequest& asked, const Model& model, const Conversation& conversation, bool answer_by_tool, Dropped& dropped) {
  return Plan(asked, model, conversation, dropped).run(answer_by_tool);
}

}  // namespace sluice::dialects::bedrock
