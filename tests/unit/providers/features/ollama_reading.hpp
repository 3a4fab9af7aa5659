// What Ollama is told, read as Ollama reads it (docs: api.md; api/types.go): no caller speaks it, so that no code of ours
// does.
#pragma once
#include "unit/providers/features/conversation.hpp"

namespace sluice::providers::features {

class OllamaReading {
 public:
  static Chat read(const std::string& body) {
    const Json json = Json::parse(body);
    Chat chat;
    chat.model = json.at("model");
    for (const Json& one : json.at("messages")) chat.messages.push_back(message(one));
    for (const Json& one : json.value("tools", Json::array())) {
      const Json& function = one.at("function");
      chat.tools.push_back({function.at("name"), function.value("description", ""), function.at("parameters").dump(),
          std::nullopt});
    }
    options(json.value("options", Json::object()), chat);
    if (json.contains("format")) format(json["format"], chat);
    if (json.contains("think")) think(json["think"], chat);
    if (json.contains("logprobs")) chat.logprobs = json["logprobs"].get<bool>();
    if (json.contains("top_logprobs")) chat.top_logprobs = json["top_logprobs"].get<std::int64_t>();
    chat.stream = json.at("stream");
    return chat;
  }

 private:
  static llm::Message message(const Json& json) {
    llm::Message made;
    const std::string role = json.at("role"), content = json.at("content");
    made.role = role == "system" ? llm::Role::system : role == "assistant" ? llm::Role::assistant : role == "tool"
        ? llm::Role::tool : llm::Role::user;
    if (json.contains("thinking")) made.parts.emplace_back(llm::Thinking{json["thinking"], "", false, llm::Maker::unknown, {}});
    std::vector<llm::Part> said;
    if (!content.empty()) said.emplace_back(llm::Text{content});
    // Of what kind a picture is its bytes tell.
    for (const Json& image : json.value("images", Json::array())) said.emplace_back(llm::Image{"image/png", image, "", ""});
    if (made.role == llm::Role::tool) made.parts.emplace_back(llm::ToolResult{json.at("tool_call_id"), said});
    else made.parts.insert(made.parts.end(), said.begin(), said.end());
    for (const Json& call : json.value("tool_calls", Json::array())) {
      made.parts.emplace_back(llm::ToolCall{call.value("id", ""), call.at("function").at("name"),
          call.at("function").at("arguments").dump()});
    }
    return made;
  }

  static void options(const Json& json, Chat& chat) {
    const auto number = [&json](const char* name, auto& into) {
      if (json.contains(name)) into = json[name].get<typename std::decay_t<decltype(into)>::value_type>();
    };
    number("temperature", chat.temperature);
    number("top_p", chat.top_p);
    number("top_k", chat.top_k);
    number("seed", chat.seed);
    number("num_predict", chat.max_tokens);
    number("frequency_penalty", chat.frequency_penalty);
    number("presence_penalty", chat.presence_penalty);
    if (json.contains("stop")) chat.stop = json["stop"].get<std::vector<std::string>>();
  }

  static void format(const Json& json, Chat& chat) {
    using Kind = llm::ResponseFormat::Kind;
    chat.response_format = json == "json" ? llm::ResponseFormat{Kind::json_object, "", "", std::nullopt}
                                          : llm::ResponseFormat{Kind::json_schema, "", json.dump(), std::nullopt};
  }

  // A model that thinks shows it.
  static void think(const Json& json, Chat& chat) {
    if (json.is_string()) chat.reasoning_effort = json;
    else if (json == false) chat.reasoning_effort = "none";
    chat.show_thinking = json != false;
  }
};

}  // namespace sluice::providers::features
