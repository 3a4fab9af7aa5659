// What Anthropic's messages API refuses with a 400, as far as it is documented or known from its error messages; to
// hold encoded requests against.
#pragma once
#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "unit/dialects/rulebook.hpp"

namespace sluice::dialects::anthropic_tests {

class Rules : private Rulebook {
 public:
  // Every rule that the request breaks; empty: none.
  static std::vector<std::string> broken_by(const std::string& body) { return broken(Rules(), body); }

 private:
  friend Rulebook;

  void request(const Json& r) {
    static const std::set<std::string> members = {
        "model",    "max_tokens", "system",       "tools",     "tool_choice",        "temperature", "top_p",
        "top_k",    "stop_sequences", "thinking", "output_config", "metadata",       "stream",      "messages",
        "service_tier", "container", "mcp_servers", "context_management", "cache_control"};
    for (const auto& [name, value] : r.items()) check(members.count(name) == 1, "unknown member " + name);
    check(r.contains("model") && r["model"].is_string(), "model must be a string");
    check(r.contains("max_tokens") && r["max_tokens"].is_number_integer() && r["max_tokens"] > 0,
          "max_tokens must be positive");
    if (r.contains("system")) {
      check(r["system"].is_array() && !r["system"].empty(), "system must not be empty");
      for (const Json& block : r["system"])
        check(block.value("type", "") == "text" && !blank(block["text"]), "system: text only");
    }
    cache_marks(r);
    settings(r);
    tools(r);
    if (r.contains("messages") && r["messages"].is_array() && !r["messages"].empty()) messages(r["messages"]);
    else broken("messages must not be empty");
  }

  // At most four, and none for an hour behind one for five minutes.
  void cache_marks(const Json& r) {
    int count = 0;
    bool short_seen = false;
    const std::function<void(const Json&)> walk = [&](const Json& json) {
      if (json.is_object() && json.contains("cache_control")) {
        ++count;
        const bool hour = json["cache_control"].value("ttl", "5m") == "1h";
        check(!hour || !short_seen, "an hour's mark stands before those of five minutes");
        short_seen = short_seen || !hour;
      }
      if (!json.is_structured()) return;
      for (const auto& [name, inner] : json.items()) {
        if (name != "input" && name != "input_schema" && name != "cache_control") walk(inner);
      }
    };
    for (const char* place : {"tools", "system", "messages"}) {
      if (r.contains(place)) walk(r[place]);
    }
    check(count <= 4, "at most four cache marks");
  }

  void settings(const Json& r) {
    if (r.contains("temperature")) check(r["temperature"] >= 0 && r["temperature"] <= 1, "temperature is from 0 to 1");
    if (r.contains("stop_sequences")) {
      for (const Json& stop : r["stop_sequences"]) check(!blank(stop), "stop_sequences must not be blank");
    }
    if (!r.contains("thinking") || r["thinking"].value("type", "") == "disabled") return;
    const Json& thinking = r["thinking"];
    check(!r.contains("temperature") && !r.contains("top_k"), "no temperature or top_k while thinking");
    if (thinking.value("type", "") == "enabled") {
      check(thinking.value("budget_tokens", 0) >= 1024, "budget_tokens is at least 1024");
      check(r["max_tokens"] > thinking.value("budget_tokens", 0), "max_tokens must exceed budget_tokens");
    }
    if (r.contains("tool_choice")) {
      const std::string type = r["tool_choice"].value("type", "");
      check(type == "auto" || type == "none", "no forced tool while thinking");
    }
  }

  void tools(const Json& r) {
    if (r.contains("tool_choice")) {
      static const std::set<std::string> kinds = {"auto", "any", "tool", "none"};
      check(kinds.count(r["tool_choice"].value("type", "")) == 1, "tool_choice: unknown type");
      check(r.contains("tools"), "tool_choice needs tools");
      check(r["tool_choice"]["type"] != "none" || !r["tool_choice"].contains("disable_parallel_tool_use"),
            "tool_choice none has no disable_parallel_tool_use");
    }
    if (!r.contains("tools")) return;
    check(!r["tools"].empty(), "tools must not be empty");
    for (const Json& tool : r["tools"]) {
      if (tool.contains("type") && tool["type"] != "custom") continue;   // Anthropic's own
      check(tool.contains("name") && tool["name"].is_string(), "a tool has a name");
      check(tool.contains("input_schema") && tool["input_schema"].is_object() && tool["input_schema"].contains("type"),
            "input_schema has a type");
    }
  }

