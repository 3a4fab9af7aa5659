// What Cohere's chat API refuses, as far as it is documented (docs.cohere.com/v2/reference/chat) or known from its
// error messages; to hold encoded requests against. It knows its fields and refuses every other ("unknown field").
#pragma once
#include <string>
#include <vector>

#include "unit/dialects/rulebook.hpp"

namespace sluice::dialects::cohere_tests {

class Rules : private Rulebook {
 public:
  // Every rule that the request breaks; empty: none.
  static std::vector<std::string> broken_by(const std::string& body) { return broken(Rules(), body); }

 private:
  friend Rulebook;

  void request(const Json& r) {
    known(r, {"model", "messages", "stream", "tools", "tool_choice", "strict_tools", "documents", "citation_options", "response_format",
              "safety_mode", "max_tokens", "stop_sequences", "temperature", "frequency_penalty", "presence_penalty", "k", "p", "seed",
              "logprobs", "thinking", "priority", "raw_prompting"}, "request");
    check(r.contains("model") && r["model"].is_string() && !r["model"].empty(), "model must be said");
    range(r, "temperature", 0, 1);
    range(r, "p", 0.01, 0.99);
    range(r, "k", 0, 500);
    range(r, "frequency_penalty", 0, 1);
    range(r, "presence_penalty", 0, 1);
    range(r, "seed", 0, 1.9e19);
    if (r.contains("max_tokens")) check(r["max_tokens"].is_number_integer() && r["max_tokens"] > 0, "max_tokens must be positive");
    if (r.contains("stop_sequences")) check(r["stop_sequences"].size() <= 5, "at most five stop_sequences");
    if (r.contains("thinking")) thinking(r["thinking"]);
    tools(r);
    if (r.contains("response_format")) {
      check(!r.contains("tools") && !r.contains("documents"), "response_format stands alone");
      known(r["response_format"], {"type", "json_schema"}, "response_format");
      check(Names{"text", "json_object"}.count(r["response_format"].value("type", "")) == 1, "response_format.type");
      if (r["response_format"].contains("json_schema")) check(r["response_format"]["json_schema"].is_object(), "json_schema is an object");
    }
    for (const Json& document : r.value("documents", Json::array())) {
      if (document.is_string()) continue;
      known(document, {"id", "data"}, "documents");
      check(document.contains("data") && document["data"].is_object(), "a document has data");
    }
    check(r.contains("messages") && r["messages"].is_array() && !r["messages"].empty(), "messages must not be empty");
    Names open;
    for (const Json& message : r.value("messages", Json::array())) this->message(message, open);
  }

  void thinking(const Json& t) {
    known(t, {"type", "token_budget"}, "thinking");
    check(t.value("type", "") == "enabled" || t.value("type", "") == "disabled", "thinking.type");
    if (t.contains("token_budget")) check(t["token_budget"] > 0 && t["type"] == "enabled", "thinking.token_budget");
  }

  void tools(const Json& r) {
    if (r.contains("tool_choice")) {
      check(r["tool_choice"] == "REQUIRED" || r["tool_choice"] == "NONE", "tool_choice");
      check(r.contains("tools"), "tool_choice needs tools");
    }
    if (!r.contains("tools")) return;
    check(r["tools"].is_array() && !r["tools"].empty(), "tools must not be empty");
    for (const Json& tool : r["tools"]) {
      known(tool, {"type", "function"}, "tools");
      check(tool.value("type", "") == "function", "tools are functions");
      const Json function = tool.value("function", Json::object());
      known(function, {"name", "description", "parameters"}, "tools.function");
      check(!function.value("name", "").empty() && function.contains("parameters") && function["parameters"].is_object(), "a tool has a name and parameters");
      if (r.value("strict_tools", false)) check(!function["parameters"].value("required", Json::array()).empty(), "strict tools have a required parameter");
    }
  }

  void message(const Json& m, Names& open) {
    const std::string role = m.value("role", "");
    if (role == "tool") {
      known(m, {"role", "tool_call_id", "content"}, "tool message");
      check(open.count(m.value("tool_call_id", "")) == 1, "a tool message answers a call");
      content(m, {"text", "document"});
    } else if (role == "assistant") {
      known(m, {"role", "content", "tool_plan", "tool_calls", "citations"}, "assistant message");
      check(m.contains("content") || m.contains("tool_calls"), "an assistant message has content or calls");
      if (m.contains("content")) content(m, {"text", "thinking"});
      for (const Json& call : m.value("tool_calls", Json::array())) {
        known(call, {"id", "type", "function"}, "tool_calls");
        check(!call.value("id", "").empty(), "a call has an id");
        open.insert(call.value("id", ""));
        const std::string arguments = call.value("function", Json::object()).value("arguments", "");
        check(Json::parse(arguments, nullptr, false).is_object(), "arguments are the text of an object");
      }
    } else {
      check(role == "user" || role == "system", "unknown role " + role);
      known(m, {"role", "content"}, role + " message");
      content(m, role == "user" ? Names{"text", "image_url"} : Names{"text"});
    }
  }

  void content(const Json& m, const Names& types) {
    if (!m.contains("content")) return check(false, "a message has content");
    if (m["content"].is_string()) return;
    check(m["content"].is_array() && !m["content"].empty(), "content is a text or a list");
    for (const Json& block : m["content"]) {
      const std::string type = block.value("type", "");
      check(types.count(type) == 1 && block.contains(type), "content of type " + type);
      known(block, {"type", type}, "content");
      if (type != "image_url" || !block.contains(type)) continue;
      const std::string url = block[type].value("url", "");
      check(url.starts_with("data:image/") || url.starts_with("http"), "an image has an address");
    }
  }
};

}  // namespace sluice::dialects::cohere_tests
