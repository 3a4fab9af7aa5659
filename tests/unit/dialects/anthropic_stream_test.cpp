// Streams of Anthropic's messages API: the recorded ones at every split, their oddities, and broken ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "unit/dialects/anthropic_support.hpp"

namespace sluice::dialects::anthropic_tests {
namespace {

namespace event = llm::event;
using testing::HasSubstr;

// The events of a recorded stream, read with another JSON library.
std::vector<Json> recorded_events(const std::string& sse) {
  std::vector<Json> events;
  std::istringstream lines(sse);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("data:")) events.push_back(Json::parse(line.substr(5)));
  }
  return events;
}

struct Expected {
  std::string text, thinking, signature, stop_reason;
  std::vector<Sum::Tool> tools;
  Json usage = Json::object();
};

Expected expected_of(const std::string& sse) {
  Expected expected;
  std::map<int, std::size_t> tool_of_block;
  for (const Json& e : recorded_events(sse)) {
    const std::string type = e.at("type");
    if (type == "message_start") expected.usage.update(e["message"]["usage"]);
    if (type == "content_block_start" && e["content_block"]["type"] == "tool_use") {
      tool_of_block[e["index"]] = expected.tools.size();
      expected.tools.push_back({e["content_block"]["id"], e["content_block"]["name"], ""});
    }
    if (type == "content_block_delta") {
      const Json& delta = e["delta"];
      expected.text += text_or_empty(delta, "text");
      expected.thinking += text_or_empty(delta, "thinking");
      expected.signature += text_or_empty(delta, "signature");
      const auto tool = tool_of_block.find(e["index"]);
      if (tool != tool_of_block.end()) expected.tools[tool->second].arguments += text_or_empty(delta, "partial_json");
    }
    if (type == "message_delta") {
      expected.stop_reason = e["delta"]["stop_reason"];
      expected.usage.update(e["usage"]);
    }
  }
  for (auto& tool : expected.tools) {
    if (tool.arguments.empty()) tool.arguments = "{}";
  }
  return expected;
}

std::int64_t number(const Json& object, const char* key) { return object.value(key, std::int64_t{0}); }

// Every position for short streams; around each line end, and every 101st, for long ones.
std::vector<std::size_t> split_points(const std::string& sse) {
  std::vector<std::size_t> points;
  for (std::size_t at = 1; at < sse.size(); ++at) {
    const std::size_t line = sse.find('\n', at > 3 ? at - 3 : 0);
    if (sse.size() < 6000 || at % 101 == 0 || (line < at + 3 && at % 7 < 3)) points.push_back(at);
  }
  if (sse.size() > 60000) {  // a decode takes long: fewer
    std::vector<std::size_t> some;
    for (std::size_t i = 0; i < points.size(); i += points.size() / 150 + 1) some.push_back(points[i]);
    return some;
  }
  return points;
}

TEST(AnthropicRecordedStreams, AreAllThere) { EXPECT_GE(streams().size(), 14u); }

TEST(AnthropicRecordedStreams, GiveTheSameEventsAtEverySplit) {
  for (const test::Exchange& exchange : streams()) {
    SCOPED_TRACE(exchange.id);
    const std::string& sse = exchange.response;
    const Decoded whole = decode_pieces({sse});
    ASSERT_EQ(whole.error, "");
    const std::string expected = describe(whole.events);

    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < sse.size(); ++i) bytes.push_back(std::string_view(sse).substr(i, 1));
    EXPECT_EQ(describe(decode_pieces(bytes).events), expected);

    for (const std::size_t at : split_points(sse)) {
      const std::string_view all = sse;
      const Decoded split = decode_pieces({all.substr(0, at), all.substr(at)});
      ASSERT_EQ(split.error, "") << "split at " << at;
      ASSERT_EQ(describe(split.events), expected) << "split at " << at;
    }
  }
}

