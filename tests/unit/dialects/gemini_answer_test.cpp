// Whole answers, token counts, embeddings and errors of the Gemini API.
#include <gtest/gtest.h>

#include "gemini_support.hpp"

namespace sluice::dialects::gemini_tests {
namespace {

TEST(GeminiAnswer, RecordedAnswersAsReadIndependently) {
  ASSERT_GE(answers().size(), 20u);
  for (const auto& one : answers()) {
    SCOPED_TRACE(one.id);
    const auto decoded = gemini::wire().decode(one.response);
    ASSERT_TRUE(decoded) << decoded.error().message();
    EXPECT_FALSE(gemini::wire().failure_in_success(llm::Operation::chat, {}, one.response));
    const Json body = Json::parse(one.response);
    EXPECT_EQ(decoded->id, body.value("responseId", ""));
    EXPECT_EQ(decoded->model, body.value("modelVersion", ""));
    const Json counts = body.value("usageMetadata", Json::object());
    const llm::Usage expected = expected_usage(counts);
    EXPECT_EQ(decoded->usage.input, expected.input);
    EXPECT_EQ(decoded->usage.output, expected.output);
    EXPECT_EQ(decoded->usage.reasoning, expected.reasoning);
    EXPECT_EQ(decoded->usage.cache_read, expected.cache_read);
    if (counts.contains("totalTokenCount")) { EXPECT_EQ(expected.input + expected.output, counts["totalTokenCount"]); }
    if (!body.contains("candidates")) {
      ASSERT_EQ(decoded->choices.size(), 1u);
      EXPECT_EQ(decoded->choices[0].finish, llm::Finish::content_filter);
      continue;
    }
    ASSERT_EQ(decoded->choices.size(), body["candidates"].size());
    for (std::size_t i = 0; i < decoded->choices.size(); ++i) {
      const Json& candidate = body["candidates"][i];
      std::string text, thinking, seen_text, seen_thinking, calls, seen_calls, signatures, seen_signatures;
      for (const Json& part : candidate.value("content", Json::object()).value("parts", Json::array())) {
        if (part.contains("text")) (part.value("thought", false) ? thinking : text) += part["text"].get<std::string>();
        if (part.contains("functionCall")) calls += part["functionCall"]["name"].get<std::string>() + part["functionCall"]["args"].dump();
        if (part.contains("text") || part.contains("functionCall")) signatures += part.value("thoughtSignature", "");
      }
      for (const llm::Part& part : decoded->choices[i].parts) {
        if (const auto* t = std::get_if<llm::Text>(&part)) seen_text += t->text, seen_signatures += t->signature;
        if (const auto* t = std::get_if<llm::Thinking>(&part)) seen_thinking += t->text, seen_signatures += t->signature;
        if (const auto* c = std::get_if<llm::ToolCall>(&part)) {
          seen_calls += c->name + Json::parse(c->arguments).dump();
          seen_signatures += c->signature;
          EXPECT_FALSE(c->id.empty());
          EXPECT_EQ(c->maker, c->signature.empty() ? llm::Maker::unknown : llm::Maker::google);
        }
      }
      EXPECT_EQ(seen_text, text);
      EXPECT_EQ(seen_thinking, thinking);
      EXPECT_EQ(seen_calls, calls);
      EXPECT_EQ(seen_signatures, signatures);
      EXPECT_EQ(decoded->choices[i].finish, expected_finish(candidate.value("finishReason", Json()), !calls.empty()));
    }
  }
}

TEST(GeminiAnswer, CallsThatHaveNoIdGetOneThatIsUniqueInTheTurn) {
  const auto& one = test::exchange("vertex-generateContent-ruby-llm-chat-function-calling-vertexai-gemini-2-5-flash-can-handle-multiple-to-1");
  const auto decoded = gemini::wire().decode(one.response);
  ASSERT_TRUE(decoded);
  std::vector<std::string> ids;
  for (const auto& part : decoded->choices.at(0).parts) {
    if (const auto* call = std::get_if<llm::ToolCall>(&part)) ids.push_back(call->id);
  }
  ASSERT_EQ(ids.size(), 3u);
  EXPECT_TRUE(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
  EXPECT_NE(ids[0].find(decoded->id), std::string::npos);   // and in the conversation
  EXPECT_EQ(decoded->choices[0].finish, llm::Finish::tool_calls);
}

TEST(GeminiAnswer, WhyItStoppedByNameAndByNumber) {
  struct Row { const char* raw; llm::Finish finish; };
  for (const Row& row : {Row{"\"STOP\"", llm::Finish::stop}, {"1", llm::Finish::stop}, {"2", llm::Finish::length}, {"3", llm::Finish::content_filter},
                         {"\"MAX_TOKENS\"", llm::Finish::length}, {"\"SAFETY\"", llm::Finish::content_filter}, {"\"RECITATION\"", llm::Finish::content_filter},
                         {"\"PROHIBITED_CONTENT\"", llm::Finish::content_filter}, {"\"SPII\"", llm::Finish::content_filter},
                         {"\"MODEL_ARMOR\"", llm::Finish::content_filter}, {"\"MALFORMED_FUNCTION_CALL\"", llm::Finish::unknown},
                         {"12", llm::Finish::unknown}, {"\"UNEXPECTED_TOOL_CALL\"", llm::Finish::unknown}, {"\"OTHER\"", llm::Finish::unknown},
                         {"\"FAKE_NEW_REASON\"", llm::Finish::unknown}, {"99", llm::Finish::unknown}, {"123456789012", llm::Finish::unknown}}) {
    SCOPED_TRACE(row.raw);
    const auto decoded = gemini::wire().decode(std::string(R"({"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":)") + row.raw + "}]}");
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->choices.at(0).finish, row.finish);
  }
}

// An empty answer that failed is no answer: another target is asked.
TEST(GeminiAnswer, NothingSaidBeforeAFailureIsAFailure) {
  const auto decode = [](const std::string& candidates) { return gemini::wire().decode("{\"candidates\":[" + candidates + "]}"); };
  struct Row { const char* raw; const char* name; };
  for (const Row& row : {Row{"\"MALFORMED_FUNCTION_CALL\"", "malformed_function_call"}, {"10", "malformed_function_call"},
                         {"\"UNEXPECTED_TOOL_CALL\"", "unexpected_tool_call"}, {"\"TOO_MANY_TOOL_CALLS\"", "too_many_tool_calls"},
                         {"\"OTHER\"", "other"}, {"99", "other"}}) {
    SCOPED_TRACE(row.raw);
    const std::string reason = std::string("\"finishReason\":") + row.raw;
    for (const std::string& content : {std::string(), std::string(R"("content":{"parts":[{"text":"hm","thought":true}]},)")}) {
      const auto failed = decode("{" + content + reason + R"(,"finishMessage":"print f1"})");
      ASSERT_FALSE(failed);
      EXPECT_EQ(failed.error().code(), Code::upstream_failed);
      EXPECT_EQ(failed.error().name(), row.name);
      EXPECT_NE(failed.error().message().find("print f1"), std::string::npos) << failed.error().message();
    }
    EXPECT_TRUE(decode("{" + reason + R"(},{"index":1,"content":{"parts":[{"text":"x"}]},"finishReason":"STOP"})"));
  }
  EXPECT_TRUE(decode(R"({"finishReason":"STOP"})"));
  EXPECT_TRUE(decode(R"({"finishReason":"SAFETY"})"));
  EXPECT_TRUE(decode(R"({"content":{"parts":[{"functionCall":{"name":"f"}}]},"finishReason":"OTHER"})"));
}

TEST(GeminiAnswer, PicturesSoundAndProbabilities) {
  const auto decoded = gemini::wire().decode(
      R"({"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}},{"inlineData":{"mimeType":"audio/L16;codec=pcm;rate=24000","data":"BBBB"}},)"
      R"({"inlineData":{"mimeType":"image/png","data":"CCCC"},"thought":true},{"newPart":{}}]},"finishReason":"STOP",)"
      R"("logprobsResult":{"chosenCandidates":[{"token":"a","tokenId":5,"logProbability":-0.25}],"topCandidates":[{"candidates":[{"token":"a","logProbability":-0.25},{"token":"b"}]}]}}],)"
      R"("usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":5,"promptTokensDetails":[{"modality":"TEXT","tokenCount":4},{"modality":4,"tokenCount":6}],)"
      R"("candidatesTokensDetails":[{"modality":"AUDIO","tokenCount":5}]}})");
  ASSERT_TRUE(decoded);
  const auto& choice = decoded->choices.at(0);
  ASSERT_EQ(choice.parts.size(), 3u);   // a thought's draft is not shown
  EXPECT_EQ(std::get<llm::Image>(choice.parts[0]).base64, "AAAA");
  EXPECT_EQ(std::get<llm::Audio>(choice.parts[1]).format, "pcm16");
  EXPECT_EQ(std::get<llm::ServerPart>(choice.parts[2]).raw, R"({"newPart":{}})");
  EXPECT_EQ(choice.logprobs, R"({"content":[{"token":"a","logprob":-0.25,"bytes":null,"top_logprobs":[{"token":"a","logprob":-0.25,"bytes":null},{"token":"b","logprob":0,"bytes":null}]}],"refusal":null})");
  EXPECT_EQ(decoded->usage.input_audio, 6);
  EXPECT_EQ(decoded->usage.output_audio, 5);
}

