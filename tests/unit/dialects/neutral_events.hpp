// Ways to look at neutral events: as text, and as what they add up to; and to feed a decoder in pieces.
#pragma once
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::neutral_events {

using Json = nlohmann::json;

inline std::string describe(const llm::Usage& u) {
  std::string line;
  for (const auto n : {u.input, u.cache_read, u.cache_write_5m, u.output, u.reasoning, u.search_units}) line += " " + std::to_string(n);
  return line + (u.estimated ? " estimated" : "");
}

// One line for each event, everything in it shown.
inline std::string describe(const std::vector<llm::StreamEvent>& events) {
  namespace event = llm::event;
  struct Line {
    std::string operator()(const event::Started& e) const { return "started " + e.id + " " + e.model; }
    std::string operator()(const event::TextDelta& e) const { return "text \"" + e.text + "\"" + e.signature + e.logprobs; }
    std::string operator()(const event::RefusalDelta& e) const { return "refusal \"" + e.text + "\""; }
    std::string operator()(const event::ThinkingDelta& e) const { return "thinking \"" + e.text + "\"" + e.signature + (e.redacted ? " redacted" : ""); }
    std::string operator()(const event::ToolCallStarted& e) const { return "tool " + std::to_string(e.index) + " " + e.id + " " + e.name + e.signature; }
    std::string operator()(const event::ToolCallDelta& e) const { return "arguments " + std::to_string(e.index) + " \"" + e.arguments + "\""; }
    std::string operator()(const event::PartSeen&) const { return "part"; }
    std::string operator()(const event::CitationSeen& e) const { return "citation " + e.citation.raw; }
    std::string operator()(const event::Finished& e) const { return "finished " + std::to_string(static_cast<int>(e.reason)); }
    std::string operator()(const event::UsageSeen& e) const { return "usage" + describe(e.usage); }
    std::string operator()(const event::Failed& e) const { return "failed " + std::to_string(e.status) + " " + e.error.message(); }
    std::string operator()(const event::Ended&) const { return "ended"; }
  };
  std::string all;
  for (const auto& event : events) all += std::visit(Line{}, event) + "\n";
  return all;
}

struct Decoded {
  std::vector<llm::StreamEvent> events;
  std::string error;   // empty: none
};

// The pieces are fed one after the other, and the body ends cleanly.
inline Decoded decode_pieces(const Wire& wire, const std::vector<std::string_view>& pieces) {
  Decoded decoded;
  const auto decoder = wire.decoder();
  for (const std::string_view piece : pieces) {
    const auto fed = decoder->feed(piece, decoded.events);
    if (fed) continue;
    decoded.error = fed.error().message();
    return decoded;
  }
  const auto finished = decoder->finish(decoded.events);
  if (!finished) decoded.error = finished.error().message();
  return decoded;
}

// Byte by byte, and cut in two at every place (of the first two thousand; then every eleventh).
inline void expect_same_at_every_split(const Wire& wire, std::string_view stream) {
  const Decoded whole = decode_pieces(wire, {stream});
  const std::string expected = describe(whole.events);
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < stream.size(); ++i) bytes.push_back(stream.substr(i, 1));
  const Decoded single = decode_pieces(wire, bytes);
  EXPECT_EQ(describe(single.events), expected);
  EXPECT_EQ(single.error, whole.error);
  // A long stream repeats itself: fewer places then, but all kinds of them.
  for (std::size_t at = 1; at < stream.size(); at += at < 2000 ? 1 : 11) {
    const Decoded split = decode_pieces(wire, {stream.substr(0, at), stream.substr(at)});
    ASSERT_EQ(split.error, whole.error) << "split at " << at;
    ASSERT_EQ(describe(split.events), expected) << "split at " << at;
  }
}

// What a stream adds up to.
struct Sum {
  std::string id, model, text, thinking, failure;
  struct Tool { std::string id, name, arguments; };
  std::vector<Tool> tools;
  std::vector<llm::Finish> finishes;
  std::vector<llm::Citation> citations;
  std::optional<llm::Usage> usage;
  bool ended = false;
};

inline Sum sum_of(const std::vector<llm::StreamEvent>& events) {
  namespace event = llm::event;
  Sum sum;
  for (const auto& e : events) {
    if (const auto* started = std::get_if<event::Started>(&e)) sum.id = started->id, sum.model = started->model;
    if (const auto* text = std::get_if<event::TextDelta>(&e)) sum.text += text->text;
    if (const auto* thought = std::get_if<event::ThinkingDelta>(&e)) sum.thinking += thought->text;
    if (const auto* tool = std::get_if<event::ToolCallStarted>(&e)) sum.tools.push_back({tool->id, tool->name, ""});
    if (const auto* part = std::get_if<event::ToolCallDelta>(&e)) sum.tools.at(static_cast<std::size_t>(part->index)).arguments += part->arguments;
    if (const auto* seen = std::get_if<event::CitationSeen>(&e)) sum.citations.push_back(seen->citation);
    if (const auto* finished = std::get_if<event::Finished>(&e)) sum.finishes.push_back(finished->reason);
    if (const auto* used = std::get_if<event::UsageSeen>(&e)) sum.usage = used->usage;
    if (const auto* failed = std::get_if<event::Failed>(&e)) sum.failure = failed->error.message();
    if (std::holds_alternative<event::Ended>(e)) sum.ended = true;
  }
  return sum;
}

inline StreamMeter::Facts facts_of(const Wire& wire, std::string_view stream, std::size_t piece = std::string_view::npos) {
  const auto meter = wire.meter(llm::Operation::chat);
  for (; !stream.empty(); stream.remove_prefix(std::min(piece, stream.size()))) meter->feed(stream.substr(0, piece));
  meter->finish();
  return meter->facts();
}

}  // namespace sluice::dialects::neutral_events
