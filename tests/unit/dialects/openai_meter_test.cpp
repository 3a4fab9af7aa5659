// The meter over every recorded stream of an OpenAI-compatible service, however its bytes are cut.
#include "openai_support.hpp"

namespace sluice::dialects {
namespace {

using nlohmann::json;
using test::Exchange;

std::vector<const Exchange*> recorded_streams() {
  auto out = test::exchanges_where(
      [](const Exchange& one) { return speaks_openai(one) && one.streamed() && one.status == 200; });
  for (const char* id :
       {"ro-groq-prism-groq-stream-basic-text-1-sse", "ro-groq-prism-groq-stream-with-tools-2-sse",
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
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{61}, std::size_t{1000}}) {
      EXPECT_EQ(whole, describe(facts_of(stream, piece))) << one->id << " in pieces of " << piece;
    }
    const std::size_t step = stream.size() <= 3000 ? 1 : stream.size() / 120;
    for (std::size_t at = 1; at < stream.size(); at += step) {
      const auto meter = openai_wire().meter(llm::Operation::chat);
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
    const auto meter = openai_wire().meter(llm::Operation::chat);
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

std::size_t text_in(const json& value, const char* name) {
  return value.is_object() && value.contains(name) && value.at(name).is_string()
             ? value.at(name).get<std::string>().size()
             : 0;
}

std::size_t text_in_delta(const json& delta) {
  std::size_t size = text_in(delta, "content") + text_in(delta, "refusal") +
                     std::max(text_in(delta, "reasoning"), text_in(delta, "reasoning_content"));
  if (!delta.contains("tool_calls") || !delta.at("tool_calls").is_array()) return size;
  for (const json& call : delta.at("tool_calls")) {
    const json function = call.value("function", json());
    size += text_in(function, "name") + text_in(function, "arguments");
  }
  return size;
}

TEST(OpenAiMeter, TheTextOfEveryRecordedStreamIsCountedToTheByte) {
  int seen = 0;
  for (const Exchange* one : recorded_streams()) {
    std::size_t size = 0;
    bool lists = one->response.find("\\u") != std::string::npos;   // escapes of single characters are counted roughly
    for (const json& payload : payloads(one->response)) {
      if (!payload.contains("choices")) continue;
      for (const json& choice : payload.at("choices")) {
        const json delta = choice.value("delta", json());
        lists = lists || (delta.is_object() && delta.contains("content") && delta.at("content").is_array());
        size += delta.is_object() ? text_in_delta(delta) : text_in(choice, "text");
      }
    }
    if (lists) continue;
    ++seen;
    EXPECT_EQ(facts_of(one->response).text_bytes, static_cast<std::int64_t>(size)) << one->id;
  }
  EXPECT_GE(seen, 20);
}

TEST(OpenAiMeter, AChunkLikeTheOneBeforeIsReadAsItWouldBeAlone) {
  const auto delta = [](std::string_view text, std::string_view filler, std::string_view finish) {
    return event_of(R"({"model":"m","choices":[{"index":0,"delta":{"content":")" + std::string(text) +
                    R"("},"finish_reason":)" + std::string(finish) + R"(}],"usage":null,"obfuscation":")" +
                    std::string(filler) + "\"}");
  };
  const std::string plain = delta("ab", "x", "null") + delta("cd", "yz", "null");
  EXPECT_EQ(facts_of(plain).text_bytes, 4);
  EXPECT_EQ(facts_of(plain + delta(R"(\"\\\n)", "", "null")).text_bytes, 7);
  EXPECT_EQ(facts_of(plain + delta("", "q", "null")).text_bytes, 4);
  EXPECT_FALSE(facts_of(plain).finished);
  EXPECT_TRUE(facts_of(plain + delta("e", "q", "\"stop\"")).finished);
  const std::string tricky =
      delta("ab", "x\"},\"error\":{\"message\":\"m\"},\"z\":{\"y\":\"", "null");  // JSON is what it is parsed as
  EXPECT_FALSE(
      facts_of(plain + event_of("{\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"unfinished"))
          .finished);
  EXPECT_EQ(facts_of(plain + tricky).failure.has_value(),
            facts_of(event_of(R"({"choices":[]})") + tricky).failure.has_value());
  const std::string with_usage = event_of(
      R"({"model":"m","choices":[{"index":0,"delta":{"content":"a"}}],"usage":{"prompt_tokens":1,"completion_tokens":1}})");
  const std::string more_usage = event_of(
      R"({"model":"m","choices":[{"index":0,"delta":{"content":"a"}}],"usage":{"prompt_tokens":1,"completion_tokens":2}})");
  EXPECT_EQ(facts_of(with_usage + with_usage + more_usage).usage.value().output, 2);
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
  for (const std::string_view stream :
       {"", "\n\n", ": OPENROUTER PROCESSING\n\n", "event: ping\n\n", "retry: 1000\n\nid: 3\n\n"}) {
    const auto facts = facts_of(stream);
    EXPECT_FALSE(facts.begun) << stream;
    EXPECT_FALSE(facts.garbled) << stream;
  }
}

TEST(OpenAiMeter, WhatIsNoEventStreamOfTheDialectIsGarbled) {
  for (const std::string_view stream :
       {"<!DOCTYPE html>\n<html>", "{\"choices\":[]}\n", "upstream connect error\n", "data: {\"choices\":[{\"del\n\n",
        "data: {\"choices\":[]\n\n", "data: hello\n\n", "data: []\n\n", "data: \"x\"\n\n",
        "data: {\"choices\":[\xff]}\n\n", "data:\n\n"}) {
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
  const std::string usage =
      event_of(R"({"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}})");
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
  const auto size = [](std::string_view delta) {
    return facts_of(event_of("{\"choices\":[{\"delta\":" + std::string(delta) + "}]}")).text_bytes;
  };
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
}  // namespace sluice::dialects
