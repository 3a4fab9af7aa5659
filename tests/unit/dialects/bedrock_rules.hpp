// What Converse takes, checked independently of the code under test: the shapes, names and limits of the service's own
// model (bedrock-runtime 2023-09-30, as published with the AWS SDKs), and what its errors say beyond that.
#pragma once
#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace sluice::dialects::bedrock_tests {

class ConverseRules {
 public:
  using Json = nlohmann::ordered_json;

  // Each breach in a line; empty: none.
  static std::string breaches(const Json& request) {
    ConverseRules rules;
    rules.request(request);
    return rules.x_found;
  }

 private:
  void say(const std::string& what) { x_found += what + "\n"; }
  void only(const Json& object, const std::string& where, const std::set<std::string>& known) {
    if (!object.is_object()) return say(where + " is no object");
    for (const auto& [key, value] : object.items()) {
      if (known.count(key) == 0) say(where + "." + key + " is not known");
    }
  }
  void one_of(const Json& value, const std::string& where, const std::set<std::string>& known) {
    if (!value.is_string() || known.count(value.get<std::string>()) == 0) say(where + " has " + value.dump());
  }

  void request(const Json& request) {
    only(request, "request", {"messages", "system", "inferenceConfig", "toolConfig", "guardrailConfig", "additionalModelRequestFields",
                              "promptVariables", "additionalModelResponseFieldPaths", "requestMetadata", "performanceConfig", "serviceTier",
                              "outputConfig", "projectIdentifier"});
    if (!request.contains("messages") || request["messages"].empty()) say("no messages");
    messages(request["messages"]);
    if (request.contains("system")) {
      for (const auto& block : request["system"]) {
        only(block, "system", {"text", "cachePoint", "guardContent"});
        if (block.size() != 1) say("a system block has not one member");
        if (block.contains("text") && blank(block["text"])) say("a blank system text");
      }
    }
    if (request.contains("inferenceConfig")) inference(request["inferenceConfig"]);
    if (request.contains("toolConfig")) tools(request["toolConfig"]);
    else if (x_tool_blocks) say("The toolConfig field must be defined when using toolUse and toolResult content blocks.");
    if (request.contains("outputConfig")) output(request["outputConfig"]);
    if (request.contains("requestMetadata")) metadata(request["requestMetadata"]);
    if (request.contains("serviceTier")) one_of(request["serviceTier"]["type"], "serviceTier", {"priority", "default", "flex", "reserved"});
  }

  static bool blank(const Json& text) { return text.get<std::string>().find_first_not_of(" \t\r\n") == std::string::npos; }

  void inference(const Json& config) {
    only(config, "inferenceConfig", {"maxTokens", "temperature", "topP", "stopSequences"});
    if (config.contains("maxTokens") && (!config["maxTokens"].is_number_integer() || config["maxTokens"] < 1)) say("maxTokens");
    for (const char* key : {"temperature", "topP"}) {
      if (config.contains(key) && (!config[key].is_number() || config[key] < 0 || config[key] > 1)) say(key);
    }
    if (config.contains("stopSequences")) {
      for (const auto& stop : config["stopSequences"]) if (stop.get<std::string>().empty()) say("an empty stop sequence");
    }
  }

