// The oddities of Google's API in recorded exchanges, as an OpenAI caller is told of them.
#include <gtest/gtest.h>

#include "gemini_support.hpp"
#include "support/oddities.hpp"

namespace sluice::dialects::gemini_tests {
namespace {

using test::showing;

// Whole or streamed: the chunks of it, and what it adds up to.
std::vector<Json> chunks_in(const test::Exchange& one) {
  return one.kind == test::Exchange::Kind::json ? std::vector{Json::parse(one.response)} : chunks_of(one.response);
}
Sum told(const test::Exchange& one) {
  if (one.kind != test::Exchange::Kind::json) {
    const Decoded decoded = decode_pieces({one.response});
    EXPECT_EQ(decoded.error, "") << one.id;
    return sum_of(decoded.events);
  }
  Sum sum;
  const auto answer = gemini::wire().decode(one.response);
  EXPECT_TRUE(answer) << one.id;
  if (!answer) return sum;
  for (const llm::Part& part : answer->choices.at(0).parts) {
    if (const auto* text = std::get_if<llm::Text>(&part)) sum.text += text->text;
    if (const auto* call = std::get_if<llm::ToolCall>(&part)) sum.tools.push_back({call->id, call->name, call->arguments});
  }
  sum.finishes = {answer->choices[0].finish};
  sum.usage = answer->usage;
  sum.ended = true;
  return sum;
}

TEST(GeminiOddities, CallsFinishWithToolCallsThoughGoogleSaysStop) {
  for (const auto* one : showing("odd:function_call_with_finish_STOP")) {
    const Sum sum = told(*one);
    ASSERT_FALSE(sum.tools.empty()) << one->id;
    EXPECT_EQ(sum.finishes, std::vector{llm::Finish::tool_calls}) << one->id;
    for (const auto& call : sum.tools) EXPECT_FALSE(call.id.empty()) << one->id;
  }
}

TEST(GeminiOddities, AnIdThatACallHasIsKept) {
  for (const auto* one : showing("odd:function_call_with_id")) {
    std::vector<std::string> given, kept;
    for (const Json& chunk : chunks_in(*one)) {
      for (const Json& candidate : chunk.value("candidates", Json::array())) {
        for (const Json& part : candidate.value("content", Json::object()).value("parts", Json::array())) {
          if (part.contains("functionCall")) given.push_back(part["functionCall"].value("id", ""));
        }
      }
    }
    for (const auto& call : told(*one).tools) kept.push_back(call.id);
    EXPECT_EQ(kept, given) << one->id;
  }
}

TEST(GeminiOddities, WithoutContentPartsOrCandidatesItIsAnAnswerAllTheSame) {
  for (const char* label : {"odd:candidate_without_content", "odd:content_without_parts", "odd:no_candidates"}) {
    for (const auto* one : showing(label)) {
      EXPECT_FALSE(gemini::wire().failure_in_success(llm::Operation::chat, {}, one->response)) << one->id;
      const Sum sum = told(*one);
      EXPECT_TRUE(sum.text.empty() && sum.tools.empty()) << one->id;
      ASSERT_EQ(sum.finishes.size(), 1u) << one->id;
      const auto has = [one](const char* text) { return one->response.find(text) != std::string::npos; };
      const bool limit = has("\"MAX_TOKENS\"") || has("\"finishReason\":2");
      EXPECT_EQ(sum.finishes[0], limit ? llm::Finish::length : llm::Finish::content_filter) << one->id;
      const auto answer = gemini::wire().decode(one->response);
      const Json shown = Json::parse(openai::caller().write_chat({}, *answer, {"id", 1, ""})).at("choices").at(0);
      EXPECT_EQ(shown["finish_reason"], limit ? "length" : "content_filter") << one->id;
    }
  }
}

TEST(GeminiOddities, EmptyTextPartsAddNothingButTheirSignature) {
  for (const auto* one : showing("odd:empty_text_part")) {
    std::size_t signed_and_empty = 0;
    for (const Json& chunk : chunks_in(*one)) {
      for (const Json& candidate : chunk.value("candidates", Json::array())) {
        for (const Json& part : candidate.value("content", Json::object()).value("parts", Json::array())) {
          signed_and_empty += part.value("text", "x").empty() && part.contains("thoughtSignature");
        }
      }
    }
    EXPECT_GE(told(*one).signatures.size(), signed_and_empty) << one->id;
    EXPECT_TRUE(told(*one).ended) << one->id;
  }
}

TEST(GeminiOddities, AReasonMayBeANumber) {
  for (const auto* one : showing("odd:finish_reason_is_int")) {
    EXPECT_EQ(told(*one).finishes.size(), 1u) << one->id;
    EXPECT_NE(told(*one).finishes.at(0), llm::Finish::unknown) << one->id;
  }
}

TEST(GeminiOddities, AnArrayIsAStream) {
  for (const auto* one : showing("odd:json_array_stream")) {
    ASSERT_TRUE(one->response.starts_with("[")) << one->id;
    EXPECT_TRUE(told(*one).ended) << one->id;
    EXPECT_EQ(describe(decode_pieces(bytes_of(one->response)).events), describe(decode_pieces({one->response}).events)) << one->id;
  }
}

// total = prompt + tool use + candidates + thoughts; a count that lacks is none; cumulative: the last holds.
TEST(GeminiOddities, CountsAddUpToTheLastTotal) {
  for (const char* label : {"odd:tool_use_prompt_tokens", "odd:no_candidates_token_count", "odd:usage_in_many_chunks"}) {
    for (const auto* one : showing(label)) {
      if (!speaks_gemini(*one)) continue;
      Json last;
      for (const Json& chunk : chunks_in(*one)) {
        const Json counts = chunk.value("usageMetadata", Json::object());
        if (counts.contains("totalTokenCount")) last = counts;
      }
      if (last.is_null()) continue;   // blocked by Model Armor: nothing is counted
      const llm::Usage usage = told(*one).usage;
      EXPECT_EQ(usage.input + usage.output, last["totalTokenCount"].get<std::int64_t>()) << one->id;
      EXPECT_EQ(usage.reasoning, last.value("thoughtsTokenCount", std::int64_t{0})) << one->id;
    }
  }
}

}  // namespace
}  // namespace sluice::dialects::gemini_tests
