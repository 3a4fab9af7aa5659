// What OpenAI's chat completions answer with a 400, as far as it is in the published schema or known from its error
// messages; to hold encoded requests against. With quirks: also what that service does not take.
#pragma once
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "sluice/dialects/quirks.hpp"
#include "unit/dialects/rulebook.hpp"

namespace sluice::dialects::openai_tests {

class Rules : private Rulebook {
 public:
  // Every rule that the request breaks; empty: none.
  static std::vector<std::string> broken_by(const std::string& body, const Quirks& quirks = no_quirks()) {
    return broken(Rules(quirks), body);
  }

 private:
  friend Rulebook;
  explicit Rules(const Quirks& quirks) : x_quirks(quirks) {}

  void request(const Json& r) {
    for (const std::string& path : x_quirks.refuses) {
      if (path.find('.') == path.npos) check(!r.contains(path), "the service refuses " + path);
    }
    for (const auto& [ours, theirs] : x_quirks.renames) check(!r.contains(ours), ours + " is called " + theirs);
    check(r.contains("model") && r["model"].is_string() && r["model"] != "", "model is a string");
    check(!(r.contains("max_tokens") && r.contains("max_completion_tokens")), "one limit only");
    for (const char* name : {"max_tokens", "max_completion_tokens", "n"}) {
      if (r.contains(name)) check(r[name].is_number_integer() && r[name] > 0, std::string(name) + " is positive");
    }
    range(r, "temperature", 0, 2);
    range(r, "top_p", 0, 1);
    range(r, "frequency_penalty", -2, 2);
    range(r, "presence_penalty", -2, 2);
    if (r.contains("stop")) check(r["stop"].is_string() || (r["stop"].is_array() && r["stop"].size() <= 4), "at most four stops");
    if (r.contains("top_logprobs")) check(r.value("logprobs", false), "top_logprobs needs logprobs");
    if (r.contains("stream_options")) check(r.value("stream", false), "stream_options needs stream");
    if (r.value("stream", false) && x_quirks.stream_usage) check(r.contains("stream_options"), "usage is asked for");
    if (r.contains("metadata")) check(r["metadata"].is_object(), "metadata is an object");
    tools(r);
    if (r.contains("messages") && r["messages"].is_array() && !r["messages"].empty()) messages(r["messages"]);
    else broken("messages must not be empty");
    format(r);
  }

  void format(const Json& r) {
    if (!r.contains("response_format")) return;
    const Json& format = r["response_format"];
    const std::string type = type_of(format);
    check(type == "text" || type == "json_object" || type == "json_schema", "response_format: unknown type");
    if (type == "json_object") {
      std::string text = r["messages"].dump();
      std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      check(text.find("json") != text.npos, "'messages' must contain the word 'json'");
    }
    if (type != "json_schema") return;
    check(x_quirks.json_schema, "the service has no json_schema");
    check(is_name(format["json_schema"]["name"]), "json_schema has a name");
    check(format["json_schema"]["schema"].is_object(), "json_schema has a schema");
  }

  void tools(const Json& r) {
    if (r.contains("tool_choice")) check(r.contains("tools"), "tool_choice needs tools");
    if (r.contains("parallel_tool_calls")) check(r.contains("tools"), "parallel_tool_calls needs tools");
    if (!r.contains("tools")) return;
    check(r["tools"].is_array() && !r["tools"].empty(), "tools must not be empty");
    std::set<std::string> names;
    for (const Json& tool : r["tools"]) {
      const std::string type = type_of(tool);
      if (type != "function" && type != "custom") continue;
      check(is_name(tool[type]["name"]), "a tool has a name");
      if (tool[type]["name"].is_string()) names.insert(tool[type]["name"].get<std::string>());
      if (type == "function" && tool[type].contains("parameters")) check(tool[type]["parameters"].is_object(), "parameters are an object");
      if (!x_quirks.strict_tools) check(!tool[type].contains("strict"), "the service has no strict tools");
    }
    if (!r.contains("tool_choice") || !r["tool_choice"].is_object()) return;
    const std::string type = type_of(r["tool_choice"]);
    if (type == "function" || type == "custom") check(names.count(r["tool_choice"][type].value("name", "")) == 1, "the chosen tool is there");
    else check(type == "allowed_tools" || type == "tool", "tool_choice: unknown type");   // tool: as xAI's clients say it
  }

