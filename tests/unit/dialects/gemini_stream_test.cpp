// Streamed answers, recorded and made up: metered and decoded whole, byte by byte and cut at every place.
#include <gtest/gtest.h>

#include "gemini_support.hpp"

namespace sluice::dialects::gemini_tests {
namespace {

// What nlohmann makes of the same stream.
Sum independently(const std::string& stream) {
  Sum sum;
  for (const Json& chunk : chunks_of(stream)) {
    if (sum.id.empty()) sum.id = chunk.value("responseId", ""), sum.model = chunk.value("modelVersion", "");
    for (const Json& candidate : chunk.value("candidates", Json::array())) {
      for (const Json& part : candidate.value("content", Json::object()).value("parts", Json::array())) {
        const std::string signature = part.value("thoughtSignature", "");
        const bool known = part.contains("text") || part.contains("functionCall");
        if (known && !signature.empty()) sum.signatures.push_back(signature);
        if (part.contains("functionCall")) {
          sum.tools.push_back({part["functionCall"].value("id", ""), part["functionCall"]["name"], part["functionCall"]["args"].dump()});
        } else if (part.contains("text")) {
          (part.value("thought", false) ? sum.thinking : sum.text) += part["text"].get<std::string>();
        } else {
          sum.server_parts.push_back(part.dump());
        }
      }
      if (candidate.contains("finishReason")) {   // the vendor's mocks state several: the last holds
        sum.finishes.resize(1);
        sum.finishes[0] = expected_finish(candidate["finishReason"], !sum.tools.empty());
      }
    }
    if (chunk.contains("promptFeedback")) sum.finishes.push_back(llm::Finish::content_filter);
    if (chunk.contains("usageMetadata") && chunk["usageMetadata"].contains("promptTokenCount")) sum.usage = expected_usage(chunk["usageMetadata"]);
  }
  return sum;
}

TEST(GeminiStream, ThereAreRecordedStreamsInBothFramings) {
  const auto all = streams();
  EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const auto& one) { return one.response.starts_with("["); }), 2);
  EXPECT_GE(std::count_if(all.begin(), all.end(), [](const auto& one) { return one.response.find("\r\n\r\n") != std::string::npos; }), 5);
}

TEST(GeminiStream, RecordedStreamsAddUpAsReadIndependently) {
  for (const auto& one : streams()) {
    SCOPED_TRACE(one.id);
    const Decoded decoded = decode_pieces({one.response});
    EXPECT_EQ(decoded.error, "");
    const Sum sum = sum_of(decoded.events), expected = independently(one.response);
    EXPECT_EQ(sum.id, expected.id);
    EXPECT_EQ(sum.model, expected.model);
    EXPECT_EQ(sum.text, expected.text);
    EXPECT_EQ(sum.thinking, expected.thinking);
    EXPECT_EQ(sum.signatures, expected.signatures);
    EXPECT_EQ(sum.finishes, expected.finishes);
    EXPECT_TRUE(sum.ended);
    EXPECT_EQ(sum.usage.input, expected.usage.input);
    EXPECT_EQ(sum.usage.output, expected.usage.output);
    EXPECT_EQ(sum.usage.reasoning, expected.usage.reasoning);
    ASSERT_EQ(sum.tools.size(), expected.tools.size());
    for (std::size_t i = 0; i < sum.tools.size(); ++i) {
      EXPECT_EQ(sum.tools[i].name, expected.tools[i].name);
      EXPECT_EQ(Json::parse(sum.tools[i].arguments).dump(), expected.tools[i].arguments);
      EXPECT_FALSE(sum.tools[i].id.empty());
      if (!expected.tools[i].id.empty()) { EXPECT_EQ(sum.tools[i].id, expected.tools[i].id); }
    }
    ASSERT_EQ(sum.server_parts.size(), expected.server_parts.size());
    for (std::size_t i = 0; i < sum.server_parts.size(); ++i) EXPECT_EQ(Json::parse(sum.server_parts[i]).dump(), expected.server_parts[i]);
  }
}