  void tools(const Json& config) {
    only(config, "toolConfig", {"tools", "toolChoice"});
    std::set<std::string> names;
    if (!config.contains("tools") || config["tools"].empty()) return say("no tools");
    for (const auto& tool : config["tools"]) {
      only(tool, "tool", {"toolSpec", "systemTool", "cachePoint"});
      if (tool.size() != 1) say("a tool has not one member");
      if (!tool.contains("toolSpec")) continue;
      const Json& spec = tool["toolSpec"];
      only(spec, "toolSpec", {"name", "description", "inputSchema", "strict"});
      name(spec["name"], "toolSpec.name");
      if (!names.insert(spec["name"]).second) say("a tool twice: " + spec["name"].dump());
      if (spec.contains("description") && spec["description"].get<std::string>().empty()) say("an empty description");
      const Json& schema = spec["inputSchema"]["json"];   // what it says else is the caller's
      if (!schema.is_object() || !schema.contains("type")) say("inputSchema of " + spec["name"].dump());
    }
    for (const auto& called : x_called) if (names.count(called) == 0) say("called and not declared: " + called);
    if (!config.contains("toolChoice")) return;
    const Json& choice = config["toolChoice"];
    only(choice, "toolChoice", {"auto", "any", "tool"});
    if (choice.size() != 1) say("toolChoice has not one member");
    if (choice.contains("tool") && names.count(choice["tool"]["name"]) == 0) say("toolChoice names no tool");
  }

  void name(const Json& value, const std::string& where) {
    static const std::regex pattern("[a-zA-Z0-9_-]{1,64}");
    if (!value.is_string() || !std::regex_match(value.get<std::string>(), pattern)) say(where + " is " + value.dump());
  }

  void output(const Json& config) {
    only(config, "outputConfig", {"textFormat", "effort"});
    if (!config.contains("textFormat")) return;
    one_of(config["textFormat"]["type"], "textFormat.type", {"json_schema"});
    const Json& schema = config["textFormat"]["structure"]["jsonSchema"];
    only(schema, "jsonSchema", {"schema", "name", "description"});
    if (!schema["schema"].is_string() || !Json::accept(schema["schema"].get<std::string>())) say("the schema is no JSON text");
  }

  void metadata(const Json& map) {
    static const std::regex pattern("[a-zA-Z0-9\\s:_@$#=/+,\\-.]{0,256}");
    if (map.empty() || map.size() > 16) say("requestMetadata's size");
    for (const auto& [key, value] : map.items()) {
      if (key.empty() || !std::regex_match(key, pattern) || !value.is_string() || !std::regex_match(value.get<std::string>(), pattern)) say("requestMetadata." + key);
    }
  }

  void messages(const Json& list) {
    std::string expected = "user";
    for (const auto& message : list) {
      only(message, "message", {"role", "content"});
      if (message["role"] != expected) say("roles do not alternate, beginning with the user");
      expected = expected == "user" ? "assistant" : "user";
      if (message["content"].empty()) say("an empty message");
      turn(message);
    }
    if (!x_open.empty()) say("a tool call without result");
  }

  void turn(const Json& message) {
    const bool user = message["role"] == "user";
    if (!user && !x_open.empty()) say("a tool call without result");
    bool has_text = false, has_document = false, results_over = false;
    std::string before;
    for (const auto& block : message["content"]) {
      only(block, "block", {"text", "image", "document", "video", "audio", "toolUse", "toolResult", "guardContent", "cachePoint",
                            "reasoningContent", "citationsContent", "searchResult"});
      if (block.size() != 1) say("a block has not one member");
      const std::string kind = block.begin().key();
      const Json& value = block.begin().value();
      if (kind == "toolResult" && results_over && user) say("a tool result behind other content");
      if (kind != "toolResult" && kind != "cachePoint") results_over = true;
      if (kind == "cachePoint" && before == "document") say("a cachePoint right behind a document");
      if (kind == "cachePoint") cache_point(value);
      has_text = has_text || kind == "text";
      has_document = has_document || kind == "document";
      block_value(kind, value, user);
      before = kind;
    }
    if (has_document && !has_text) say("a document without a text");
  }

  void cache_point(const Json& point) {
    one_of(point["type"], "cachePoint.type", {"default"});
    if (point.contains("ttl")) one_of(point["ttl"], "cachePoint.ttl", {"5m", "1h"});
    if (++x_points > 4) say("more than four cache points");
  }