TEST(AnthropicRecordedStreams, AddUpToWhatWasSent) {
  for (const test::Exchange& exchange : streams()) {
    SCOPED_TRACE(exchange.id);
    const std::string& sse = exchange.response;
    const Expected expected = expected_of(sse);
    const Sum sum = sum_of(decode_pieces({sse}).events);
    EXPECT_TRUE(sum.ended);
    EXPECT_NE(sum.id, "");
    EXPECT_TRUE(sum.model.starts_with("claude-")) << sum.model;
    EXPECT_EQ(sum.text, expected.text);
    EXPECT_EQ(sum.thinking, expected.thinking);
    EXPECT_EQ(sum.signature, expected.signature);
    ASSERT_EQ(sum.tools.size(), expected.tools.size());
    for (std::size_t i = 0; i < sum.tools.size(); ++i) {
      EXPECT_EQ(sum.tools[i].id, expected.tools[i].id);
      EXPECT_EQ(sum.tools[i].name, expected.tools[i].name);
      EXPECT_EQ(sum.tools[i].arguments, expected.tools[i].arguments);
      EXPECT_TRUE(Json::parse(sum.tools[i].arguments).is_object());
    }
    ASSERT_EQ(sum.finishes.size(), 1u);
    EXPECT_EQ(sum.finishes.front(), expected_finish(expected.stop_reason));
    const std::int64_t read = number(expected.usage, "cache_read_input_tokens");
    const std::int64_t written = number(expected.usage, "cache_creation_input_tokens");
    EXPECT_EQ(sum.usage.input, number(expected.usage, "input_tokens") + read + written);
    EXPECT_EQ(sum.usage.cache_read, read);
    EXPECT_EQ(sum.usage.cache_write_5m + sum.usage.cache_write_1h, written);
    EXPECT_EQ(sum.usage.output, number(expected.usage, "output_tokens"));
  }
}

TEST(AnthropicRecordedStreams, MeterAgreesWithTheDecoderAtEverySplit) {
  for (const test::Exchange& exchange : streams()) {
    SCOPED_TRACE(exchange.id);
    const std::string& sse = exchange.response;
    const Sum sum = sum_of(decode_pieces({sse}).events);
    for (const std::size_t size : {sse.size(), std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
      const auto meter = anthropic::wire().meter(llm::Operation::chat);
      for (std::size_t at = 0; at < sse.size(); at += size) meter->feed(std::string_view(sse).substr(at, size));
      const StreamMeter::Facts& facts = meter->facts();
      EXPECT_TRUE(facts.begun && facts.finished && !facts.garbled && !facts.failure);
      ASSERT_TRUE(facts.usage);
      EXPECT_EQ(*facts.usage, sum.usage);
      EXPECT_EQ(facts.model, sum.model);
      EXPECT_GE(facts.text_bytes, static_cast<std::int64_t>(sum.text.size()));
    }
  }
}

TEST(AnthropicRecordedStreams, CutAnywhereAreNeverComplete) {
  for (const test::Exchange& exchange : streams()) {
    const std::string& sse = exchange.response;
    const std::size_t end = sse.rfind("event: message_stop");
    ASSERT_NE(end, std::string::npos);
    for (std::size_t at = 0; at < end; at += 1 + sse.size() / 60) {
      const Decoded cut = decode_pieces({std::string_view(sse).substr(0, at)});
      EXPECT_NE(cut.error, "") << exchange.id << " cut at " << at;
      EXPECT_FALSE(sum_of(cut.events).ended);
    }
  }
}

// A stream around the given events (data lines).
std::string stream_of(std::initializer_list<std::string> events, std::string_view line_end = "\n") {
  std::string sse;
  for (const std::string& data : events) {
    sse += "event: " + text_or_empty(Json::parse(data), "type");
    sse.append(line_end).append("data: ").append(data).append(line_end).append(line_end);
  }
  return sse;
}

const std::string start = R"({"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant",)"
                          R"("model":"claude-x","content":[],"usage":{"input_tokens":10,"output_tokens":1}}})";
const std::string stop = R"({"type":"message_stop"})";

std::string ended_with(std::string_view reason) {
  return R"({"type":"message_delta","delta":{"stop_reason":")" + std::string(reason) +
         R"("},"usage":{"output_tokens":5}})";
}
std::string text_delta(std::string_view text) {
  return R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":)" + Json(text).dump() + "}}";
}