  void messages(const Json& all) {
    std::string before;
    std::vector<std::string> open;  // ids of the tool_use blocks of the turn before
    for (const Json& message : all) {
      const std::string role = message.value("role", "");
      check(role == "user" || role == "assistant", "role is user or assistant");
      check(role != before, "roles alternate");
      before = role;
      if (!message.contains("content") || !message["content"].is_array() || message["content"].empty()) {
        broken("content must not be empty");
        continue;
      }
      if (role == "user") user(message["content"], open);
      else assistant(message["content"], open);
    }
    check(open.empty(), "every tool_use has its tool_result");
    const Json& last = all.back();
    if (last.value("role", "") != "assistant" || last["content"].empty()) return;
    const std::string text = last["content"].back().value("text", "");
    check(text.empty() || std::string_view(" \t\r\n").find(text.back()) == std::string_view::npos,
          "the last assistant text must not end in white space");
  }

  void user(const Json& content, std::vector<std::string>& open) {
    bool others = false;
    for (const Json& block : content) {
      const std::string type = block.value("type", "");
      if (type == "tool_result") {
        check(!others, "tool_result blocks come first");
        const auto found = std::find(open.begin(), open.end(), block.value("tool_use_id", ""));
        if (found == open.end()) broken("tool_result without its tool_use in the turn before");
        else open.erase(found);
        if (!block.contains("content")) continue;
        check(!block["content"].empty(), "the content of a tool_result must not be an empty list");
        for (const Json& inner : block["content"]) leaf(inner);
      } else {
        others = true;
        leaf(block);
      }
    }
    check(open.empty(), "every tool_use has its tool_result in the next turn");
    open.clear();
  }

  void leaf(const Json& block) {
    const std::string type = block.value("type", "");
    if (type == "text") {
      check(!blank(block["text"]), "text must not be blank");
      return;
    }
    if (type == "container_upload" || type == "tool_reference") return;
    if (type == "search_result") return check(block["content"].is_array() && block["source"].is_string(), "a search result");
    if (type != "image" && type != "document") return broken("unknown block " + type);
    const Json& source = block["source"];
    const std::string kind = source.value("type", "");
    if (kind == "url") check(source.value("url", "").starts_with("https://"), "https only");
    else if (kind == "base64") check(!blank(source["data"]) && !blank(source["media_type"]), "base64 data");
    else if (kind == "file") check(!blank(source["file_id"]), "file id");
    else check(kind == "text" && type == "document" && !blank(source["data"]), "unknown source " + kind);
  }

  void assistant(const Json& content, std::vector<std::string>& open) {
    for (const Json& block : content) {
      const std::string type = block.value("type", "");
      if (type == "text") {
        check(!blank(block["text"]), "text must not be blank");
      } else if (type == "tool_use") {
        const std::string id = block.value("id", "");
        check(is_name(id, std::string::npos), "tool_use ids are of [a-zA-Z0-9_-]");
        check(x_ids.insert(id).second, "tool_use ids are unique");
        check(block.contains("input") && block["input"].is_object(), "input is an object");
        open.push_back(id);
      } else if (type == "thinking") {
        check(!block.value("signature", "").empty(), "thinking is signed");
      } else {
        static const std::set<std::string> others = {"redacted_thinking", "server_tool_use", "web_search_tool_result",
            "web_fetch_tool_result", "code_execution_tool_result", "bash_code_execution_tool_result", "advisor_tool_result",
            "text_editor_code_execution_tool_result", "mcp_tool_use", "mcp_tool_result", "compaction", "tool_search_tool_result"};
        check(others.count(type) == 1, "unknown block " + type);
      }
    }
  }

  std::set<std::string> x_ids;
};

}  // namespace sluice::dialects::anthropic_tests
