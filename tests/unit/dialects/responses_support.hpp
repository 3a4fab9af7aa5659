// The recorded exchanges of the Responses API, and ways to look at what is made of them.
#pragma once
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/all.hpp"
#include "support/traffic.hpp"
#include "unit/dialects/neutral_events.hpp"

namespace sluice::dialects::responses_tests {

using Json = nlohmann::json;
using test::Exchange;

inline const Wire& wire() { return dialects::wire(llm::Dialect::responses); }
inline const CallerDialect& caller() { return caller_dialect(llm::Dialect::responses); }

inline std::vector<const Exchange*> recorded() {
  return test::exchanges_where([](const Exchange& one) { return one.operation == "responses"; });
}
inline std::vector<const Exchange*> streams() {
  return test::exchanges_where([](const Exchange& one) { return one.operation == "responses" && one.streamed(); });
}
inline std::vector<const Exchange*> answers() {
  return test::exchanges_where([](const Exchange& one) {
    return one.operation == "responses" && one.kind == Exchange::Kind::json && one.status == 200;
  });
}

// The payloads of a stream, read in another way than the code under test does.
inline std::vector<Json> payloads(const std::string& stream) {
  std::vector<Json> out;
  std::istringstream lines(stream);
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.starts_with("data:")) continue;
    const Json value = Json::parse(line.substr(5), nullptr, false);
    if (value.is_object()) out.push_back(value);
  }
  return out;
}
inline Json final_response(const std::string& stream) {
  Json last;
  for (const Json& payload : payloads(stream)) {
    if (payload.contains("response")) last = payload.at("response");
  }
  return last;
}

inline StreamMeter::Facts facts_of(const std::vector<std::string_view>& pieces, llm::Operation operation = llm::Operation::chat) {
  const auto meter = wire().meter(operation);
  for (const std::string_view piece : pieces) meter->feed(piece);
  meter->finish();
  return meter->facts();
}
inline std::string describe(const StreamMeter::Facts& facts) {
  std::string out = "model=" + facts.model + " begun=" + std::to_string(facts.begun) + " garbled=" + std::to_string(facts.garbled) +
                    " finished=" + std::to_string(facts.finished) + " done=" + std::to_string(facts.done) +
                    " events=" + std::to_string(facts.events) + " text=" + std::to_string(facts.text_bytes);
  if (facts.usage) {
    const llm::Usage& u = *facts.usage;
    for (const std::int64_t n : {u.input, u.cache_read, u.cache_write_5m, u.output, u.reasoning, u.web_searches, u.reported_cost_nano_usd.value_or(-1)})
      out += " " + std::to_string(n);
  }
  if (facts.failure) out += " failure=" + std::to_string(facts.failure->status) + " " + facts.failure->error.name() + " " + facts.failure->error.message();
  return out;
}

using neutral_events::Decoded;
inline Decoded decode_pieces(const std::vector<std::string_view>& pieces) { return neutral_events::decode_pieces(wire(), pieces); }

inline std::string describe(const llm::Usage& u) {
  std::string line = "usage";
  for (const auto n : {u.input, u.cache_read, u.cache_write_5m, u.output, u.reasoning, u.web_searches}) line += " " + std::to_string(n);
  return line;
}

// One line for each event, everything in it shown.
inline std::string describe(const std::vector<llm::StreamEvent>& events) {
  namespace event = llm::event;
  struct Line {
    std::string operator()(const event::Started& e) const { return "started " + e.id + " " + e.model; }
    std::string operator()(const event::TextDelta& e) const { return "text " + Json(e.text).dump() + e.signature + e.logprobs; }
    std::string operator()(const event::RefusalDelta& e) const { return "refusal " + Json(e.text).dump(); }
    std::string operator()(const event::ThinkingDelta& e) const {
      return "thinking " + Json(e.text).dump() + " " + e.signature + " " + e.id + (e.redacted ? " redacted" : "");
    }
    std::string operator()(const event::ToolCallStarted& e) const {
      return "tool " + std::to_string(e.index) + " " + e.id + " " + e.name + (e.custom ? " custom" : "");
    }
    std::string operator()(const event::ToolCallDelta& e) const { return "arguments " + std::to_string(e.index) + " " + Json(e.arguments).dump(); }
    std::string operator()(const event::PartSeen& e) const {
      const auto* server = std::get_if<llm::ServerPart>(&e.part);
      return "part " + (server != nullptr ? server->raw : std::to_string(e.part.index()));
    }
    std::string operator()(const event::CitationSeen& e) const { return "citation " + e.citation.url; }
    std::string operator()(const event::Finished& e) const { return "finished " + std::to_string(static_cast<int>(e.reason)); }
    std::string operator()(const event::UsageSeen& e) const { return describe(e.usage); }
    std::string operator()(const event::Failed& e) const { return "failed " + std::to_string(e.status) + " " + e.error.message(); }
    std::string operator()(const event::Ended&) const { return "ended"; }
  };
  std::string all;
  for (const auto& event : events) all += std::visit(Line{}, event) + "\n";
  return all;
}

