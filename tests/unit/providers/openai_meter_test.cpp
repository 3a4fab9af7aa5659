// The meter over every recorded stream of an OpenAI-compatible service, however its bytes are cut.
#include "openai_support.hpp"

namespace sluice::providers {
namespace {

using nlohmann::json;
using test::Exchange;

std::vector<const Exchange*> recorded_streams() {
  auto out = test::exchanges_where([](const Exchange& one) { return speaks_openai(one) && one.streamed() && one.status == 200; });
  for (const char* id : {"ro-groq-prism-groq-stream-basic-text-1-sse", "ro-groq-prism-groq-stream-with-tools-2-sse",
                         "ro-openrouter-prism-openrouter-stream-text-with-empty-parameters-tools-when-using-gpt-5-1-sse"}) {
    out.push_back(&test::exchange(id));
  }
  return out;
}

// The payloads of a recorded stream, read in another way than the code under test does.
std::vector<json> payloads(const std::string& stream) {
  std::vector<json> out;
  std::istringstream lines(stream);
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.starts_with("data:")) continue;
    const json value = json::parse(line.substr(5), nullptr, false);
    if (value.is_object()) out.push_back(value);
  }
  return out;
}

json last_usage(const std::string& stream) {
  json last;
  for (const json& payload : payloads(stream)) {
    if (payload.contains("x_groq") && payload["x_groq"].contains("usage")) last = payload["x_groq"]["usage"];
    if (payload.contains("usage") && payload["usage"].is_object()) last = payload["usage"];
  }
  return last;
}

TEST(OpenAiMeter, FindsARecordedStreamOfManyServices) {
  EXPECT_GE(recorded_streams().size(), 30u);
}

TEST(OpenAiMeter, EveryRecordedStreamBeginsAndIsNotGarbled) {
  for (const Exchange* one : recorded_streams()) {
    const auto facts = facts_of(one->response);
    EXPECT_FALSE(facts.garbled) << one->id;
    EXPECT_TRUE(facts.begun) << one->id;
    EXPECT_FALSE(facts.model.empty()) << one->id;
    EXPECT_GT(facts.events, 0) << one->id;
  }
}

TEST(OpenAiMeter, UsageOfEveryRecordedStreamIsTheServicesOwnLastNumber) {
  int with_usage = 0;
  for (const Exchange* one : recorded_streams()) {
    const json stated = last_usage(one->response);
    const auto facts = facts_of(one->response);
    ASSERT_EQ(facts.usage.has_value(), !stated.is_null()) << one->id;
    if (stated.is_null()) continue;
    ++with_usage;
    EXPECT_EQ(facts.usage->input + facts.usage->output, stated.at("total_tokens").get<std::int64_t>()) << one->id;
    EXPECT_EQ(facts.usage->input, stated.at("prompt_tokens").get<std::int64_t>()) << one->id;
    EXPECT_GE(facts.usage->output, stated.at("completion_tokens").get<std::int64_t>()) << one->id;
  }
  EXPECT_GE(with_usage, 20);
}

TEST(OpenAiMeter, EverySplitOfEveryStreamGivesTheSameFacts) {
  for (const Exchange* one : recorded_streams()) {
    const std::string& stream = one->response;
    const std::string whole = describe(facts_of(stream));
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{61}, std::size_t{1000}}) {
      EXPECT_EQ(whole, describe(facts_of(stream, piece))) << one->id << " in pieces of " << piece;
    }
    const std::size_t step = stream.size() <= 3000 ? 1 : stream.size() / 120;
    for (std::size_t at = 1; at < stream.size(); at += step) {
      const auto meter = openai_provider().meter(llm::Operation::chat);
      meter->feed(std::string_view(stream).substr(0, at));
      meter->feed(std::string_view(stream).substr(at));
      ASSERT_EQ(whole, describe(meter->facts())) << one->id << " cut at " << at;
    }
  }
}

TEST(OpenAiMeter, TransportChunksAsRecordedGiveTheSameFacts) {
  int with_chunks = 0;
  for (const Exchange* one : recorded_streams()) {
    if (one->chunk_lengths.empty()) continue;
    ++with_chunks;
    const auto meter = openai_provider().meter(llm::Operation::chat);
    std::size_t at = 0;
    for (const std::size_t size : one->chunk_lengths) {
      meter->feed(std::string_view(one->response).substr(at, size));
      at += size;
    }
    EXPECT_EQ(at, one->response.size()) << one->id;
    EXPECT_EQ(describe(facts_of(one->response)), describe(meter->facts())) << one->id;
  }
  EXPECT_GE(with_chunks, 10);
}

TEST(OpenAiMeter, AStreamCutAnywhereBeforeItsEndIsNotFinished) {
  const Exchange& one = test::exchange("openai-chat-completions-req-llm-gpt-4o-2024-11-20-object-streaming-0");
  const std::size_t finish = one.response.find("\"finish_reason\":\"");
  ASSERT_NE(finish, std::string::npos);
  EXPECT_FALSE(facts_of(std::string_view(one.response).substr(0, finish)).finished);
  EXPECT_TRUE(facts_of(one.response).finished);
}

