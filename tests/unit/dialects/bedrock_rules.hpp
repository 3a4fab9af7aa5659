// What Converse takes, checked independently of the code under test: the shapes, names and limits of the service's own
// model (bedrock-runtime 2023-09-30, as published with the AWS SDKs), and what its errors say beyond that.
#pragma once
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "unit/dialects/rulebook.hpp"

namespace sluice::dialects::bedrock_tests {

class Rules : private Rulebook {
 public:
  // Every rule that the request breaks; empty: none.
  static std::vector<std::string> broken_by(const std::string& body) { return broken(Rules(), body); }

 private:
  friend Rulebook;

  void request(const Json& request) {
    known(request, {"messages", "system", "inferenceConfig", "toolConfig", "guardrailConfig", "additionalModelRequestFields",
                              "promptVariables", "additionalModelResponseFieldPaths", "requestMetadata", "performanceConfig", "serviceTier",
                              "outputConfig", "projectIdentifier"}, "request");
    if (!request.contains("messages") || request["messages"].empty()) broken("no messages");
    messages(request["messages"]);
    if (request.contains("system")) {
      for (const auto& block : request["system"]) {
        known(block, {"text", "cachePoint", "guardContent"}, "system");
        if (block.size() != 1) broken("a system block has not one member");
        if (block.contains("text") && blank(block["text"])) broken("a blank system text");
      }
    }
    if (request.contains("inferenceConfig")) inference(request["inferenceConfig"]);
    if (request.contains("toolConfig")) tools(request["toolConfig"]);
    else if (x_tool_blocks) broken("The toolConfig field must be defined when using toolUse and toolResult content blocks.");
    if (request.contains("outputConfig")) output(request["outputConfig"]);
    if (request.contains("requestMetadata")) metadata(request["requestMetadata"]);
    if (request.contains("serviceTier")) one_of(request["serviceTier"]["type"], {"priority", "default", "flex", "reserved"}, "serviceTier");
  }

  void inference(const Json& config) {
    known(config, {"maxTokens", "temperature", "topP", "stopSequences"}, "inferenceConfig");
    if (config.contains("maxTokens") && (!config["maxTokens"].is_number_integer() || config["maxTokens"] < 1)) broken("maxTokens");
    for (const char* key : {"temperature", "topP"}) {
      if (config.contains(key) && (!config[key].is_number() || config[key] < 0 || config[key] > 1)) broken(key);
    }
    if (config.contains("stopSequences")) {
      for (const auto& stop : config["stopSequences"]) if (stop.get<std::string>().empty()) broken("an empty stop sequence");
    }
  }

  void tools(const Json& config) {
    known(config, {"tools", "toolChoice"}, "toolConfig");
    Names names;
    if (!config.contains("tools") || config["tools"].empty()) return broken("no tools");
    for (const auto& tool : config["tools"]) {
      known(tool, {"toolSpec", "systemTool", "cachePoint"}, "tool");
      if (tool.size() != 1) broken("a tool has not one member");
      if (!tool.contains("toolSpec")) continue;
      const Json& spec = tool["toolSpec"];
      known(spec, {"name", "description", "inputSchema", "strict"}, "toolSpec");
      name(spec["name"], "toolSpec.name");
      if (!names.insert(spec["name"]).second) broken("a tool twice: " + spec["name"].dump());
      if (spec.contains("description") && spec["description"].get<std::string>().empty()) broken("an empty description");
      const Json& schema = spec["inputSchema"]["json"];   // what it says else is the caller's
      if (!schema.is_object() || !schema.contains("type")) broken("inputSchema of " + spec["name"].dump());
    }
    for (const auto& called : x_called) if (names.count(called) == 0) broken("called and not declared: " + called);
    if (!config.contains("toolChoice")) return;
    const Json& choice = config["toolChoice"];
    known(choice, {"auto", "any", "tool"}, "toolChoice");
    if (choice.size() != 1) broken("toolChoice has not one member");
    if (choice.contains("tool") && names.count(choice["tool"]["name"]) == 0) broken("toolChoice names no tool");
  }

  void name(const Json& value, const std::string& where) {
    check(is_name(value), where + " is " + value.dump());
  }

  void output(const Json& config) {
    known(config, {"textFormat", "effort"}, "outputConfig");
    if (!config.contains("textFormat")) return;
    one_of(config["textFormat"]["type"], {"json_schema"}, "textFormat.type");
    const Json& schema = config["textFormat"]["structure"]["jsonSchema"];
    known(schema, {"schema", "name", "description"}, "jsonSchema");
    if (!schema["schema"].is_string() || !Json::accept(schema["schema"].get<std::string>())) broken("the schema is no JSON text");
  }

  void metadata(const Json& map) {
    static const std::regex pattern("[a-zA-Z0-9\\s:_@$#=/+,\\-.]{0,256}");
    if (map.empty() || map.size() > 16) broken("requestMetadata's size");
    for (const auto& [key, value] : map.items()) {
      if (key.empty() || !std::regex_match(key, pattern) || !value.is_string() || !std::regex_match(value.get<std::string>(), pattern)) broken("requestMetadata." + key);
    }
  }

  void messages(const Json& list) {
    std::string expected = "user";
    for (const auto& message : list) {
      known(message, {"role", "content"}, "message");
      if (message["role"] != expected) broken("roles do not alternate, beginning with the user");
      expected = expected == "user" ? "assistant" : "user";
      if (message["content"].empty()) broken("an empty message");
      turn(message);
    }
    if (!x_open.empty()) broken("a tool call without result");
  }

