// What a request asks for, in lines that can be compared: in whichever dialect it was written, and however its provider
// wants turns, systems and texts put together.
#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/all.hpp"
#include "support/traffic.hpp"

namespace sluice::dialects::pairs_tests {

// A line's kind ("temperature", "call") says in which table it may be missing; its text is what must come back.
struct Line {
  std::string kind, text;
  friend bool operator==(const Line&, const Line&) = default;
};

class Asked {
 public:
  static std::vector<Line> by(const llm::ChatRequest& request) {
    Asked asked;
    asked.conversation(request);
    asked.tools(request);
    asked.settings(request);
    return std::move(asked.x_lines);
  }

 private:
  using Json = nlohmann::json;

  void add(std::string kind, std::string text) { x_lines.push_back({std::move(kind), std::move(text)}); }

  static std::string plain(const std::string& json) {
    const Json value = Json::parse(json.empty() ? "{}" : json, nullptr, false);
    return value.is_discarded() ? json : value.dump();
  }

  // A schema without what says nothing, and without the closing of objects that some APIs want and others refuse.
  static Json plain_schema(const Json& schema) {
    if (schema.is_array()) {
      Json out = Json::array();
      for (const Json& one : schema) out.push_back(plain_schema(one));
      return out;
    }
    if (!schema.is_object()) return schema;
    Json out = Json::object();
    for (const auto& [name, value] : schema.items()) {
      const bool empty = value.is_structured() && value.empty();
      const bool says_nothing = (name == "description" && value == "") || (empty && (name == "required" || name == "properties"));
      if (says_nothing || name == "additionalProperties" || name == "strict" || name == "$schema") continue;
      out[name] = plain_schema(value);
    }
    // Gemini takes a reference with nothing beside it only.
    if (out.contains("anyOf") && out["anyOf"].size() == 1 && out["anyOf"][0].contains("$ref") && !out.contains("$ref")) {
      out["$ref"] = Json(out["anyOf"][0]["$ref"]);
      out.erase("anyOf");
    }
    return out == Json{{"type", "object"}} ? Json::object() : out;
  }
  static std::string plain_schema(const std::string& text) {
    const Json value = Json::parse(text.empty() ? "{}" : text, nullptr, false);
    return value.is_discarded() ? text : plain_schema(value).dump();
  }

  // Texts are put together with line ends between them where a provider takes one text only.
  static void append_text(std::string& all, std::string_view text) {
    bool broke = false;
    for (const char c : text) {
      if (c == '\n' || c == '\r') broke = true;
      else if (broke && (c == ' ' || c == '\t')) continue;
      else {
        if (broke && !all.empty()) {
          while (all.ends_with(' ') || all.ends_with('\t')) all.pop_back();
          all += '\n';
        }
        broke = false;
        all += c;
      }
    }
    if (!all.empty() && !all.ends_with('\n')) all += '\n';
  }

  void end_text() {
    while (x_text.ends_with('\n') || x_text.ends_with(' ')) x_text.pop_back();
    if (!x_text.empty()) add("text", x_side + ": " + x_text);
    x_text.clear();
  }

  void conversation(const llm::ChatRequest& request) {
    std::string systems;
    for (const llm::Message& message : request.messages) {
      if (message.role != llm::Role::system && message.role != llm::Role::developer) continue;
      for (const llm::Part& part : message.parts) {
        if (const auto* text = std::get_if<llm::Text>(&part)) append_text(systems, text->text);
      }
    }
    if (!systems.empty()) add("text", "system: " + systems.substr(0, systems.find_last_not_of(" \n") + 1));
    for (const llm::Message& message : request.messages) {
      if (message.role == llm::Role::system || message.role == llm::Role::developer) continue;
      const std::string side = message.role == llm::Role::assistant ? "assistant" : "user";
      if (side != x_side) end_text();
      x_side = side;
      if (!message.name.empty() && message.role != llm::Role::tool) add("name", message.name);
      for (const llm::Part& part : message.parts) this->part(part);
    }
    end_text();
  }

  void part(const llm::Part& part) {
    if (const auto* text = std::get_if<llm::Text>(&part)) {
      append_text(x_text, text->text);
      if (!text->signature.empty()) add("signature", text->signature);
    } else if (const auto* refusal = std::get_if<llm::Refusal>(&part)) {
      append_text(x_text, refusal->text);
    } else if (const auto* thought = std::get_if<llm::Thinking>(&part)) {
      if (!thought->redacted && !thought->text.empty()) add("thinking", thought->text);
      if (!thought->signature.empty()) add("signature", thought->signature);
    } else if (const auto* call = std::get_if<llm::ToolCall>(&part)) {
      end_text();
      add("call", number(call->id) + " " + call->name + " " + plain(call->arguments));
      if (!call->signature.empty()) add("signature", call->signature);
    } else if (const auto* result = std::get_if<llm::ToolResult>(&part)) {
      end_text();
      this->result(*result);
    } else {
      other(part);
    }
  }

