// Every recorded chat answer in OpenAI's dialect, decoded and held against a reading of its own.
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/dialects/openai_reading.hpp"

namespace sluice::dialects::openai_tests {
namespace {

void expect_calls(const std::vector<Told::Call>& expected, const std::vector<Told::Call>& got) {
  ASSERT_EQ(expected.size(), got.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(got[i].name, expected[i].name);
    if (expected[i].id.empty()) EXPECT_FALSE(got[i].id.empty());
    else EXPECT_EQ(got[i].id, expected[i].id);
    EXPECT_EQ(got[i].arguments, expected[i].arguments.empty() ? "{}" : expected[i].arguments);
  }
}

std::int64_t count(const Json& usage, const char* name) {
  const auto at = usage.find(name);
  return at != usage.end() && at->is_number() ? at->get<std::int64_t>() : 0;
}

void expect_usage(const Json& told, const std::optional<llm::Usage>& got) {
  ASSERT_EQ(told.is_object() && !told.empty(), got.has_value());
  if (!got) return;
  const std::int64_t sum = count(told, "prompt_tokens") + count(told, "completion_tokens");
  EXPECT_EQ(got->input + got->output, std::max(sum, count(told, "total_tokens")));
  EXPECT_GE(got->input, count(told, "prompt_tokens"));
  EXPECT_GE(got->output, count(told, "completion_tokens"));
}

class EachStream : public testing::TestWithParam<const test::Exchange*> {};

TEST_P(EachStream, SaysWhatTheServiceSaid) {
  const test::Exchange& one = *GetParam();
  const Told told = read_stream(one.response);
  const Decoded decoded = decode_pieces({one.response});
  const Sum sum = sum_of(decoded.events);
  EXPECT_EQ(told.failed, sum.failed);
  EXPECT_EQ(told.ended && !told.failed, sum.ended);
  EXPECT_EQ(decoded.error.empty(), told.ended || told.failed) << decoded.error;
  EXPECT_FALSE(sum.interleaved);
  if (told.failed || !told.ended) return;
  EXPECT_EQ(told.text, sum.text);
  EXPECT_EQ(told.thinking, sum.thinking);
  EXPECT_EQ(told.refusal, sum.refusal);
  expect_calls(told.calls, sum.calls);
  ASSERT_EQ(sum.finishes.size(), 1u);
  EXPECT_EQ(finish_meant(told), sum.finishes.front());
  expect_usage(told.usage, sum.usage);
  if (one.provider != "perplexity") { EXPECT_EQ(told.citations, sum.citations); }
}

TEST_P(EachStream, GivesTheSameEventsHoweverItIsCut) {
  const std::string& stream = GetParam()->response;
  const Decoded whole = decode_pieces({stream});
  const std::string expected = describe(whole.events) + whole.error;
  for (const std::size_t size : {1u, 13u}) {
    std::vector<std::string_view> pieces;
    for (std::string_view rest = stream; !rest.empty(); rest.remove_prefix(std::min(size, rest.size()))) {
      pieces.push_back(rest.substr(0, size));
    }
    const Decoded cut = decode_pieces(pieces);
    ASSERT_EQ(expected, describe(cut.events) + cut.error) << size;
  }
  // At every place near both ends, and at some between: all of a long stream would take seconds.
  const std::size_t step = std::max<std::size_t>(1, stream.size() / 40);
  for (std::size_t at = 1; at < stream.size(); at += at < 60 || at + 60 > stream.size() ? 1 : step) {
    const Decoded cut = decode_pieces({std::string_view(stream).substr(0, at), std::string_view(stream).substr(at)});
    ASSERT_EQ(expected, describe(cut.events) + cut.error) << "cut at " << at;
  }
}

// A stream that breaks off is never whole.
TEST_P(EachStream, IsNotWholeWithoutItsEnd) {
  const std::string& stream = GetParam()->response;
  if (read_stream(stream).failed) return;
  const std::size_t end = std::min(stream.find("\"finish_reason\":\""), stream.find("data: [DONE]"));
  if (end == stream.npos) return;
  EXPECT_FALSE(decode_pieces({std::string_view(stream).substr(0, end)}).error.empty());
}

class EachAnswer : public testing::TestWithParam<const test::Exchange*> {};

TEST_P(EachAnswer, SaysWhatTheServiceSaid) {
  const test::Exchange& one = *GetParam();
  const Told told = read_whole(one.json);
  const auto answer = openai::wire().decode(one.response);
  ASSERT_EQ(answer.has_value(), !told.failed) << answer.error().message();
  if (!answer) return;
  EXPECT_EQ(answer->id, string_in(one.json, "id"));
  EXPECT_EQ(answer->model, string_in(one.json, "model"));
  EXPECT_EQ(answer->created, one.json.value("created", std::int64_t{0}));
  ASSERT_FALSE(answer->choices.empty());
  Sum sum;
  for (const llm::Part& part : answer->choices.front().parts) {
    if (const auto* text = std::get_if<llm::Text>(&part)) sum.text += text->text, sum.citations += text->citations.size();
    if (const auto* thought = std::get_if<llm::Thinking>(&part)) sum.thinking += thought->text;
    if (const auto* refusal = std::get_if<llm::Refusal>(&part)) sum.refusal += refusal->text;
    if (const auto* call = std::get_if<llm::ToolCall>(&part)) sum.calls.push_back({call->id, call->name, call->arguments});
  }
  EXPECT_EQ(told.text, sum.text);
  EXPECT_EQ(told.thinking, sum.thinking);
  EXPECT_EQ(told.refusal, sum.refusal);
  expect_calls(told.calls, sum.calls);
  EXPECT_EQ(finish_meant(told), answer->choices.front().finish);
  expect_usage(told.usage, answer->usage == llm::Usage{} ? std::nullopt : std::optional(answer->usage));
  EXPECT_EQ(answer->choices.size(), one.json.at("choices").size());
}

std::string name_of(const testing::TestParamInfo<const test::Exchange*>& info) {
  std::string name = info.param->id;
  std::replace_if(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(OpenAiRecorded, EachStream, testing::ValuesIn(recorded_chat(true)), name_of);
INSTANTIATE_TEST_SUITE_P(OpenAiRecorded, EachAnswer, testing::ValuesIn(recorded_chat(false)), name_of);

}  // namespace
}  // namespace sluice::dialects::openai_tests
