// The recorded exchanges of Google's Gemini API (at Google AI Studio and Vertex), and ways to look at what is made of them.
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

namespace sluice::dialects::gemini_tests {

using Json = nlohmann::json;

inline bool speaks_gemini(const test::Exchange& one) {
  const bool provider = one.provider == "gemini" || one.provider == "vertex";
  return provider && one.operation.find("awPredict") == std::string::npos;
}

// Those of the recorded exchanges, and of the answers without requests, in a fixed order.
template <class Wanted>
std::vector<test::Exchange> recorded(Wanted&& wanted) {
  std::vector<test::Exchange> found;
  for (const auto* list : {&test::exchanges(), &test::answers_only()}) {
    std::copy_if(list->begin(), list->end(), std::back_inserter(found),
                 [&](const auto& one) { return speaks_gemini(one) && wanted(one); });
  }
  return found;
}

// A streamed answer, as events or as an array, that is one: not the vendor's deliberately broken one.
inline std::vector<test::Exchange> streams() {
  return recorded([](const auto& one) {
    const bool streamed = one.streamed() || (one.kind == test::Exchange::Kind::text && one.status == 200);
    return streamed && one.response.find("\"this\"") == std::string::npos;
  });
}
inline std::vector<test::Exchange> answers() {
  return recorded([](const auto& one) {
    if (one.kind != test::Exchange::Kind::json || one.status != 200 || !one.json.is_object()) return false;
    return one.json.contains("candidates") || one.json.contains("promptFeedback");
  });
}
inline std::vector<test::Exchange> errors() {
  return recorded([](const auto& one) { return one.status >= 400; });
}

// The chunks of a streamed answer, by another way than ours: whole texts, nlohmann.
inline std::vector<Json> chunks_of(const std::string& stream) {
  if (stream.starts_with("[")) return Json::parse(stream).get<std::vector<Json>>();
  std::vector<Json> chunks;
  for (std::size_t at = 0; (at = stream.find("data: ", at)) != std::string::npos; at += 6) {
    const std::size_t end = stream.find('\n', at);
    chunks.push_back(Json::parse(stream.substr(at + 6, end - at - 6)));
  }
  return chunks;
}

struct Sum {
  std::string id, model, text, thinking;
  std::vector<std::string> signatures;   // of texts, thoughts and calls, in order
  struct Tool { std::string id, name, arguments; };
  std::vector<Tool> tools;
  std::vector<std::string> server_parts;
  std::vector<llm::Finish> finishes;
  llm::Usage usage;
  std::size_t citations = 0;
  bool ended = false;
};

// What a stream adds up to.
inline Sum sum_of(const std::vector<llm::StreamEvent>& events) {
  namespace event = llm::event;
  Sum sum;
  const auto sign = [&sum](const std::string& signature) {
    if (!signature.empty()) sum.signatures.push_back(signature);
  };
  for (const auto& e : events) {
    if (const auto* started = std::get_if<event::Started>(&e)) sum.id = started->id, sum.model = started->model;
    if (const auto* text = std::get_if<event::TextDelta>(&e)) sum.text += text->text, sign(text->signature);
    if (const auto* thought = std::get_if<event::ThinkingDelta>(&e)) sum.thinking += thought->text, sign(thought->signature);
    if (const auto* tool = std::get_if<event::ToolCallStarted>(&e)) {
      sum.tools.push_back({tool->id, tool->name, ""});
      sign(tool->signature);
    }
    if (const auto* part = std::get_if<event::ToolCallDelta>(&e)) sum.tools.back().arguments += part->arguments;
    if (const auto* part = std::get_if<event::PartSeen>(&e)) {
      if (const auto* server = std::get_if<llm::ServerPart>(&part->part)) sum.server_parts.push_back(server->raw);
    }
    if (std::holds_alternative<event::CitationSeen>(e)) ++sum.citations;
    if (const auto* finished = std::get_if<event::Finished>(&e)) sum.finishes.push_back(finished->reason);
    if (const auto* seen = std::get_if<event::UsageSeen>(&e)) sum.usage = seen->usage;
    if (std::holds_alternative<event::Ended>(e)) sum.ended = true;
  }
  return sum;
}

// One line for each event, everything in it shown.
inline std::string describe(const std::vector<llm::StreamEvent>& events) {
  namespace event = llm::event;
  struct Line {
    std::string operator()(const event::Started& e) const { return "started " + e.id + " " + e.model; }
    std::string operator()(const event::TextDelta& e) const {
      return "text " + std::to_string(e.choice) + " " + Json(e.text).dump() + e.signature + e.logprobs;
    }
    std::string operator()(const event::RefusalDelta& e) const { return "refusal " + Json(e.text).dump(); }
    std::string operator()(const event::ThinkingDelta& e) const {
      return "thinking " + std::to_string(e.choice) + " " + Json(e.text).dump() + e.signature;
    }
    std::string operator()(const event::ToolCallStarted& e) const {
      return "tool " + std::to_string(e.choice) + "." + std::to_string(e.index) + " " + e.id + " " + e.name + " " + e.signature;
    }
    std::string operator()(const event::ToolCallDelta& e) const { return "arguments " + std::to_string(e.index) + " " + e.arguments; }
    std::string operator()(const event::PartSeen& e) const { return "part " + std::to_string(e.part.index()); }
    std::string operator()(const event::CitationSeen& e) const {
      return "citation " + std::to_string(e.citation.start) + "-" + std::to_string(e.citation.end) + " " + e.citation.raw;
    }
    std::string operator()(const event::Finished& e) const {
      return "finished " + std::to_string(e.choice) + " " + std::to_string(static_cast<int>(e.reason));
    }
    std::string operator()(const event::UsageSeen& e) const {
      return "usage " + std::to_string(e.usage.input) + " " + std::to_string(e.usage.output) + " " + std::to_string(e.usage.reasoning);
    }
    std::string operator()(const event::Failed& e) const { return "failed " + e.error.message(); }
    std::string operator()(const event::Ended&) const { return "ended"; }
  };
  std::string all;
  for (const auto& event : events) all += std::visit(Line{}, event) + "\n";
  return all;
}

using neutral_events::Decoded;
inline Decoded decode_pieces(const std::vector<std::string_view>& pieces) { return neutral_events::decode_pieces(gemini::wire(), pieces); }

inline std::vector<std::string_view> bytes_of(std::string_view text) {
  std::vector<std::string_view> pieces;
  for (std::size_t i = 0; i < text.size(); ++i) pieces.push_back(text.substr(i, 1));
  return pieces;
}

inline llm::Finish expected_finish(const Json& reason, bool calls) {
  if (reason == "STOP" || reason == 1) return calls ? llm::Finish::tool_calls : llm::Finish::stop;
  if (reason == "MAX_TOKENS" || reason == 2) return llm::Finish::length;
  if (reason == "SAFETY" || reason == "RECITATION" || reason == "MODEL_ARMOR") return llm::Finish::content_filter;
  return llm::Finish::unknown;
}

// Google's own equation: the total is the sum of its parts.
inline llm::Usage expected_usage(const Json& counts) {
  llm::Usage usage;
  const auto count = [&counts](const char* name) { return counts.value(name, std::int64_t{0}); };
  usage.input = count("promptTokenCount") + count("toolUsePromptTokenCount");
  usage.reasoning = count("thoughtsTokenCount");
  usage.output = count("candidatesTokenCount") + usage.reasoning;
  usage.cache_read = count("cachedContentTokenCount");
  return usage;
}

}  // namespace sluice::dialects::gemini_tests
