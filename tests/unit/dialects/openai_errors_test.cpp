// Every recorded error of an OpenAI-compatible service, and the shapes nobody recorded.
#include "openai_support.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects {
namespace {

Failure read(int status, std::string_view body, const http::Fields& fields = {}) {
  return openai_wire().read_failure(status, fields, body);
}
Failure recorded(std::string_view id) {
  const test::Exchange& one = test::exchange(id);
  return openai_wire().read_failure(one.status, fields_of(one), one.response);
}

TEST(OpenAiErrors, EveryRecordedErrorIsReadWithItsOwnMessage) {
  int seen = 0;
  for (const test::Exchange* one : test::exchanges_where(test::speaks_openai)) {
    if (one->status < 400) continue;
    ++seen;
    const Failure failure = openai_wire().read_failure(one->status, fields_of(*one), one->response);
    EXPECT_EQ(failure.status, one->status) << one->id;
    EXPECT_EQ(failure.error.message().find("answered with status"), std::string::npos) << one->id;
    EXPECT_EQ(failure.try_next, one->status == 429 || one->status >= 500) << one->id;
    EXPECT_EQ(failure.key_at_fault, one->status == 401 || one->status == 403 || one->status == 429) << one->id;
  }
  EXPECT_GE(seen, 15);
}

TEST(OpenAiErrors, OpenAi) {
  const Failure failure = recorded("openai-chat-completions-braintrust-sdk-python-test-openai-client-async-error-0");
  EXPECT_EQ(failure.error.code(), Code::not_found);
  EXPECT_EQ(failure.error.name(), "model_not_found");
  EXPECT_EQ(failure.error.message(), "The model `non-existent-model` does not exist or you do not have access to it.");
  const Failure key = recorded("openai-chat-completions-dd-trace-py-chat-completion-error-0");
  EXPECT_EQ(key.error.code(), Code::unauthorized);
  EXPECT_EQ(key.error.name(), "invalid_api_key");
  EXPECT_TRUE(key.key_at_fault);
  const Failure refused = recorded("openai-chat-completions-req-llm-text-embedding-3-small-no-tool-0");
  EXPECT_EQ(refused.error.code(), Code::forbidden);
  EXPECT_EQ(refused.error.name(), "invalid_request_error");
}

TEST(OpenAiErrors, AzuresCodeIsAStatusAndNoName) {
  const Failure failure = recorded("azure-embeddings-openllmetry-test-azure-openai-embeddings-2");
  EXPECT_EQ(failure.status, 401);
  EXPECT_EQ(failure.error.name(), "");
}

TEST(OpenAiErrors, AzuresLimitWaitsTheLongerOfItsTwoHeaders) {
  const Failure failure = recorded(
      "azure-chat-completions-ruby-llm-chat-real-error-scenarios-azure-grok-4-1-fast-non-reasoning-handles-co-0");
  EXPECT_EQ(failure.error.code(), Code::rate_limited);
  EXPECT_EQ(failure.error.name(), "RateLimitReached");
  EXPECT_EQ(failure.error.retry_after(), std::chrono::seconds(1));
  EXPECT_TRUE(failure.try_next);
  EXPECT_TRUE(failure.key_at_fault);
}

TEST(OpenAiErrors, DetailOfMistralAndVoyage) {
  EXPECT_EQ(
      recorded(
          "mistral-chat-completions-ruby-llm-chat-error-handling-with-mistral-mistral-small-latest-raises-appropria-0")
          .error.message(),
      "Invalid API Key");
  EXPECT_TRUE(recorded("voyage-embeddings-pydantic-ai-testvoyageai-test-embed-error-0")
                  .error.message()
                  .starts_with("Model nonexistent"));
  const Failure list = read(422, R"({"detail":[{"loc":["body","messages"],"msg":"Field required","type":"missing"}]})");
  EXPECT_EQ(list.error.message(), "Field required");
  EXPECT_EQ(list.error.param(), "messages");
  EXPECT_EQ(list.error.code(), Code::bad_request);
}

TEST(OpenAiErrors, XaisErrorIsAText) {
  const Failure failure = recorded("xai-chat-completions-req-llm-grok-code-fast-1-reasoning-basic-0");
  EXPECT_EQ(failure.error.message(), "Model grok-code-fast-1 does not support parameter reasoningEffort.");
  EXPECT_EQ(failure.error.name(), "");   // "Client specified an invalid argument" is no name
}

TEST(OpenAiErrors, ABadKeyIs400AtXai) {
  const test::Exchange& one =
      test::exchange("xai-responses-ruby-llm-chat-error-handling-with-xai-grok-4-1-fast-non-reasoning-raises-approp-0");
  for (const llm::Dialect dialect : {llm::Dialect::openai, llm::Dialect::responses}) {
    const Failure failure = wire(dialect).read_failure(one.status, fields_of(one), one.response);
    EXPECT_EQ(failure.status, 400);
    EXPECT_EQ(failure.error.code(), Code::unauthorized);
    EXPECT_TRUE(failure.key_at_fault);
    EXPECT_FALSE(failure.try_next);
  }
}

TEST(OpenAiErrors, AzureSaysMoreInItsError) {
  const Failure gone = read(404, R"({"error":{"code":"DeploymentNotFound","message":"It does not exist."}})");
  EXPECT_EQ(gone.error.code(), Code::not_found);
  EXPECT_EQ(gone.error.name(), "DeploymentNotFound");
  const Failure bad =
      read(422, R"({"error":{"code":"Invalid input","status":422,"message":"invalid input error","details":[]}})");
  EXPECT_EQ(bad.error.code(), Code::bad_request);
  EXPECT_EQ(bad.error.message(), "invalid input error");
  EXPECT_FALSE(bad.try_next);
  const Failure terse = read(422, R"({"error":{"code":"Invalid input","status":422,"details":[{"msg":"m"}]}})");
  EXPECT_EQ(terse.error.code(), Code::bad_request);
  const Failure filtered = read(400, R"({"error":{"message":"The response was filtered","type":null,"param":"prompt",)"
                                     R"("code":"content_filter","status":400,"innererror":{"code":"ResponsibleAI"}}})");
  EXPECT_EQ(filtered.error.name(), "content_filter");
  EXPECT_EQ(filtered.error.param(), "prompt");
}

TEST(OpenAiErrors, GroqsFailedCallIsTheCallersError) {
  const Failure failure = read(400, R"({"error":{"message":"Failed to call a function.","type":"invalid_request_error",)"
                                    R"("code":"tool_use_failed","failed_generation":"<function=f>{}</function>"}})");
  EXPECT_EQ(failure.error.name(), "tool_use_failed");
  EXPECT_EQ(failure.error.code(), Code::bad_request);
  EXPECT_FALSE(failure.try_next);
}

TEST(OpenAiErrors, CodeAndParamMayBeNull) {
  const Failure failure = read(500, R"({"error":{"message":"m","type":"server_error","param":null,"code":null}})");
  EXPECT_EQ(failure.error.message(), "m");
  EXPECT_EQ(failure.error.param(), "");
  EXPECT_TRUE(failure.try_next);
}

TEST(OpenAiErrors, DeepSeeksOctetStreamIsReadAsJson) {
  const Failure failure = recorded(
      "deepseek-chat-completions-ruby-llm-chat-real-error-scenarios-deepseek-deepseek-chat-handles-context-lengt-0");
  EXPECT_TRUE(failure.error.message().starts_with("This model's maximum context length"));
}

TEST(OpenAiErrors, OpenRouterTellsTheProvidersOwnErrorInRaw) {
  const Failure failure =
      read(429, R"({"error":{"message":"Provider returned error","code":429,"metadata":{"provider_name":"X",)"
                R"("raw":"{\"error\":{\"message\":\"slow down\"}}"}},"user_id":"u"})");
  EXPECT_EQ(failure.error.message(), "Provider returned error: slow down");
  EXPECT_EQ(failure.error.name(), "");
}