  void block_value(const std::string& kind, const Json& value, bool user) {
    if (kind == "text" && blank(value)) say("a blank text");
    if (kind == "image") media(value, kind, {"png", "jpeg", "gif", "webp"});
    if (kind == "video") media(value, kind, {"mkv", "mov", "mp4", "webm", "flv", "mpeg", "mpg", "wmv", "three_gp"});
    if (kind == "audio") media(value, kind, {"mp3", "opus", "wav", "aac", "flac", "mp4", "ogg", "mkv", "mka", "x-aac", "m4a", "mpeg", "mpga", "pcm", "webm"});
    if (kind == "document") document(value);
    if (kind == "toolUse") tool_use(value, user);
    if (kind == "toolResult") tool_result(value, user);
    if (kind == "reasoningContent") {
      if (user) say("reasoning of the user");
      only(value, kind, {"reasoningText", "redactedContent"});
      if (value.contains("reasoningText")) only(value["reasoningText"], "reasoningText", {"text", "signature"});
    }
  }

  void media(const Json& value, const std::string& kind, const std::set<std::string>& formats) {
    only(value, kind, {"format", "source"});
    one_of(value["format"], kind + ".format", formats);
    source(value["source"], kind);
  }
  void source(const Json& value, const std::string& kind) {
    only(value, kind + ".source", kind == "document" ? std::set<std::string>{"bytes", "s3Location", "text", "content"} : std::set<std::string>{"bytes", "s3Location"});
    static const std::regex base64("[A-Za-z0-9+/]+={0,2}");
    if (!value.contains("bytes")) return;
    const std::string bytes = value["bytes"];
    const bool letters = bytes.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") == std::string::npos;
    if (bytes.empty() || bytes.size() % 4 != 0 || !letters) say(kind + ": bytes that are no base64");
  }
  void document(const Json& value) {
    static const std::regex pattern("[A-Za-z0-9_\\-()\\[\\]]+( [A-Za-z0-9_\\-()\\[\\]]+)*");
    only(value, "document", {"format", "name", "source", "context", "citations"});
    if (value.contains("format")) one_of(value["format"], "document.format", {"pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"});
    const std::string name = value.value("name", "");
    if (name.size() > 200 || !std::regex_match(name, pattern)) say("document.name: " + name);
    if (!x_documents.insert(name).second) say("a document's name twice");
    source(value["source"], "document");
  }
  void tool_use(const Json& value, bool user) {
    static const std::regex pattern("[a-zA-Z0-9_.:-]{1,64}");
    if (user) say("toolUse of the user");
    only(value, "toolUse", {"toolUseId", "name", "input", "type"});
    const std::string id = value["toolUseId"];
    if (!std::regex_match(id, pattern)) say("toolUseId: " + id);
    name(value["name"], "toolUse.name");
    if (!value["input"].is_object()) say("toolUse.input is no object");
    x_tool_blocks = true;
    if (value.value("type", "") == "server_tool_use") return;
    if (!x_ids.insert(id).second) say("a toolUseId twice");
    x_open.insert(id);
    x_called.insert(value["name"]);
  }
  void tool_result(const Json& value, bool user) {
    only(value, "toolResult", {"toolUseId", "content", "status", "type"});
    x_tool_blocks = true;
    if (!user) return;   // of a system tool
    if (x_open.erase(value["toolUseId"]) == 0) say("a tool result without call");
    if (!value["content"].is_array()) say("toolResult.content");
    if (value.contains("status")) one_of(value["status"], "toolResult.status", {"success", "error"});
    for (const auto& block : value["content"]) {
      only(block, "toolResult.content", {"text", "json", "image", "document", "video", "searchResult"});
      if (block.contains("image")) media(block["image"], "image", {"png", "jpeg", "gif", "webp"});
      if (block.contains("document")) document(block["document"]);
    }
  }

  std::string x_found;
  std::set<std::string> x_open, x_ids, x_called, x_documents;
  int x_points = 0;
  bool x_tool_blocks = false;
};

}  // namespace sluice::dialects::bedrock_tests