TEST(AnthropicStreamOddities, ToolWithoutArgumentsGetsAnEmptyObject) {
  const std::string sse = stream_of(
      {start,
       R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t1","name":"now",)"
       R"("input":{}}})",
       R"({"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":""}})",
       R"({"type":"content_block_stop","index":0})", ended_with("tool_use"), stop});
  const Sum sum = sum_of(decode_pieces({sse}).events);
  ASSERT_EQ(sum.tools.size(), 1u);
  EXPECT_EQ(sum.tools[0].arguments, "{}");
}

TEST(AnthropicStreamOddities, ToolWithoutArgumentsAndWithoutBlockStopGetsThemBeforeTheEnd) {
  const std::string sse = stream_of(
      {start,
       R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t1","name":"now",)"
       R"("input":{}}})",
       ended_with("tool_use"), stop});
  EXPECT_THAT(describe(decode_pieces({sse}).events), HasSubstr("arguments 0 \"{}\"\nfinished"));
}

TEST(AnthropicStreamOddities, BlockIndexesAreNotToolIndexes) {
  const std::string sse = stream_of(
      {start,
       R"({"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"a","name":"f","input":{}}})",
       R"({"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"x\":1}"}})",
       R"({"type":"content_block_stop","index":1})",
       R"({"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"b","name":"g","input":{}}})",
       R"({"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{}"}})",
       R"({"type":"content_block_stop","index":2})", ended_with("tool_use"), stop});
  const Sum sum = sum_of(decode_pieces({sse}).events);
  ASSERT_EQ(sum.tools.size(), 2u);
  EXPECT_EQ(sum.tools[0].arguments, R"({"x":1})");
  EXPECT_EQ(sum.tools[1].arguments, "{}");
}

TEST(AnthropicStreamOddities, PingsMayComeAnywhere) {
  const std::string ping = R"({"type": "ping"})";
  const std::string with =
      stream_of({ping, start, ping, text_delta("a"), ping, ping, text_delta("b"), ended_with("end_turn"), ping, stop});
  const std::string without = stream_of({start, text_delta("a"), text_delta("b"), ended_with("end_turn"), stop});
  EXPECT_EQ(decode_pieces({with}).error, "");
  EXPECT_EQ(describe(decode_pieces({with}).events), describe(decode_pieces({without}).events));
}

TEST(AnthropicStreamOddities, FillerBeforeAndBehindTheLastBraceIsPassedOver) {
  std::string sse = stream_of({start, text_delta("a"), ended_with("end_turn"), stop});
  const std::string expected = describe(decode_pieces({sse}).events);
  for (std::size_t at = 0; (at = sse.find("}\n\n", at)) != std::string::npos; at += 12)
    sse.replace(at, 1, "      }   ");
  EXPECT_EQ(decode_pieces({sse}).error, "");
  EXPECT_EQ(describe(decode_pieces({sse}).events), expected);
}

TEST(AnthropicStreamOddities, LinesMayEndInCrLf) {
  const auto events = {start, text_delta("a"), ended_with("end_turn"), stop};
  const std::string crlf = stream_of(events, "\r\n");
  EXPECT_EQ(describe(decode_pieces({crlf}).events), describe(decode_pieces({stream_of(events)}).events));
  for (std::size_t at = 1; at < crlf.size(); ++at) {
    const std::string_view all = crlf;
    ASSERT_EQ(decode_pieces({all.substr(0, at), all.substr(at)}).error, "") << at;
  }
}

TEST(AnthropicStreamOddities, CitationsAreToldBehindTheirTextWhereverTheyCome) {
  const std::string citation =
      R"({"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"cited_text":"c"}}})";
  const std::string begin = R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":"","citations":[]}})";
  const std::string end = R"({"type":"content_block_stop","index":0})";
  for (const std::string& sse :
       {stream_of({start, begin, citation, text_delta("a"), text_delta("b"), end, begin, text_delta("c"), end, stop}),
        stream_of({start, begin, text_delta("a"), text_delta("b"), citation, end, begin, text_delta("c"), end, stop})}) {
    const std::string told = describe(decode_pieces({sse}).events);
    EXPECT_NE(told.find("new text \"a\"\ntext \"b\"\ncitation {\"cited_text\":\"c\"}\nnew text \"c\"\nended"), told.npos) << told;
  }
}

