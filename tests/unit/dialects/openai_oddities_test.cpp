// One test for each oddity that tests/traffic/README.md tells of OpenAI-compatible services, on the exchange that shows it.
#include "openai_support.hpp"

namespace sluice::dialects {
namespace {

StreamMeter::Facts stream(std::string_view id) { return facts_of(test::exchange(id).response); }
llm::Usage usage(std::string_view id) {
  const auto found = openai_wire().usage_of(llm::Operation::chat, test::exchange(id).response);
  EXPECT_TRUE(found) << id;
  return found.value_or(llm::Usage{});
}

TEST(OpenAiFraming, LinesMayEndWithCrLf) {
  const auto facts = stream(
      "perplexity-chat-completions-ruby-llm-chat-streaming-responses-perplexity-sonar-supports-streaming-responses-0");
  EXPECT_TRUE(facts.begun);
  EXPECT_TRUE(facts.finished);
}

TEST(OpenAiFraming, AStreamWithoutDoneIsFinishedByItsFinishReason) {
  const std::string_view id = "cerebras-chat-completions-req-llm-qwen-3-235b-a22b-thinking-2507-streaming-0";
  ASSERT_EQ(test::exchange(id).response.find("[DONE]"), std::string::npos);
  EXPECT_TRUE(stream(id).finished);
}

TEST(OpenAiFraming, CommentLinesAreNoEvents) {
  const std::string_view id = "openrouter-chat-completions-req-llm-minimax-minimax-m1-object-streaming-0";
  ASSERT_TRUE(test::exchange(id).response.starts_with(": OPENROUTER PROCESSING"));
  const auto facts = stream(id);
  EXPECT_FALSE(facts.garbled);
  EXPECT_TRUE(facts.begun);
}

TEST(OpenAiFraming, FillerOfVaryingLengthIsIgnored) {
  const auto facts =
      facts_of(event_of(R"({"p":"abcdef","choices":[{"index":0,"delta":{"content":"Hi"}}],"obfuscation":"xyzabc"})"));
  EXPECT_TRUE(facts.begun);
  EXPECT_EQ(facts.text_bytes, 2);
}

TEST(OpenAiFraming, GroqsErrorEventIsAFailureAndNoEnd) {
  const auto facts = stream("groq-chat-completions-pydantic-ai-test-tool-use-failed-error-streaming-with-text-0");
  ASSERT_TRUE(facts.failure);
  EXPECT_EQ(facts.failure->status, 400);
  EXPECT_EQ(facts.failure->error.code(), Code::bad_request);
  EXPECT_EQ(facts.failure->error.name(), "tool_use_failed");
  EXPECT_EQ(facts.failure->error.message(), "Tool choice is required, but model did not call a tool");
  EXPECT_FALSE(facts.failure->try_next);
  EXPECT_TRUE(facts.begun);
  EXPECT_FALSE(facts.finished);
}

TEST(OpenAiFraming, AnErrorThatIsTheOnlyEventBeginsNothing) {
  for (const std::string& bytes :
       {std::string("event: error\n") + event_of(R"({"error":{"message":"busy","code":503}})"),
        event_of(R"({"error":{"message":"busy","type":"overloaded"}})")}) {
    const auto facts = facts_of(bytes);
    EXPECT_FALSE(facts.begun);
    EXPECT_FALSE(facts.garbled);
    ASSERT_TRUE(facts.failure);
    EXPECT_EQ(facts.failure->status, 503);
    EXPECT_TRUE(facts.failure->try_next);
  }
}

TEST(OpenAiChunks, AzuresFirstChunkHasNoChoicesAndNoModel) {
  const auto facts = stream("azure-chat-completions-req-llm-gpt-5-nano-object-streaming-0");
  EXPECT_TRUE(facts.begun);
  EXPECT_TRUE(facts.model.starts_with("gpt-5-nano")) << facts.model;
  ASSERT_TRUE(facts.usage);
  EXPECT_EQ(facts.usage->output, 500);
}

TEST(OpenAiChunks, AChoiceMayHaveNoDelta) {
  const auto facts = facts_of(event_of(
      R"({"choices":[{"index":0,"finish_reason":null,"content_filter_results":{},"content_filter_offsets":{}}]})"));
  EXPECT_TRUE(facts.begun);
  EXPECT_FALSE(facts.finished);
}

TEST(OpenAiChunks, UsageComesInALastChunkWithoutChoices) {
  const auto facts = stream("openai-chat-completions-req-llm-gpt-4o-2024-08-06-object-streaming-0");
  ASSERT_TRUE(facts.usage);
  EXPECT_EQ(facts.usage->input, 79);
  EXPECT_EQ(facts.usage->output, 15);
}

TEST(OpenAiChunks, UsageComesWithTheFinishChunk) {
  const auto facts = stream("zai-chat-completions-req-llm-glm-4-5-flash-object-streaming-0");
  ASSERT_TRUE(facts.usage);
  EXPECT_EQ(facts.usage->input, 219);
  EXPECT_EQ(facts.usage->cache_read, 218);
  EXPECT_TRUE(facts.finished);
}

TEST(OpenAiChunks, GroqTellsTheSameUsageThreeTimesAndItCountsOnce) {
  const auto facts = stream("groq-chat-completions-req-llm-llama-3-3-70b-versatile-streaming-0");
  ASSERT_TRUE(facts.usage);
  EXPECT_EQ(facts.usage->input, 52);
  EXPECT_EQ(facts.usage->output, 20);
}

TEST(OpenAiChunks, GroqsUsageUnderXGroqAloneIsFound) {
  const auto facts = facts_of(
      event_of(R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],)"
               R"("x_groq":{"id":"req_1","usage":{"prompt_tokens":7,"completion_tokens":50,"total_tokens":57}}})"));
  ASSERT_TRUE(facts.usage);
  EXPECT_EQ(facts.usage->output, 50);
}

