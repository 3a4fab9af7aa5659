// Streams of Cohere's chat: the recorded ones at every split, their oddities, and broken ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/dialects/cohere_support.hpp"

namespace sluice::dialects::cohere_tests {
namespace {

using testing::HasSubstr;

const Wire& it() { return cohere::wire(); }

TEST(CohereRecordedStreams, AreAllThere) { EXPECT_GE(streams().size(), 4u); }

TEST(CohereRecordedStreams, GiveTheSameEventsAtEverySplit) {
  for (const test::Exchange& exchange : streams()) {
    SCOPED_TRACE(exchange.id);
    expect_same_at_every_split(it(), exchange.response);
  }
}

TEST(CohereRecordedStreams, AddUpToWhatWasSent) {
  for (const test::Exchange& exchange : streams()) {
    SCOPED_TRACE(exchange.id);
    const Decoded decoded = decode_pieces(it(), {exchange.response});
    ASSERT_EQ(decoded.error, "");
    const Assembled expected = assembled(events_of(exchange.response));
    const Sum sum = sum_of(decoded.events);
    EXPECT_EQ(sum.id, expected.id);
    EXPECT_EQ(sum.text, expected.plan);   // no recorded stream has content; see below
    if (expected.finish_reason == "ERROR") {
      EXPECT_EQ(sum.failure, expected.error);
      EXPECT_FALSE(sum.ended);
      continue;
    }
    ASSERT_EQ(sum.tools.size(), expected.calls.size());
    for (std::size_t i = 0; i < sum.tools.size(); ++i) {
      EXPECT_EQ(sum.tools[i].id, expected.calls[i].at("id"));
      EXPECT_EQ(sum.tools[i].name, expected.calls[i].at("function").at("name"));
      const std::string arguments = expected.calls[i].at("function").at("arguments");
      EXPECT_EQ(sum.tools[i].arguments, arguments.empty() ? "{}" : arguments);
    }
    EXPECT_THAT(sum.finishes, testing::ElementsAre(llm::Finish::tool_calls));
    EXPECT_TRUE(sum.ended);
    ASSERT_TRUE(sum.usage);
    EXPECT_EQ(*sum.usage, expected_usage(expected.usage));
  }
}

TEST(CohereRecordedStreams, MeterAgreesWithTheDecoderHoweverTheyAreCut) {
  for (const test::Exchange& exchange : streams()) {
    SCOPED_TRACE(exchange.id);
    const Sum sum = sum_of(decode_pieces(it(), {exchange.response}).events);
    for (const std::size_t size : {exchange.response.size(), std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
      const StreamMeter::Facts facts = facts_of(it(), exchange.response, size);
      EXPECT_TRUE(facts.begun && facts.finished && !facts.garbled);
      EXPECT_EQ(facts.done, exchange.response.find("[DONE]") != std::string::npos);
      EXPECT_EQ(facts.usage, sum.usage);
      EXPECT_EQ(facts.failure.has_value(), !sum.failure.empty());
      EXPECT_GE(facts.text_bytes, static_cast<std::int64_t>(sum.text.size()));
    }
  }
}

TEST(CohereRecordedStreams, CutAnywhereAreNeverComplete) {
  for (const test::Exchange& exchange : streams()) {
    SCOPED_TRACE(exchange.id);
    const std::string& sse = exchange.response;
    const std::size_t end = sse.rfind("data: {\"type\":\"message-end\"") == std::string::npos ? sse.rfind("data: {\"type\": \"message-end\"")
                                                                                             : sse.rfind("event: message-end");
    for (std::size_t at = 0; at < end; at += 13) {
      EXPECT_NE(decode_pieces(it(), {std::string_view(sse).substr(0, at)}).error, "") << at;
      EXPECT_FALSE(facts_of(it(), std::string_view(sse).substr(0, at)).finished) << at;
    }
  }
}

// odd:finish_ERROR_in_stream
TEST(CohereOddities, AnErrorAtTheEndOfAStreamThatBeganWell) {
  const test::Exchange& exchange = test::exchange("cohere-chat-langchain-cohere-test-sql-agent-1");
  const Decoded decoded = decode_pieces(it(), {exchange.response});
  const auto* const failed = std::get_if<llm::event::Failed>(&decoded.events.back());
  ASSERT_NE(failed, nullptr);
  EXPECT_THAT(failed->error.message(), HasSubstr("invalid tool generation"));
  EXPECT_EQ(failed->error.name(), "invalid_tool_generation");
  EXPECT_TRUE(failed->try_next);
  const StreamMeter::Facts facts = facts_of(it(), exchange.response);
  ASSERT_TRUE(facts.failure);
  EXPECT_EQ(facts.failure->error.name(), "invalid_tool_generation");
  EXPECT_FALSE(facts.usage);   // {} after an error
  EXPECT_TRUE(facts.done);
}

// odd:tool_calls_is_object: content, citations and calls are objects in the stream. Thinking, contents, citations, a
// call's arguments at once and log probabilities, as the SDK's types have them.
TEST(CohereOddities, ContentAndCallsAreObjectsInTheStream) {
  const auto delta = [](Json message) { return Json{{"message", std::move(message)}}; };
  const std::string sse =
      event_of({{"type", "message-start"}, {"id", "m1"}, {"delta", delta({{"role", "assistant"}})}}) +
      event_of({{"type", "content-start"}, {"index", 0}, {"delta", delta({{"content", {{"type", "thinking"}, {"thinking", ""}}}})}}) +
      event_of({{"type", "content-delta"}, {"index", 0}, {"delta", delta({{"content", {{"thinking", "hm"}}}})}}) +
      event_of({{"type", "content-end"}, {"index", 0}}) +
      event_of({{"type", "content-start"}, {"index", 1}, {"delta", delta({{"content", {{"type", "text"}, {"text", ""}}}})}}) +
      event_of({{"type", "content-delta"}, {"index", 1}, {"delta", delta({{"content", {{"text", "in 1993"}}}})},
                {"logprobs", {{"text", "in 1993"}, {"token_ids", {1, 2}}, {"logprobs", {-0.5, -0.25}}}}}) +
      event_of({{"type", "citation-start"}, {"index", 0},
                {"delta", delta({{"citations", {{"start", 3}, {"end", 7}, {"text", "1993"}, {"type", "TEXT_CONTENT"},
                                                {"sources", {{{"type", "document"}, {"id", "doc:2"}, {"document", {{"title", "t"}}}}}}}}})}}) +
      event_of({{"type", "citation-end"}, {"index", 0}}) + event_of({{"type", "content-end"}, {"index", 1}}) +
      event_of({{"type", "debug"}, {"prompt", "x"}}) +
      event_of({{"type", "tool-call-start"}, {"index", 0},
                {"delta", delta({{"tool_calls", {{"id", "c1"}, {"type", "function"}, {"function", {{"name", "f"}, {"arguments", "{\"a\":1}"}}}}}})}}) +
      event_of({{"type", "tool-call-end"}, {"index", 0}}) +
      event_of({{"type", "message-end"}, {"delta", {{"finish_reason", "COMPLETE"}, {"usage", {{"billed_units", {{"input_tokens", 2.0}, {"output_tokens", 3}}}}}}}}) +
      "data: [DONE]\n\n";
  const Decoded decoded = decode_pieces(it(), {sse});
  ASSERT_EQ(decoded.error, "");
  EXPECT_THAT(describe(decoded.events),
              HasSubstr("started m1 \nthinking \"hm\"\n"
                        "text \"in 1993\"{\"content\":[{\"token\":\"in 1993\",\"logprob\":-0.75,\"bytes\":null,\"top_logprobs\":[]}]}\n"));
  const Sum sum = sum_of(decoded.events);
  ASSERT_EQ(sum.tools.size(), 1u);
  EXPECT_EQ(sum.tools[0].arguments, "{\"a\":1}");
  ASSERT_EQ(sum.citations.size(), 1u);
  EXPECT_EQ(sum.citations[0].start, 3);
  EXPECT_EQ(sum.citations[0].document, 2);
  EXPECT_EQ(sum.citations[0].title, "t");
  EXPECT_EQ(sum.usage->input, 2);
  expect_same_at_every_split(it(), sse);
}

TEST(CohereStreams, ErrorsOfOtherForms) {
  const std::string start = event_of({{"type", "message-start"}, {"id", "m"}});
  const std::string late = start + event_of({{"type", "message-end"}, {"delta", {{"finish_reason", "TIMEOUT"}, {"usage", Json::object()}}}});
  EXPECT_THAT(describe(decode_pieces(it(), {late}).events), HasSubstr("failed 504"));
  const std::string bare = start + "data: {\"id\":\"x\",\"message\":\"internal server error\"}\n\n";
  EXPECT_THAT(describe(decode_pieces(it(), {bare}).events), HasSubstr("failed 502 internal server error"));
  ASSERT_TRUE(facts_of(it(), bare).failure);
  const auto facts = facts_of(it(), "data: {\"message\":\"no\"}\n\n");
  EXPECT_TRUE(facts.failure && !facts.begun);   // the first event: another target may be asked
}

TEST(CohereStreams, BrokenOnesAreErrors) {
  const std::string start = event_of({{"type", "message-start"}, {"id", "m"}});
  for (const std::string& broken :
       {std::string("data: [1]\n\n"), std::string("data: nonsense\n\n"), start, start + "data: [DONE]\n\n", start + start,
        event_of({{"type", "content-delta"}, {"delta", {{"message", {{"content", {{"text", "x"}}}}}}}}),
        start + "data: {\"type\":\"content-delta\",\"delta\":{\"message\":{\"content\":{\"text\":\"\\x\"}}}}\n\n",
        start + "data: {\"type\":\"tool-call-delta\",\"delta\":{\"message\":{\"tool_calls\":{\"function\":{\"arguments\":\"{}\"}}}}}\n\n"}) {
    EXPECT_NE(decode_pieces(it(), {broken}).error, "") << broken;
  }
  EXPECT_TRUE(facts_of(it(), "data: [1]\n\n").garbled);
  EXPECT_TRUE(facts_of(it(), "<html>\n").garbled);
}

}  // namespace
}  // namespace sluice::dialects::cohere_tests
