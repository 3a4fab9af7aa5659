// The oddities of Bedrock's Converse API in recorded exchanges.
#include <gtest/gtest.h>

#include "support/oddities.hpp"
#include "unit/dialects/bedrock_support.hpp"

namespace sluice::dialects {
namespace {

using namespace bedrock_tests;
using test::showing;

TEST(BedrockOddities, TextAndThoughtsNeedNoBlockStart) {
  for (const auto* one : showing("odd:text_block_without_start")) {
    for (const Event& frame : events_of(one->response)) {
      EXPECT_TRUE(frame.type != "contentBlockStart" || frame.payload["start"].contains("toolUse")) << one->id;
    }
    const Decoded decoded = decode_pieces({one->response});
    EXPECT_EQ(decoded.error, "") << one->id;
    const auto sum = anthropic_tests::sum_of(decoded.events);
    EXPECT_FALSE(sum.text.empty() && sum.thinking.empty()) << one->id;
    EXPECT_TRUE(sum.ended) << one->id;
  }
}

TEST(BedrockOddities, UsageComesBehindTheStop) {
  for (const auto* one : showing("odd:text_block_without_start")) {
    const auto frames = events_of(one->response);
    ASSERT_EQ(frames.back().type, "metadata") << one->id;
    const auto output = frames.back().payload["usage"]["outputTokens"].get<std::int64_t>();
    EXPECT_EQ(facts_of(one->response).usage->output, output) << one->id;
  }
}

TEST(BedrockOddities, AGuardrailThatIntervenedIsAFilter) {
  for (const auto* one : showing("finish:guardrail_intervened")) {
    if (one->kind == test::Exchange::Kind::bytes) {
      const auto sum = anthropic_tests::sum_of(decode_pieces({one->response}).events);
      EXPECT_EQ(sum.finishes, std::vector{llm::Finish::content_filter}) << one->id;
      continue;
    }
    const auto answer = bedrock_wire().decode(one->response);
    ASSERT_TRUE(answer) << one->id;
    EXPECT_EQ(answer->choices.at(0).finish, llm::Finish::content_filter) << one->id;
  }
}

// invoke-with-response-stream wraps its events in base64; the last carries Bedrock's own metrics. Its type is one that
// the gateway does not ask for, but what it frames is read by the same rules.
TEST(BedrockOddities, FramesOfInvokeAreFrames) {
  std::size_t seen = 0;
  for (const auto* one : answered("invoke-stream")) {
    const auto frames = events_of(one->response);   // throws where a header is no string or a sum is wrong
    ASSERT_FALSE(frames.empty()) << one->id;
    for (const Event& frame : frames) EXPECT_TRUE(frame.payload.contains("bytes")) << one->id;
    const std::string last = test::detail::decode_base64(frames.back().payload["bytes"].get<std::string>());
    EXPECT_NE(last.find("amazon-bedrock-invocationMetrics"), std::string::npos) << one->id;
    ++seen;
  }
  EXPECT_GE(seen, 1u);
}

TEST(BedrockOddities, CacheStandsBesideTheInputUnderEitherName) {
  std::size_t seen = 0;
  for (const auto* one : showing("cached_usage", "bedrock")) {
    const bool whole = one->operation == "converse";
    if (!whole && one->operation != "converse-stream") continue;
    ++seen;
    Json counts = whole ? Json(one->json["usage"]) : events_of(one->response).back().payload["usage"];
    const auto usage = whole ? bedrock_wire().usage_of(llm::Operation::chat, one->response) : facts_of(one->response).usage;
    ASSERT_TRUE(usage) << one->id;
    EXPECT_EQ(usage->cache_read, counts["cacheReadInputTokens"].get<std::int64_t>()) << one->id;
    EXPECT_EQ(usage->input + usage->output, counts["totalTokens"].get<std::int64_t>()) << one->id;
  }
  EXPECT_GE(seen, 1u);
}

}  // namespace
}  // namespace sluice::dialects