TEST(OpenAiErrors, PerplexitysTypeNamesIt) {
  EXPECT_EQ(recorded("perplexity-chat-completions-ruby-llm-chat-error-handling-with-perplexity-sonar-raises-"
                     "appropriate-auth-erro-0")
                .error.name(),
            "invalid_api_key");
}

TEST(OpenAiErrors, FlatObjectsAndListsOfOneAndOllama) {
  EXPECT_EQ(
      read(400, R"({"object":"error","message":"too long","type":"BadRequestError","param":"messages","code":400})")
          .error.message(),
      "too long");
  EXPECT_EQ(read(400, R"([{"error":{"code":400,"message":"bad","status":"INVALID_ARGUMENT"}}])").error.message(),
            "bad");
  EXPECT_EQ(read(404, R"({"error":"model 'x' not found"})").error.message(), "model 'x' not found");
}

TEST(OpenAiErrors, StatusesDecideWhetherToTryTheNext) {
  for (const int status : {408, 409, 425, 429, 498, 500, 502, 503, 504, 520, 529})
    EXPECT_TRUE(read(status, "{}").try_next) << status;
  for (const int status : {400, 401, 402, 403, 404, 405, 413, 415, 422})
    EXPECT_FALSE(read(status, "{}").try_next) << status;
  for (const int status : {401, 402, 403, 429}) EXPECT_TRUE(read(status, "{}").key_at_fault) << status;
  for (const int status : {400, 404, 408, 500, 503}) EXPECT_FALSE(read(status, "{}").key_at_fault) << status;
}

