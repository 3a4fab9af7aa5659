// The oddities of Cohere's API in recorded exchanges.
#include <gtest/gtest.h>

#include "support/oddities.hpp"
#include "unit/dialects/cohere_support.hpp"

namespace sluice::dialects::cohere_tests {
namespace {

using test::showing;

TEST(CohereRecordedOddities, CallsOfAStreamAreObjects) {
  for (const auto* one : showing("odd:tool_calls_is_object")) {
    const Decoded decoded = decode_pieces(cohere::wire(), {one->response});
    EXPECT_EQ(decoded.error, "") << one->id;
    const Sum sum = sum_of(decoded.events);
    ASSERT_FALSE(sum.tools.empty()) << one->id;
    for (const auto& call : sum.tools) EXPECT_TRUE(Json::accept(call.arguments)) << one->id << call.arguments;
    EXPECT_EQ(sum.finishes, std::vector{llm::Finish::tool_calls}) << one->id;   // TOOL_CALL
  }
}

TEST(CohereRecordedOddities, AnErrorAtTheEndIsTold) {
  for (const auto* one : showing("odd:finish_ERROR_in_stream")) {
    const Sum sum = sum_of(decode_pieces(cohere::wire(), {one->response}).events);
    EXPECT_FALSE(sum.failure.empty() || sum.ended) << one->id;
    EXPECT_FALSE(sum.usage) << one->id;
    const auto facts = facts_of(cohere::wire(), one->response);
    ASSERT_TRUE(facts.failure) << one->id;
    EXPECT_EQ(facts.failure->error.name(), "invalid_tool_generation") << one->id;
  }
}

// 505 tokens were read, 10 are billed.
TEST(CohereRecordedOddities, WhatIsBilledIsTheUsage) {
  std::size_t differ = 0;
  for (const auto& one : answers()) {
    const Json usage = Json::parse(one.response).value("usage", Json::object());
    if (!usage.contains("billed_units") || !usage.contains("tokens")) continue;
    const int billed = usage["billed_units"].value("input_tokens", 0);
    differ += billed != usage["tokens"].value("input_tokens", 0);
    EXPECT_EQ(cohere::wire().usage_of(llm::Operation::chat, one.response)->input, billed) << one.id;
  }
  EXPECT_GE(differ, 1u);
}

TEST(CohereRecordedOddities, AStopSequenceIsAStop) {
  for (const auto* one : showing("finish:stop_sequence", "cohere")) {
    const auto answer = cohere::wire().decode(one->response);
    ASSERT_TRUE(answer) << one->id;
    EXPECT_EQ(answer->choices.at(0).finish, llm::Finish::stop) << one->id;
  }
}

}  // namespace
}  // namespace sluice::dialects::cohere_tests
