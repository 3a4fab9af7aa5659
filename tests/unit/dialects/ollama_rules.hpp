// What an Ollama server makes of a chat request's members (api/types.go of its source, docs.ollama.com/api/chat): those
// of another type are refused, and those it does not know are lost without a word.
#pragma once
#include <string>
#include <vector>

#include "unit/dialects/rulebook.hpp"

namespace sluice::dialects::ollama_tests {

class Rules : private Rulebook {
 public:
  // Every rule that the request breaks; empty: none.
  static std::vector<std::string> broken_by(const std::string& body) { return broken(Rules(), body); }

 private:
  friend Rulebook;

  void request(const Json& r) {
    known(r, {"model", "messages", "stream", "format", "keep_alive", "tools", "options", "think", "logprobs", "top_logprobs"}, "request");
    check(r.contains("model") && r["model"].is_string() && !r["model"].empty(), "model must be said");
    check(r.contains("stream") && r["stream"].is_boolean(), "stream must be said: it is on by default");
    if (r.contains("format")) check(r["format"] == "json" || r["format"].is_object(), "format is json or a schema");
    if (r.contains("think")) {
      const Json& think = r["think"];
      check(think.is_boolean() || think == "low" || think == "medium" || think == "high", "think is true, false or a level");
    }
    if (r.contains("options")) options(r["options"]);
    for (const Json& tool : r.value("tools", Json::array())) {
      check(tool.value("type", "") == "function" && !tool.at("function").value("name", "").empty(), "a tool is a function with a name");
      check(tool.at("function").at("parameters").is_object(), "parameters are an object");
    }
    check(r.contains("messages") && r["messages"].is_array() && !r["messages"].empty(), "messages must not be empty");
    for (const Json& message : r.value("messages", Json::array())) this->message(message);
  }

  void options(const Json& o) {
    known(o, {"temperature", "top_p", "top_k", "seed", "num_predict", "stop", "presence_penalty", "frequency_penalty", "num_ctx", "num_keep", "min_p", "typical_p",
              "repeat_last_n", "repeat_penalty", "num_gpu", "main_gpu", "num_batch", "num_thread", "use_mmap", "draft_num_predict"}, "options");
    for (const char* name : {"top_k", "seed", "num_predict"}) {
      if (o.contains(name)) check(o[name].is_number_integer(), std::string(name) + " is whole");
    }
    if (o.contains("stop")) check(o["stop"].is_array(), "stop is a list");
  }

  void message(const Json& m) {
    const std::string role = m.value("role", "");
    check(Names{"system", "user", "assistant", "tool"}.count(role) == 1, "unknown role " + role);
    known(m, {"role", "content", "thinking", "images", "tool_calls", "tool_name", "tool_call_id"}, "messages");
    check(m.contains("content") && m["content"].is_string(), "content is a text");
    for (const Json& image : m.value("images", Json::array())) {
      check(image.is_string() && image.get<std::string>().find("data:") == std::string::npos, "images are base64");
    }
    for (const Json& call : m.value("tool_calls", Json::array())) {
      check(role == "assistant", "the assistant calls");
      check(call.at("function").at("arguments").is_object(), "arguments are an object");
      check(!call.at("function").value("name", "").empty(), "a call has a name");
    }
    if (role == "tool") check(m.contains("tool_name") || m.contains("tool_call_id"), "a result says of what");
  }
};

}  // namespace sluice::dialects::ollama_tests
