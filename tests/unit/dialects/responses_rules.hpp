// What OpenAI's Responses API answers with a 400, as far as it is in the published reference
// (platform.openai.com/docs/api-reference/responses/create) or known from its error messages; to hold encoded requests
// against.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "unit/dialects/rulebook.hpp"

namespace sluice::dialects::responses_tests {

class Rules : private Rulebook {
 public:
  // Every rule that the request breaks; empty: none.
  static std::vector<std::string> broken_by(const std::string& body) { return broken(Rules(), body); }

 private:
  friend Rulebook;

  void request(const Json& r) {
    known(r, {"model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "max_output_tokens",
        "max_tool_calls", "temperature", "top_p", "top_logprobs", "reasoning", "text", "include", "metadata", "store",
        "stream", "stream_options", "previous_response_id", "conversation", "prompt", "prompt_cache_key",
        "prompt_cache_retention", "prompt_cache_options", "safety_identifier", "user", "service_tier", "truncation",
        "background", "context_management"}, "request");
    check(at(r, "model").is_string() && r["model"] != "", "model is a string");
    model(r.value("model", ""));
    // "Expected a value >= 16"
    if (r.contains("max_output_tokens")) {
      check(r["max_output_tokens"].is_number_integer() && r["max_output_tokens"] >= 16, "max_output_tokens is at least 16");
    }
    range(r, "temperature", 0, 2);
    range(r, "top_p", 0, 1);
    range(r, "top_logprobs", 0, 20);
    const Json& effort = at(at(r, "reasoning"), "effort");
    const bool thinks = x_reasons && effort != "none" && !(x_still_unasked && effort.is_null());
    check(!(thinks && (r.contains("temperature") || r.contains("top_p"))), "a reasoning model takes no samplers");
    for (const char* name : {"stream", "store", "parallel_tool_calls", "background"}) {
      if (r.contains(name)) check(r[name].is_boolean(), std::string(name) + " is true or false");
    }
    if (r.contains("instructions")) check(r["instructions"].is_string(), "instructions are a text");
    if (r.contains("service_tier")) one_of(r["service_tier"], {"auto", "default", "flex", "scale", "priority"}, "service_tier");
    if (r.contains("stream_options")) check(r.value("stream", false), "stream_options needs stream");
    metadata(r);
    reasoning(r);
    includes(r);
    tools(r);
    tool_choice(r);
    format(r);
    input(r);
  }

  void model(std::string name) {
    if (const auto slash = name.rfind('/'); slash != name.npos) name.erase(0, slash + 1);
    const bool numbered = name.size() > 1 && name[0] == 'o' && std::isdigit(static_cast<unsigned char>(name[1])) != 0;
    x_reasons = numbered || (name.starts_with("gpt-5") && !name.starts_with("gpt-5-chat"));
    x_still_unasked = name.starts_with("gpt-5.") && name[6] >= '1' && name[6] <= '4';
    x_older = name.starts_with("gpt-4") || name.starts_with("gpt-3");
  }

  void metadata(const Json& r) {
    if (!r.contains("metadata")) return;
    check(r["metadata"].is_object() && r["metadata"].size() <= 16, "metadata has up to 16 pairs");
    for (const auto& [name, value] : r["metadata"].items()) {
      check(name.size() <= 64 && value.is_string() && value.get_ref<const std::string&>().size() <= 512, "metadata: " + name);
    }
  }

  void reasoning(const Json& r) {
    if (!r.contains("reasoning")) return;
    const Json& reasoning = r["reasoning"];
    known(reasoning, {"effort", "summary", "generate_summary", "context"}, "reasoning");
    check(!x_older, "'reasoning' is not supported with this model");
    if (reasoning.contains("effort")) {
      one_of(reasoning["effort"], {"none", "minimal", "low", "medium", "high", "xhigh", "max"}, "reasoning.effort");
    }
    if (reasoning.contains("summary")) one_of(reasoning["summary"], {"auto", "concise", "detailed"}, "reasoning.summary");
  }