TEST(AnthropicStreamOddities, UnknownDeltasAreLeftOut) {
  const std::string sse = stream_of(
      {start, text_delta("a"),
       R"({"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"cited_text":"c"}}})",
       R"({"type":"content_block_delta","index":0,"delta":{"type":"something_new","text":"no"}})",
       R"({"type":"some_new_event"})", ended_with("end_turn"), stop});
  EXPECT_EQ(sum_of(decode_pieces({sse}).events).text, "a");
}

TEST(AnthropicStreamOddities, ServerToolsAreNotTheCallersCalls) {
  const std::string sse = stream_of(
      {start,
       R"({"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","id":"s",)"
       R"("name":"web_search","input":{}}})",
       R"({"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"query\":1}"}})",
       R"({"type":"content_block_stop","index":0})",
       R"({"type":"content_block_start","index":1,"content_block":{"type":"mcp_tool_use","id":"m","name":"x",)"
       R"("input":{}}})",
       R"({"type":"content_block_stop","index":1})",
       R"({"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}})",
       R"({"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}})",
       R"({"type":"content_block_stop","index":2})", ended_with("tool_use"), stop});
  const Sum sum = sum_of(decode_pieces({sse}).events);
  ASSERT_EQ(sum.tools.size(), 1u);
  EXPECT_EQ(sum.tools[0].id, "t");
  EXPECT_EQ(sum.tools[0].arguments, R"({"a":1})");
  const std::string told = describe(decode_pieces({sse}).events);   // whole, with the input that came in pieces
  EXPECT_NE(told.find(R"(part {"type":"server_tool_use","id":"s","name":"web_search","input":{"query":1}})"), told.npos) << told;
  EXPECT_NE(told.find(R"(part {"type":"mcp_tool_use","id":"m","name":"x","input":{}})"), told.npos) << told;
}

TEST(AnthropicStreamOddities, ThinkingIsKeptApartAndRedactedThinkingComesWhole) {
  const std::string sse = stream_of(
      {start,
       R"({"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}})",
       R"({"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}})",
       R"({"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}})",
       R"({"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"xxxx"}})",
       text_delta("answer"), ended_with("end_turn"), stop});
  const Sum sum = sum_of(decode_pieces({sse}).events);
  EXPECT_EQ(sum.text, "answer");
  EXPECT_EQ(sum.thinking, "hm");
  EXPECT_EQ(sum.signature, "c2lnxxxx");
  const std::string told = describe(decode_pieces({sse}).events);
  EXPECT_NE(told.find("thinking \"\"c2ln\nredacted \"\"xxxx\n"), told.npos) << told;
}

TEST(AnthropicStreamOddities, LaterUsageWinsFieldByField) {
  const std::string first =
      R"({"type":"message_start","message":{"id":"m","model":"c","usage":{"input_tokens":3,)"
      R"("cache_creation_input_tokens":2399,"cache_read_input_tokens":7,)"
      R"("cache_creation":{"ephemeral_5m_input_tokens":2000,)"
      R"("ephemeral_1h_input_tokens":399},"output_tokens":1}}})";
  const std::string last =
      R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":17,)"
      R"("cache_creation_input_tokens":23258,"output_tokens":515,"output_tokens_details":{"thinking_tokens":15},)"
      R"("server_tool_use":{"web_search_requests":2}}})";
  const llm::Usage usage = sum_of(decode_pieces({stream_of({first, last, stop})}).events).usage;
  EXPECT_EQ(usage.input, 17 + 23258 + 7);
  EXPECT_EQ(usage.cache_read, 7);
  EXPECT_EQ(usage.cache_write_1h, 399);
  EXPECT_EQ(usage.cache_write_5m, 23258 - 399);
  EXPECT_EQ(usage.output, 515);
  EXPECT_EQ(usage.reasoning, 15);
  EXPECT_EQ(usage.web_searches, 2);
}