TEST(GeminiStream, AnySplitGivesTheSameEvents) {
  for (const auto& one : streams()) {
    SCOPED_TRACE(one.id);
    const std::string whole = describe(decode_pieces({one.response}).events);
    EXPECT_EQ(describe(decode_pieces(bytes_of(one.response)).events), whole);
    const std::string_view text = one.response;
    const std::size_t step = text.size() > 3000 ? text.size() / 97 : 1;
    for (std::size_t cut = 1; cut < text.size(); cut += step) {
      ASSERT_EQ(describe(decode_pieces({text.substr(0, cut), text.substr(cut)}).events), whole) << cut;
    }
  }
}

StreamMeter::Facts metered(const std::vector<std::string_view>& pieces) {
  const auto meter = gemini::wire().meter(llm::Operation::chat);
  for (const auto piece : pieces) meter->feed(piece);
  meter->finish();
  return meter->facts();
}

TEST(GeminiMeter, RecordedStreamsAreMeteredAsTheyAre) {
  for (const auto& one : streams()) {
    SCOPED_TRACE(one.id);
    const auto whole = metered({one.response}), cut = metered(bytes_of(one.response));
    const Sum expected = independently(one.response);
    for (const auto& facts : {whole, cut}) {
      EXPECT_TRUE(facts.begun);
      EXPECT_FALSE(facts.garbled);
      EXPECT_TRUE(facts.finished);
      EXPECT_FALSE(facts.failure);
      EXPECT_EQ(facts.model, expected.model);
      EXPECT_EQ(facts.events, static_cast<std::int64_t>(chunks_of(one.response).size()));
      EXPECT_EQ(facts.usage.has_value(), expected.usage.input > 0);
      if (facts.usage) {
        EXPECT_EQ(facts.usage->input, expected.usage.input);
        EXPECT_EQ(facts.usage->output, expected.usage.output);
        EXPECT_EQ(facts.usage->reasoning, expected.usage.reasoning);
      }
    }
  }
}

// A stream without its last chunk, or an array without its bracket, is never a whole answer.
TEST(GeminiStream, WhatIsCutOffIsNoAnswer) {
  for (const auto& one : streams()) {
    SCOPED_TRACE(one.id);
    const bool array = one.response.starts_with("[");
    const auto chunks = chunks_of(one.response);
    const auto ends = std::count_if(chunks.begin(), chunks.end(), [](const Json& chunk) { return chunk.dump().find("finishReason") != std::string::npos; });
    if (!array && (chunks.size() < 2 || ends > 1)) continue;
    const std::size_t end = array ? one.response.rfind(']') : one.response.rfind("data: ");
    const std::string_view part = std::string_view(one.response).substr(0, end);
    EXPECT_NE(decode_pieces({part}).error, "");
    EXPECT_FALSE(metered({part}).finished);
  }
}

TEST(GeminiStream, UsageIsTheLastAndNotTheSum) {
  const auto& one = test::exchange("gemini-streamGenerateContent-pydantic-ai-test-code-execution-stream-0");
  const auto usage = *metered({one.response}).usage;
  EXPECT_EQ(usage.input, 147 + 360);   // toolUsePromptTokenCount is extra
  EXPECT_EQ(usage.output, 108 + 168);
  EXPECT_EQ(usage.reasoning, 168);
}

TEST(GeminiStream, CodeOfGooglesOwnToolIsKeptAsItCame) {
  const auto& one = test::exchange("gemini-streamGenerateContent-pydantic-ai-test-code-execution-stream-0");
  const Sum sum = sum_of(decode_pieces({one.response}).events);
  ASSERT_EQ(sum.server_parts.size(), 2u);
  EXPECT_TRUE(Json::parse(sum.server_parts[0]).contains("executableCode"));
  EXPECT_TRUE(Json::parse(sum.server_parts[0]).contains("thoughtSignature"));
  EXPECT_TRUE(Json::parse(sum.server_parts[1]).contains("codeExecutionResult"));
}

