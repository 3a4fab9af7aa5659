// The oddities of Anthropic's API in recorded exchanges, as an OpenAI caller is told of them.
#include <gtest/gtest.h>

#include "support/oddities.hpp"
#include "unit/dialects/anthropic_support.hpp"

namespace sluice::dialects::anthropic_tests {
namespace {

using test::showing;

std::vector<llm::StreamEvent> events_of(const test::Exchange& one) {
  std::vector<llm::StreamEvent> events;
  const auto decoder = anthropic::wire().decoder();
  EXPECT_TRUE(decoder->feed(one.response, events)) << one.id;
  EXPECT_TRUE(decoder->finish(events)) << one.id;
  return events;
}
StreamMeter::Facts metered(const test::Exchange& one) {
  const auto meter = anthropic::wire().meter(llm::Operation::chat);
  meter->feed(one.response);
  meter->finish();
  return meter->facts();
}
// The `usage` of the events of one type, added up field by field: later wins.
Json usage_in(const test::Exchange& one, const std::string& type) {
  Json all = Json::object();
  std::istringstream lines(one.response);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("data:")) continue;
    const Json event = Json::parse(line.substr(5));
    if (event.at("type") == type) all.update(type == "message_start" ? event.at("message").at("usage") : event.at("usage"));
  }
  return all;
}
Json shown(const llm::ChatResponse& answer) {
  return Json::parse(openai::caller().write_chat({}, answer, {"id", 1, ""})).at("choices").at(0);
}

TEST(AnthropicOddities, PingsAndPaddingAreNothing) {
  for (const auto* one : showing("sse:ping")) {
    std::string bare = one->response;
    for (std::size_t at; (at = bare.find("event: ping")) != std::string::npos;) bare.erase(at, bare.find("\n\n", at) + 2 - at);
    ASSERT_LT(bare.size(), one->response.size()) << one->id;
    for (std::size_t at = 0; (at = bare.find("\n\n", at)) != std::string::npos; at += 2) {   // spaces around the last brace
      std::size_t begin = at;
      while (bare[begin - 1] == ' ' || bare[begin - 1] == '}') --begin;
      const std::string braces(static_cast<std::size_t>(std::count(bare.begin() + static_cast<std::ptrdiff_t>(begin),
                                                                   bare.begin() + static_cast<std::ptrdiff_t>(at), '}')), '}');
      bare.replace(begin, at - begin, braces);
      at = begin + braces.size();
    }
    test::Exchange tidy = *one;
    tidy.response = bare;
    EXPECT_EQ(describe(events_of(*one)), describe(events_of(tidy))) << one->id;
  }
}

TEST(AnthropicOddities, ACallWithoutArgumentsHasAnEmptyObject) {
  for (const auto* one : showing("odd:tool_use_without_input_json")) {
    const Sum sum = sum_of(events_of(*one));
    ASSERT_EQ(sum.tools.size(), 1u) << one->id;
    EXPECT_EQ(sum.tools[0].arguments, "{}") << one->id;
  }
}

// It stands behind a thought, at content index 1.
TEST(AnthropicOddities, TheFirstCallIsCallZeroWhereverItsBlockStands) {
  std::size_t behind_others = 0;
  for (const auto& one : streams()) {
    std::int64_t next = 0;
    for (const auto& e : events_of(one)) {
      if (const auto* call = std::get_if<llm::event::ToolCallStarted>(&e)) { EXPECT_EQ(call->index, next++) << one.id; }
    }
    behind_others += next > 0 && one.response.find("\"index\":1,\"content_block\":{\"type\":\"tool_use\"") != std::string::npos;
  }
  EXPECT_GE(behind_others, 1u);
}

TEST(AnthropicOddities, AnAnswerWithoutContentIsOne) {
  for (const auto* one : showing("odd:content_empty_list")) {
    EXPECT_FALSE(anthropic::wire().failure_in_success(llm::Operation::chat, {}, one->response)) << one->id;
    const auto answer = anthropic::wire().decode(one->response);
    ASSERT_TRUE(answer) << one->id;
    EXPECT_EQ(shown(*answer)["finish_reason"], "stop") << one->id;
    EXPECT_EQ(answer->usage.output, one->json["usage"]["output_tokens"].get<std::int64_t>()) << one->id;
  }
}

TEST(AnthropicOddities, OlderStreamsStateOnlyTheOutputAtTheirEnd) {
  for (const auto* one : showing("odd:message_delta_usage_output_only", "anthropic")) {
    const Json start = usage_in(*one, "message_start"), end = usage_in(*one, "message_delta");
    ASSERT_FALSE(end.contains("input_tokens")) << one->id;
    const auto usage = metered(*one).usage;
    ASSERT_TRUE(usage) << one->id;
    EXPECT_EQ(usage->output, end["output_tokens"].get<std::int64_t>()) << one->id;   // that of the start is not added
    EXPECT_EQ(usage->input, start["input_tokens"].get<std::int64_t>() + start.value("cache_read_input_tokens", std::int64_t{0}) +
                                start.value("cache_creation_input_tokens", std::int64_t{0})) << one->id;
    EXPECT_EQ(sum_of(events_of(*one)).usage, *usage) << one->id;
  }
}

TEST(AnthropicOddities, LaterInputCountsHoldWhereTheyDiffer) {
  for (const auto* one : showing("odd:message_delta_input_tokens_differ")) {
    const Json start = usage_in(*one, "message_start"), end = usage_in(*one, "message_delta");
    ASSERT_GT(end["input_tokens"], start["input_tokens"]) << one->id;
    const auto usage = metered(*one).usage;
    ASSERT_TRUE(usage) << one->id;
    EXPECT_EQ(usage->input, end["input_tokens"].get<std::int64_t>() + end["cache_read_input_tokens"].get<std::int64_t>() +
                                end["cache_creation_input_tokens"].get<std::int64_t>()) << one->id;
    EXPECT_EQ(usage->output, end["output_tokens"].get<std::int64_t>()) << one->id;
  }
}

TEST(AnthropicOddities, StopSequencesAndPausesHaveTheirMeaning) {
  for (const auto* one : showing("finish:stop_sequence", "anthropic")) {
    const auto answer = anthropic::wire().decode(one->response);
    ASSERT_TRUE(answer) << one->id;
    EXPECT_EQ(answer->choices.at(0).stop_sequence, one->json["stop_sequence"].get<std::string>()) << one->id;
    EXPECT_EQ(shown(*answer)["finish_reason"], "stop") << one->id;
  }
  for (const auto* one : showing("finish:pause_turn")) {
    EXPECT_EQ(sum_of(events_of(*one)).finishes, std::vector{llm::Finish::pause}) << one->id;
  }
}

// `caller` of tool_use, `stop_details`, `container`, `inference_geo` …: whatever stands beside what is known.
TEST(AnthropicOddities, NewSiblingsAreNoTrouble) {
  std::size_t seen = 0;
  for (const auto& one : streams()) {
    const auto has = [&one](const char* name) { return one.response.find(name) != std::string::npos; };
    if (!has("\"caller\":") && !has("\"stop_details\":")) continue;
    ++seen;
    EXPECT_TRUE(sum_of(events_of(one)).ended) << one.id;
  }
  EXPECT_GE(seen, 2u);
}

}  // namespace
}  // namespace sluice::dialects::anthropic_tests
