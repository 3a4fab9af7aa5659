// Whole answers, token counts and errors of Bedrock: every recorded one against an independent reading.
#include <gtest/gtest.h>

#include "unit/dialects/bedrock_support.hpp"

namespace sluice::dialects {
namespace {

using namespace bedrock_tests;
using llm::Operation;

// A part in one line, and what the block should give.
std::string line_of(const llm::Part& part) {
  if (const auto* text = std::get_if<llm::Text>(&part)) return "text " + text->text + " " + std::to_string(text->citations.size());
  if (const auto* thought = std::get_if<llm::Thinking>(&part)) return "thinking " + thought->text + " " + thought->signature;
  if (const auto* call = std::get_if<llm::ToolCall>(&part)) return "call " + call->id + " " + call->name + " " + call->arguments;
  if (const auto* own = std::get_if<llm::ServerPart>(&part)) return "server " + own->raw;
  return "other";
}
std::string line_of(const Json& block) {
  if (block.contains("text")) return "text " + block["text"].get<std::string>() + " 0";
  if (block.contains("reasoningContent")) {
    const Json& text = block["reasoningContent"]["reasoningText"];
    return "thinking " + text["text"].get<std::string>() + " " + text.value("signature", "");
  }
  if (block.contains("toolUse") && block["toolUse"].value("type", "") != "server_tool_use") {
    const Json& tool = block["toolUse"];
    return "call " + tool["toolUseId"].get<std::string>() + " " + tool["name"].get<std::string>() + " " + tool["input"].dump();
  }
  if (block.contains("citationsContent")) {
    return "text " + block["citationsContent"]["content"][0]["text"].get<std::string>() + " " + std::to_string(block["citationsContent"]["citations"].size());
  }
  return "server " + block.dump();
}

TEST(BedrockAnswer, EveryRecordedAnswerIsReadWhole) {
  const auto answers = answered("converse");
  ASSERT_GE(answers.size(), 10u);
  for (const auto* one : answers) {
    SCOPED_TRACE(one->id);
    const auto answer = bedrock_wire().decode(one->response);
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->choices.size(), 1u);
    const Json& content = one->json["output"]["message"]["content"];
    const auto& parts = answer->choices[0].parts;
    ASSERT_EQ(parts.size(), content.size());
    for (std::size_t i = 0; i < parts.size(); ++i) EXPECT_EQ(line_of(parts[i]), line_of(content[i]));
    const std::string stop = one->json["stopReason"];
    EXPECT_EQ(answer->choices[0].finish, stop == "end_turn"               ? llm::Finish::stop
                                         : stop == "tool_use"             ? llm::Finish::tool_calls
                                         : stop == "max_tokens"           ? llm::Finish::length
                                         : stop == "guardrail_intervened" ? llm::Finish::content_filter
                                                                          : llm::Finish::unknown) << stop;
    EXPECT_FALSE(bedrock_wire().failure_in_success(Operation::chat, test::fields_of(*one), one->response));
  }
}

// "totalTokens = input + output + read + written, 22 of 22", with duplicates under older names that are not added up.
TEST(BedrockUsage, AgreesWithTheProvidersOwnTotal) {
  for (const auto* one : answered("converse")) {
    SCOPED_TRACE(one->id);
    const auto usage = bedrock_wire().usage_of(Operation::chat, one->response);
    ASSERT_TRUE(usage);
    const Json& told = one->json["usage"];
    EXPECT_EQ(usage->input + usage->output, told["totalTokens"].get<std::int64_t>());
    EXPECT_EQ(usage->output, told["outputTokens"].get<std::int64_t>());
    EXPECT_EQ(usage->cache_read, told.value("cacheReadInputTokens", 0));
    EXPECT_EQ(usage->cache_write_5m + usage->cache_write_1h, told.value("cacheWriteInputTokens", 0));
    EXPECT_EQ(bedrock_wire().decode(one->response)->usage, *usage);
  }
}

TEST(BedrockUsage, CacheTermsAndCachedInsideTheInput) {
  const auto usage = [](std::string_view usage_json) {
    return *bedrock_wire().usage_of(Operation::chat, "{\"usage\":" + std::string(usage_json) + "}");
  };
  const auto hours = usage(R"({"inputTokens":3,"outputTokens":1,"totalTokens":110,"cacheReadInputTokens":6,"cacheWriteInputTokens":100,"cacheWriteInputTokenCount":100,)"
                           R"("cacheDetails":[{"ttl":"1h","inputTokens":70},{"ttl":"5m","inputTokens":30}]})");
  EXPECT_EQ(hours.input, 109);
  EXPECT_EQ(hours.cache_write_1h, 70);
  EXPECT_EQ(hours.cache_write_5m, 30);
  EXPECT_EQ(usage(R"({"inputTokens":50,"outputTokens":5,"totalTokens":55,"cacheReadInputTokens":40})").input, 50);
  EXPECT_FALSE(bedrock_wire().usage_of(Operation::chat, R"({"usage":{}})"));
  EXPECT_FALSE(bedrock_wire().usage_of(Operation::chat, "nonsense"));
  EXPECT_EQ(bedrock_wire().usage_of(Operation::embeddings, R"({"embedding":[1],"inputTextTokenCount":7})")->input, 7);
}

TEST(BedrockAnswer, WhatIsNoAnswer) {
  for (const std::string_view body : {"", "[]", "{}", R"({"output":{}})", R"({"output":{"message":{"content":1}}})", R"({"output":)", "<html>"}) {
    const auto answer = bedrock_wire().decode(body);
    ASSERT_FALSE(answer) << body;
    EXPECT_EQ(answer.error().code(), Code::upstream_failed);
    EXPECT_TRUE(bedrock_wire().failure_in_success(Operation::chat, {}, body) || body.find("output") != body.npos) << body;
  }
  const auto failure = bedrock_wire().failure_in_success(Operation::chat, {}, R"({"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"})");
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->status, 502);
}