TEST(GeminiAnswer, SearchesAndTheirSources) {
  const auto& one = test::exchange("vertex-generateContent-ruby-llm-chat-citations-with-vertexai-gemini-2-5-flash-returns-grounding-citati-1");
  const auto decoded = gemini::wire().decode(one.response);
  ASSERT_TRUE(decoded);
  const Json body = Json::parse(one.response);
  std::size_t cited = 0;
  for (const Json& support : body["candidates"][0]["groundingMetadata"]["groundingSupports"]) cited += support["groundingChunkIndices"].size();
  const auto& text = std::get<llm::Text>(decoded->choices.at(0).parts.at(0));
  ASSERT_EQ(text.citations.size(), cited);
  EXPECT_EQ(text.text.substr(static_cast<std::size_t>(text.citations[0].start)), "6, released on July 14, 2026.");
  EXPECT_EQ(decoded->usage.web_searches, 1);   // 2.5 is billed by the request
  EXPECT_EQ(gemini::wire().usage_of(llm::Operation::chat, one.response), decoded->usage);
}

TEST(GeminiAnswer, CountingIsFreeAndWhatStatesNoUsageIsMarked) {
  EXPECT_EQ(gemini::wire().usage_of(llm::Operation::count_tokens, R"({"totalTokens":31})"), llm::Usage{});
  EXPECT_FALSE(gemini::wire().usage_of(llm::Operation::chat, R"({"candidates":[{}],"usageMetadata":{"trafficType":"ON_DEMAND"}})"));
  EXPECT_TRUE(gemini::wire().decode(R"({"candidates":[{"finishReason":"STOP"}]})")->usage.estimated);
}