  void messages(const Json& all) {
    std::set<std::string> open;   // ids of calls without a result
    std::size_t systems = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Json& message = all[i];
      const std::string role = message.value("role", "");
      if (role == "tool") {
        check(open.erase(message.value("tool_call_id", "")) == 1, "a tool message answers a call before it");
        check(message.contains("content") && !message["content"].is_null(), "a tool message has content");
        if (message.contains("content") && message["content"].is_array()) content(message["content"], role);
        continue;
      }
      check(open.empty(), "calls must be followed by tool messages responding to each");
      open.clear();
      if (role == "system" || role == "developer") {
        check(role == "system" || x_quirks.developer_role, "the service knows no developer");
        check(x_quirks.many_systems || (i == 0 && ++systems == 1), "one system message, at the top");
        check(message.contains("content") && !message["content"].is_null(), "a system message has content");
      } else if (role == "user") {
        check(message.contains("content") && !message["content"].is_null(), "a user message has content");
      } else if (role == "assistant") {
        assistant(message, open);
      } else {
        broken("unknown role " + role);
      }
      if (message.contains("content") && message["content"].is_array()) content(message["content"], role);
    }
    check(open.empty(), "calls must be followed by tool messages responding to each");
  }

  void assistant(const Json& message, std::set<std::string>& open) {
    const bool calls = message.contains("tool_calls");
    const bool silent = !message.contains("content") || message["content"].is_null();
    check(!silent || calls || message.contains("refusal") || message.contains("audio"), "an assistant's message has content or calls");
    if (x_quirks.assistant_must_have_content) check(!silent, "an assistant's message has content");
    if (!calls) return;
    check(message["tool_calls"].is_array() && !message["tool_calls"].empty(), "tool_calls must not be empty");
    for (const Json& call : message["tool_calls"]) {
      const std::string id = call.value("id", ""), type = type_of(call);
      check(!id.empty() && id.size() <= 40, "a call's id has 1 to 40 characters");
      const auto length = static_cast<std::size_t>(x_quirks.call_id_length);
      if (length > 0) check(id.size() == length, "a call's id has exactly " + std::to_string(length));
      check(open.insert(id).second, "ids of calls are unique in their turn");
      if (type == "function") check(call["function"]["arguments"].is_string(), "arguments are a string");
      else check(type == "custom" && call["custom"]["input"].is_string(), "a custom call has an input");
    }
  }

  void content(const Json& list, const std::string& role) {
    check(!list.empty(), "content must not be an empty list");
    check(x_quirks.content_lists, "the service takes strings only");
    for (const Json& part : list) {
      const std::string type = type_of(part);
      if (part.is_object() && part.contains("cache_control")) check(x_quirks.cache_marks, "the service takes no cache_control");
      if (type == "text") check(part.contains("text") && part["text"].is_string(), "a text part has a text");
      else if (type == "thinking" && role == "assistant") check(x_quirks.reasoning_history == "content", "no thinking in content");
      else if (type == "image_url") image(part, role);
      else if (type == "input_audio") check(role == "user" && part[type]["data"].is_string() && part[type]["format"].is_string(), "audio has data and format");
      else if (type == "file") check(role == "user" && (part[type].contains("file_id") || part[type].value("file_data", "").starts_with("data:")), "a file has data");
      else check(type == "refusal" && role == "assistant", "unknown part " + type);
    }
  }

  void image(const Json& part, const std::string& role) {
    check(role == "user" || (role == "tool" && x_quirks.images_in_tool_results), "images only from users");
    const std::string url = part["image_url"].value("url", "");
    check(url.starts_with("data:image/") || url.starts_with("https://") || url.starts_with("http://"), "an image has a URL");
  }

  const Quirks& x_quirks;
};

}  // namespace sluice::dialects::openai_tests
