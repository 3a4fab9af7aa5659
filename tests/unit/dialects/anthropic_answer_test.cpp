// Whole answers, usage and errors of Anthropic's messages API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/dialects/anthropic_support.hpp"

namespace sluice::dialects::anthropic_tests {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

std::string joined_text(const std::vector<llm::Part>& parts) {
  std::string all;
  for (const auto& part : parts) {
    if (const auto* text = std::get_if<llm::Text>(&part)) all += text->text;
  }
  return all;
}

TEST(AnthropicRecordedAnswers, AreAllThere) { EXPECT_GE(messages().size(), 14u); }

TEST(AnthropicRecordedAnswers, DecodeToWhatTheySay) {
  for (const test::Exchange& exchange : messages()) {
    SCOPED_TRACE(exchange.id);
    const Json body = Json::parse(exchange.response);
    const auto answer = anthropic::wire().decode(exchange.response);
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(answer->id, body.at("id"));
    EXPECT_EQ(answer->model, body.at("model"));
    ASSERT_EQ(answer->choices.size(), 1u);
    const llm::Choice& choice = answer->choices.front();
    EXPECT_EQ(choice.finish, expected_finish(body.at("stop_reason").get<std::string>()));

    std::string text;
    std::vector<Json> calls, thoughts;
    for (const Json& block : body.at("content")) {
      if (block.at("type") == "text") text += block.at("text");
      if (block.at("type") == "tool_use") calls.push_back(block);
      if (block.at("type") == "thinking") thoughts.push_back(block);
    }
    EXPECT_EQ(joined_text(choice.parts), text);
    std::size_t call = 0, thought = 0;
    for (const auto& part : choice.parts) {
      if (const auto* tool = std::get_if<llm::ToolCall>(&part)) {
        ASSERT_LT(call, calls.size());
        EXPECT_EQ(tool->id, calls[call].at("id"));
        EXPECT_EQ(tool->name, calls[call].at("name"));
        EXPECT_EQ(Json::parse(tool->arguments), calls[call++].at("input"));
      }
      if (const auto* thinking = std::get_if<llm::Thinking>(&part)) {
        ASSERT_LT(thought, thoughts.size());
        EXPECT_EQ(thinking->text, thoughts[thought].at("thinking"));
        EXPECT_EQ(thinking->signature, thoughts[thought++].at("signature"));
      }
    }
    EXPECT_EQ(call, calls.size());
    EXPECT_EQ(thought, thoughts.size());
    const auto usage = anthropic::wire().usage_of(llm::Operation::chat, exchange.response);
    ASSERT_TRUE(usage);
    EXPECT_EQ(*usage, answer->usage);
  }
}

TEST(AnthropicRecordedAnswers, CountEveryToken) {
  for (const test::Exchange& exchange : messages()) {
    SCOPED_TRACE(exchange.id);
    const Json said = Json::parse(exchange.response).at("usage");
    const auto number = [](const Json& object, const char* key) { return object.value(key, std::int64_t{0}); };
    std::int64_t input = 0, output = 0;
    const auto add = [&](const Json& counts) {
      input += number(counts, "input_tokens") + number(counts, "cache_read_input_tokens") +
               number(counts, "cache_creation_input_tokens");
      output += number(counts, "output_tokens");
    };
    add(said);
    for (const Json& iteration : said.value("iterations", Json::array())) {
      if (iteration.at("type") == "compaction") add(iteration);
    }
    const llm::Usage usage = *anthropic::wire().usage_of(llm::Operation::chat, exchange.response);
    EXPECT_EQ(usage.input, input);
    EXPECT_EQ(usage.output, output);
    EXPECT_GE(usage.input, usage.cache_read + usage.cache_write_5m + usage.cache_write_1h);
  }
}

TEST(AnthropicRecordedAnswers, AreNoFailures) {
  for (const test::Exchange& exchange : messages()) {
    EXPECT_FALSE(anthropic::wire().failure_in_success(llm::Operation::chat, {}, exchange.response)) << exchange.id;
  }
}

llm::ChatResponse decoded(const std::string& content, const std::string& rest = "") {
  auto answer = anthropic::wire().decode(
      R"({"type":"message","id":"m","model":"c","stop_reason":"end_turn","content":)" + content + rest + "}");
  EXPECT_TRUE(answer);
  return answer ? *answer : llm::ChatResponse{};
}

TEST(AnthropicAnswerOddities, EmptyContentIsAnAnswer) {
  EXPECT_TRUE(decoded("[]").choices.at(0).parts.empty());
  EXPECT_EQ(decoded("[]").choices.at(0).finish, llm::Finish::stop);
}

TEST(AnthropicAnswerOddities, CitedTextsStandApartWithTheirCitations) {
  const auto parts =
      decoded(R"([{"type":"text","text":"a"},{"type":"text","text":"b","citations":[{"type":"web_search_result_location",)"
              R"("url":"https://x.test","title":"X","cited_text":"q","encrypted_index":"e"},{"type":"page_location",)"
              R"("document_index":1,"document_title":"D","cited_text":"r","start_page_number":1}]},{"type":"text","text":""}])")
          .choices.at(0)
          .parts;
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(joined_text(parts), "ab");
  const auto& citations = std::get<llm::Text>(parts[1]).citations;
  ASSERT_EQ(citations.size(), 2u);
  EXPECT_EQ(citations[0].url, "https://x.test");
  EXPECT_EQ(citations[0].title, "X");
  EXPECT_EQ(citations[0].quote, "q");
  EXPECT_EQ(citations[0].document, -1);
  EXPECT_EQ(citations[1].document, 1);
  EXPECT_EQ(citations[1].title, "D");
  EXPECT_EQ(citations[1].origin, llm::Dialect::anthropic);
  EXPECT_EQ(Json::parse(citations[1].raw).at("start_page_number"), 1);
}

TEST(AnthropicAnswerOddities, TheStopSequenceAndTheTierAreKept) {
  const auto answer = anthropic::wire().decode(
      R"({"type":"message","content":[],"stop_reason":"stop_sequence","stop_sequence":"Paris","usage":{"input_tokens":1,)"
      R"("output_tokens":1,"service_tier":"priority"}})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->choices.at(0).stop_sequence, "Paris");
  EXPECT_EQ(answer->service_tier, "priority");
}

TEST(AnthropicAnswerOddities, ArgumentsKeepTheirSourceText) {
  const auto parts =
      decoded(R"([{"type":"tool_use","id":"t","name":"f","input":{"b":12345678901234567890, "a":1.10e2}}])")
          .choices.at(0)
          .parts;
  EXPECT_EQ(std::get<llm::ToolCall>(parts.at(0)).arguments, R"({"b":12345678901234567890, "a":1.10e2})");
}

TEST(AnthropicAnswerOddities, ToolWithoutInputHasAnEmptyObject) {
  const auto parts =
      decoded(R"([{"type":"tool_use","id":"t","name":"f"},{"type":"tool_use","id":"u","name":"g","input":""}])")
          .choices.at(0)
          .parts;
  EXPECT_EQ(std::get<llm::ToolCall>(parts.at(0)).arguments, "{}");
  EXPECT_EQ(std::get<llm::ToolCall>(parts.at(1)).arguments, "{}");
}

TEST(AnthropicAnswerOddities, BlocksOfServerToolsGoOnlyToTheirOwnDialect) {
  const auto parts =
      decoded(
          R"([{"type":"server_tool_use","id":"s","name":"web_search","input":{}},)"
          R"({"type":"web_search_tool_result","tool_use_id":"s","content":[]},{"type":"mcp_tool_use","id":"x",)"
          R"("name":"y","input":{}},)"
          R"({"type":"mcp_tool_result","content":[{"type":"text","text":"no"}]},{"type":"compaction","content":"no"},)"
          R"({"type":"brand_new","text":"no"},{"type":"text","text":"yes"}])")
          .choices.at(0)
          .parts;
  ASSERT_EQ(parts.size(), 7u);
  EXPECT_EQ(joined_text(parts), "yes");
  for (std::size_t i = 0; i < 6; ++i) {
    const auto* const server = std::get_if<llm::ServerPart>(&parts[i]);
    ASSERT_NE(server, nullptr) << i;
    EXPECT_EQ(server->origin, llm::Dialect::anthropic);
  }
  const Json answer = Json::parse(openai::caller().write_chat({}, {"", "", 0, {{0, parts, {}}}, {}}, {"", 0, {}}));
  EXPECT_EQ(answer["choices"][0]["message"]["content"], "yes");
}

TEST(AnthropicAnswerOddities, RedactedThinkingKeepsItsData) {
  const auto parts =
      decoded(R"([{"type":"redacted_thinking","data":"xyz"},{"type":"text","text":"t"}])").choices.at(0).parts;
  const auto& thinking = std::get<llm::Thinking>(parts.at(0));
  EXPECT_TRUE(thinking.redacted);
  EXPECT_EQ(thinking.signature, "xyz");
  EXPECT_EQ(thinking.text, "");
}

TEST(AnthropicAnswerOddities, CachedTokensAreCountedInsideTheInput) {
  const auto usage =
      decoded("[]",
              R"(,"usage":{"input_tokens":10,"cache_read_input_tokens":7351,"cache_creation_input_tokens":5,)"
              R"("cache_creation":{"ephemeral_5m_input_tokens":2,"ephemeral_1h_input_tokens":3},"output_tokens":4,)"
              R"("output_tokens_details":{"thinking_tokens":3},"server_tool_use":{"web_search_requests":2}})")
          .usage;
  EXPECT_EQ(usage.input, 7366);
  EXPECT_EQ(usage.cache_read, 7351);
  EXPECT_EQ(usage.cache_write_5m, 2);
  EXPECT_EQ(usage.cache_write_1h, 3);
  EXPECT_EQ(usage.output, 4);
  EXPECT_EQ(usage.reasoning, 3);
  EXPECT_EQ(usage.web_searches, 2);
}

TEST(AnthropicAnswerOddities, HostileCountsStaySane) {
  const auto usage =
      decoded("[]", R"(,"usage":{"input_tokens":9223372036854775807,"cache_read_input_tokens":9223372036854775807,)"
                    R"("cache_creation_input_tokens":-5,"output_tokens":-1})")
          .usage;
  EXPECT_GT(usage.input, 0);
  EXPECT_EQ(usage.output, 0);
  EXPECT_EQ(usage.cache_write_5m, 0);
}

TEST(AnthropicAnswers, NonsenseIsRefused) {
  for (const std::string body :
       {"", "<html>", "[]", "{}", R"({"type":"message"})", R"({"type":"message","content":"x"})",
        R"({"type":"completion","content":[]})", R"({"type":"message","content":[)"}) {
    const auto answer = anthropic::wire().decode(body);
    ASSERT_FALSE(answer) << body;
    EXPECT_EQ(answer.error().code(), Code::upstream_failed);
  }
  EXPECT_FALSE(anthropic::wire().usage_of(llm::Operation::chat, "<html>"));
  EXPECT_FALSE(anthropic::wire().usage_of(llm::Operation::chat, "{}"));
}

Failure failure(int status, const std::string& body,
                std::initializer_list<std::pair<std::string, std::string>> with = {}) {
  http::Fields headers;
  for (const auto& [name, value] : with) headers.add(boost::beast::http::string_to_field(name), name, value);
  return anthropic::wire().read_failure(status, headers, body);
}
std::string error_body(const std::string& type, const std::string& message) {
  return Json{{"type", "error"}, {"error", {{"type", type}, {"message", message}}}, {"request_id", "req_1"}}.dump();
}

TEST(AnthropicFailures, EachTypeHasItsMeaning) {
  struct Row {
    int status;
    std::string type;
    Code code;
    bool try_next, key;
  };
  for (const Row& row : std::vector<Row>{{400, "invalid_request_error", Code::bad_request, false, false},
                                         {401, "authentication_error", Code::unauthorized, false, true},
                                         {403, "permission_error", Code::forbidden, false, true},
                                         {404, "not_found_error", Code::not_found, false, false},
                                         {413, "request_too_large", Code::too_large, false, false},
                                         {429, "rate_limit_error", Code::rate_limited, true, true},
                                         {500, "api_error", Code::upstream_failed, true, false},
                                         {504, "timeout_error", Code::upstream_timeout, true, false},
                                         {529, "overloaded_error", Code::upstream_failed, true, false},
                                         {402, "billing_error", Code::over_budget, true, true}}) {
    const Failure read = failure(row.status, error_body(row.type, "what happened"));
    EXPECT_EQ(read.error.code(), row.code) << row.type;
    EXPECT_EQ(read.error.message(), "what happened");
    EXPECT_EQ(read.status, row.status);
    EXPECT_EQ(read.try_next, row.try_next) << row.type;
    EXPECT_EQ(read.key_at_fault, row.key) << row.type;
  }
}

TEST(AnthropicFailures, RecordedErrorsAreRead) {
  const auto errors = recorded([](const auto& one) { return is_of_type(one, "error"); });
  ASSERT_GE(errors.size(), 2u);
  for (const test::Exchange& exchange : errors) {
    const Json body = Json::parse(exchange.response);
    const Failure read = anthropic::wire().read_failure(exchange.status, test::fields_of(exchange), exchange.response);
    EXPECT_EQ(read.error.message(), body.at("error").at("message")) << exchange.id;
    EXPECT_EQ(read.error.code(), Code::not_found);
    EXPECT_EQ(read.error.name(), "model_not_found");
    EXPECT_FALSE(read.try_next);
  }
}

TEST(AnthropicFailures, WaitsAreRead) {
  EXPECT_EQ(failure(429, error_body("rate_limit_error", "slow"), {{"retry-after", "7"}}).error.retry_after(), 7000ms);
  EXPECT_EQ(failure(529, error_body("overloaded_error", "busy"), {{"retry-after", "2"}}).error.retry_after(), 2000ms);
  EXPECT_FALSE(failure(429, error_body("rate_limit_error", "slow")).error.retry_after());
}

TEST(AnthropicFailures, ShouldRetryAddsButDoesNotTakeAway) {
  EXPECT_TRUE(failure(400, error_body("invalid_request_error", "x"), {{"x-should-retry", "true"}}).try_next);
  EXPECT_TRUE(failure(500, error_body("api_error", "x"), {{"x-should-retry", "false"}}).try_next);
}

TEST(AnthropicFailures, KnownMessagesGetTheNamesThatSdksLookFor) {
  EXPECT_EQ(failure(400, error_body("invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum"))
                .error.name(),
            "context_length_exceeded");
  const Failure broke =
      failure(400, error_body("invalid_request_error", "Your credit balance is too low to access the Anthropic API."));
  EXPECT_TRUE(broke.try_next && broke.key_at_fault);
}

TEST(AnthropicFailures, WhatIsNoJsonIsNotShown) {
  for (const std::string body :
       {"<html><body>internal-proxy-7 says no</body></html>", "", "plain internal-proxy-7", "{broken"}) {
    const Failure read = failure(502, body);
    EXPECT_EQ(read.error.code(), Code::upstream_failed);
    EXPECT_THAT(read.error.message(), HasSubstr("502"));
    EXPECT_THAT(read.error.message(), Not(HasSubstr("internal")));
    EXPECT_TRUE(read.try_next);
  }
}

TEST(AnthropicFailures, AnErrorUnderStatus200IsFound) {
  const auto read =
      anthropic::wire().failure_in_success(llm::Operation::chat, {}, error_body("overloaded_error", "Overloaded"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->status, 529);
  EXPECT_TRUE(read->try_next);
}

}  // namespace
}  // namespace sluice::dialects::anthropic_tests
