// Recorded traffic of Anthropic's messages API (at Anthropic, Azure and Vertex) read into neutral values and written
// again in the same dialect.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sluice/dialects/dialect.hpp"
#include "unit/dialects/anthropic_comparison.hpp"
#include "unit/dialects/anthropic_event_order.hpp"
#include "unit/dialects/anthropic_rules.hpp"
#include "unit/dialects/anthropic_support.hpp"

namespace sluice::dialects::anthropic_tests {
namespace {

using testing::IsEmpty;

bool is_messages(const test::Exchange& one) {
  return one.operation == "messages" || one.operation == "rawPredict" || one.operation == "streamRawPredict";
}

// The model of a request stands in the path on Vertex; the gateway puts it in.
std::string with_model(const test::Exchange& one) {
  Json body = Json::parse(one.request);
  if (!body.contains("model")) body["model"] = "claude-haiku-4-5@20251001";
  return body.dump();
}

TEST(AnthropicRoundTrip, RecordedRequestsComeBackAsTheyWere) {
  int count = 0;
  for (const test::Exchange& exchange : test::exchanges()) {
    if (!is_messages(exchange) || exchange.request.empty()) continue;
    SCOPED_TRACE(exchange.id);
    const std::string body = with_model(exchange);
    const auto read = anthropic::caller().read_chat(body);
    ASSERT_TRUE(read) << read.error().message();
    const std::string model = Json::parse(body).at("model");
    const auto encoded = anthropic::wire().encode(*read, {model, no_quirks()});
    ASSERT_TRUE(encoded) << encoded.error().message();
    EXPECT_THAT(Rules::broken_by(encoded->body), IsEmpty()) << encoded->body.substr(0, 3000);
    EXPECT_THAT(Comparison::of_requests(Json::parse(body), Json::parse(encoded->body)), IsEmpty());
    EXPECT_THAT(encoded->dropped, IsEmpty());
    ++count;
  }
  EXPECT_GE(count, 24);
}

TEST(AnthropicRoundTrip, RecordedCountRequestsComeBackAsTheyWere) {
  int count = 0;
  for (const test::Exchange& exchange : test::exchanges()) {
    if (exchange.operation != "count_tokens" || exchange.provider != "anthropic") continue;
    SCOPED_TRACE(exchange.id);
    const auto read = anthropic::caller().read_count_tokens(exchange.request);
    ASSERT_TRUE(read) << read.error().message();
    const auto encoded = anthropic::wire().encode_count_tokens(*read, {"claude-sonnet-4-5", no_quirks()});
    ASSERT_TRUE(encoded) << encoded.error().message();
    const Json after = Json::parse(encoded->body);
    EXPECT_THAT(Comparison::of_requests(Json::parse(exchange.request), after), IsEmpty());
    EXPECT_FALSE(after.contains("max_tokens"));
    ++count;
  }
  EXPECT_GE(count, 2);
}

TEST(AnthropicRoundTrip, RecordedAnswersComeBackAsTheyWere) {
  for (const test::Exchange& exchange : messages()) {
    SCOPED_TRACE(exchange.id);
    const auto decoded = anthropic::wire().decode(exchange.response);
    ASSERT_TRUE(decoded);
    const std::string written = anthropic::caller().write_chat({}, *decoded, {"unused", 1700000000, {}});
    EXPECT_THAT(Comparison::of_answers(exchange.json, Json::parse(written)), IsEmpty());
    const auto again = anthropic::wire().decode(written);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->usage, decoded->usage);
    EXPECT_EQ(again->service_tier, decoded->service_tier);
    // Where nothing was compacted the counts stand in the same places.
    const Json& usage = exchange.json.at("usage");
    if (usage.contains("iterations")) continue;
    const Json now = Json::parse(written).at("usage");
    for (const char* name : {"input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"}) {
      if (usage.contains(name)) { EXPECT_EQ(now.at(name), usage.at(name)) << name; }
    }
  }
}

TEST(AnthropicRoundTrip, RecordedStreamsComeBackAsTheyWere) {
  for (const test::Exchange& exchange : streams()) {
    SCOPED_TRACE(exchange.id);
    const Decoded decoded = decode_pieces({exchange.response});
    ASSERT_EQ(decoded.error, "");
    const auto writer = anthropic::caller().stream_writer({}, {"unused", 1700000000, {}});
    std::string sse;
    for (const auto& event : decoded.events) writer->write(event, sse);

    const auto before = EventOrder::read(exchange.response);
    const auto after = EventOrder::read(sse);
    EXPECT_THAT(after.broken, IsEmpty()) << sse.substr(0, 2000);
    EXPECT_TRUE(after.ended);
    EXPECT_THAT(Comparison::of_answers(before.message, after.message), IsEmpty());
    const Sum sum = sum_of(decoded.events);
    EXPECT_EQ(sum_of(decode_pieces({sse}).events).usage, sum.usage);
    EXPECT_EQ(describe(decode_pieces({sse}).events).find("failed"), std::string::npos);
  }
}

TEST(AnthropicRoundTrip, AStreamSaysWhatTheWholeAnswerSays) {
  for (const test::Exchange& exchange : messages()) {
    SCOPED_TRACE(exchange.id);
    const auto decoded = anthropic::wire().decode(exchange.response);
    ASSERT_TRUE(decoded);
    std::string sse;
    const auto writer = anthropic::caller().stream_writer({}, {"unused", 1, {}});
    const auto tell = [&](llm::StreamEvent event) { writer->write(event, sse); };
    tell(llm::event::Started{decoded->id, decoded->model});
    std::int64_t calls = 0;
    for (const llm::Part& part : decoded->choices.at(0).parts) {
      if (const auto* const text = std::get_if<llm::Text>(&part)) {
        llm::event::TextDelta delta{0, text->text};
        delta.begins = true;
        tell(delta);
        for (const llm::Citation& citation : text->citations) tell(llm::event::CitationSeen{0, citation});
      } else if (const auto* const thought = std::get_if<llm::Thinking>(&part)) {
        tell(llm::event::ThinkingDelta{0, thought->text, thought->signature, thought->maker, thought->redacted});
      } else if (const auto* const call = std::get_if<llm::ToolCall>(&part)) {
        tell(llm::event::ToolCallStarted{0, calls, call->id, call->name});
        tell(llm::event::ToolCallDelta{0, calls++, call->arguments});
      } else {
        tell(llm::event::PartSeen{0, part});
      }
    }
    tell(llm::event::Finished{0, decoded->choices[0].finish, decoded->choices[0].stop_sequence});
    tell(llm::event::UsageSeen{decoded->usage});
    tell(llm::event::Ended{});
    const auto read = EventOrder::read(sse);
    EXPECT_THAT(read.broken, IsEmpty());
    EXPECT_THAT(Comparison::of_answers(exchange.json, read.message), IsEmpty());
  }
}

}  // namespace
}  // namespace sluice::dialects::anthropic_tests
