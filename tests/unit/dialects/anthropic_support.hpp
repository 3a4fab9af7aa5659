// The recorded exchanges of Anthropic's messages API (at Anthropic, Azure, Vertex and Bedrock), and ways to look at
// what is made of them.
#pragma once
#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dialects/all.hpp"
#include "support/traffic.hpp"
#include "unit/dialects/neutral_events.hpp"

namespace sluice::dialects::anthropic_tests {

using Json = nlohmann::json;

inline std::string text_or_empty(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

// Those of the recorded exchanges, and of the answers without requests, in a fixed order.
template <class Wanted>
std::vector<test::Exchange> recorded(Wanted&& wanted) {
  std::vector<test::Exchange> found;
  for (const auto* list : {&test::exchanges(), &test::answers_only()}) {
    std::copy_if(list->begin(), list->end(), std::back_inserter(found), wanted);
  }
  return found;
}

inline bool is_of_type(const test::Exchange& one, std::string_view type) {
  const bool object = one.kind == test::Exchange::Kind::json && one.json.is_object();
  return object && one.json.contains("type") && one.json.at("type") == type;
}

inline std::vector<test::Exchange> streams() {
  return recorded(
      [](const auto& one) { return one.streamed() && one.response.find("\"message_start\"") != std::string::npos; });
}
inline std::vector<test::Exchange> messages() {
  return recorded([](const auto& one) { return is_of_type(one, "message"); });
}

// One line for each event, everything in it shown.
inline std::string describe(const std::vector<llm::StreamEvent>& events) {
  namespace event = llm::event;
  struct Line {
    std::string operator()(const event::Started& e) const { return "started " + e.id + " " + e.model; }
    std::string operator()(const event::TextDelta& e) const {
      return (e.begins ? "new text " : "text ") + Json(e.text).dump();
    }
    std::string operator()(const event::RefusalDelta& e) const { return "refusal " + Json(e.text).dump(); }
    std::string operator()(const event::ThinkingDelta& e) const {
      return (e.redacted ? "redacted " : "thinking ") + Json(e.text).dump() + e.signature;
    }
    std::string operator()(const event::ToolCallStarted& e) const {
      return "tool " + std::to_string(e.index) + " " + e.id + " " + e.name;
    }
    std::string operator()(const event::ToolCallDelta& e) const {
      return "arguments " + std::to_string(e.index) + " " + Json(e.arguments).dump();
    }
    std::string operator()(const event::PartSeen& e) const {
      const auto* const server = std::get_if<llm::ServerPart>(&e.part);
      return "part " + (server != nullptr ? server->raw : std::string());
    }
    std::string operator()(const event::CitationSeen& e) const { return "citation " + e.citation.raw; }
    std::string operator()(const event::Finished& e) const {
      return "finished " + std::to_string(static_cast<int>(e.reason));
    }
    std::string operator()(const event::UsageSeen& e) const {
      const llm::Usage& u = e.usage;
      std::string line = "usage";
      for (const auto n :
           {u.input, u.cache_read, u.cache_write_5m, u.cache_write_1h, u.output, u.reasoning, u.web_searches}) {
        line += " " + std::to_string(n);
      }
      return line;
    }
    std::string operator()(const event::Failed& e) const { return "failed " + e.error.message(); }
    std::string operator()(const event::Ended&) const { return "ended"; }
  };
  std::string all;
  for (const auto& event : events) all += std::visit(Line{}, event) + "\n";
  return all;
}

using neutral_events::Decoded;
inline Decoded decode_pieces(const std::vector<std::string_view>& pieces) { return neutral_events::decode_pieces(anthropic::wire(), pieces); }

// What a stream adds up to.
struct Sum {
  std::string id, model, text, thinking, signature;
  struct Tool {
    std::string id, name, arguments;
  };
  std::vector<Tool> tools;
  std::vector<llm::Finish> finishes;
  llm::Usage usage;
  bool ended = false;
};

inline Sum sum_of(const std::vector<llm::StreamEvent>& events) {
  namespace event = llm::event;
  Sum sum;
  for (const auto& e : events) {
    if (const auto* started = std::get_if<event::Started>(&e)) sum.id = started->id, sum.model = started->model;
    if (const auto* text = std::get_if<event::TextDelta>(&e)) sum.text += text->text;
    if (const auto* thought = std::get_if<event::ThinkingDelta>(&e)) {
      sum.thinking += thought->text;
      sum.signature += thought->signature;
    }
    if (const auto* tool = std::get_if<event::ToolCallStarted>(&e)) sum.tools.push_back({tool->id, tool->name, ""});
    if (const auto* part = std::get_if<event::ToolCallDelta>(&e)) {
      sum.tools.at(static_cast<std::size_t>(part->index)).arguments += part->arguments;
    }
    if (const auto* finished = std::get_if<event::Finished>(&e)) sum.finishes.push_back(finished->reason);
    if (const auto* seen = std::get_if<event::UsageSeen>(&e)) sum.usage = seen->usage;
    if (std::holds_alternative<event::Ended>(e)) sum.ended = true;
  }
  return sum;
}

inline llm::Finish expected_finish(std::string_view reason) {
  if (reason == "tool_use") return llm::Finish::tool_calls;
  if (reason == "max_tokens" || reason == "model_context_window_exceeded") return llm::Finish::length;
  if (reason == "pause_turn") return llm::Finish::pause;
  if (reason == "refusal") return llm::Finish::refusal;
  return llm::Finish::stop;
}

}  // namespace sluice::dialects::anthropic_tests