TEST(AnthropicStreamOddities, EveryStopReasonHasItsMeaning) {
  const std::vector<std::pair<std::string, llm::Finish>> reasons = {
      {"end_turn", llm::Finish::stop},       {"stop_sequence", llm::Finish::stop},
      {"max_tokens", llm::Finish::length},   {"pause_turn", llm::Finish::pause},
      {"tool_use", llm::Finish::tool_calls}, {"refusal", llm::Finish::refusal},
      {"brand_new", llm::Finish::unknown},   {"model_context_window_exceeded", llm::Finish::length}};
  for (const auto& [reason, finish] : reasons) {
    const Sum sum = sum_of(decode_pieces({stream_of({start, ended_with(reason), stop})}).events);
    ASSERT_EQ(sum.finishes.size(), 1u) << reason;
    EXPECT_EQ(sum.finishes[0], finish) << reason;
  }
}

TEST(AnthropicStreamOddities, InputGivenAtOnceIsTaken) {
  const std::string sse = stream_of(
      {start,
       R"({"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f",)"
       R"("input":{"big":12345678901234567890}}})",
       R"({"type":"content_block_stop","index":0})", ended_with("tool_use"), stop});
  EXPECT_EQ(sum_of(decode_pieces({sse}).events).tools.at(0).arguments, R"({"big":12345678901234567890})");
}

TEST(AnthropicStreamFailures, AnErrorEventIsToldAndEndsTheStream) {
  const std::string overloaded = R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})";
  const Decoded decoded = decode_pieces({stream_of({start, text_delta("a"), overloaded, text_delta("b"), stop})});
  EXPECT_EQ(decoded.error, "");
  ASSERT_TRUE(std::holds_alternative<event::Failed>(decoded.events.back()));
  EXPECT_EQ(std::get<event::Failed>(decoded.events.back()).error.message(), "Overloaded");
  EXPECT_EQ(sum_of(decoded.events).text, "a");
  EXPECT_FALSE(sum_of(decoded.events).ended);
}

TEST(AnthropicStreamFailures, AnErrorMayBeTheFirstEvent) {
  const auto meter = anthropic::wire().meter(llm::Operation::chat);
  meter->feed(stream_of({R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})"}));
  ASSERT_TRUE(meter->facts().failure);
  EXPECT_FALSE(meter->facts().begun);
  EXPECT_EQ(meter->facts().failure->status, 529);
  EXPECT_TRUE(meter->facts().failure->try_next);
}

TEST(AnthropicStreamFailures, WhatIsNoStreamIsRefused) {
  for (const std::string sse :
       {"<html>no</html>\n", "{\"type\":\"error\"}\n", "data: nonsense\n\n", "data: {\"no\":1}\n\n", "data: [1]\n\n",
        "data: {\"type\":\"message_start\",\"mess\n\n"}) {
    EXPECT_NE(decode_pieces({sse}).error, "") << sse;
  }
  EXPECT_NE(decode_pieces({stream_of({text_delta("early"), stop})}).error, "");
  EXPECT_NE(decode_pieces({stream_of({start, start, stop})}).error, "");
  EXPECT_NE(decode_pieces({""}).error, "");
}

TEST(AnthropicStreamFailures, ATextThatIsNoStringIsRefused) {
  const std::string bad = R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":12345}})";
  EXPECT_NE(decode_pieces({stream_of({start, bad, stop})}).error, "");
}

TEST(AnthropicStreamFailures, AMissingBlankLineBehindTheLastEventIsNoCut) {
  std::string sse = stream_of({start, text_delta("a"), ended_with("end_turn"), stop});
  sse.resize(sse.size() - 2);
  EXPECT_EQ(decode_pieces({sse}).error, "");
  EXPECT_TRUE(sum_of(decode_pieces({sse}).events).ended);
}

}  // namespace
}  // namespace sluice::dialects::anthropic_tests