TEST(OpenAiErrors, AnOverloadUnderAnyStatusTriesTheNext) {
  EXPECT_TRUE(read(400, R"({"error":{"message":"m","type":"overloaded_error"}})").try_next);
}

TEST(OpenAiErrors, StatusesMapToCodes) {
  EXPECT_EQ(read(408, "").error.code(), Code::upstream_timeout);
  EXPECT_EQ(read(504, "").error.code(), Code::upstream_timeout);
  EXPECT_EQ(read(413, "").error.code(), Code::too_large);
  EXPECT_EQ(read(402, "").error.code(), Code::over_budget);
  EXPECT_EQ(read(500, "").error.code(), Code::upstream_failed);
  EXPECT_EQ(read(418, "").error.code(), Code::bad_request);
}

TEST(OpenAiErrors, APageOfHtmlIsNoMessage) {
  EXPECT_EQ(read(502, "<html><body>Bad gateway</body></html>").error.message(),
            "The provider answered with status 502.");
  EXPECT_EQ(read(503, "no healthy upstream").error.message(), "no healthy upstream");
  EXPECT_EQ(read(500, "{\"error\":{\"mess").error.message(), "The provider answered with status 500.");
  EXPECT_EQ(read(500, std::string_view("\x01\x02\xff", 3)).error.message(), "The provider answered with status 500.");
}

TEST(OpenAiErrors, ALongMessageIsCutBetweenCharacters) {
  std::string text;
  while (text.size() < 20'000) text += "é";
  const std::string message = read(400, "{\"error\":{\"message\":\"" + text + "\"}}").error.message();
  EXPECT_LE(message.size(), 4100u);
  EXPECT_TRUE(json::valid_utf8(message));
}

TEST(OpenAiErrors, WrongTypesInsideAnErrorDoNoHarm) {
  for (const std::string_view body :
       {R"({"error":{"message":5,"type":[],"param":{},"code":{}}})", R"({"error":[1,2]})", R"({"error":true})", "[]",
        "[[[]]]", "null", "7", R"({"detail":7})", R"({"detail":[]})", R"({"detail":["a"]})"}) {
    EXPECT_EQ(read(500, body).error.message(), "The provider answered with status 500.") << body;
  }
}

TEST(OpenAiErrorsInSuccess, AzuresFilteredPromptIsTheCallersError) {
  const test::Exchange& one = test::exchange("azure-chat-completions-openllmetry-test-prompt-content-filtering-0");
  const auto failure = openai_wire().failure_in_success(llm::Operation::chat, fields_of(one), one.response);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->status, 400);
  EXPECT_EQ(failure->error.code(), Code::bad_request);
  EXPECT_EQ(failure->error.name(), "content_filter");
  EXPECT_EQ(failure->error.param(), "prompt");
  EXPECT_FALSE(failure->try_next);
}

