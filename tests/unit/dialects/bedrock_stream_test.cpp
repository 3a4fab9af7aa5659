// ConverseStream answers, passed through and decoded: every recorded one against an independent reading of its frames.
#include <gtest/gtest.h>

#include "unit/dialects/bedrock_support.hpp"

namespace sluice::dialects {
namespace {

using namespace bedrock_tests;
namespace event = llm::event;

std::vector<const test::Exchange*> streams() { return answered("converse-stream"); }

// What the frames add up to, read with a JSON library.
struct Expected { std::string text, thinking, signature, tools, stop; Json usage; std::size_t citations = 0; };

Expected expected_of(std::string_view bytes) {
  Expected sum;
  for (const Event& one : events_of(bytes)) {
    if (one.type == "contentBlockStart" && one.payload["start"].contains("toolUse")) {
      const Json& tool = one.payload["start"]["toolUse"];
      sum.tools += "[" + tool["toolUseId"].get<std::string>() + " " + tool["name"].get<std::string>() + "]";
    }
    if (one.type == "contentBlockDelta") {
      const Json& delta = one.payload["delta"];
      if (delta.contains("text")) sum.text += delta["text"].get<std::string>();
      if (delta.contains("toolUse")) sum.tools += delta["toolUse"]["input"].get<std::string>();
      if (delta.contains("citation")) ++sum.citations;
      if (delta.contains("reasoningContent")) {
        sum.thinking += delta["reasoningContent"].value("text", "");
        sum.signature += delta["reasoningContent"].value("signature", "");
      }
    }
    if (one.type == "messageStop") sum.stop = one.payload["stopReason"];
    if (one.type == "metadata") sum.usage = one.payload["usage"];
  }
  return sum;
}

TEST(BedrockStream, EveryRecordedStreamIsReadWhole) {
  ASSERT_GE(streams().size(), 7u);
  for (const auto* one : streams()) {
    SCOPED_TRACE(one->id);
    const Expected expected = expected_of(one->response);
    const Decoded decoded = decode_pieces({one->response});
    EXPECT_EQ(decoded.error, "");
    const auto sum = anthropic_tests::sum_of(decoded.events);
    EXPECT_EQ(sum.text, expected.text);
    EXPECT_EQ(sum.thinking, expected.thinking);
    EXPECT_EQ(sum.signature, expected.signature);
    std::string tools;
    for (const auto& tool : sum.tools) tools += "[" + tool.id + " " + tool.name + "]" + tool.arguments;
    EXPECT_EQ(tools, expected.tools);
    EXPECT_EQ(sum.finishes.size(), 1u);
    EXPECT_TRUE(sum.ended);
    EXPECT_EQ(sum.usage.input + sum.usage.output, expected.usage["totalTokens"].get<std::int64_t>());
    EXPECT_EQ(sum.usage.output, expected.usage["outputTokens"].get<std::int64_t>());
    std::size_t citations = 0;
    for (const auto& e : decoded.events) citations += std::holds_alternative<event::CitationSeen>(e);
    EXPECT_EQ(citations, expected.citations);
  }
}

TEST(BedrockStream, AnySplitGivesTheSameEvents) {
  for (const auto* one : streams()) {
    SCOPED_TRACE(one->id);
    const std::string whole = describe(decode_pieces({one->response}).events);
    EXPECT_EQ(describe(decode_pieces(cut(one->response, 1)).events), whole);
    const std::string_view bytes = one->response;
    const std::size_t step = bytes.size() > 2000 ? 61 : 1;   // prime: comes to every place in a frame
    for (std::size_t at = 1; at < bytes.size(); at += step) {
      ASSERT_EQ(describe(decode_pieces({bytes.substr(0, at), bytes.substr(at)}).events), whole) << at;
    }
  }
}

TEST(BedrockStream, ATruncatedStreamIsNeverAWholeAnswer) {
  for (const auto* one : streams()) {
    SCOPED_TRACE(one->id);
    const auto frames = events_of(one->response);
    const std::string_view bytes = one->response;
    std::size_t stopped = 0, at = 0;   // where messageStop ends
    for (const Event& frame : frames) {
      at += number_at(bytes, at, 4);
      if (frame.type == "messageStop") stopped = at;
    }
    for (const std::size_t end : {std::size_t{1}, bytes.size() / 3, bytes.size() / 2, stopped - 1, bytes.size() - 1}) {
      EXPECT_NE(decode_pieces({bytes.substr(0, end)}).error, "") << end;
    }
    // Whole, though without its usage.
    EXPECT_EQ(decode_pieces({bytes.substr(0, stopped)}).error, "");
  }
}

// "`metadata` with usage comes after messageStop".
TEST(BedrockMeter, FindsUsageBehindTheStop) {
  for (const auto* one : streams()) {
    SCOPED_TRACE(one->id);
    const Expected expected = expected_of(one->response);
    const auto facts = facts_of(one->response);
    EXPECT_TRUE(facts.begun && facts.finished && facts.done);
    EXPECT_FALSE(facts.garbled || facts.failure);
    EXPECT_EQ(facts.events, static_cast<std::int64_t>(events_of(one->response).size()));
    ASSERT_TRUE(facts.usage);
    EXPECT_EQ(facts.usage->input + facts.usage->output, expected.usage["totalTokens"].get<std::int64_t>());
    EXPECT_GE(facts.text_bytes, static_cast<std::int64_t>(expected.text.size()));
    const auto bytewise = facts_of(one->response, 1);
    EXPECT_EQ(bytewise.usage, facts.usage);
    EXPECT_EQ(bytewise.text_bytes, facts.text_bytes);
    EXPECT_EQ(bytewise.events, facts.events);
  }
}

TEST(BedrockMeter, KnowsWhatIsNoStream) {
  EXPECT_TRUE(facts_of("<html>Bad gateway, and more of it</html>").garbled);
  EXPECT_TRUE(facts_of("data: {\"choices\":[]}\n\n").garbled);
  const auto& one = *streams().front();
  const auto cut_off = facts_of(std::string_view(one.response).substr(0, one.response.size() / 2));
  EXPECT_TRUE(cut_off.begun);
  EXPECT_FALSE(cut_off.finished || cut_off.done);
}

TEST(BedrockMeter, AnExceptionIsAFailure) {
  const auto first = facts_of(frame_of("throttlingException", R"({"message":"Too many tokens, please wait before trying again."})", "exception"));
  ASSERT_TRUE(first.failure);
  EXPECT_FALSE(first.begun);
  EXPECT_EQ(first.failure->status, 429);
  EXPECT_EQ(first.failure->error.code(), Code::rate_limited);
  EXPECT_TRUE(first.failure->try_next && first.failure->key_at_fault);
  const auto later = facts_of(frame_of("messageStart", R"({"role":"assistant","p":"abc"})") +
                              frame_of("modelStreamErrorException", R"({"message":"broke","originalStatusCode":500})", "exception"));
  EXPECT_TRUE(later.begun);
  ASSERT_TRUE(later.failure);
  EXPECT_EQ(later.failure->status, 424);
  EXPECT_FALSE(later.finished);
}

TEST(BedrockStream, ExceptionsInsideAreTold) {
  const std::string stream = frame_of("messageStart", R"({"role":"assistant"})") +
                             frame_of("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"Hi"},"p":"ab"})") +
                             frame_of("serviceUnavailableException", R"({"message":"Bedrock is unable to process your request."})", "exception") +
                             frame_of("messageStop", R"({"stopReason":"end_turn"})");
  const Decoded decoded = decode_pieces({stream});
  EXPECT_EQ(decoded.error, "");
  ASSERT_EQ(decoded.events.size(), 3u);
  const auto& failed = std::get<event::Failed>(decoded.events.back());
  EXPECT_EQ(failed.status, 503);
  EXPECT_EQ(failed.error.message(), "Bedrock is unable to process your request.");
  EXPECT_TRUE(failed.try_next);
}

// "no contentBlockStart for text and reasoning blocks", and where others give one (recorded by vercel/ai) it says nothing;
// a tool without arguments has an empty input; metadata before messageStop.
TEST(BedrockStream, TheRebuiltStreamWithAnEmptyToolInput) {
  std::string stream;
  std::istringstream lines(test::exchange("ro-bedrock-ai-amazon-bedrock-tool-no-args-chunks-txt").response);
  for (std::string line; std::getline(lines, line);) {
    const Json chunk = Json::parse(line);
    stream += frame_of(chunk.begin().key(), chunk.begin().value().dump());
  }
  const Decoded decoded = decode_pieces({stream});
  EXPECT_EQ(decoded.error, "");
  EXPECT_EQ(describe(decoded.events), "started  \ntext \"I'll update the issue list for you.\"\ntool 0 tool-use-id updateIssueList\n"
                                      "arguments 0 \"{}\"\nusage 100 0 0 0 25 0 0\nfinished 2\nended\n");
  EXPECT_TRUE(facts_of(stream).done);
}

TEST(BedrockStream, RedactedReasoningImagesAndSystemTools) {
  const std::string stream =
      frame_of("messageStart", R"({"role":"assistant"})") +
      frame_of("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"reasoningContent":{"redactedContent":"AQIDBA=="}}})") +
      frame_of("contentBlockStop", R"({"contentBlockIndex":0})") +
      frame_of("contentBlockStart", R"({"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"t","name":"nova_grounding","type":"server_tool_use"}}})") +
      frame_of("contentBlockDelta", R"({"contentBlockIndex":1,"delta":{"toolUse":{"input":"{}"}}})") +
      frame_of("contentBlockStop", R"({"contentBlockIndex":1})") +
      frame_of("contentBlockStart", R"({"contentBlockIndex":2,"start":{"image":{"format":"webp"}}})") +
      frame_of("contentBlockDelta", R"({"contentBlockIndex":2,"delta":{"image":{"source":{"bytes":"QUJD"}}}})") +
      frame_of("messageStop", R"({"stopReason":"guardrail_intervened"})") + frame_of("metadata", R"({"usage":{"inputTokens":1,"outputTokens":2}})");
  const Decoded decoded = decode_pieces({stream});
  ASSERT_EQ(decoded.events.size(), 6u) << describe(decoded.events);
  const auto& thought = std::get<event::ThinkingDelta>(decoded.events[1]);
  EXPECT_TRUE(thought.redacted);
  EXPECT_EQ(thought.signature, "AQIDBA==");
  EXPECT_EQ(std::get<llm::Image>(std::get<event::PartSeen>(decoded.events[2]).part).media_type, "image/webp");
  EXPECT_EQ(std::get<event::Finished>(decoded.events[3]).reason, llm::Finish::content_filter);
}

}  // namespace
}  // namespace sluice::dialects
