// Usage of whole answers: every recorded one, and hostile numbers.
#include "openai_support.hpp"

namespace sluice::dialects {
namespace {

std::optional<llm::Usage> usage(std::string_view body) {
  return openai_wire().usage_of(llm::Operation::chat, body);
}

TEST(OpenAiUsageOf, EveryRecordedWholeAnswerGivesTheServicesOwnNumbers) {
  int seen = 0;
  for (const test::Exchange* one : test::exchanges_where(test::speaks_openai)) {
    if (one->status != 200 || one->kind != test::Exchange::Kind::json || !one->json.contains("usage")) continue;
    ++seen;
    const auto& stated = one->json.at("usage");
    const auto found = usage(one->response);
    ASSERT_TRUE(found) << one->id;
    const auto prompt = stated.at("prompt_tokens").get<std::int64_t>();
    const auto total = stated.at("total_tokens").get<std::int64_t>();
    EXPECT_EQ(found->input + found->output, total) << one->id;   // nobody's total leaves anything out
    EXPECT_EQ(found->input - prompt, one->id.find("voxtral") != std::string::npos ? 375 : 0) << one->id;
    EXPECT_LE(found->cache_read + found->cache_write_5m, found->input) << one->id;
    EXPECT_LE(found->reasoning, found->output) << one->id;
    if (stated.contains("completion_tokens_details") && stated.at("completion_tokens_details").is_object()) {
      EXPECT_EQ(found->reasoning, stated.at("completion_tokens_details").value("reasoning_tokens", 0)) << one->id;
    }
  }
  EXPECT_GE(seen, 40);
}

TEST(OpenAiUsageOf, Embeddings) {
  const auto found = openai_wire().usage_of(
      llm::Operation::embeddings,
      test::exchange("openai-embeddings-dd-trace-py-openai-embeddings-post-6efa595c-0").response);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->input, 2);
  EXPECT_EQ(found->output, 0);
  EXPECT_EQ(usage(R"({"object":"list","data":[],"usage":{"total_tokens":10}})").value().input, 10);   // Voyage
}

TEST(OpenAiUsageOf, AnswersWithoutUsageGiveNone) {
  for (const std::string_view body :
       {"{}", R"({"usage":null})", R"({"usage":{}})", R"({"usage":5})", R"({"usage":[]})", "", "nonsense",
        R"({"choices":[{"usage":{"prompt_tokens":1}}]})", R"({"usage":{"prompt_tokens":null}})"}) {
    EXPECT_FALSE(usage(body)) << body;
  }
}

TEST(OpenAiUsageOf, TheLastUsageOfADuplicateCounts) {
  EXPECT_EQ(
      usage(R"({"usage":{"prompt_tokens":1,"completion_tokens":0},"usage":{"prompt_tokens":2,"completion_tokens":0}})")
          .value()
          .input,
      2);
}

TEST(OpenAiUsageOf, NumbersThatCannotBeAreNotTaken) {
  const auto found = usage(R"({"usage":{"prompt_tokens":-5,"completion_tokens":"7","total_tokens":9}})");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->input, 9);
  EXPECT_EQ(found->output, 0);
  const auto huge = usage(
      R"({"usage":{"prompt_tokens":1e300,"completion_tokens":9223372036854775807,"total_tokens":99999999999999999999,"cost":1e300}})");
  EXPECT_FALSE(huge) << "estimated from the bytes instead";
  EXPECT_EQ(usage(R"({"usage":{"prompt_tokens":12.0,"completion_tokens":1}})").value().input, 12);
}

TEST(OpenAiUsageOf, ThePartsNeverExceedTheirWhole) {
  const auto found = usage(R"({"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,
      "prompt_tokens_details":{"cached_tokens":8,"cache_write_tokens":8,"audio_tokens":50},
      "completion_tokens_details":{"reasoning_tokens":50,"audio_tokens":50}}})");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->cache_read, 8);
  EXPECT_EQ(found->cache_write_5m, 2);
  EXPECT_EQ(found->input_audio, 10);
  EXPECT_EQ(found->reasoning, 5);
  EXPECT_EQ(found->output_audio, 0);
}

}  // namespace
}  // namespace sluice::dialects
