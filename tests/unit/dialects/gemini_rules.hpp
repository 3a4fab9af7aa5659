// What the Gemini API refuses with a 400, as far as it is documented or known from its error messages; to hold encoded
// requests against. Written without a look at the encoder.
#pragma once
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/base/base64.hpp"
#include "unit/dialects/rulebook.hpp"

namespace sluice::dialects::gemini_tests {

class Rules : private Rulebook {
 public:
  // Every rule that the request breaks; empty: none.
  static std::vector<std::string> broken_by(const std::string& body, std::string_view model) {
    Rules rules;
    rules.x_three = model.find("gemini-3") != model.npos;
    rules.x_older = model.find("gemini-2") != model.npos || model.find("gemini-1") != model.npos;
    return broken(std::move(rules), body);
  }

 private:
  friend Rulebook;

  void request(const Json& r) {
    known(r, {"contents", "systemInstruction", "tools", "toolConfig", "generationConfig", "safetySettings", "cachedContent", "labels", "serviceTier",
             "modelArmorConfig", "store"}, "request");
    if (r.contains("systemInstruction")) {
      const Json& parts = r["systemInstruction"]["parts"];
      check(parts.is_array() && !parts.empty(), "a system instruction has parts");
      for (const Json& part : parts) check(part.contains("text") && part.size() == 1, "a system instruction is text");
    }
    tools(r);
    settings(r);
    if (r.contains("contents") && r["contents"].is_array() && !r["contents"].empty()) contents(r["contents"]);
    else broken("contents is not specified");
  }

  void tools(const Json& r) {
    std::size_t own = 0;
    if (r.contains("tools")) {
      check(!r["tools"].empty(), "tools is not empty");
      for (const Json& tool : r["tools"]) {
        if (!tool.contains("functionDeclarations")) {
          ++own;
          continue;
        }
        check(tool.size() == 1 && !tool["functionDeclarations"].empty(), "a tool is one thing");
        for (const Json& function : tool["functionDeclarations"]) declaration(function);
      }
    }
    check(!(x_older && own > 0 && !x_functions.empty()), "tool use with function calling is unsupported");
    if (!r.contains("toolConfig")) return;
    known(r["toolConfig"], {"functionCallingConfig", "includeServerSideToolInvocations", "retrievalConfig"}, "toolConfig");
    const Json calling = r["toolConfig"].value("functionCallingConfig", Json::object());
    const std::string mode = calling.value("mode", "AUTO");
    check(std::set<std::string>{"AUTO", "ANY", "NONE", "VALIDATED"}.count(mode) == 1, "unknown mode " + mode);
    check(!calling.contains("mode") || !x_functions.empty(), "function calling config is set without function_declarations");
    if (calling.contains("allowedFunctionNames")) {
      check(mode == "ANY" || mode == "VALIDATED", "allowed_function_names should only be set when the mode is ANY");
    }
  }

  void declaration(const Json& f) {
    known(f, {"name", "description", "parameters", "parametersJsonSchema"}, "functionDeclaration");
    check(f.contains("name") && f["name"].is_string() && !f["name"].get<std::string>().empty(), "a function has a name");
    x_functions.insert(f.value("name", ""));
    check(!(f.contains("parameters") && f.contains("parametersJsonSchema")), "one form of parameters");
    if (f.contains("parameters")) openapi(f["parameters"]);
    if (f.contains("parametersJsonSchema")) check(f["parametersJsonSchema"].is_object(), "a schema is an object");
  }

  void openapi(const Json& s) {
    known(s, {"type", "format", "title", "description", "nullable", "enum", "items", "maxItems", "minItems", "properties", "required", "minProperties",
             "maxProperties", "minimum", "maximum", "minLength", "maxLength", "pattern", "example", "anyOf", "propertyOrdering", "default"}, "Schema");
    static const std::set<std::string> types = {"STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"};
    if (s.contains("type")) check(s["type"].is_string() && types.count(s["type"]) == 1, "Schema.type");
    else check(s.contains("anyOf"), "Schema.type is missing");
    if (s.contains("items")) openapi(s["items"]);
    if (s.value("type", "") == "ARRAY") check(s.contains("items"), "items: missing field");
    for (const Json& one : s.value("anyOf", Json::array())) openapi(one);
    for (const Json& one : s.value("enum", Json::array())) check(one.is_string(), "Schema.enum is of strings");
    const Json properties = s.value("properties", Json::object());
    for (const auto& [name, one] : properties.items()) openapi(one);
    for (const Json& name : s.value("required", Json::array())) check(name.is_string() && properties.contains(name.get<std::string>()), "required: property is not defined");
  }