TEST(GeminiAnswer, RefusesWhatIsNone) {
  for (const char* body : {"", "[]", "{}", "{\"candidates\":", "{\"candidates\":{}}", "<html>"}) {
    EXPECT_FALSE(gemini::wire().decode(body)) << body;
  }
  EXPECT_TRUE(gemini::wire().failure_in_success(llm::Operation::chat, {}, "{}"));
  EXPECT_TRUE(gemini::wire().failure_in_success(llm::Operation::chat, {}, R"([{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}])"));
}

TEST(GeminiCounts, OfTokensAndEmbeddings) {
  EXPECT_EQ(*gemini::wire().decode_token_count(R"({"totalTokens":31,"promptTokensDetails":[{"modality":"TEXT","tokenCount":31}]})"), 31);
  EXPECT_EQ(*gemini::wire().decode_token_count("{}"), 0);
  EXPECT_FALSE(gemini::wire().decode_token_count("[]"));
  const auto batch = gemini::wire().decode_embedding(R"({"embeddings":[{"values":[0.10,-2e-3]},{"values":[1]}]})");
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->vectors, (std::vector<std::string>{"[0.10,-2e-3]", "[1]"}));
  EXPECT_TRUE(batch->usage.estimated);
  const auto single = gemini::wire().decode_embedding(R"({"embedding":{"values":[1,2]},"usageMetadata":{"promptTokenCount":3,"totalTokenCount":3}})");
  ASSERT_TRUE(single);
  EXPECT_EQ(single->usage.input, 3);
  EXPECT_FALSE(gemini::wire().decode_embedding("{}"));
}