// Told with the chunk that says so, not at the stream's end: while nothing is shown another target can be asked.
TEST(GeminiStream, NothingSaidBeforeAFailureIsAFailure) {
  const std::string usage = R"("usageMetadata":{"promptTokenCount":7,"totalTokenCount":7})";
  const std::string chunk = R"(data: {"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"print f1"}],)" + usage + "}\n\n";
  const auto decoder = gemini::wire().decoder();
  std::vector<llm::StreamEvent> events;
  ASSERT_TRUE(decoder->feed(chunk, events));
  ASSERT_FALSE(events.empty());
  const auto* failed = std::get_if<llm::event::Failed>(&events.back());
  ASSERT_NE(failed, nullptr);
  EXPECT_EQ(failed->error.name(), "malformed_function_call");
  EXPECT_EQ(failed->status, 502);
  EXPECT_TRUE(failed->try_next);
  ASSERT_TRUE(decoder->finish(events));
  EXPECT_TRUE(std::holds_alternative<llm::event::Failed>(events.back()));   // and nothing more
  EXPECT_TRUE(std::any_of(events.begin(), events.end(), [](const auto& e) { return std::holds_alternative<llm::event::UsageSeen>(e); }));

  // What was said stays said; it only has no good end.
  const std::string said = R"(data: {"candidates":[{"content":{"parts":[{"text":"a"}]}}]})" "\n\n" + chunk;
  const Decoded cut = decode_pieces({said});
  EXPECT_EQ(cut.error, "");
  EXPECT_TRUE(std::holds_alternative<llm::event::Ended>(cut.events.back()));
  const auto* finished = std::get_if<llm::event::Finished>(&cut.events.at(cut.events.size() - 2));
  ASSERT_NE(finished, nullptr);
  EXPECT_EQ(finished->reason, llm::Finish::unknown);
}

TEST(GeminiStream, AnErrorIsOneInEitherFraming) {
  const std::string error = R"({"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}})";
  const std::string chunk = R"({"candidates":[{"content":{"parts":[{"text":"a"}],"role":"model"}}]})";
  for (const std::string& stream : {"data: " + error + "\r\n\r\n", error, "[" + error + "]", "[" + chunk + "\n,\r\n" + error + "\n]",
                                    "data: " + chunk + "\r\n\r\ndata: " + error + "\r\n\r\n"}) {
    SCOPED_TRACE(stream);
    const auto facts = metered({stream});
    ASSERT_TRUE(facts.failure);
    EXPECT_EQ(facts.failure->status, 503);
    EXPECT_TRUE(facts.failure->try_next);
    EXPECT_FALSE(facts.finished);
    const Decoded decoded = decode_pieces(bytes_of(stream));
    ASSERT_FALSE(decoded.events.empty());
    const auto* failed = std::get_if<llm::event::Failed>(&decoded.events.back());
    ASSERT_NE(failed, nullptr);
    EXPECT_EQ(failed->error.name(), "overloaded_error");
  }
}

// Recorded: the type of an event stream, the body a pretty-printed object (odd:json_body_on_event_stream_type).
TEST(GeminiStream, APlainErrorUnderTheTypeOfAnEventStream) {
  const auto& one = test::exchange("gemini-streamGenerateContent-mirascope-test-authentication-error-stream-google-gemini-2-5-flash-0");
  const std::string pretty = Json::parse(one.response).dump(2);
  for (const auto& pieces : {std::vector<std::string_view>{pretty}, bytes_of(pretty)}) {
    const auto facts = metered(pieces);
    ASSERT_TRUE(facts.failure);
    EXPECT_TRUE(facts.failure->key_at_fault);
  }
  EXPECT_TRUE(gemini::wire().streams("text/event-stream", true));
  EXPECT_TRUE(gemini::wire().streams("application/json", true));
  EXPECT_FALSE(gemini::wire().streams("application/json", false));
}