  void settings(const Json& r) {
    if (!r.contains("generationConfig")) return;
    const Json& c = r["generationConfig"];
    known(c, {"temperature", "topP", "topK", "candidateCount", "maxOutputTokens", "presencePenalty", "frequencyPenalty", "seed", "stopSequences",
             "responseMimeType", "responseSchema", "responseJsonSchema", "responseLogprobs", "logprobs", "responseModalities", "speechConfig",
             "thinkingConfig", "mediaResolution", "imageConfig", "audioTimestamp", "routingConfig"}, "generationConfig");
    check(!(c.contains("responseSchema") && c.contains("responseJsonSchema")), "one form of schema");
    if (c.contains("responseSchema") || c.contains("responseJsonSchema")) check(c.value("responseMimeType", "") == "application/json", "a schema needs application/json");
    if (c.contains("responseSchema")) openapi(c["responseSchema"]);
    check(!(x_older && c.contains("responseMimeType") && !x_functions.empty()), "function calling with a response mime type is unsupported");
    if (c.contains("logprobs")) check(c.value("responseLogprobs", false), "logprobs needs responseLogprobs");
    if (c.contains("seed")) check(c["seed"] >= -2147483648LL && c["seed"] <= 2147483647LL, "seed is an int32");
    if (c.contains("candidateCount")) check(c["candidateCount"] >= 1 && c["candidateCount"] <= 8, "candidateCount");
    if (c.contains("stopSequences")) {
      check(!c["stopSequences"].empty() && c["stopSequences"].size() <= 5, "up to five stop sequences");
      for (const Json& stop : c["stopSequences"]) check(stop.is_string() && !stop.get<std::string>().empty(), "a stop sequence is not empty");
    }
    if (!c.contains("thinkingConfig")) return;
    const Json& t = c["thinkingConfig"];
    check(!(t.contains("thinkingBudget") && t.contains("thinkingLevel")), "a budget or a level");
    if (t.contains("thinkingLevel")) check(!x_older, "thinking level is not supported");
  }

  void contents(const Json& all) {
    std::string before;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string role = all[i].value("role", "");
      check(role == "user" || role == "model", "role is user or model");
      check(role != before, "turns alternate");
      before = role;
      if (!all[i].contains("parts") || !all[i]["parts"].is_array() || all[i]["parts"].empty()) {
        broken("parts must not be empty");
        continue;
      }
      std::size_t results = 0;
      std::vector<std::string> calls;
      for (const Json& part : all[i]["parts"]) {
        this->part(part, role);
        if (part.contains("functionCall")) calls.push_back(part["functionCall"].value("name", ""));
        if (part.contains("functionResponse")) {
          check(results < x_open.size() && x_open[results] == part["functionResponse"].value("name", ""), "a response answers a call of its name, in order");
          ++results;
        }
      }
      if (role == "user") check(results == x_open.size(), "the number of function response parts is that of the function call parts");
      x_open = calls;
    }
    check(x_open.empty(), "every call has its response");
    if (x_three) signatures(all);
  }

  void part(const Json& p, const std::string& role) {
    static const std::set<std::string> data = {"text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult",
                                               "toolCall", "toolResponse"};
    std::size_t kinds = 0;
    for (const auto& [name, value] : p.items()) {
      if (data.count(name) == 1) ++kinds;
      else check(name == "thought" || name == "thoughtSignature" || name == "videoMetadata", "unknown member of a part: " + name);
    }
    check(kinds == 1, "a part is one thing");
    if (p.contains("text")) check(p["text"].is_string() && (!p["text"].get<std::string>().empty() || p.contains("thoughtSignature")), "a text is not empty");
    if (p.contains("thoughtSignature")) check(p["thoughtSignature"].is_string() && from_base64(p["thoughtSignature"].get<std::string>()).has_value(), "a signature is bytes");
    if (p.contains("functionCall")) {
      check(role == "model" && p["functionCall"].value("args", Json()).is_object(), "a call has args and is the model's");
      known(p["functionCall"], {"id", "name", "args"}, "functionCall");
    }
    if (p.contains("functionResponse")) {
      known(p["functionResponse"], {"id", "name", "response", "parts"}, "functionResponse");
      check(role == "user" && p["functionResponse"].value("response", Json()).is_object(), "a response is an object and the user's");
      check(!(x_older && p["functionResponse"].contains("parts")), "no media in responses");
    }
    if (p.contains("inlineData")) {
      check(is_base64(p["inlineData"].value("data", "")) && !p["inlineData"].value("mimeType", "").empty(), "a blob has a type and data");
    }
    if (p.contains("fileData")) {
      const std::string uri = p["fileData"].value("fileUri", "");
      check(uri.starts_with("https://") || uri.starts_with("gs://"), "a file's address");
    }
  }

  // "Function call is missing a thought_signature in functionCall parts": the first call of each step of the current turn.
  void signatures(const Json& all) {
    std::size_t begin = all.size();
    const auto goes_on = [&](const Json& turn) {
      return turn.value("role", "") == "model" ||
             std::all_of(turn["parts"].begin(), turn["parts"].end(), [](const Json& part) { return part.contains("functionResponse"); });
    };
    while (begin > 0 && goes_on(all[begin - 1])) --begin;
    for (std::size_t i = begin; i < all.size(); ++i) {
      for (const Json& part : all[i]["parts"]) {
        if (!part.contains("functionCall")) continue;
        check(part.contains("thoughtSignature"), "a function call is missing a thought signature");
        break;
      }
    }
  }

  bool x_three = false, x_older = false;
  std::set<std::string> x_functions;
  std::vector<std::string> x_open;   // names of the calls of the turn before
};

}  // namespace sluice::dialects::gemini_tests