  void turn(const Json& message) {
    const bool user = message["role"] == "user";
    if (!user && !x_open.empty()) broken("a tool call without result");
    bool has_text = false, has_document = false, results_over = false;
    std::string before;
    for (const auto& block : message["content"]) {
      known(block, {"text", "image", "document", "video", "audio", "toolUse", "toolResult", "guardContent", "cachePoint",
                            "reasoningContent", "citationsContent", "searchResult"}, "block");
      if (block.size() != 1) broken("a block has not one member");
      const std::string kind = block.begin().key();
      const Json& value = block.begin().value();
      if (kind == "toolResult" && results_over && user) broken("a tool result behind other content");
      if (kind != "toolResult" && kind != "cachePoint") results_over = true;
      if (kind == "cachePoint" && before == "document") broken("a cachePoint right behind a document");
      if (kind == "cachePoint") cache_point(value);
      has_text = has_text || kind == "text";
      has_document = has_document || kind == "document";
      block_value(kind, value, user);
      before = kind;
    }
    if (has_document && !has_text) broken("a document without a text");
  }

  void cache_point(const Json& point) {
    one_of(point["type"], {"default"}, "cachePoint.type");
    if (point.contains("ttl")) one_of(point["ttl"], {"5m", "1h"}, "cachePoint.ttl");
    if (++x_points > 4) broken("more than four cache points");
  }

  void block_value(const std::string& kind, const Json& value, bool user) {
    if (kind == "text" && blank(value)) broken("a blank text");
    if (kind == "image") media(value, kind, {"png", "jpeg", "gif", "webp"});
    if (kind == "video") media(value, kind, {"mkv", "mov", "mp4", "webm", "flv", "mpeg", "mpg", "wmv", "three_gp"});
    if (kind == "audio") media(value, kind, {"mp3", "opus", "wav", "aac", "flac", "mp4", "ogg", "mkv", "mka", "x-aac", "m4a", "mpeg", "mpga", "pcm", "webm"});
    if (kind == "document") document(value);
    if (kind == "toolUse") tool_use(value, user);
    if (kind == "toolResult") tool_result(value, user);
    if (kind == "reasoningContent") {
      if (user) broken("reasoning of the user");
      known(value, {"reasoningText", "redactedContent"}, kind);
      if (value.contains("reasoningText")) known(value["reasoningText"], {"text", "signature"}, "reasoningText");
    }
  }

  void media(const Json& value, const std::string& kind, const Names& formats) {
    known(value, {"format", "source"}, kind);
    one_of(value["format"], formats, kind + ".format");
    source(value["source"], kind);
  }
  void source(const Json& value, const std::string& kind) {
    known(value, kind == "document" ? Names{"bytes", "s3Location", "text", "content"} : Names{"bytes", "s3Location"}, kind + ".source");
    static const std::regex base64("[A-Za-z0-9+/]+={0,2}");
    if (!value.contains("bytes")) return;
    const std::string bytes = value["bytes"];
    const bool letters = bytes.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") == std::string::npos;
    if (bytes.empty() || bytes.size() % 4 != 0 || !letters) broken(kind + ": bytes that are no base64");
  }
  void document(const Json& value) {
    static const std::regex pattern("[A-Za-z0-9_\\-()\\[\\]]+( [A-Za-z0-9_\\-()\\[\\]]+)*");
    known(value, {"format", "name", "source", "context", "citations"}, "document");
    if (value.contains("format")) one_of(value["format"], {"pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"}, "document.format");
    const std::string name = value.value("name", "");
    if (name.size() > 200 || !std::regex_match(name, pattern)) broken("document.name: " + name);
    if (!x_documents.insert(name).second) broken("a document's name twice");
    source(value["source"], "document");
  }
  void tool_use(const Json& value, bool user) {
    static const std::regex pattern("[a-zA-Z0-9_.:-]{1,64}");
    if (user) broken("toolUse of the user");
    known(value, {"toolUseId", "name", "input", "type"}, "toolUse");
    const std::string id = value["toolUseId"];
    if (!std::regex_match(id, pattern)) broken("toolUseId: " + id);
    name(value["name"], "toolUse.name");
    if (!value["input"].is_object()) broken("toolUse.input is no object");
    x_tool_blocks = true;
    if (value.value("type", "") == "server_tool_use") return;
    if (!x_ids.insert(id).second) broken("a toolUseId twice");
    x_open.insert(id);
    x_called.insert(value["name"]);
  }
  void tool_result(const Json& value, bool user) {
    known(value, {"toolUseId", "content", "status", "type"}, "toolResult");
    x_tool_blocks = true;
    if (!user) return;   // of a system tool
    if (x_open.erase(value["toolUseId"]) == 0) broken("a tool result without call");
    if (!value["content"].is_array()) broken("toolResult.content");
    if (value.contains("status")) one_of(value["status"], {"success", "error"}, "toolResult.status");
    for (const auto& block : value["content"]) {
      known(block, {"text", "json", "image", "document", "video", "searchResult"}, "toolResult.content");
      if (block.contains("image")) media(block["image"], "image", {"png", "jpeg", "gif", "webp"});
      if (block.contains("document")) document(block["document"]);
    }
  }

  Names x_open, x_ids, x_called, x_documents;
  int x_points = 0;
  bool x_tool_blocks = false;
};

}  // namespace sluice::dialects::bedrock_tests
