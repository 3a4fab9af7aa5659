// Reads chat answers of OpenAI's dialect by itself, with a JSON tree, to hold the decoder against: no code of ours.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/all.hpp"
#include "support/traffic.hpp"
#include "unit/dialects/neutral_events.hpp"

namespace sluice::dialects::openai_tests {

using Json = nlohmann::ordered_json;

// What an answer says.
struct Told {
  struct Call { std::string id, name, arguments; };
  std::string text, thinking, refusal;
  std::vector<Call> calls;
  std::string finish;          // of the first choice, in the service's words; empty: none
  bool failed = false, ended = false;
  std::size_t citations = 0;
  Json usage;                  // null: none
};

inline std::string string_in(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

// The data of each event, line ends of both kinds.
inline std::vector<std::string> data_of(std::string_view stream) {
  std::vector<std::string> found;
  while (!stream.empty()) {
    const std::size_t end = stream.find('\n');
    std::string_view line = stream.substr(0, end);
    stream.remove_prefix(end == stream.npos ? stream.size() : end + 1);
    while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
    if (line.starts_with("data:")) found.emplace_back(line.substr(line.find_first_not_of(' ', 5)));
  }
  return found;
}

inline bool has_error(const Json& object) {
  const auto error = object.find("error");
  return error != object.end() && ((error->is_object() && !error->empty()) || (error->is_string() && *error != ""));
}

inline void add_message(const Json& message, Told& told) {
  const auto content = message.find("content");
  if (content != message.end() && content->is_string()) told.text += content->get<std::string>();
  if (content != message.end() && content->is_array()) {
    for (const Json& part : *content) {
      if (part.value("type", "") == "text") told.text += part.at("text").get<std::string>();
      if (part.value("type", "") != "thinking") continue;
      for (const Json& piece : part.at("thinking")) told.thinking += piece.at("text").get<std::string>();
    }
  }
  std::string thinking = string_in(message, "reasoning_content");
  if (thinking.empty()) thinking = string_in(message, "reasoning");
  if (thinking.empty() && message.contains("reasoning_details") && message["reasoning_details"].is_array()) {
    for (const Json& detail : message["reasoning_details"]) thinking += string_in(detail, "text") + string_in(detail, "summary");
  }
  told.thinking += thinking;
  told.refusal += string_in(message, "refusal");
  if (message.contains("annotations") && message["annotations"].is_array()) told.citations += message["annotations"].size();
  if (message.contains("function_call") && message["function_call"].is_object() && !string_in(message["function_call"], "name").empty()) {
    told.calls.push_back({"", string_in(message["function_call"], "name"), string_in(message["function_call"], "arguments")});
  }
  if (!message.contains("tool_calls") || !message["tool_calls"].is_array()) return;
  for (const Json& call : message["tool_calls"]) {
    const Json& inner = call.contains("function") ? call["function"] : call["custom"];
    const std::string id = string_in(call, "id"), name = string_in(inner, "name");
    auto at = told.calls.end();
    for (auto one = told.calls.begin(); one != told.calls.end() && !id.empty(); ++one) {
      if (one->id == id) at = one;
    }
    if (at == told.calls.end() && (!name.empty() || told.calls.empty())) at = told.calls.insert(at, Told::Call{id, name, ""});
    if (at == told.calls.end()) --at;
    at->arguments += inner.contains("arguments") ? string_in(inner, "arguments") : string_in(inner, "input");
  }
}

inline void add_object(const Json& object, bool whole, Told& told) {
  if (has_error(object)) told.failed = true;
  if (object.contains("usage") && object["usage"].is_object()) told.usage = object["usage"];
  if (object.contains("x_groq") && object["x_groq"].is_object()) {
    if (object["x_groq"].contains("usage")) told.usage = object["x_groq"]["usage"];
    if (has_error(object["x_groq"])) told.failed = true;
  }
  if (!object.contains("choices")) return;
  for (const Json& choice : object["choices"]) {
    if (choice.value("index", 0) != 0) continue;
    if (has_error(choice)) told.failed = true;
    const char* member = whole ? "message" : "delta";
    if (choice.contains(member)) add_message(choice[member], told);
    const std::string finish = string_in(choice, "finish_reason");
    if (told.finish.empty()) told.finish = finish;
    if (told.finish.empty() && choice.contains("finish_details")) told.finish = string_in(choice["finish_details"], "type");
  }
}

// The model's own tags around its thoughts.
inline void split_tags(Told& told) {
  const std::size_t first = told.text.find_first_not_of(" \n");
  if (first == std::string::npos || told.text.compare(first, 7, "<think>") != 0 || !told.thinking.empty()) return;
  const std::size_t end = told.text.find("</think>");
  told.thinking = told.text.substr(first + 7, end == std::string::npos ? end : end - first - 7);
  const std::size_t text = end == std::string::npos ? end : told.text.find_first_not_of(" \n", end + 8);
  told.text = text == std::string::npos ? "" : told.text.substr(text);
}

inline Told read_stream(std::string_view stream) {
  Told told;
  told.failed = stream.find("event: error") != stream.npos;
  for (const std::string& data : data_of(stream)) {
    if (data == "[DONE]") told.ended = true;
    else if (!told.failed) add_object(Json::parse(data), false, told);
  }
  told.ended = told.ended || !told.finish.empty();
  split_tags(told);
  return told;
}

inline Told read_whole(const Json& body) {
  Told told;
  add_object(body, true, told);
  split_tags(told);
  return told;
}

inline llm::Finish finish_meant(const Told& told) {
  const std::string& word = told.finish;
  if (word == "length" || word == "max_tokens") return llm::Finish::length;
  if (word == "content_filter") return llm::Finish::content_filter;
  if (!told.calls.empty()) return llm::Finish::tool_calls;
  return llm::Finish::stop;   // also where none is told: the stream has come to its end
}

// One line for each event, everything in it shown.
inline std::string describe(const std::vector<llm::StreamEvent>& events) {
  namespace event = llm::event;
  struct Line {
    static std::string signs(const std::string& signature, llm::Maker maker) {
      return signature.empty() ? "" : " signed " + std::to_string(static_cast<int>(maker)) + signature;
    }
    std::string operator()(const event::Started& e) const { return "started " + e.id + " " + e.model; }
    std::string operator()(const event::TextDelta& e) const {
      return "text " + std::to_string(e.choice) + Json(e.text).dump() + signs(e.signature, e.maker) + e.logprobs;
    }
    std::string operator()(const event::RefusalDelta& e) const { return "refusal " + Json(e.text).dump(); }
    std::string operator()(const event::ThinkingDelta& e) const {
      return "thinking " + std::to_string(e.choice) + Json(e.text).dump() + signs(e.signature, e.maker) + (e.redacted ? " redacted" : "") + e.id;
    }
    std::string operator()(const event::ToolCallStarted& e) const {
      return "tool " + std::to_string(e.choice) + " " + std::to_string(e.index) + " " + e.id + " " + e.name +
             signs(e.signature, e.maker) + (e.custom ? " custom" : "");
    }
    std::string operator()(const event::ToolCallDelta& e) const {
      return "arguments " + std::to_string(e.choice) + " " + std::to_string(e.index) + " " + Json(e.arguments).dump();
    }
    std::string operator()(const event::PartSeen& e) const { return "part " + std::to_string(e.part.index()); }
    std::string operator()(const event::CitationSeen& e) const { return "citation " + e.citation.url + e.citation.raw; }
    std::string operator()(const event::Finished& e) const {
      return "finished " + std::to_string(e.choice) + " " + std::to_string(static_cast<int>(e.reason)) + e.stop_sequence;
    }
    std::string operator()(const event::UsageSeen& e) const {
      return "usage " + std::to_string(e.usage.input) + " " + std::to_string(e.usage.cache_read) + " " +
             std::to_string(e.usage.output) + " " + std::to_string(e.usage.reasoning);
    }
    std::string operator()(const event::Failed& e) const {
      return "failed " + std::to_string(e.status) + " " + e.error.name() + " " + e.error.message();
    }
    std::string operator()(const event::Ended&) const { return "ended"; }
  };
  std::string all;
  for (const auto& event : events) all += std::visit(Line{}, event) + "\n";
  return all;
}

using neutral_events::Decoded;
inline Decoded decode_pieces(const std::vector<std::string_view>& pieces) { return neutral_events::decode_pieces(openai::wire(), pieces); }

// What the events of the first choice add up to; calls must be told one after the other.
struct Sum {
  std::string text, thinking, refusal;
  std::vector<Told::Call> calls;
  std::vector<llm::Finish> finishes;
  std::optional<llm::Usage> usage;
  std::size_t citations = 0;
  bool failed = false, ended = false, interleaved = false;
};

inline Sum sum_of(const std::vector<llm::StreamEvent>& events) {
  namespace event = llm::event;
  Sum sum;
  for (const auto& e : events) {
    if (const auto* text = std::get_if<event::TextDelta>(&e); text && text->choice == 0) sum.text += text->text;
    if (const auto* said = std::get_if<event::RefusalDelta>(&e)) sum.refusal += said->text;
    if (const auto* thought = std::get_if<event::ThinkingDelta>(&e); thought && thought->choice == 0) sum.thinking += thought->text;
    if (const auto* call = std::get_if<event::ToolCallStarted>(&e)) {
      if (call->index != static_cast<std::int64_t>(sum.calls.size())) sum.interleaved = true;
      sum.calls.push_back({call->id, call->name, ""});
    }
    if (const auto* piece = std::get_if<event::ToolCallDelta>(&e)) {
      if (piece->index + 1 != static_cast<std::int64_t>(sum.calls.size())) sum.interleaved = true;
      sum.calls.at(static_cast<std::size_t>(piece->index)).arguments += piece->arguments;
    }
    if (const auto* finished = std::get_if<event::Finished>(&e); finished && finished->choice == 0) sum.finishes.push_back(finished->reason);
    if (const auto* seen = std::get_if<event::UsageSeen>(&e)) sum.usage = seen->usage;
    if (std::holds_alternative<event::CitationSeen>(e)) ++sum.citations;
    if (std::holds_alternative<event::Failed>(e)) sum.failed = true;
    if (std::holds_alternative<event::Ended>(e)) sum.ended = true;
  }
  return sum;
}

// Every recorded chat answer in this dialect, of whichever service.
inline bool is_chat(const test::Exchange& one) {
  if (one.operation == "chat.completions") return one.status < 400 && test::speaks_openai(one);
  const bool chunks = one.response.find("chat.completion.chunk") != std::string::npos;
  return one.operation == "response_only" && chunks && one.streamed();
}
inline std::vector<const test::Exchange*> recorded_chat(bool streamed) {
  std::vector<const test::Exchange*> found;
  for (const auto* list : {&test::exchanges(), &test::answers_only()}) {
    for (const test::Exchange& one : *list) {
      const bool form = streamed ? one.streamed() : one.kind == test::Exchange::Kind::json;
      if (is_chat(one) && form) found.push_back(&one);
    }
  }
  return found;
}

}  // namespace sluice::dialects::openai_tests
