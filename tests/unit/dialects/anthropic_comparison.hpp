// Compares what was written in Anthropic's dialect with what it was made of, knowing the API's rules but nothing of how
// the code works. Everything that may differ is listed here, with the reason.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace sluice::dialects::anthropic_tests {

class Comparison {
 public:
  using Json = nlohmann::json;

  // Each difference between a request and the one it has become; empty: they ask for the same.
  static std::vector<std::string> of_requests(Json before, Json after) {
    Comparison c;
    c.normalise_request(before);
    c.normalise_request(after);
    c.compare("", before, after);
    return c.x_differences;
  }

  // Of answers: the content, the reason to stop, the name. Usage is compared by its meaning elsewhere.
  static std::vector<std::string> of_answers(Json before, Json after) {
    Comparison c;
    for (Json* answer : {&before, &after}) {
      c.normalise_answer(*answer);
    }
    c.compare("", before, after);
    return c.x_differences;
  }

 private:
  static bool blank(const Json& text) {
    return !text.is_string() || text.get_ref<const std::string&>().find_first_not_of(" \t\r\n") == std::string::npos;
  }

  // Says the same with and without.
  static void default_member(Json& object, const char* name, const Json& value) {
    if (object.contains(name) && (object[name] == value || object[name].is_null())) object.erase(name);
  }

  void normalise_request(Json& r) {
    for (const char* said : {"stream"}) default_member(r, said, false);
    r.erase("model");               // the provider's name for it, or in the path
    r.erase("anthropic_version");   // put into the body by Vertex and Bedrock only
    if (r.contains("output_format")) {   // the beta's name
      r["output_config"]["format"] = r["output_format"];
      r.erase("output_format");
    }
    if (r.contains("system")) as_blocks(r["system"]);
    default_member(r, "system", Json::array());
    default_member(r, "tools", Json::array());
    // With thinking the temperature is always 1, and 1 is the default without.
    default_member(r, "temperature", 1.0);
    if (r.contains("tool_choice") && !r.contains("tools")) r.erase("tool_choice");
    if (r.contains("thinking")) {
      default_member(r["thinking"], "display", "summarized");   // the default of the models that were recorded with it
    }
    if (r.contains("tools")) {
      for (Json& tool : r["tools"]) tool_default(tool);
    }
    for (Json& message : r["messages"]) {
      as_blocks(message["content"]);
      for (Json& block : message["content"]) block_defaults(block);
    }
  }

  static void tool_default(Json& tool) {
    default_member(tool, "type", "custom");
    default_member(tool, "description", "");
    cache_default(tool);
  }
  static void cache_default(Json& object) {
    if (object.contains("cache_control")) default_member(object["cache_control"], "ttl", "5m");
  }

  static void block_defaults(Json& block) {
    cache_default(block);
    default_member(block, "is_error", false);
    default_member(block, "citations", Json::array());
    default_member(block, "caller", {{"type", "direct"}});
    if (block.value("type", "") == "tool_result" && block.contains("content")) {
      as_blocks(block["content"]);
      for (Json& inner : block["content"]) block_defaults(inner);
    }
  }

  // A string is one text block.
  static void as_blocks(Json& content) {
    if (content.is_string()) content = Json::array({{{"type", "text"}, {"text", content}}});
    Json kept = Json::array();
    for (Json& block : content) {
      const bool empty = block.value("type", "") == "text" && blank(block["text"]);   // Anthropic takes none
      cache_default(block);
      if (!empty) kept.push_back(block);
    }
    content = std::move(kept);
  }

  void normalise_answer(Json& answer) {
    for (const char* own : {"usage", "stop_details", "container", "context_management"}) answer.erase(own);
    // The same to a client: there is no room for more.
    if (answer["stop_reason"] == "model_context_window_exceeded") answer["stop_reason"] = "max_tokens";
    Json kept = Json::array();
    for (Json& block : answer["content"]) {
      block_defaults(block);
      default_member(block, "citations", nullptr);
      if (block.value("type", "") == "text" && block.value("text", "").empty()) continue;
      kept.push_back(block);
    }
    answer["content"] = std::move(kept);
  }

  void compare(const std::string& at, const Json& a, const Json& b) {
    if (a == b) return;
    if (a.is_object() && b.is_object()) {
      for (const auto& [name, value] : a.items()) {
        if (!b.contains(name)) x_differences.push_back(at + "." + name + " is lost: " + value.dump().substr(0, 200));
        else compare(at + "." + name, value, b[name]);
      }
      for (const auto& [name, value] : b.items()) {
        if (!a.contains(name)) x_differences.push_back(at + "." + name + " is new: " + value.dump().substr(0, 200));
      }
    } else if (a.is_array() && b.is_array() && a.size() == b.size()) {
      for (std::size_t i = 0; i < a.size(); ++i) compare(at + "[" + std::to_string(i) + "]", a[i], b[i]);
    } else {
      x_differences.push_back(at + " was " + a.dump().substr(0, 300) + ", is " + b.dump().substr(0, 300));
    }
  }

  std::vector<std::string> x_differences;
};

}  // namespace sluice::dialects::anthropic_tests