TEST(GeminiErrors, RecordedOnes) {
  ASSERT_GE(errors().size(), 8u);
  for (const auto& one : errors()) {
    SCOPED_TRACE(one.id);
    const Failure failure = gemini::wire().read_failure(one.status, test::fields_of(one), one.response);
    const Json error = Json::parse(one.response)["error"];
    EXPECT_EQ(failure.status, error["code"].get<int>());
    EXPECT_EQ(failure.error.message(), error["message"].get<std::string>());
    const bool bad_key = one.response.find("API_KEY_INVALID") != std::string::npos;
    EXPECT_EQ(failure.key_at_fault, bad_key || one.status == 403 || one.status == 429);
    if (bad_key) { EXPECT_EQ(failure.error.code(), Code::unauthorized); }
    if (one.status == 404) { EXPECT_EQ(failure.error.name(), "model_not_found"); }
    // The same inside an array, as a stream without alt=sse has it.
    const Failure wrapped = gemini::wire().read_failure(one.status, test::fields_of(one), "[" + one.response + "\n]");
    EXPECT_EQ(wrapped.error.message(), failure.error.message());
    EXPECT_EQ(wrapped.key_at_fault, failure.key_at_fault);
  }
}

TEST(GeminiErrors, ALimitSaysHowLongToWaitInItsDetails) {
  const auto& one = test::exchange("gemini-generateContent-ruby-llm-chat-real-error-scenarios-gemini-gemini-2-5-flash-handles-context-leng-0");
  const Failure failure = gemini::wire().read_failure(one.status, test::fields_of(one), one.response);
  EXPECT_EQ(failure.error.retry_after(), std::chrono::seconds(48));
  EXPECT_TRUE(failure.try_next);
  EXPECT_TRUE(failure.key_at_fault);
}

TEST(GeminiErrors, WhatTheyMean) {
  const auto read = [](int status, std::string_view body) { return gemini::wire().read_failure(status, {}, body); };
  EXPECT_EQ(read(400, R"({"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}})").error.name(),
            "context_length_exceeded");
  EXPECT_FALSE(read(400, R"({"error":{"code":400,"message":"x","status":"INVALID_ARGUMENT"}})").try_next);
  EXPECT_TRUE(read(400, R"({"error":{"code":400,"message":"User location is not supported for the API use.","status":"FAILED_PRECONDITION"}})").try_next);
  EXPECT_TRUE(read(503, "<html>").try_next);
  EXPECT_EQ(read(503, "<html>").error.message(), "The provider answered with status 503.");
  EXPECT_EQ(read(200, R"({"error":{"message":"x","status":"RESOURCE_EXHAUSTED"}})").status, 429);
}

}  // namespace
}  // namespace sluice::dialects::gemini_tests