TEST(GeminiStream, WhatIsNoAnswerOfTheApiIsGarbled) {
  const auto& broken = test::exchange("ro-vertex-vertexai-sdk-test-data-vertexai-streaming-failure-invalid-json-txt");
  for (const std::string& text : {broken.response, std::string("<html>no</html>\n\n"), std::string("[1,2]"), std::string("{}]"),
                                  std::string("data: {\"candidates\":[\r\n\r\n"), std::string("[{}{}]x")}) {
    SCOPED_TRACE(text);
    EXPECT_TRUE(metered({text}).garbled);
    EXPECT_NE(decode_pieces({text}).error, "");
  }
}

TEST(GeminiStream, ARefusedPromptIsAWholeAnswer) {
  const std::string stream = "data: {\"promptFeedback\":{\"blockReason\":\"PROHIBITED_CONTENT\",\"blockReasonMessage\":\"No.\"},"
                             "\"usageMetadata\":{\"promptTokenCount\":7,\"totalTokenCount\":7}}\r\n\r\n";
  const Decoded decoded = decode_pieces({stream});
  EXPECT_EQ(decoded.error, "");
  EXPECT_EQ(describe(decoded.events), "started  \nrefusal \"No.\"\nfinished 0 3\nusage 7 0 0\nended\n");
  EXPECT_TRUE(metered({stream}).finished);
}

TEST(GeminiStream, SeveralCandidatesInterleave) {
  const std::string stream =
      "data: {\"responseId\":\"r/1\",\"candidates\":[{\"index\":1,\"content\":{\"parts\":[{\"text\":\"b\"}]}},{\"content\":{\"parts\":[{\"text\":\"a\"}]},\"index\":0}]}\n\n"
      "data: {\"candidates\":[{\"index\":0,\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"f\",\"args\":{\"x\":1.50}}}]},\"finishReason\":\"STOP\"}]}\n\n"
      "data: {\"candidates\":[{\"index\":1,\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"g\"}}]},\"finishReason\":\"MAX_TOKENS\"}]}\n\n";
  const Decoded decoded = decode_pieces({stream});
  EXPECT_EQ(decoded.error, "");
  EXPECT_EQ(describe(decoded.events),
            "started r/1 \ntext 1 \"b\"\ntext 0 \"a\"\ntool 0.0 gcall_r_1_0 f \narguments 0 {\"x\":1.50}\n"
            "tool 1.0 gcall_r_1_1 g \narguments 0 {}\nfinished 1 1\nfinished 0 2\nended\n");
  // The first has finished, the second has not.
  EXPECT_FALSE(metered({std::string_view(stream).substr(0, stream.find("MAX_TOKENS") - 100)}).finished);
}

TEST(GeminiStream, CitationsAreToldOnceAndInCharacters) {
  const std::string chunk = R"({"candidates":[{"content":{"parts":[{"text":"Größe 1"}]},"finishReason":"STOP","groundingMetadata":{)"
                            R"("webSearchQueries":["a","b"],"groundingChunks":[{"web":{"uri":"https://a","title":"A"}},{"web":{"uri":"https://b"}}],)"
                            R"("groundingSupports":[{"segment":{"endIndex":7},"groundingChunkIndices":[0,1]}]}}],"modelVersion":"gemini-3-flash",)"
                            R"("usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2}})";
  const std::string stream = "data: " + chunk + "\n\ndata: " + chunk + "\n\n";
  std::vector<llm::Citation> seen;
  for (const auto& e : decode_pieces({stream}).events) {
    if (const auto* cited = std::get_if<llm::event::CitationSeen>(&e)) seen.push_back(cited->citation);
  }
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].url, "https://a");
  EXPECT_EQ(seen[0].title, "A");
  EXPECT_EQ(seen[0].start, 0);
  EXPECT_EQ(seen[0].end, 5);   // seven bytes
  EXPECT_EQ(metered({stream}).usage->web_searches, 2);   // Gemini 3 is billed by the query
}

}  // namespace
}  // namespace sluice::dialects::gemini_tests