  void result(const llm::ToolResult& result) {
    std::string text;
    for (const llm::Part& part : result.content) {
      if (const auto* said = std::get_if<llm::Text>(&part)) append_text(text, said->text);
      else other(part);   // some providers take it behind the results only
    }
    while (text.ends_with('\n')) text.pop_back();
    // Gemini's results are objects: a text is a member of one.
    Json json = Json::parse(text, nullptr, false);
    if (json.is_object() && json.size() == 1 && (json.contains("result") || json.contains("error"))) json = Json(json.front());
    if (json.is_string()) text = json.get<std::string>();
    add("result", number(result.call_id) + " " + (json.is_structured() ? json.dump() : text));
    if (result.is_error) add("error", number(result.call_id));
  }

  void other(const llm::Part& part) {
    if (const auto* image = std::get_if<llm::Image>(&part)) {
      add("image", image->media_type + " " + image->url + image->base64.substr(0, 200) + image->file_id);
      if (!image->detail.empty() && image->detail != "auto") add("detail", image->detail);
    } else if (const auto* file = std::get_if<llm::File>(&part)) {
      const bool is_text = file->media_type == "text/plain" && !file->base64.empty();
      add("file", (file->url.empty() ? file->media_type : "") + " " + file->url +
          (is_text ? test::detail::decode_base64(file->base64) : file->base64.substr(0, 200)) +
                      file->text + file->file_id + (file->source.empty() ? "" : " from " + file->source));
    } else if (const auto* audio = std::get_if<llm::Audio>(&part)) {
      add("audio", audio->format + " " + audio->base64.substr(0, 200));
    } else if (const auto* mark = std::get_if<llm::CacheMark>(&part)) {
      add("cache", mark->hour ? "hour" : "short");
    } else if (const auto* server = std::get_if<llm::ServerPart>(&part)) {
      add("server", plain(server->raw));
    }
  }

  // Ids may be made anew: a call is known by its place.
  std::string number(const std::string& id) {
    const auto [at, fresh] = x_calls.try_emplace(id, x_calls.size());
    return "#" + std::to_string(at->second);
  }

  void tools(const llm::ChatRequest& request) {
    for (const llm::Tool& tool : request.tools) {
      add("tool", tool.name + ": " + tool.description);
      add("schema", tool.name + ": " + plain_schema(tool.parameters));
      if (tool.strict == true) add("strict", tool.name);
      if (tool.cache) add("cache", tool.name);
    }
    for (const llm::ServerTool& tool : request.server_tools) add("server_tool", std::to_string(static_cast<int>(tool.kind)));
    if (const auto& choice = request.tool_choice; choice && choice->kind != llm::ToolChoice::Kind::automatic) {
      // must be called, whichever way it is said
      const bool only = choice->kind == llm::ToolChoice::Kind::named && request.tools.size() == 1;
      std::string text = only ? "2" : std::to_string(static_cast<int>(choice->kind)) + choice->name;
      for (const std::string& name : choice->allowed) text += " " + name;
      add("tool_choice", text);
    }
    if (request.parallel_tool_calls == false && !request.tools.empty()) add("parallel_tool_calls", "no");
  }

  template <class Number>
  void number(const char* kind, const std::optional<Number>& value) {
    if (value) add(kind, Json(*value).dump());
  }
  // 1 is what samplers do unasked.
  void sampler(const char* kind, const std::optional<double>& value) {
    if (value != 1.0) number(kind, value);
  }

  void settings(const llm::ChatRequest& r) {
    number("max_tokens", r.max_tokens);
    sampler("temperature", r.temperature);
    sampler("top_p", r.top_p);
    number("top_k", r.top_k);
    number("seed", r.seed);
    number("frequency_penalty", r.frequency_penalty);
    number("presence_penalty", r.presence_penalty);
    for (const std::string& stop : r.stop) add("stop", stop);
    if (r.response_format && r.response_format->kind != llm::ResponseFormat::Kind::text) {
      add("response_format", std::to_string(static_cast<int>(r.response_format->kind)));
      if (!r.response_format->schema.empty()) add("response_schema", plain_schema(r.response_format->schema));
    }
    const bool thinks = !r.reasoning_effort.empty() || r.thinking_budget.value_or(-1) >= 0;   // -1: as it does unasked
    if (thinks) add("thinks", r.reasoning_effort == "none" || r.thinking_budget == 0 ? "no" : "yes");
    if (!r.reasoning_effort.empty()) add("effort", r.reasoning_effort);
    if (r.thinking_budget.value_or(-1) >= 0) add("budget", std::to_string(*r.thinking_budget));
    if (r.logprobs == true) add("logprobs", "yes");
    if (!r.user.empty()) add("user", r.user);
    if (!r.metadata.empty()) add("metadata", plain(r.metadata));
    if (r.stream) add("stream", "yes");
  }

  std::vector<Line> x_lines;
  std::string x_side, x_text;
  std::map<std::string, std::size_t> x_calls;
};

}  // namespace sluice::dialects::pairs_tests
