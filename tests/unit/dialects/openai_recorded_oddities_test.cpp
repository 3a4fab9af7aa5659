// What recorded answers of OpenAI-compatible services show that OpenAI's do not, decoded and told to an OpenAI caller.
#include <gtest/gtest.h>

#include <set>

#include "support/oddities.hpp"
#include "unit/dialects/openai_reading.hpp"

namespace sluice::dialects::openai_tests {
namespace {

using test::exchange_showing;
using test::showing;

llm::ChatResponse answered(const test::Exchange& one) {
  auto answer = openai::wire().decode(one.response);
  if (!answer) throw std::runtime_error(one.id + ": " + answer.error().message());
  return *std::move(answer);
}
// As an OpenAI caller of another target would be shown it.
Json choice_shown(const llm::ChatResponse& answer) {
  return Json::parse(openai::caller().write_chat({}, answer, {"id", 1, ""})).at("choices").at(0);
}
std::vector<llm::ToolCall> calls_of(const llm::ChatResponse& answer) {
  std::vector<llm::ToolCall> calls;
  for (const llm::Part& part : answer.choices.at(0).parts) {
    if (const auto* call = std::get_if<llm::ToolCall>(&part)) calls.push_back(*call);
  }
  return calls;
}
Sum told(const test::Exchange& one) {
  const Decoded decoded = decode_pieces({one.response});
  EXPECT_EQ(decoded.error, "") << one.id;
  return sum_of(decoded.events);
}
// Every call has an id of its own, a name and arguments that are JSON.
void expect_good_calls(const Sum& sum, const std::string& id) {
  std::set<std::string> ids;
  for (const auto& call : sum.calls) {
    EXPECT_TRUE(ids.insert(call.id).second && !call.id.empty()) << id;
    EXPECT_FALSE(call.name.empty()) << id;
    EXPECT_TRUE(Json::accept(call.arguments)) << id << call.arguments;
  }
  EXPECT_FALSE(sum.calls.empty() || sum.interleaved) << id;
}
std::string told_to_a_caller(const test::Exchange& one) {
  llm::ChatRequest request;
  request.include_usage = true;
  const auto writer = openai::caller().stream_writer(request, {"id", 1, ""});
  std::string text;
  for (const auto& e : decode_pieces({one.response}).events) writer->write(e, text);
  return text;
}

// ---- whole answers

TEST(OpenAiOddities, ContentBesideCallsIsNullHoweverItsLackIsWritten) {
  for (const char* label : {"odd:content_null", "odd:content_empty_string_with_tools", "odd:message_without_content"}) {
    for (const auto* one : showing(label)) {
      if (one->has("odd:error_in_choice")) continue;
      const llm::ChatResponse answer = answered(*one);
      const Json shown = choice_shown(answer);
      if (calls_of(answer).empty()) continue;   // sound, or a call of the old form
      EXPECT_TRUE(shown["message"]["content"].is_null()) << one->id;
      EXPECT_EQ(shown["finish_reason"], "tool_calls") << one->id;
    }
  }
}

TEST(OpenAiOddities, TextBesideCallsStays) {
  for (const auto* one : showing("odd:text_beside_tool_calls")) {
    const llm::ChatResponse answer = answered(*one);
    const Json& message = one->json["choices"][0]["message"];
    EXPECT_FALSE(choice_shown(answer)["message"]["content"].get<std::string>().empty()) << one->id;
    EXPECT_EQ(calls_of(answer).size(), message["tool_calls"].size()) << one->id;
  }
}

TEST(OpenAiOddities, NoCallsAreNoneHoweverTheyAreWritten) {
  for (const auto* one : showing("odd:tool_calls_null")) {
    EXPECT_TRUE(calls_of(answered(*one)).empty()) << one->id;
    EXPECT_FALSE(choice_shown(answered(*one))["message"].contains("tool_calls")) << one->id;
    auto empty = one->json;
    empty["choices"][0]["message"]["tool_calls"] = Json::array();   // HuggingFace, Together
    const auto again = openai::wire().decode(empty.dump());
    ASSERT_TRUE(again) << one->id;
    EXPECT_EQ(choice_shown(*again), choice_shown(answered(*one))) << one->id;
  }
}

TEST(OpenAiOddities, CallsFinishWithToolCallsWhateverTheServiceSays) {
  for (const auto* one : showing("odd:tool_calls_but_other_finish_reason")) {
    ASSERT_NE(one->json["choices"][0].value("finish_reason", Json()), "tool_calls") << one->id;
    EXPECT_EQ(choice_shown(answered(*one))["finish_reason"], "tool_calls") << one->id;
  }
  for (const auto* one : showing("finish:eos")) {   // Together, without calls
    EXPECT_EQ(answered(*one).choices.at(0).finish, llm::Finish::stop) << one->id;
  }
}

TEST(OpenAiOddities, CallsWithoutATypeAreFunctions) {
  for (const auto* one : showing("odd:tool_call_without_type")) {
    const Json shown = choice_shown(answered(*one))["message"]["tool_calls"];
    ASSERT_FALSE(shown.empty()) << one->id;
    for (const Json& call : shown) EXPECT_EQ(call["type"], "function") << one->id;
    EXPECT_EQ(shown[0]["id"].get<std::string>().size(), 9u) << one->id;   // Mistral's form of an id passes
  }
}

TEST(OpenAiOddities, IdsOfKimiPassAsTheyAre) {
  const auto& one = exchange_showing("odd:text_beside_tool_calls",
                                     "groq-chat-completions-req-llm-moonshotai-kimi-k2-instruct-0905-multi-tool-0");
  const auto calls = calls_of(answered(one));
  ASSERT_FALSE(calls.empty());
  EXPECT_EQ(calls[0].id, one.json["choices"][0]["message"]["tool_calls"][0]["id"]);
  EXPECT_NE(calls[0].id.find("functions."), std::string::npos) << calls[0].id;
}

TEST(OpenAiOddities, ContentThatIsAListIsThoughtsAndText) {
  for (const auto* one : showing("odd:content_is_list")) {
    const llm::ChatResponse answer = answered(*one);
    ASSERT_GE(answer.choices.at(0).parts.size(), 2u) << one->id;
    EXPECT_TRUE(std::holds_alternative<llm::Thinking>(answer.choices[0].parts[0])) << one->id;
    EXPECT_TRUE(choice_shown(answer)["message"]["content"].is_string()) << one->id;
  }
}

TEST(OpenAiOddities, AChoiceWithoutAMessageIsFiltered) {
  for (const auto* one : showing("odd:choice_without_message")) {
    const Json shown = choice_shown(answered(*one));
    EXPECT_EQ(shown["finish_reason"], "content_filter") << one->id;
    EXPECT_EQ(shown["message"]["role"], "assistant") << one->id;
  }
}

TEST(OpenAiOddities, AnErrorInsideAChoiceIsAFailureOnBothPaths) {
  for (const auto* one : showing("odd:error_in_choice")) {
    const auto passed = openai::wire().failure_in_success(llm::Operation::chat, test::fields_of(*one), one->response);
    ASSERT_TRUE(passed) << one->id;
    EXPECT_EQ(passed->status, 502);
    EXPECT_TRUE(passed->try_next);
    const std::string& message = passed->error.message();
    EXPECT_TRUE(message.starts_with("Provider returned error: Malformed function call")) << message;
    const auto decoded = openai::wire().decode(one->response);
    ASSERT_FALSE(decoded) << one->id;
    EXPECT_EQ(decoded.error().message(), passed->error.message());
  }
}

TEST(OpenAiOddities, WithoutAFinishReasonAnAnswerStillHasOne) {
  for (const auto* one : showing("odd:no_finish_reason")) {
    if (one->kind != test::Exchange::Kind::json) continue;
    EXPECT_TRUE(choice_shown(answered(*one))["finish_reason"].is_string()) << one->id;
  }
}

TEST(OpenAiOddities, IntegersBeyondADoublesPrecisionAreNoTrouble) {
  for (const auto* one : showing("odd:int_beyond_2_53")) {
    EXPECT_FALSE(openai::wire().failure_in_success(llm::Operation::chat, {}, one->response)) << one->id;
    EXPECT_FALSE(answered(*one).choices.at(0).parts.empty()) << one->id;
  }
}

// ---- streams

TEST(OpenAiOddities, AStreamWithoutDoneIsWholeAndACallersHasOne) {
  for (const auto* one : showing("odd:no_done_marker")) {
    ASSERT_EQ(one->response.find("[DONE]"), std::string::npos) << one->id;
    const bool fails = one->has("stream_error") || one->has("odd:error_beside_choices");
    EXPECT_NE(told(*one).ended, fails) << one->id;
    EXPECT_NE(told(*one).failed, !fails) << one->id;
    EXPECT_NE(told_to_a_caller(*one).ends_with("data: [DONE]\n\n"), fails) << one->id;
  }
}

TEST(OpenAiOddities, AStreamWithoutAFinishReasonIsWholeWithItsDoneOnly) {
  for (const auto* one : showing("odd:no_finish_reason")) {
    if (!one->streamed()) continue;
    const Decoded decoded = decode_pieces({one->response});
    const bool fails = one->has("stream_error");
    EXPECT_EQ(decoded.error, "") << one->id;
    EXPECT_EQ(sum_of(decoded.events).failed, fails) << one->id;
    EXPECT_EQ(sum_of(decoded.events).ended, !fails) << one->id;
    if (fails) continue;
    const Decoded cut = decode_pieces({std::string_view(one->response).substr(0, one->response.find("data: [DONE]"))});
    EXPECT_NE(cut.error, "") << one->id;
  }
}

TEST(OpenAiOddities, WholeCallsInOneDeltaAreCalls) {
  for (const auto* one : showing("odd:tool_call_whole_in_one_delta")) {
    const Sum sum = told(*one);
    EXPECT_FALSE(sum.calls.empty() || sum.interleaved) << one->id;
    if (one->has("odd:error_beside_choices")) continue;   // its arguments are what broke
    expect_good_calls(sum, one->id);
    EXPECT_EQ(sum.finishes, std::vector{llm::Finish::tool_calls}) << one->id;
  }
}

TEST(OpenAiOddities, CallsAreToldApartByIdAndOrder) {
  for (const char* label : {"odd:tool_delta_without_index", "odd:tool_index_negative", "odd:tool_id_repeated_in_deltas"}) {
    for (const auto* one : showing(label)) expect_good_calls(told(*one), one->id);
  }
  for (const auto* one : showing("odd:many_tool_ids_on_one_index")) {
    const Sum sum = told(*one);
    std::set<std::string> ids;
    for (const auto& call : sum.calls) ids.insert(call.id);
    EXPECT_EQ(sum.calls.size(), 15u) << one->id;
    EXPECT_EQ(ids.size(), 15u) << one->id;
  }
}

TEST(OpenAiOddities, AFinishReasonSaidTwiceIsToldOnce) {
  for (const auto* one : showing("odd:finish_reason_twice")) {
    const Sum sum = told(*one);
    EXPECT_LE(sum.finishes.size(), 1u) << one->id;
    EXPECT_TRUE(sum.failed || sum.finishes.size() == 1) << one->id;
  }
}

TEST(OpenAiOddities, AnErrorBesideChoicesEndsAStream) {
  for (const auto* one : showing("odd:error_beside_choices")) {
    EXPECT_TRUE(told(*one).failed && !told(*one).ended) << one->id;
    EXPECT_EQ(told_to_a_caller(*one).find("[DONE]"), std::string::npos) << one->id;
  }
}

TEST(OpenAiOddities, AzuresFirstChunkBeginsNothing) {
  for (const auto* one : showing("odd:first_chunk_empty_choices")) {
    const auto events = decode_pieces({one->response}).events;
    ASSERT_FALSE(events.empty()) << one->id;
    const auto* started = std::get_if<llm::event::Started>(&events.front());
    ASSERT_NE(started, nullptr) << one->id;
    EXPECT_FALSE(started->id.empty() || started->model.empty()) << one->id;
  }
}

TEST(OpenAiOddities, TheMessageSoFarIsNotToldAgain) {
  for (const auto* one : showing("odd:message_in_stream_chunk")) {
    const std::vector<std::string> chunks = data_of(one->response);
    const Json last = Json::parse(chunks.back());
    EXPECT_EQ(told(*one).text, last["choices"][0]["message"]["content"]) << one->id;
  }
}

// Wherever a stream has its usage, and however often: the caller is told once, the last number.
TEST(OpenAiOddities, UsageIsToldOnceAndIsTheLast) {
  for (const char* label : {"odd:usage_in_many_chunks", "odd:usage_under_x_groq", "odd:usage_with_finish_chunk",
                            "odd:usage_before_last_chunk", "sse:empty_choices"}) {
    for (const auto* one : showing(label)) {
      if (!test::speaks_openai(*one) || one->has("odd:error_beside_choices")) continue;
      Json last;
      for (const std::string& data : data_of(one->response)) {
        const Json chunk = Json::parse(data, nullptr, false);
        if (chunk.is_object() && chunk.value("x_groq", Json()).contains("usage")) last = chunk["x_groq"]["usage"];
        if (chunk.is_object() && chunk.value("usage", Json()).is_object()) last = chunk["usage"];
      }
      if (last.is_null()) continue;   // no chunk without choices is one with usage
      std::size_t told_usages = 0;
      Json shown;
      for (const std::string& data : data_of(told_to_a_caller(*one))) {
        const Json chunk = Json::parse(data, nullptr, false);
        if (!chunk.is_object() || !chunk.value("usage", Json()).is_object()) continue;
        ++told_usages;
        shown = chunk["usage"];
      }
      EXPECT_EQ(told_usages, 1u) << one->id;
      EXPECT_EQ(shown["prompt_tokens"], last["prompt_tokens"]) << one->id;
      const std::int64_t counted = last["completion_tokens"], total = last.value("total_tokens", std::int64_t{0});
      const std::int64_t output = std::max(counted, total - last["prompt_tokens"].get<std::int64_t>());   // xAI: with reasoning
      EXPECT_EQ(shown["completion_tokens"], output) << one->id;
    }
  }
}

}  // namespace
}  // namespace sluice::dialects::openai_tests