TEST(OpenAiErrorsInSuccess, AQuotaUnderStatus200IsALimit) {
  const auto failure = openai_wire().failure_in_success(
      llm::Operation::chat, {}, test::exchange("ro-openai-ai-openai-error-1-json").response);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->status, 429);
  EXPECT_EQ(failure->error.name(), "insufficient_quota");
  EXPECT_TRUE(failure->try_next);
  EXPECT_TRUE(failure->key_at_fault);
}

TEST(OpenAiErrorsInSuccess, AnErrorBesideOrInsideChoicesIsTheProvidersFault) {
  for (const std::string_view body : {R"({"error":{"message":"m","code":502},"choices":[{"message":{"content":"x"}}]})",
                                      R"({"choices":[{"message":{"content":"x"}}],"error":{"message":"m","code":502}})",
                                      R"({"choices":[{"message":{"content":"x"},"error":{"code":502,"message":"m"}}]})",
                                      R"({"id":"1","choices":[{"index":0},{"error" : {"code":502,"message":"m"}}]})"}) {
    const auto failure = openai_wire().failure_in_success(llm::Operation::chat, {}, body);
    ASSERT_TRUE(failure) << body;
    EXPECT_EQ(failure->status, 502) << body;
    EXPECT_EQ(failure->error.message(), "m") << body;
    EXPECT_TRUE(failure->try_next) << body;
  }
}

TEST(OpenAiErrorsInSuccess, TheWordInsideAGoodAnswerIsNoError) {
  for (const std::string_view body : {R"({"choices":[{}],"error":null})", R"({"choices":[{"error":null}],"error":{}})",
                                      R"({"choices":[{"message":{"content":"\"error\""}}]})",
                                      R"({"choices":[{"message":{"content":"error"},"error":""}]})",
                                      R"({"choices":[{"message":{"content":"error","annotations":[{"error":{"code":1}}]}}]})",
                                      R"({"data":[{"embedding":[1],"error":{"code":1}}]})"}) {
    EXPECT_FALSE(openai_wire().failure_in_success(llm::Operation::chat, {}, body)) << body;
  }
}

TEST(OpenAiErrorsInSuccess, WhatIsNoAnswerAtAllIsTheProvidersFault) {
  for (const std::string_view body : {"<html></html>", "", "[]", "{\"choices\"", "ok"}) {
    const auto failure = openai_wire().failure_in_success(llm::Operation::chat, {}, body);
    ASSERT_TRUE(failure) << body;
    EXPECT_EQ(failure->error.code(), Code::upstream_failed) << body;
    EXPECT_TRUE(failure->try_next) << body;
  }
}

TEST(OpenAiErrorsInSuccess, EveryRecordedGoodAnswerIsGood) {
  int seen = 0;
  for (const test::Exchange* one : test::exchanges_where(test::speaks_openai)) {
    if (one->status != 200 || one->kind != test::Exchange::Kind::json) continue;
    if (one->has("error_in_200") || one->has("odd:error_in_choice")) continue;
    ++seen;
    EXPECT_FALSE(openai_wire().failure_in_success(llm::Operation::chat, fields_of(*one), one->response)) << one->id;
  }
  EXPECT_GE(seen, 40);
}

}  // namespace
}  // namespace sluice::dialects
