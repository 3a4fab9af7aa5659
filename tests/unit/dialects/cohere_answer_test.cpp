// Whole answers of Cohere's: chat, errors, embeddings and rerank, recorded and otherwise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/dialects/cohere_support.hpp"

namespace sluice::dialects::cohere_tests {
namespace {

using llm::Operation;
using testing::HasSubstr;

const Wire& it() { return cohere::wire(); }

template <class P>
std::vector<P> parts_of(const llm::ChatResponse& answer) {
  std::vector<P> found;
  for (const llm::Part& part : answer.choices.at(0).parts) {
    if (const auto* const one = std::get_if<P>(&part)) found.push_back(*one);
  }
  return found;
}

TEST(CohereRecordedAnswers, SayWhatWasSent) {
  ASSERT_GE(answers().size(), 3u);
  for (const test::Exchange& exchange : answers()) {
    SCOPED_TRACE(exchange.id);
    const Json said = Json::parse(exchange.response);
    EXPECT_FALSE(it().failure_in_success(Operation::chat, {}, exchange.response));
    const auto answer = it().decode(exchange.response);
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(answer->id, said.at("id"));
    EXPECT_EQ(answer->usage, expected_usage(said.at("usage")));
    EXPECT_EQ(it().usage_of(Operation::chat, exchange.response), answer->usage);

    std::string text, thinking;
    for (const auto& part : parts_of<llm::Text>(*answer)) text += part.text;
    for (const auto& part : parts_of<llm::Thinking>(*answer)) thinking += part.text;
    const Json& message = said.at("message");
    std::string expected_text, expected_thinking;
    for (const Json& item : message.value("content", Json::array())) {
      expected_text += item.value("text", "");
      expected_thinking += item.value("thinking", "");
    }
    EXPECT_EQ(text, expected_text + message.value("tool_plan", ""));   // odd:message_without_content: the plan instead
    EXPECT_EQ(thinking, expected_thinking);
    const auto calls = parts_of<llm::ToolCall>(*answer);
    const Json expected_calls = message.value("tool_calls", Json::array());
    ASSERT_EQ(calls.size(), expected_calls.size());
    for (std::size_t i = 0; i < calls.size(); ++i) {
      EXPECT_EQ(calls[i].id, expected_calls[i].at("id"));
      EXPECT_EQ(calls[i].arguments, expected_calls[i].at("function").at("arguments"));
    }
  }
}

TEST(CohereRecordedAnswers, FinishReasons) {
  const auto finish = [](std::string_view id) { return it().decode(test::exchange(id).response)->choices.at(0).finish; };
  EXPECT_EQ(finish("cohere-chat-pydantic-ai-test-stop-settings-cohere-0"), llm::Finish::stop);   // STOP_SEQUENCE
  EXPECT_EQ(finish("cohere-chat-openllmetry-test-cohere-v2-chat-legacy-with-tool-calls-and-history-async-0"), llm::Finish::tool_calls);
  const auto answer = it().decode(R"({"id":"a","finish_reason":"MAX_TOKENS","message":{"content":[{"type":"text","text":"x"}]}})");
  EXPECT_EQ(answer->choices.at(0).finish, llm::Finish::length);
}

TEST(CohereRecordedAnswers, CitationsStandAtTheirTextAndKnowTheirDocument) {
  const auto& exchange = test::exchange("cohere-chat-ruby-llm-chat-citations-with-cohere-command-a-plus-05-2026-cites-text-documents-0");
  const auto answer = it().decode(exchange.response);
  ASSERT_TRUE(answer);
  const auto texts = parts_of<llm::Text>(*answer);
  ASSERT_EQ(texts.size(), 1u);
  ASSERT_EQ(texts[0].citations.size(), 3u);
  for (const llm::Citation& citation : texts[0].citations) {
    EXPECT_EQ(citation.document, 0);
    EXPECT_EQ(citation.title, "facts.txt");
    EXPECT_THAT(citation.quote, HasSubstr("Yukihiro Matsumoto"));
    EXPECT_TRUE(Json::accept(citation.raw));
  }
  EXPECT_EQ(texts[0].text.substr(47, 65 - 47), "Yukihiro Matsumoto");
  EXPECT_EQ(texts[0].citations[0].start, 47);
  EXPECT_EQ(texts[0].citations[0].end, 65);
}

// billed_units are what is paid: 62 tokens where the model read 1531.
TEST(CohereUsage, WhatIsPaidCounts) {
  const auto usage = [](std::string_view text) { return it().usage_of(Operation::chat, "{\"usage\":" + std::string(text) + "}"); };
  EXPECT_EQ(describe(*usage(R"({"billed_units":{"input_tokens":10,"output_tokens":4},"tokens":{"input_tokens":505,"output_tokens":6}})")), " 10 0 0 4 0 0");
  EXPECT_EQ(describe(*usage(R"({"tokens":{"input_tokens":505,"output_tokens":6}})")), " 505 0 0 6 0 0");
  EXPECT_EQ(describe(*usage(R"({"billed_units":{"input_tokens":10.0,"output_tokens":4.0},"cached_tokens":992})")), " 10 10 0 4 0 0");
  EXPECT_FALSE(usage("{}"));
  EXPECT_FALSE(usage("null"));
  EXPECT_FALSE(usage(R"({"billed_units":{"input_tokens":-1,"output_tokens":1e99}})"));
  EXPECT_EQ(describe(*it().usage_of(Operation::embeddings, R"({"meta":{"billed_units":{"input_tokens":3,"image_tokens":40}}})")), " 43 0 0 0 0 0");
}

TEST(CohereErrors, RecordedOnes) {
  const auto failure = [](std::string_view id) {
    const test::Exchange& exchange = test::exchange(id);
    return it().read_failure(exchange.status, test::fields_of(exchange), exchange.response);
  };
  const Failure key = failure("cohere-chat-ruby-llm-chat-error-handling-with-cohere-command-a-03-2025-raises-appropriate-a-0");
  EXPECT_EQ(key.error.code(), Code::unauthorized);
  EXPECT_TRUE(key.key_at_fault);
  EXPECT_THAT(key.error.message(), HasSubstr("Incorrect API key"));
  const Failure size = failure("cohere-chat-ruby-llm-chat-real-error-scenarios-cohere-command-a-03-2025-handles-context-len-0");
  EXPECT_EQ(size.error.name(), "context_length_exceeded");
  EXPECT_FALSE(size.try_next);
  const Failure model = failure("cohere-chat-openllmetry-test-agent-with-multiple-tools-5");
  EXPECT_EQ(model.error.name(), "model_not_found");
  EXPECT_EQ(model.error.param(), "model");
}

TEST(CohereErrors, ErrorsUnderHttp200) {
  const auto failure = [](std::string_view body, Operation operation = Operation::chat) { return it().failure_in_success(operation, {}, body); };
  const auto broke = failure(R"({"id":"a","message":{"role":"assistant"},"finish_reason":"ERROR","error":"no","error_type":"INVALID_TOOL_GENERATION"})");
  ASSERT_TRUE(broke);
  EXPECT_EQ(broke->error.message(), "no");
  EXPECT_TRUE(broke->try_next);
  EXPECT_EQ(failure(R"({"id":"a","message":"down for maintenance"})")->error.message(), "down for maintenance");
  EXPECT_TRUE(failure("<html>"));
  EXPECT_TRUE(failure("{}", Operation::embeddings));
  EXPECT_FALSE(failure(R"({"results":[]})", Operation::rerank));
}

TEST(CohereEmbeddings, RecordedAnswer) {
  const auto& exchange = test::exchange("cohere-embeddings-ruby-llm-embedding-basic-functionality-cohere-embed-v4-0-can-handle-multiple-te-0");
  EXPECT_FALSE(it().failure_in_success(Operation::embeddings, {}, exchange.response));
  const auto answer = it().decode_embedding(exchange.response);
  ASSERT_TRUE(answer);
  const Json said = Json::parse(exchange.response);
  ASSERT_EQ(answer->vectors.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(Json::parse(answer->vectors[i]), said.at("embeddings").at("float").at(i));
  EXPECT_EQ(answer->usage.input, 3);

  // The caller's request, read and written again, is the recorded one; the answer too.
  const auto request = cohere::caller().read_embedding(exchange.request);
  ASSERT_TRUE(request) << request.error().message();
  EXPECT_EQ(request->purpose, "document");
  const auto encoded = it().encode_embedding(*request, {"embed-v4.0", no_quirks()});
  ASSERT_TRUE(encoded);
  EXPECT_EQ(Json::parse(encoded->body), Json::parse(exchange.request));
  EXPECT_TRUE(encoded->dropped.empty());
  Json written = Json::parse(cohere::caller().write_embedding(*request, *answer, {"id", 1, {}}));
  Json expected = said;
  expected["meta"]["billed_units"].erase("image_tokens");
  EXPECT_EQ(written, expected);
}

TEST(CohereEmbeddings, OtherForms) {
  const auto floats = it().decode_embedding(R"({"id":"a","response_type":"embeddings_floats","embeddings":[[0.1,2e-3]],"texts":["x"]})");
  ASSERT_TRUE(floats);
  EXPECT_THAT(floats->vectors, testing::ElementsAre("[0.1,2e-3]"));   // as written
  EXPECT_FALSE(it().decode_embedding(R"({"id":"a"})"));
  llm::EmbeddingRequest tokens;
  tokens.inputs.push_back({"", {1, 2}});
  EXPECT_EQ(it().encode_embedding(tokens, {"m", no_quirks()}).error().param(), "input");

  const auto packed = cohere::caller().read_embedding(R"({"model":"m","input_type":"search_query","embedding_types":["base64"],"inputs":[{"content":[{"type":"text","text":"x"}]}],"truncate":"NONE"})");
  ASSERT_TRUE(packed);
  EXPECT_EQ(packed->inputs.at(0).text, "x");
  EXPECT_EQ(packed->truncate, false);
  llm::EmbeddingResponse one;
  one.vectors = {"[1,-2.5]"};
  const Json written = Json::parse(cohere::caller().write_embedding(*packed, one, {"id", 1, {}}));
  EXPECT_EQ(written.at("embeddings").at("base64").at(0), "AACAPwAAIMA=");
  for (const std::string_view bad : {R"({"model":"m","texts":["x"]})", R"({"model":"m","input_type":"image","texts":["x"]})",
                                     R"({"model":"m","input_type":"search_query","texts":["x"],"embedding_types":["int8"]})", R"({"input_type":"search_query","texts":["x"]})", "[]"}) {
    EXPECT_FALSE(cohere::caller().read_embedding(bad)) << bad;
  }
}

TEST(CohereRerank, RecordedExchange) {
  const auto& exchange = test::exchange("cohere-rerank-openinference-test-cohere-reranker-span-has-expected-attributes-0");
  const auto answer = it().decode_rerank(exchange.response);
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->results.size(), 2u);
  EXPECT_EQ(answer->results[0].index, 1);
  EXPECT_EQ(answer->results[0].score, "0.7140302");
  EXPECT_EQ(answer->usage.search_units, 1);
  EXPECT_EQ(it().usage_of(Operation::rerank, exchange.response)->search_units, 1);

  const auto request = cohere::caller().read_rerank(exchange.request);
  ASSERT_TRUE(request);
  const auto encoded = it().encode_rerank(*request, {"rerank-english-v2.0", no_quirks()});
  Json expected = Json::parse(exchange.request);
  expected.erase("max_chunks_per_doc");   // null
  EXPECT_EQ(Json::parse(encoded->body), expected);
  const Json written = Json::parse(cohere::caller().write_rerank(*request, *answer, {"id", 1, {}}));
  EXPECT_EQ(written.at("results"), Json::parse(exchange.response).at("results"));
  EXPECT_EQ(written.at("meta").at("billed_units"), Json({{"search_units", 1}}));
}

TEST(CohereRerank, DocumentsOfOtherForms) {
  const auto request = cohere::caller().read_rerank(
      R"({"model":"m","query":"q","documents":["a",{"text":"b"},{"title":"T","text":"c"}],"return_documents":true,"max_tokens_per_doc":100,"rank_fields":["text"]})");
  ASSERT_TRUE(request);
  const auto encoded = it().encode_rerank(*request, {"m", no_quirks()});
  const Json body = Json::parse(encoded->body);
  EXPECT_EQ(body.at("documents"), Json({"a", "b", "title: T\ntext: c"}));
  EXPECT_EQ(body.at("max_tokens_per_doc"), 100);
  EXPECT_THAT(encoded->dropped, testing::ElementsAre("rank_fields"));
  llm::RerankResponse answer;
  answer.results = {{2, "0.5", ""}, {0, "0.1", ""}};
  const Json written = Json::parse(cohere::caller().write_rerank(*request, answer, {"id", 1, {}}));
  EXPECT_EQ(written.at("results")[0].at("document"), Json({{"title", "T"}, {"text", "c"}}));
  EXPECT_EQ(written.at("results")[1].at("document"), Json({{"text", "a"}}));
  for (const std::string_view bad : {R"({"results":[{"index":0}]})", R"({"results":[{"index":-1,"relevance_score":1}]})", "{}", "[", R"({"results":[{"index":0,"relevance_score":"1"}]})"}) {
    EXPECT_FALSE(it().decode_rerank(bad)) << bad;
  }
}

TEST(CohereAnswers, BrokenOnesAreErrors) {
  for (const std::string_view bad : {"", "[]", "{}", R"({"message":"x"})", R"({"message":{})", R"({"message":{},"finish_reason":"ERROR"})"}) {
    EXPECT_FALSE(it().decode(bad)) << bad;
  }
}

}  // namespace
}  // namespace sluice::dialects::cohere_tests