TEST(OpenAiMeter, TheFirstEventIsWholeOnlyWithItsBlankLine) {
  const std::string event = R"(data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]})";
  EXPECT_FALSE(facts_of(event).begun);
  EXPECT_FALSE(facts_of(event + "\n").begun);
  EXPECT_TRUE(facts_of(event + "\n\n").begun);
  EXPECT_EQ(facts_of(event + "\n\n").text_bytes, 2);
}

TEST(OpenAiMeter, CommentsAndAnEmptyStreamBeginNothing) {
  for (const std::string_view stream : {"", "\n\n", ": OPENROUTER PROCESSING\n\n", "event: ping\n\n", "retry: 1000\n\nid: 3\n\n"}) {
    const auto facts = facts_of(stream);
    EXPECT_FALSE(facts.begun) << stream;
    EXPECT_FALSE(facts.garbled) << stream;
  }
}

TEST(OpenAiMeter, WhatIsNoEventStreamOfTheDialectIsGarbled) {
  for (const std::string_view stream :
       {"<!DOCTYPE html>\n<html>", "{\"choices\":[]}\n", "upstream connect error\n", "data: {\"choices\":[{\"del\n\n",
        "data: {\"choices\":[]\n\n", "data: hello\n\n", "data: []\n\n", "data: \"x\"\n\n", "data: {\"choices\":[\xff]}\n\n", "data:\n\n"}) {
    const auto facts = facts_of(stream);
    EXPECT_TRUE(facts.garbled) << stream;
    EXPECT_FALSE(facts.begun) << stream;
  }
}

TEST(OpenAiMeter, GarbageIsNotRedeemedByALaterEvent) {
  const std::string stream = "<html>\n\n" + event_of(R"({"choices":[]})");
  for (const std::size_t piece : {std::size_t{1}, std::string::npos}) {
    EXPECT_TRUE(facts_of(stream, piece).garbled);
    EXPECT_FALSE(facts_of(stream, piece).begun);
  }
}

TEST(OpenAiMeter, NoiseAfterTheFirstEventIsPassedOver) {
  const auto facts = facts_of(event_of(R"({"choices":[{"delta":{"content":"a"}}]})") + "noise\n\ndata: {broken\n\n" +
                              event_of(R"({"choices":[{"delta":{"content":"b"},"finish_reason":"stop"}]})"));
  EXPECT_TRUE(facts.begun);
  EXPECT_TRUE(facts.finished);
  EXPECT_EQ(facts.text_bytes, 2);
}

TEST(OpenAiMeter, AnEventLongerThanTheLimitIsSkippedAndWhatFollowsIsRead) {
  const std::string huge = event_of(R"({"choices":[{"delta":{"content":")" + std::string(600'000, 'x') + "\"}}]}");
  const std::string usage = event_of(R"({"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}})");
  for (const std::size_t piece : {std::size_t{4096}, std::string::npos}) {
    const auto facts = facts_of(huge + usage + "data: [DONE]\n\n", piece);
    EXPECT_TRUE(facts.begun);
    EXPECT_TRUE(facts.finished);
    ASSERT_TRUE(facts.usage);
    EXPECT_EQ(facts.usage->input, 3);
    EXPECT_EQ(facts.events, 3);
    EXPECT_EQ(facts.text_bytes, 0);   // whole or in pieces: not read
  }
}

TEST(OpenAiMeter, TextIsCountedAsWhatItStandsFor) {
  const auto size = [](std::string_view delta) { return facts_of(event_of("{\"choices\":[{\"delta\":" + std::string(delta) + "}]}")).text_bytes; };
  EXPECT_EQ(size(R"({"content":"a\nb"})"), 3);
  EXPECT_EQ(size(R"({"content":"é"})"), 2);
  EXPECT_EQ(size(R"({"content":null})"), 0);
  EXPECT_EQ(size(R"({"reasoning":"ab","reasoning_content":"ab","content":"c"})"), 3);
  EXPECT_EQ(size(R"({"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{}"}}]})"), 3);
  EXPECT_EQ(size(R"({"refusal":"no"})"), 2);
}

TEST(OpenAiMeter, ADataFieldOverSeveralLinesIsOneEvent) {
  const auto facts = facts_of("data: {\"choices\":\ndata: [{\"delta\":{\"content\":\"ab\"}}]}\n\n");
  EXPECT_TRUE(facts.begun);
  EXPECT_EQ(facts.events, 1);
  EXPECT_EQ(facts.text_bytes, 2);
}

TEST(OpenAiMeter, AByteOrderMarkAtTheStartIsNoGarbage) {
  EXPECT_TRUE(facts_of("\xEF\xBB\xBF" + event_of(R"({"choices":[]})")).begun);
}

}  // namespace
}  // namespace sluice::providers