  void includes(const Json& r) {
    for (const Json& one : at(r, "include")) {
      one_of(one, {"web_search_call.action.sources", "web_search_call.results", "code_interpreter_call.outputs",
          "computer_call_output.output.image_url", "file_search_call.results", "message.input_image.image_url",
          "message.output_text.logprobs", "reasoning.encrypted_content"}, "include");
      check(!(x_older && one == "reasoning.encrypted_content"), "encrypted content is not supported with this model");
    }
  }

  void tools(const Json& r) {
    if (!r.contains("tools")) return;
    check(r["tools"].is_array(), "tools are a list");
    for (const Json& tool : r["tools"]) {
      const std::string type = type_of(tool);
      if (type == "function") {
        known(tool, {"type", "name", "description", "parameters", "strict"}, "tools");
        check(at(tool, "parameters").is_object() || at(tool, "parameters").is_null(), "parameters are an object");
        if (tool.contains("strict")) check(tool["strict"].is_boolean() || tool["strict"].is_null(), "strict is true or false");
      } else if (type == "custom") {
        known(tool, {"type", "name", "description", "format"}, "tools");
      } else {
        one_of(type, {"web_search", "web_search_preview", "web_search_2025_08_26", "web_search_preview_2025_03_11",
            "file_search", "mcp", "computer", "computer_use_preview", "code_interpreter", "image_generation", "local_shell",
            "shell", "apply_patch", "namespace", "tool_search"}, "tools.type");
        if (type == "code_interpreter") check(tool.contains("container"), "code_interpreter has a container");
        x_tools.insert(type);
        continue;
      }
      check(is_name(at(tool, "name")), "a tool has a name");
      check(x_tools.insert(tool.value("name", "")).second, "names of tools are unique");
    }
  }

  void tool_choice(const Json& r) {
    if (!r.contains("tool_choice")) return;
    const Json& choice = r["tool_choice"];
    if (choice.is_string()) {
      one_of(choice, {"none", "auto", "required"}, "tool_choice");
      check(choice != "required" || !x_tools.empty(), "tool_choice needs tools");
      return;
    }
    const std::string type = type_of(choice);
    if (type == "function" || type == "custom" || type == "mcp") {
      check(type == "mcp" || x_tools.count(choice.value("name", "")) == 1, "the chosen tool is there");
    } else if (type == "allowed_tools") {
      one_of(at(choice, "mode"), {"auto", "required"}, "tool_choice.mode");
      check(at(choice, "tools").is_array() && !choice["tools"].empty(), "tool_choice.tools");
      for (const Json& tool : at(choice, "tools")) {
        check(x_tools.count(tool.value("name", "")) == 1 || x_tools.count(type_of(tool)) == 1, "the allowed tool is there");
      }
    } else {
      check(x_tools.count(type) == 1, "the chosen tool is there");
    }
  }