TEST(BedrockAnswer, CitationsKeepWhatTheySay) {
  const auto& one = test::exchange("bedrock-converse-ruby-llm-chat-citations-with-bedrock-claude-haiku-4-5-cites-tool-results-return-1");
  const auto answer = bedrock_wire().decode(one.response);
  ASSERT_TRUE(answer);
  const auto& text = std::get<llm::Text>(answer->choices[0].parts.at(0));
  ASSERT_EQ(text.citations.size(), 1u);
  EXPECT_EQ(text.citations[0].title, "Ruby Facts");
  EXPECT_EQ(text.citations[0].url, "https://example.com/ruby-facts");
  EXPECT_EQ(text.citations[0].quote, "The Ruby programming language was created by Yukihiro Matsumoto in 1993.");
  EXPECT_EQ(text.citations[0].document, 0);
  EXPECT_EQ(Json::parse(text.citations[0].raw), one.json["output"]["message"]["content"][0]["citationsContent"]["citations"][0]);
}

TEST(BedrockAnswer, RedactedReasoningAndServiceTier) {
  const auto answer = bedrock_wire().decode(R"({"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"redactedContent":"AQID"}},{"text":"x"}]}},)"
                                            R"("stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2},"serviceTier":{"type":"flex"}})");
  ASSERT_TRUE(answer);
  const auto& thought = std::get<llm::Thinking>(answer->choices[0].parts.at(0));
  EXPECT_TRUE(thought.redacted);
  EXPECT_EQ(thought.signature, "AQID");
  EXPECT_EQ(thought.maker, llm::Maker::anthropic);
  EXPECT_EQ(answer->service_tier, "flex");
}

TEST(BedrockErrors, EveryRecordedOneIsUnderstood) {
  int seen = 0;
  for (const std::string_view operation : {"converse", "converse-stream", "invoke", "invoke-stream", "count-tokens"}) {
    for (const auto* one : recorded(operation)) {
      if (one->status < 400) continue;
      ++seen;
      const auto failure = bedrock_wire().read_failure(one->status, test::fields_of(*one), one->response);
      EXPECT_EQ(failure.status, one->status) << one->id;
      EXPECT_EQ(failure.error.message(), one->json["message"].get<std::string>()) << one->id;
      EXPECT_FALSE(failure.try_next) << one->id;
      EXPECT_EQ(failure.key_at_fault, one->status == 403) << one->id;
    }
  }
  EXPECT_GE(seen, 4);
  const auto& unknown = test::exchange("bedrock-count-tokens-pydantic-ai-test-bedrock-count-tokens-error-0");
  EXPECT_EQ(bedrock_wire().read_failure(400, test::fields_of(unknown), unknown.response).error.name(), "model_not_found");
}