TEST(OpenAiChunks, PerplexitysCumulativeUsageIsTakenAtItsLastAndNotSummed) {
  const auto facts = stream(
      "perplexity-chat-completions-ruby-llm-chat-streaming-responses-perplexity-sonar-supports-streaming-responses-0");
  ASSERT_TRUE(facts.usage);
  EXPECT_EQ(facts.usage->input, 8);
  EXPECT_EQ(facts.usage->output, 5);
  EXPECT_EQ(facts.usage->reported_cost_nano_usd, 5'010'000);
}

TEST(OpenAiChunks, TheMessageSoFarBesideADeltaIsNotCountedAsText) {
  const auto facts =
      facts_of(event_of(R"({"choices":[{"index":0,"message":{"content":"Hello wor"},"delta":{"content":"wor"}}]})"));
  EXPECT_EQ(facts.text_bytes, 3);
}

TEST(OpenAiChunks, AChunkAfterTheUsageDoesNotLoseIt) {
  const std::string_view id = "openai-chat-completions-pydantic-ai-test-openai-moderation-stream-0";
  ASSERT_TRUE(test::exchange(id).has("odd:usage_before_last_chunk"));
  EXPECT_TRUE(stream(id).usage);
}

TEST(OpenAiChunks, AFinishReasonMayComeTwice) {
  const auto facts = stream("openrouter-chat-completions-pydantic-ai-test-openrouter-web-search-annotations-stream-0");
  EXPECT_TRUE(facts.finished);
  ASSERT_TRUE(facts.usage);
  EXPECT_EQ(facts.usage->web_searches, 1);
  EXPECT_EQ(facts.usage->reported_cost_nano_usd, 7'650'917);
}

TEST(OpenAiChunks, AnEmptyFinishReasonIsNone) {
  EXPECT_FALSE(facts_of(event_of(R"({"choices":[{"index":0,"delta":{},"finish_reason":""}]})")).finished);
}

TEST(OpenAiChunks, OpenRoutersErrorBesideChoicesIsAFailure) {
  const auto facts = stream("openrouter-chat-completions-req-llm-google-gemini-2-5-flash-lite-object-streaming-0");
  ASSERT_TRUE(facts.failure);
  EXPECT_EQ(facts.failure->status, 502);
  EXPECT_EQ(facts.failure->error.message(),
            "Provider returned error: Malformed function call: call:structured_output{age:39,name:");
  EXPECT_TRUE(facts.failure->try_next);
  EXPECT_TRUE(facts.begun);
  ASSERT_TRUE(facts.usage);
  EXPECT_EQ(facts.usage->reported_cost_nano_usd, 101'300);
}

TEST(OpenAiChunks, ToolDeltasWithoutIndexOrWithANegativeOneAreCounted) {
  EXPECT_GT(stream("mistral-chat-completions-openinference-test-synchronous-streaming-chat-completions-with-tool-call-"
                   "response-em-0")
                .text_bytes,
            0);
  EXPECT_GT(stream("zai-chat-completions-req-llm-glm-4-5-flash-object-streaming-0").text_bytes, 0);
}

TEST(OpenAiChunks, WithSeveralChoicesTheLastToFinishFinishes) {
  const auto chunk = [](int index, bool end) {
    return event_of("{\"choices\":[{\"index\":" + std::to_string(index) +
                    ",\"delta\":{\"content\":\"a\"},\"finish_reason\":" + (end ? "\"stop\"" : "null") + "}]}");
  };
  EXPECT_FALSE(facts_of(chunk(0, false) + chunk(1, false) + chunk(0, true)).finished);
  EXPECT_TRUE(facts_of(chunk(0, false) + chunk(1, false) + chunk(0, true) + chunk(1, true)).finished);
}

TEST(OpenAiChunks, TextBesideADeltaIsTheSameTextOnce) {
  EXPECT_EQ(
      facts_of(event_of(R"({"choices":[{"index":0,"text":"abc","delta":{"content":"abc"},"seed":9007199254740993}]})"))
          .text_bytes,
      3);
  EXPECT_EQ(facts_of(event_of(R"({"choices":[{"index":0,"text":"abc"}]})")).text_bytes, 3);
}

TEST(OpenAiChunks, ContentMayBeAListOfThinkingAndText) {
  EXPECT_EQ(
      facts_of(
          event_of(
              R"({"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hmm"}],"closed":true},)"
              R"({"type":"text","text":"hi"}]}}]})"))
          .text_bytes,
      5);
}

TEST(OpenAiAnswers, AChoiceWithoutMessageIsStillAnAnswer) {
  const test::Exchange& one = test::exchange("azure-chat-completions-openllmetry-test-chat-content-filtering-0");
  EXPECT_FALSE(openai_wire().failure_in_success(llm::Operation::chat, fields_of(one), one.response));
  EXPECT_EQ(usage(one.id).output, 19);
}

TEST(OpenAiUsage, XaiLeavesReasoningOutOfTheCompletion) {
  const llm::Usage found = usage("xai-chat-completions-req-llm-grok-3-mini-fast-tool-round-trip-1-0");
  EXPECT_EQ(found.input, 32);
  EXPECT_EQ(found.cache_read, 2);
  EXPECT_EQ(found.output, 31 + 430);
  EXPECT_EQ(found.reasoning, 430);
}

TEST(OpenAiUsage, XaisTicksAreTenBillionToTheDollar) {
  const auto found =
      openai_wire().usage_of(llm::Operation::chat, test::exchange("ro-xai-ai-xai-tool-call-json").response);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->reported_cost_nano_usd, 139'900);
}

TEST(OpenAiUsage, MistralLeavesAudioOutOfThePrompt) {
  const llm::Usage found = usage(
      "mistral-chat-completions-ruby-llm-chat-audio-models-mistral-voxtral-small-latest-can-understand-mp3-audi-0");
  EXPECT_EQ(found.input, 9 + 375);
  EXPECT_EQ(found.input_audio, 375);
  EXPECT_EQ(found.output, 201);
}

TEST(OpenAiUsage, ThoughtsOnlyTheTotalKnowsOfAreOutput) {
  const auto found = openai_wire().usage_of(
      llm::Operation::chat, R"({"choices":[{}],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":40}})");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->input, 10);
  EXPECT_EQ(found->output, 30);
}