  void format(const Json& r) {
    if (!r.contains("text")) return;
    known(r["text"], {"format", "verbosity"}, "text");
    if (r["text"].contains("verbosity")) one_of(r["text"]["verbosity"], {"low", "medium", "high"}, "text.verbosity");
    if (!r["text"].contains("format")) return;
    const Json& format = r["text"]["format"];
    one_of(at(format, "type"), {"text", "json_object", "json_schema"}, "text.format.type");
    if (type_of(format) == "json_object") {
      // "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'."
      std::string said = at(r, "input").dump();
      std::transform(said.begin(), said.end(), said.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      check(said.find("json") != said.npos, "'input' must contain the word 'json'");
    }
    if (type_of(format) != "json_schema") return;
    known(format, {"type", "name", "description", "schema", "strict"}, "text.format");
    check(is_name(at(format, "name")) && at(format, "schema").is_object(), "a format has a name and a schema");
  }

  void input(const Json& r) {
    const Json& input = at(r, "input");
    if (input.is_string()) return;
    if (!input.is_array() || input.empty()) {
      return check(r.contains("previous_response_id") || r.contains("prompt") || r.contains("conversation"),
          "input must be said");
    }
    bool reasoned = false;   // the item before is reasoning, which wants what it led to behind it
    for (const Json& item : input) {
      const std::string type = item.contains("role") && !item.contains("type") ? "message" : type_of(item);
      const bool models = type.ends_with("_call") || item.value("role", "") == "assistant" || type == "reasoning";
      check(!reasoned || models, "reasoning is followed by what it led to");
      reasoned = type == "reasoning";
      if (type == "message") message(item);
      else this->item(item, type);
    }
    check(!reasoned, "reasoning is followed by what it led to");
    // "No tool output found for function call …"
    check(x_open.empty(), "every call has its output");
  }

  void item(const Json& item, const std::string& type) {
    if (type == "function_call" || type == "custom_tool_call") {
      known(item, {"type", "id", "call_id", "name", "arguments", "input", "status", "namespace"}, type);
      const std::string id = item.value("call_id", "");
      check(!id.empty() && id.size() <= 64, "call_id has 1 to 64 characters");
      check(x_open.insert(id).second, "ids of calls are unique");
      check(is_name(at(item, "name"), 128), "a call has a name");
      check(at(item, type == "function_call" ? "arguments" : "input").is_string(), "arguments are a text");
    } else if (type == "function_call_output" || type == "custom_tool_call_output") {
      known(item, {"type", "id", "call_id", "output", "status"}, type);
      check(x_open.erase(item.value("call_id", "")) == 1, "no tool call found for the output");
      const Json& output = at(item, "output");
      check(output.is_string() || output.is_array(), "output is a text or a list");
      if (output.is_array()) content(output, {"input_text", "input_image", "input_file"});
    } else if (type == "reasoning") {
      known(item, {"type", "id", "summary", "content", "encrypted_content", "status"}, type);
      check(!x_older, "reasoning items are not for this model");
      check(at(item, "summary").is_array(), "reasoning has a summary");
      if (item.contains("id")) check(item.value("id", "").starts_with("rs"), "the id of reasoning begins with rs");
    } else {
      one_of(type, {"web_search_call", "file_search_call", "code_interpreter_call", "image_generation_call", "computer_call",
          "computer_call_output", "mcp_call", "mcp_list_tools", "mcp_approval_request", "mcp_approval_response",
          "local_shell_call", "local_shell_call_output", "shell_call", "shell_call_output", "apply_patch_call",
          "apply_patch_call_output", "item_reference", "compaction"}, "input.type");
    }
  }

  void message(const Json& message) {
    known(message, {"type", "role", "content", "id", "status", "phase"}, "message");
    one_of(at(message, "role"), {"user", "assistant", "system", "developer"}, "role");
    const Json& said = at(message, "content");
    if (said.is_string()) return;
    if (!said.is_array()) return broken("content is a text or a list");
    if (at(message, "role") == "assistant") content(said, {"output_text", "refusal"});
    else content(said, {"input_text", "input_image", "input_file", "input_audio"});
  }

  void content(const Json& list, const Names& types) {
    check(!list.empty(), "content must not be an empty list");
    for (const Json& part : list) {
      const std::string type = type_of(part);
      one_of(type, types, "content.type");
      if (type == "input_text" || type == "output_text") check(at(part, "text").is_string(), "a text has text");
      if (type == "refusal") check(at(part, "refusal").is_string(), "a refusal has text");
      if (type == "input_image") {
        const std::string url = part.value("image_url", "");
        check(part.contains("file_id") || url.starts_with("data:image/") || url.starts_with("https://") ||
            url.starts_with("http://"), "an image has an address");
        if (part.contains("detail")) one_of(part["detail"], {"auto", "low", "high", "original"}, "detail");
      }
      if (type == "input_file") {
        check(part.contains("file_id") || part.contains("file_url") || part.value("file_data", "").starts_with("data:"),
            "a file has content");
        if (part.contains("file_data")) check(!part.value("filename", "").empty(), "file data has a name");
      }
      if (type == "input_audio") {
        check(at(part[type], "data").is_string() && at(part[type], "format").is_string(), "audio has data and format");
      }
    }
  }

  bool x_reasons = false, x_older = false, x_still_unasked = false;
  Names x_tools, x_open;
};

}  // namespace sluice::dialects::responses_tests