struct Kind { std::string_view type; int status; Code code; bool try_next, key_at_fault; };

TEST(BedrockErrors, TheKindInTheHeaderDecides) {
  const std::vector<Kind> kinds = {
      {"ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/", 400, Code::bad_request, false, false},
      {"UnrecognizedClientException:http://internal.amazon.com/coral/com.amazon.coral.service/", 403, Code::unauthorized, false, true},
      {"ExpiredTokenException", 403, Code::unauthorized, false, true},
      {"InvalidSignatureException", 403, Code::unauthorized, false, true},
      {"AccessDeniedException", 403, Code::forbidden, false, true},
      {"ResourceNotFoundException", 404, Code::not_found, false, false},
      {"ModelTimeoutException", 408, Code::upstream_timeout, true, false},
      {"ModelErrorException", 424, Code::upstream_failed, true, false},
      {"ThrottlingException", 429, Code::rate_limited, true, true},
      {"ModelNotReadyException", 429, Code::upstream_failed, true, false},
      {"ServiceQuotaExceededException", 400, Code::rate_limited, true, true},
      {"InternalServerException", 500, Code::upstream_failed, true, false},
      {"ServiceUnavailableException", 503, Code::upstream_failed, true, false}};
  for (const Kind& kind : kinds) {
    const auto failure = bedrock_wire().read_failure(kind.status, error_type(kind.type), R"({"message":"m"})");
    EXPECT_EQ(failure.error.code(), kind.code) << kind.type;
    EXPECT_EQ(failure.status, kind.status) << kind.type;
    EXPECT_EQ(failure.try_next, kind.try_next) << kind.type;
    EXPECT_EQ(failure.key_at_fault, kind.key_at_fault) << kind.type;
  }
  const auto typed = bedrock_wire().read_failure(400, {}, R"({"__type":"com.amazon.coral.availability#ThrottlingException","message":"slow"})");
  EXPECT_EQ(typed.error.code(), Code::rate_limited);
  const auto page = bedrock_wire().read_failure(502, {}, "<html>secret</html>");
  EXPECT_EQ(page.error.message(), "The provider answered with status 502.");
  EXPECT_TRUE(page.try_next);
  const auto shouted = bedrock_wire().read_failure(403, {}, R"({"Message":"User is not authorized"})");
  EXPECT_EQ(shouted.error.message(), "User is not authorized");
}

TEST(BedrockErrors, ValidationErrorsWithAMeaningOfTheirOwn) {
  const auto named = [](std::string_view message) {
    return bedrock_wire().read_failure(400, error_type("ValidationException"), "{\"message\":\"" + std::string(message) + "\"}").error.name();
  };
  EXPECT_EQ(named("The provided model identifier is invalid."), "model_not_found");
  EXPECT_EQ(named("Input is too long for requested model."), "context_length_exceeded");
  EXPECT_EQ(named("The model returned the following errors: prompt is too long: 210000 tokens > 200000 maximum"), "context_length_exceeded");
  EXPECT_EQ(named("This model doesn't support the s3Uri field."), "");
}

TEST(BedrockAnswer, TokenCounts) {
  EXPECT_EQ(*bedrock_wire().decode_token_count(R"({"inputTokens":42})"), 42);
  EXPECT_FALSE(bedrock_wire().decode_token_count("{}"));
  EXPECT_FALSE(bedrock_wire().usage_of(llm::Operation::count_tokens, R"({"inputTokens":42})"));   // they are not used up
  EXPECT_FALSE(bedrock_wire().decode_token_count(R"({"inputTokens":-1})"));
}

}  // namespace
}  // namespace sluice::dialects
