#include <limits>
#include <utility>

#include "dialects/bedrock/read_chat.hpp"

namespace sluice::dialects::bedrock {
namespace {

constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();

bool read_spec(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Tool>& into) {
  llm::Tool tool;
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const Path here = path / key;
    if (key == "name") {
      reading.text(value, here, tool.name);
    } else if (key == "description") {
      reading.text(value, here, tool.description);
    } else if (key == "strict") {
      if (bool strict = false; reading.boolean(value, here, strict)) tool.strict = strict;
    } else if (key == "inputSchema") {
      reading.members(value, here, [&](std::string_view name, std::string_view inner) {
        if (name == "json" && reading.object(inner, here / name)) tool.parameters = inner;
      });
    } else {
      reading.keep_other(here, value);
    }
  });
  if (!read) return false;
  if (tool.name.empty()) return reading.missing(path / "name");
  if (tool.parameters.empty()) return reading.missing(path / "inputSchema");
  into.push_back(std::move(tool));
  return true;
}

bool read_system_tool(Reading& reading, std::string_view tool, std::string_view raw, const Path& path, std::vector<llm::ServerTool>& into) {
  llm::ServerTool server;
  server.raw = tool;
  server.origin = llm::Dialect::bedrock;
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    if (key == "name") reading.text(value, path / key, server.name);
  });
  if (!read) return false;
  if (server.name == "nova_grounding") server.kind = llm::ServerTool::Kind::web_search;
  if (server.name == "nova_code_interpreter") server.kind = llm::ServerTool::Kind::code_execution;
  into.push_back(std::move(server));
  return true;
}

bool read_choice(Reading& reading, std::string_view raw, const Path& path, std::optional<llm::ToolChoice>& into) {
  using Kind = llm::ToolChoice::Kind;
  return reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const Path here = path / key;
    if (key == "auto") {
      into = llm::ToolChoice{Kind::automatic, {}};
    } else if (key == "any") {
      into = llm::ToolChoice{Kind::required, {}};
    } else if (key == "tool") {
      llm::ToolChoice choice{Kind::named, {}};
      reading.members(value, here, [&](std::string_view name, std::string_view inner) {
        if (name == "name") reading.text(inner, here / name, choice.name);
      });
      if (choice.name.empty()) reading.missing(here / "name");
      into = std::move(choice);
    } else {
      reading.keep_other(here, value);
    }
  });
}

// Claude's {"type":"enabled","budget_tokens"}, {"type":"adaptive","display"} and {"type":"disabled"}.
void read_thinking_field(Reading& reading, std::string_view raw, const Path& path, llm::ChatRequest& into) {
  std::string type, display;
  std::optional<std::int64_t> budget;
  reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const Path here = path / key;
    if (key == "type") reading.text(value, here, type);
    else if (key == "display") reading.text(value, here, display);
    else if (key == "budget_tokens") reading.integer(value, here, 1, any, budget);
    else reading.keep_other(here, value);
  });
  if (type == "disabled") into.thinking_budget = 0;
  else if (type == "adaptive") into.thinking_budget = -1;
  else if (type == "enabled") into.thinking_budget = budget.value_or(-1);
  if (display == "omitted") into.show_thinking = false;
  else if (display == "summarized" || type == "enabled") into.show_thinking = true;   // which it does unless told otherwise
}

// One member of an object inside; what stands beside it is kept.
template <class F>
void read_inside(Reading& reading, std::string_view raw, const Path& path, std::string_view wanted, F&& f) {
  reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    if (key == wanted) f(value, path / key);
    else reading.keep_other(path / key, value);
  });
}

void read_nova_reasoning(Reading& reading, std::string_view raw, const Path& path, llm::ChatRequest& into) {
  std::string type, effort;
  reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    if (key == "type") reading.text(value, path / key, type);
    else if (key == "maxReasoningEffort") reading.text(value, path / key, effort);
    else reading.keep_other(path / key, value);
  });
  if (type == "disabled") into.reasoning_effort = "none";
  else if (type == "enabled") into.reasoning_effort = effort.empty() ? "medium" : effort;
}

}  // namespace

bool read_tool_config(Reading& reading, std::string_view raw, const Path& path, llm::ChatRequest& into) {
  return reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const Path here = path / key;
    if (key == "toolChoice") {
      read_choice(reading, value, here, into.tool_choice);
    } else if (key != "tools") {
      reading.keep_other(here, value);
    } else {
      reading.elements(value, here, [&](std::int64_t i, std::string_view tool) {
        const Path element = here[i];
        reading.members(tool, element, [&](std::string_view name, std::string_view inner) {
          const Path inside = element / name;
          llm::CacheMark mark;
          if (name == "toolSpec") read_spec(reading, inner, inside, into.tools);
          else if (name == "systemTool") read_system_tool(reading, tool, inner, inside, into.server_tools);
          else if (name != "cachePoint") reading.keep_other(inside, inner);
          else if (read_cache_mark(reading, inner, inside, mark) && !into.tools.empty()) into.tools.back().cache = mark;
        });
      });
    }
  });
}

bool read_additional_fields(Reading& reading, std::string_view raw, const Path& path, llm::ChatRequest& into) {
  return reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const Path here = path / key;
    const bool object = json::kind_of(value) == json::Kind::object;
    const auto effort = [&](std::string_view inner, const Path& at) { reading.text(inner, at, into.reasoning_effort); };
    const auto top_k = [&](std::string_view inner, const Path& at) { reading.integer(inner, at, 0, any, into.top_k); };
    if (key == "thinking" && object) read_thinking_field(reading, value, here, into);
    else if (key == "reasoningConfig" && object) read_nova_reasoning(reading, value, here, into);
    else if (key == "output_config" && object) read_inside(reading, value, here, "effort", effort);
    else if (key == "reasoning" && object) read_inside(reading, value, here, "effort", effort);
    else if (key == "inferenceConfig" && object) read_inside(reading, value, here, "topK", top_k);
    else if (key == "reasoning_effort" && json::kind_of(value) == json::Kind::string) effort(value, here);
    else if ((key == "top_k" || key == "k") && json::kind_of(value) == json::Kind::number) top_k(value, here);
    else reading.keep_other(here, value);
  });
}

}  // namespace sluice::dialects::bedrock