// What a stream adds up to.
struct Sum {
  std::string id, model, text, thinking, refusal;
  std::vector<std::string> signatures, urls, server_items;
  std::vector<llm::ToolCall> calls;
  llm::Finish finish = llm::Finish::unknown;
  llm::Usage usage;
  bool ended = false;
};
inline Sum sum_of(const std::vector<llm::StreamEvent>& events) {
  namespace event = llm::event;
  Sum sum;
  for (const auto& e : events) {
    if (const auto* started = std::get_if<event::Started>(&e)) sum.id = started->id, sum.model = started->model;
    if (const auto* text = std::get_if<event::TextDelta>(&e)) sum.text += text->text;
    if (const auto* refusal = std::get_if<event::RefusalDelta>(&e)) sum.refusal += refusal->text;
    if (const auto* cited = std::get_if<event::CitationSeen>(&e)) sum.urls.push_back(cited->citation.url);
    if (const auto* thought = std::get_if<event::ThinkingDelta>(&e)) {
      sum.thinking += thought->text;
      if (!thought->signature.empty()) sum.signatures.push_back(thought->signature);
    }
    if (const auto* tool = std::get_if<event::ToolCallStarted>(&e)) {
      sum.calls.push_back({tool->id, tool->name, "", tool->signature, tool->maker, tool->custom});
      if (tool->index != static_cast<std::int64_t>(sum.calls.size()) - 1) throw std::logic_error("calls are not counted on");
    }
    if (const auto* part = std::get_if<event::ToolCallDelta>(&e)) {
      if (part->index != static_cast<std::int64_t>(sum.calls.size()) - 1) throw std::logic_error("calls interleave");
      sum.calls.at(static_cast<std::size_t>(part->index)).arguments += part->arguments;
    }
    if (const auto* seen = std::get_if<event::PartSeen>(&e)) {
      if (const auto* server = std::get_if<llm::ServerPart>(&seen->part)) sum.server_items.push_back(server->raw);
    }
    if (const auto* finished = std::get_if<event::Finished>(&e)) sum.finish = finished->reason;
    if (const auto* seen = std::get_if<event::UsageSeen>(&e)) sum.usage = seen->usage;
    if (std::holds_alternative<event::Ended>(e)) sum.ended = true;
  }
  return sum;
}

// What the output of a response object says, in the same terms.
inline Sum sum_of_output(const Json& response) {
  Sum sum;
  sum.id = response.value("id", "");
  sum.model = response.value("model", "");
  for (const Json& item : response.at("output")) {
    const std::string type = item.at("type");
    if (type == "message") {
      for (const Json& part : item.at("content")) {
        sum.text += part.value("text", "");
        sum.refusal += part.value("refusal", "");
        for (const Json& annotation : part.value("annotations", Json::array())) sum.urls.push_back(annotation.value("url", ""));
      }
    } else if (type == "reasoning") {
      for (const char* list : {"content", "summary"}) {
        for (const Json& part : item.value(list, Json::array())) sum.thinking += part.value("text", "");
      }
      if (item.value("encrypted_content", Json()).is_string()) sum.signatures.push_back(item.at("encrypted_content"));
    } else if (type == "function_call") {
      sum.calls.push_back({item.at("call_id"), item.at("name"), item.at("arguments")});
    } else {
      sum.server_items.push_back(item.dump());
    }
  }
  return sum;
}

inline std::string event_of(const Json& payload) { return "data: " + payload.dump() + "\n\n"; }

}  // namespace sluice::dialects::responses_tests