TEST(OpenAiUsage, MoreCachedThanPromptTokensAreClamped) {
  const llm::Usage found =
      usage("azure-chat-completions-ruby-llm-chat-function-calling-azure-grok-4-1-fast-non-reasoning-can-use-parall-0");
  EXPECT_EQ(found.input, 293);
  EXPECT_EQ(found.cache_read, 293);
  EXPECT_EQ(found.reported_cost_nano_usd, std::nullopt);   // its ticks of 0 do not make it free
}

TEST(OpenAiUsage, CachedTokensHaveManyNames) {
  EXPECT_EQ(
      usage(
          "deepseek-chat-completions-ruby-llm-chat-tool-choice-and-calls-control-deepseek-deepseek-chat-respects-cho-0")
          .cache_read,
      256);
  EXPECT_EQ(
      usage("mistral-chat-completions-pydantic-ai-test-tool-choice-matrix-tools-plus-output-mistral-1").cache_read,
      174);
  EXPECT_EQ(usage("mistral-chat-completions-pydantic-ai-test-mistral-history-uses-prompt-cache-1").cache_read, 224);
  const auto found = openai_wire().usage_of(
      llm::Operation::chat, R"({"usage":{"prompt_tokens":10,"completion_tokens":1,"cached_tokens":4}})");
  EXPECT_EQ(found.value().cache_read, 4);
  EXPECT_EQ(openai_wire()
                .usage_of(llm::Operation::chat,
                          R"({"usage":{"prompt_tokens":10,"completion_tokens":1,"prompt_cache_hit_tokens":6}})")
                .value()
                .cache_read,
            6);
}

TEST(OpenAiUsage, WrittenCacheTokensArePartOfThePrompt) {
  const llm::Usage found =
      usage("openai-chat-completions-dd-trace-py-chat-completion-prompt-caching-5-6-cache-write-0");
  EXPECT_EQ(found.input, 1220);
  EXPECT_EQ(found.cache_write_5m, 1217);
  EXPECT_EQ(found.reasoning, 100);
}

TEST(OpenAiUsage, CostIsANumberAtOpenRouterAndAnObjectAtPerplexity) {
  EXPECT_EQ(stream("openrouter-chat-completions-chatlas-test-openrouter-images-0").usage.value().reported_cost_nano_usd,
            1'281'600);
  EXPECT_EQ(
      usage(
          "perplexity-chat-completions-ruby-llm-chat-document-models-perplexity-sonar-pro-understands-docx-documents-0")
          .reported_cost_nano_usd,
      6'140'000);
}

TEST(OpenAiUsage, WithACallersOwnKeyOpenRoutersFeeIsNotTheWholeCost) {
  const auto found = openai_wire().usage_of(
      llm::Operation::chat,
      R"({"usage":{"prompt_tokens":1,"completion_tokens":1,"cost":0.001,"is_byok":true,"cost_details":{"upstream_inference_cost":0.02}}})");
  EXPECT_EQ(found.value().reported_cost_nano_usd, 21'000'000);
}

}  // namespace
}  // namespace sluice::dialects
