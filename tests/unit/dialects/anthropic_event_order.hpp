// The order of events in a stream of the messages API (docs: Streaming messages), as a state machine that also puts the
// message together as the official SDKs do. It knows nothing of the writer.
#pragma once
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace sluice::dialects::anthropic_tests {

class EventOrder {
 public:
  using Json = nlohmann::json;

  struct Result {
    Json message;                       // as the SDKs accumulate it
    std::vector<std::string> broken;    // every rule that the stream breaks; empty: none
    bool ended = false, failed = false;
  };

  static Result read(const std::string& sse) {
    EventOrder order;
    std::istringstream lines(sse);
    std::string name;
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("event: ")) name = line.substr(7);
      else if (line.starts_with("data: ")) order.event(name, line.substr(6));
      else if (line.empty()) name.clear();
      else order.broken("a line that is no field: " + line);
    }
    order.check(order.x_out.ended || order.x_out.failed, "the stream has an end");
    return order.x_out;
  }

 private:
  void broken(std::string what) { x_out.broken.push_back(std::move(what)); }
  void check(bool holds, const std::string& rule) {
    if (!holds) broken(rule);
  }

  void event(const std::string& name, const std::string& data) {
    const Json e = Json::parse(data, nullptr, false);
    if (!e.is_object()) return broken("data is no JSON object: " + data.substr(0, 100));
    const std::string type = e.value("type", "");
    check(name == type, "the event's name is its type: " + name + ", " + type);
    check(!x_out.ended && !x_out.failed, "nothing follows the end: " + type);
    if (type == "ping") return;
    if (type == "error") {
      check(e.contains("error") && e["error"].value("type", "") != "" && e["error"].contains("message"), "an error says what it is");
      x_out.failed = true;
      return;
    }
    if (type == "message_start") return message_start(e);
    check(!x_out.message.is_null(), "message_start comes first");
    if (x_out.message.is_null()) return;
    if (type == "content_block_start") block_start(e);
    else if (type == "content_block_delta") block_delta(e);
    else if (type == "content_block_stop") block_stop(e);
    else if (type == "message_delta") message_delta(e);
    else if (type == "message_stop") message_stop();
    else broken("unknown event " + type);
  }

  void message_start(const Json& e) {
    check(x_out.message.is_null(), "message_start comes once");
    x_out.message = e.value("message", Json::object());
    const Json& m = x_out.message;
    check(m.value("type", "") == "message" && m.value("role", "") == "assistant", "it starts a message");
    check(m.contains("content") && m["content"].empty(), "which is empty");
    check(m.contains("id") && m.contains("model") && m.contains("stop_reason") && m["stop_reason"].is_null(), "and named");
    check(m.contains("usage") && m["usage"].contains("input_tokens") && m["usage"].contains("output_tokens"), "with usage");
  }

  void block_start(const Json& e) {
    check(!x_open && !x_delta, "one block at a time, before message_delta");
    check(e.value("index", -1) == static_cast<int>(x_out.message["content"].size()), "indexes count up from 0");
    x_open = true;
    x_json.clear();
    x_out.message["content"].push_back(e.value("content_block", Json::object()));
    const Json& block = x_out.message["content"].back();
    const std::string type = block.value("type", "");
    if (type == "text") check(block.value("text", "?").empty(), "a text begins empty");
    if (type == "thinking") check(block.value("thinking", "?").empty() && block.value("signature", "?").empty(), "so does a thought");
    if (type == "tool_use") {
      check(block.value("id", "") != "" && block.contains("name"), "a call has id and name");
      check(block.contains("input") && block["input"] == Json::object(), "and begins with an empty input");
    }
  }

  void block_delta(const Json& e) {
    check(x_open && e.value("index", -1) == static_cast<int>(x_out.message["content"].size()) - 1, "a delta is of the open block");
    if (!x_open) return;
    Json& block = x_out.message["content"].back();
    const Json delta = e.value("delta", Json::object());
    const std::string type = delta.value("type", ""), of = block.value("type", "");
    if (type == "text_delta") {
      check(of == "text", "text_delta is of a text");
      block["text"] = block.value("text", "") + delta.value("text", "");
    } else if (type == "thinking_delta" || type == "signature_delta") {
      check(of == "thinking", type + " is of a thought");
      const char* const member = type == "thinking_delta" ? "thinking" : "signature";
      check(type == "signature_delta" || block.value("signature", "").empty(), "the signature is the last delta");
      block[member] = block.value(member, "") + delta.value(member, "");
    } else if (type == "input_json_delta") {
      check(of == "tool_use" || of == "server_tool_use", "input_json_delta is of a call");
      x_json += delta.value("partial_json", "");
    } else if (type == "citations_delta") {
      check(of == "text" && delta.contains("citation") && delta["citation"].is_object(), "a citation is of a text");
      block["citations"].push_back(delta.value("citation", Json()));
    } else {
      broken("unknown delta " + type);
    }
  }

  void block_stop(const Json& e) {
    check(x_open && e.value("index", -1) == static_cast<int>(x_out.message["content"].size()) - 1, "the open block stops");
    x_open = false;
    if (x_json.empty()) return;
    Json& block = x_out.message["content"].back();
    block["input"] = Json::parse(x_json, nullptr, false);
    check(block["input"].is_object(), "the pieces of an input are one JSON object: " + x_json.substr(0, 100));
  }

  void message_delta(const Json& e) {
    check(!x_open && !x_delta, "message_delta comes once, behind the blocks");
    x_delta = true;
    const Json delta = e.value("delta", Json::object());
    check(delta.contains("stop_reason") && delta["stop_reason"].is_string(), "it says why the answer stops");
    check(e.contains("usage") && e["usage"].contains("output_tokens"), "and the usage");
    for (const auto& [name, value] : delta.items()) x_out.message[name] = value;
    const Json usage = e.value("usage", Json::object());
    for (const auto& [name, value] : usage.items()) x_out.message["usage"][name] = value;
  }

  void message_stop() {
    check(x_delta, "message_stop comes behind message_delta");
    x_out.ended = true;
  }

  Result x_out;
  std::string x_json;
  bool x_open = false, x_delta = false;
};

}  // namespace sluice::dialects::anthropic_tests
