// Tools, the choice among them, their calls and results.
#pragma once
#include "unit/providers/features/conversation.hpp"

namespace sluice::providers::features {

constexpr const char* of_city =
    R"({"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false})";

inline llm::Tool tool(std::string name) { return {std::move(name), "Tells the weather", of_city, std::nullopt}; }
inline llm::Tool custom_tool() {
  llm::Tool made{"shell", "Runs a command", "", std::nullopt};
  made.custom = true;
  return made;
}

inline void two_tools(Chat& chat) { chat.tools = {tool("weather"), tool("forecast")}; }

inline std::string told_tools(const Chat& chat) {
  std::string out;
  for (const llm::Tool& one : chat.tools) {
    out += (one.custom ? "custom " : "") + one.name + " " + one.description + " " + plain(one.parameters) + "; ";
  }
  return out;
}

// Nothing said is a free choice everywhere.
inline std::string told_choice(const Chat& chat) {
  const llm::ToolChoice choice = chat.tool_choice.value_or(llm::ToolChoice{});
  std::string out = std::to_string(static_cast<int>(choice.kind)) + " " + choice.name + " " + tell(choice.allowed) + " of";
  for (const llm::Tool& one : chat.tools) out += " " + one.name;
  return out;
}

inline Feature choice(std::string name, llm::ToolChoice chosen) {
  return {"tool choice: " + std::move(name), [chosen](Chat& chat, const Column&) { chat.tool_choice = chosen; }, told_choice,
      Ability::talk, two_tools};
}

inline std::string told_results(const Chat& chat) { return tell_all<llm::ToolResult>(chat.messages); }
inline std::string told_calls(const Chat& chat) { return tell_all<llm::ToolCall>(chat.messages) + told_results(chat); }

inline void add_call(Chat& chat, llm::ToolCall call, std::string result) {
  const std::string id = call.id;
  chat.messages.push_back(message(llm::Role::assistant, std::move(call)));
  chat.messages.push_back(message(llm::Role::tool, llm::ToolResult{id, {llm::Text{std::move(result)}}}));
}
inline void add_weather_call(Chat& chat) { add_call(chat, {"call_00001", "weather", R"({"city":"Paris"})"}, "Sunny."); }
inline void weather_called(Chat& chat) {
  two_tools(chat);
  add_weather_call(chat);
}
inline llm::ToolResult& last_result(Chat& chat) { return std::get<llm::ToolResult>(chat.messages.back().parts.back()); }

inline std::string told_errors(const Chat& chat) {
  std::string out;
  for (const llm::Message& one : chat.messages) {
    for (const llm::Part& part : one.parts) {
      if (const auto* result = std::get_if<llm::ToolResult>(&part)) out += result->is_error ? "error;" : "good;";
    }
  }
  return out;
}

// What a kind of server tool is called by a dialect's callers.
struct Words { llm::Dialect caller; std::string name, raw; };

inline Feature server_tool(std::string name, llm::ServerTool::Kind kind, const Words& usual, const Words& other) {
  Feature feature;
  feature.name = "server tool: " + std::move(name);
  feature.caller = usual.caller;
  feature.other_caller = other.caller;
  feature.put = [=](Chat& chat, const Column&) {
    const Words& words = chat.caller == usual.caller ? usual : other;
    chat.server_tools.push_back({kind, words.name, words.raw, words.caller});
  };
  feature.told = [](const Chat& chat) {
    std::string out;
    for (const llm::ServerTool& one : chat.server_tools) out += std::to_string(static_cast<int>(one.kind)) + ";";
    return out;
  };
  return feature;
}

// Where one dialect only knows a kind, its own callers ask for it of each provider.
inline std::vector<Feature> server_tools() {
  using enum llm::ServerTool::Kind;
  using llm::Dialect;
  const Words storage{Dialect::responses, "file_search", R"({"type":"file_search","vector_store_ids":["vs_1"]})"};
  const Words drawing{Dialect::responses, "image_generation", R"({"type":"image_generation"})"};
  const Words remote{Dialect::responses, "mcp", R"({"type":"mcp","server_label":"a","server_url":"https://example.com/mcp"})"};
  return {
      server_tool("web search", web_search, {Dialect::anthropic, "web_search",
          R"({"type":"web_search_20250305","name":"web_search"})"},
                  {Dialect::gemini, "googleSearch", R"({"googleSearch":{}})"}),
      server_tool("reading pages", web_fetch, {Dialect::anthropic, "web_fetch",
          R"({"type":"web_fetch_20250910","name":"web_fetch"})"},
                  {Dialect::gemini, "urlContext", R"({"urlContext":{}})"}),
      server_tool("running code", code_execution,
                  {Dialect::anthropic, "code_execution", R"({"type":"code_execution_20250825","name":"code_execution"})"},
                  {Dialect::gemini, "codeExecution", R"({"codeExecution":{}})"}),
      server_tool("searching files", file_search, storage, storage),
      server_tool("drawing", image_generation, drawing, drawing),
      server_tool("MCP", mcp, remote, remote),
  };
}

inline std::vector<Feature> tools() {
  using Kind = llm::ToolChoice::Kind;
  using enum Ability;
  const auto custom = [](Chat& chat) { chat.tools = {custom_tool()}; };
  return {
      {"tools", [](Chat& chat, const Column&) { two_tools(chat); }, told_tools},
      {"strict tools", [](Chat& chat, const Column&) { chat.tools.front().strict = true; },
       [](const Chat& chat) { return std::string(!chat.tools.empty() && chat.tools.front().strict == true ? "strict"
           : "loose"); }, talk,
       [](Chat& chat) { chat.tools = {tool("weather")}; }},
      {"tools called with free text", [=](Chat& chat, const Column&) { custom(chat); }, told_tools, think},
      choice("auto", {Kind::automatic, ""}),
      choice("none", {Kind::none, ""}),
      choice("required", {Kind::required, ""}),
      choice("one by name", {Kind::named, "weather"}),
      choice("among a few", {Kind::automatic, "", {"weather"}}),
      {"no parallel calls", [](Chat& chat, const Column&) { chat.parallel_tool_calls = false; },
       [](const Chat& chat) { return std::string(chat.parallel_tool_calls == false ? "one" : "many"); }, talk, two_tools},
      {"prompt-cache mark on a tool", [](Chat& chat, const Column&) { chat.tools.front().cache = llm::CacheMark{}; },
       [](const Chat& chat) { return std::string(!chat.tools.empty() && chat.tools.front().cache ? "marked" : ""); }, talk,
           two_tools},
      {"calls and results", [](Chat& chat, const Column&) { add_weather_call(chat); }, told_calls, talk, two_tools},
      {"calls with free text and their results", [](Chat& chat, const Column&) {
          add_call(chat, {"call_00001", "shell", "ls -l", "", llm::Maker::unknown, true}, "a.txt"); },
       told_calls, think, custom},
      {"image in a result", [](Chat& chat, const Column&) { last_result(chat).content.emplace_back(llm::Image{"image/png",
          pixel, "", ""}); },
       [](const Chat& chat) { return "in: " + tell_all<llm::Image>(chat.messages, true) + " beside: "
           + tell_all<llm::Image>(chat.messages); }, see, weather_called},
      {"result that is an error", [](Chat& chat, const Column&) { last_result(chat).is_error = true; }, told_errors, talk,
          weather_called},
  };
}

}  // namespace sluice::providers::features
