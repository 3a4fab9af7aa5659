// What services of OpenAI's dialect do in streams and answers that OpenAI does not, one by one.
#include <gtest/gtest.h>

#include "unit/dialects/openai_reading.hpp"

namespace sluice::dialects::openai_tests {
namespace {

std::string chunk(std::string_view delta, std::string_view finish = "null", std::string_view more = "") {
  std::string text = R"(data: {"id":"c1","model":"m","choices":[{"index":0,"delta":)";
  return text.append(delta).append(",\"finish_reason\":").append(finish).append("}]").append(more).append("}\n\n");
}
std::string calls(std::string_view list, std::string_view finish = "null") {
  return chunk("{\"tool_calls\":[" + std::string(list) + "]}", finish);
}
const std::string stop = chunk("{}", "\"stop\"");

Sum sum_of_stream(const std::string& stream) {
  const Decoded whole = decode_pieces({stream});
  EXPECT_EQ(whole.error, "");
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < stream.size(); ++i) bytes.push_back(std::string_view(stream).substr(i, 1));
  EXPECT_EQ(describe(whole.events), describe(decode_pieces(bytes).events));
  const Sum sum = sum_of(whole.events);
  EXPECT_FALSE(sum.interleaved);
  return sum;
}
std::string called(const Sum& sum) {
  std::string all;
  for (const auto& call : sum.calls) all += call.id + "=" + call.name + call.arguments + ";";
  return all;
}

TEST(OpenAiStreamDecoder, AzureBeginsWithoutChoices) {
  const std::string stream = "data: {\"id\":\"\",\"model\":\"\",\"choices\":[],\"prompt_filter_results\":[]}\n\n" + chunk(R"({"content":"hi"})") + stop;
  const Decoded decoded = decode_pieces({stream});
  EXPECT_EQ(describe(decoded.events), "started c1 m\ntext 0\"hi\"\nfinished 0 0\nended\n");
}

TEST(OpenAiStreamDecoder, AChoiceNeedsNoDeltaAndAMessageBesideItIsTheTextSoFar) {
  const std::string stream = "data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"content_filter_results\":{}}]}\n\n" +
                             std::string(R"(data: {"id":"c1","choices":[{"index":0,"delta":{"content":"a"},"message":{"content":"a"}}]})") + "\r\n\r\n" +
                             R"(data: {"id":"c1","choices":[{"index":0,"delta":{"content":"b"},"message":{"content":"ab"},"finish_reason":"stop"}]})" + "\r\n\r\n";
  EXPECT_EQ(sum_of_stream(stream).text, "ab");
}

TEST(OpenAiStreamDecoder, AFinishMayComeTwiceAndWithoutDone) {
  const Sum sum = sum_of_stream(chunk(R"({"content":"a"})", "\"length\"") + chunk("{}", "\"stop\"", R"(,"usage":{"prompt_tokens":1,"completion_tokens":2})"));
  EXPECT_EQ(sum.finishes, std::vector<llm::Finish>{llm::Finish::length});
  EXPECT_TRUE(sum.ended);
}

TEST(OpenAiStreamDecoder, WithoutAFinishOnlyDoneMakesItWhole) {
  EXPECT_EQ(decode_pieces({chunk(R"({"content":"a"})")}).error, "The provider's answer broke off before its end.");
  const Sum sum = sum_of_stream(chunk(R"({"content":"a"})", "\"\"") + "data: [DONE]\n\n");   // Snowflake
  EXPECT_EQ(sum.finishes, std::vector<llm::Finish>{llm::Finish::stop});
  EXPECT_FALSE(decode_pieces({chunk("{}", "\"stop\"") + R"(data: {"choices":[{"index":1,"delta":{"content":"x"}}]})" + "\n\n"}).error.empty());
}

TEST(OpenAiStreamDecoder, CallsAreToldApartHoweverTheyAreNumbered) {
  // OpenAI: the index alone.
  EXPECT_EQ(called(sum_of_stream(calls(R"({"index":0,"id":"a","function":{"name":"f","arguments":""}})") + calls(R"({"index":0,"function":{"arguments":"{\"x\":"}})") +
                                 calls(R"({"index":0,"function":{"arguments":"1}"}})") + calls(R"({"index":1,"id":"b","function":{"name":"g","arguments":"{}"}})") + stop)),
            "a=f{\"x\":1};b=g{};");
  // Mistral: no index; z.ai: -1; Gemini at OpenRouter: one index for all.
  for (const std::string index : {"", R"("index":-1,)", R"("index":0,)"}) {
    EXPECT_EQ(called(sum_of_stream(calls("{" + index + R"("id":"a","function":{"name":"f","arguments":"{}"}},{)" + index + R"("id":"b","function":{"name":"f","arguments":"{}"}})") + stop)),
              "a=f{};b=f{};") << index;
  }
  // The id again in every piece; another id in every piece.
  EXPECT_EQ(called(sum_of_stream(calls(R"({"index":0,"id":"a","function":{"name":"f","arguments":"{"}})") + calls(R"({"index":0,"id":"a","function":{"name":"f","arguments":"}"}})") + stop)), "a=f{};");
  EXPECT_EQ(called(sum_of_stream(calls(R"({"index":0,"id":"a","function":{"name":"f","arguments":"{"}})") + calls(R"({"index":0,"id":"z","function":{"arguments":"}"}})") + stop)), "a=f{};");
  // No arguments at all, null, or an object.
  EXPECT_EQ(called(sum_of_stream(calls(R"({"index":0,"id":"a","function":{"name":"f"}})") + stop)), "a=f{};");
  EXPECT_EQ(called(sum_of_stream(calls(R"({"index":0,"id":"a","function":{"name":"f","arguments":null}})") + stop)), "a=f{};");
  EXPECT_EQ(called(sum_of_stream(calls(R"({"index":0,"id":"a","function":{"name":"f","arguments":{"x":1.50}}})") + stop)), "a=f{\"x\":1.50};");
}

TEST(OpenAiStreamDecoder, EmptyIdsBecomeIdsOfTheirOwn) {
  const Sum sum = sum_of_stream(calls(R"({"index":0,"id":"","function":{"name":"f","arguments":"{}"}})") + calls(R"({"index":0,"id":"","function":{"name":"f","arguments":"{}"}})") + stop);
  ASSERT_EQ(sum.calls.size(), 2u);
  EXPECT_TRUE(sum.calls[0].id.starts_with("call_"));
  EXPECT_NE(sum.calls[0].id, sum.calls[1].id);
}

TEST(OpenAiStreamDecoder, CallsThatInterleaveAreToldOneAfterTheOther) {
  const Sum sum = sum_of_stream(calls(R"({"index":0,"id":"a","function":{"name":"f","arguments":""}},{"index":1,"id":"b","function":{"name":"g","arguments":""}})") +
                                calls(R"({"index":1,"function":{"arguments":"{\"y\":"}})") + calls(R"({"index":0,"function":{"arguments":"{\"x\":1}"}})") +
                                calls(R"({"index":1,"function":{"arguments":"2}"}})") + stop);
  EXPECT_EQ(called(sum), "a=f{\"x\":1};b=g{\"y\":2};");
  EXPECT_EQ(sum.finishes, std::vector<llm::Finish>{llm::Finish::tool_calls});   // the service said stop
}

TEST(OpenAiStreamDecoder, CallsOfTheOldFormAndOfCustomTools) {
  EXPECT_EQ(sum_of_stream(chunk(R"({"function_call":{"name":"f","arguments":""}})") + chunk(R"({"function_call":{"arguments":"{}"}})") + chunk("{}", "\"function_call\"")).calls.at(0).arguments, "{}");
  const Decoded custom = decode_pieces({calls(R"({"index":0,"id":"a","type":"custom","custom":{"name":"sh","input":"l"}})") + calls(R"({"index":0,"custom":{"input":"s"}})") + stop});
  EXPECT_EQ(describe(custom.events), "started c1 m\ntool 0 0 a sh custom\narguments 0 0 \"l\"\narguments 0 0 \"s\"\nfinished 0 2\nended\n");
  // Snowflake gives every call an empty custom and every message an empty old one.
  EXPECT_EQ(called(sum_of_stream(chunk(R"({"tool_calls":[{"id":"a","type":"function","custom":{"name":"","input":""},"function":{"name":"f","arguments":"{}"}}],"function_call":{"name":"","arguments":""},"audio":{"id":"","data":"","transcript":"","expires_at":0}})") + stop)), "a=f{};");
}

TEST(OpenAiStreamDecoder, ThoughtsHaveManyNames) {
  for (const std::string delta : {R"({"reasoning_content":"hm"})", R"({"reasoning":"hm"})", R"({"reasoning":"hm","reasoning_details":[{"type":"reasoning.text","text":"hm"}]})",
                                  R"({"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}],"closed":true}]})",
                                  R"({"reasoning_content":"hm","reasoning":"hm"})", R"({"reasoning_details":[{"type":"reasoning.summary","summary":"hm"}]})"}) {
    const Sum sum = sum_of_stream(chunk(delta) + chunk(R"({"content":"yes"})") + stop);
    EXPECT_EQ(sum.thinking, "hm") << delta;
    EXPECT_EQ(sum.text, "yes") << delta;
  }
}

TEST(OpenAiStreamDecoder, TagsAroundThoughtsCountOnlyAtTheBeginning) {
  const auto parts = [](const std::string& text) {
    const Sum sum = sum_of_stream(chunk("{\"content\":" + Json(text.substr(0, 3)).dump() + "}") + chunk("{\"content\":" + Json(text.substr(std::min<std::size_t>(3, text.size()))).dump() + "}") + stop);
    return sum.thinking + "|" + sum.text;
  };
  EXPECT_EQ(parts("<think>hm</think>\n\nyes <think>"), "hm|yes <think>");
  EXPECT_EQ(parts("\n<think>\nhm</thi"), "\nhm</thi|");
  EXPECT_EQ(parts("<thought>a</thought>b"), "a|b");
  EXPECT_EQ(parts("<thin ice"), "|<thin ice");
  EXPECT_EQ(parts("so <think>no</think>"), "|so <think>no</think>");
  EXPECT_EQ(parts("<t"), "|<t");
}

TEST(OpenAiStreamDecoder, SignaturesKeepTheirMaker) {
  const Decoded decoded = decode_pieces(
      {chunk(R"({"reasoning_details":[{"type":"reasoning.text","text":"hm","format":"anthropic-claude-v1","index":0}]})") +
       chunk(R"({"reasoning_details":[{"type":"reasoning.text","signature":"SIG","format":"anthropic-claude-v1","index":0}]})") +
       chunk(R"({"reasoning_details":[{"type":"reasoning.encrypted","data":"GS","id":"t1","format":"google-gemini-v1"}]})") +
       chunk(R"({"reasoning_details":[{"type":"reasoning.encrypted","data":"OA","id":"rs_1","format":"openai-responses-v1"}]})") +
       calls(R"({"index":0,"id":"t1","function":{"name":"f","arguments":"{}"}},{"index":1,"id":"t2","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"G2"}}})") + stop});
  EXPECT_EQ(describe(decoded.events),
            "started c1 m\nthinking 0\"hm\"\nthinking 0\"\" signed 1SIG\nthinking 0\"\" signed 3OA redactedrs_1\n"
            "tool 0 0 t1 f signed 2GS\narguments 0 0 \"{}\"\ntool 0 1 t2 f signed 2G2\narguments 0 1 \"{}\"\nfinished 0 2\nended\n");
}

TEST(OpenAiStreamDecoder, UsageIsTheLastSaidWhereverItStands) {
  const std::string groq = chunk("{}", "\"stop\"", R"(,"x_groq":{"usage":{"prompt_tokens":5,"completion_tokens":7}})");
  EXPECT_EQ(sum_of_stream(groq + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7}}\n\ndata: [DONE]\n\n").usage->output, 7);
  const std::string cumulative = chunk(R"({"content":"a"})", "null", R"(,"usage":{"prompt_tokens":5,"completion_tokens":1})") + chunk("{}", "\"stop\"", R"(,"usage":{"prompt_tokens":5,"completion_tokens":9})");
  EXPECT_EQ(sum_of_stream(cumulative).usage->output, 9);
  const std::string moderated = stop + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}\n\ndata: {\"choices\":[],\"moderation\":{}}\n\ndata: [DONE]\n\n";
  EXPECT_EQ(sum_of_stream(moderated).usage->output, 2);
}

TEST(OpenAiStreamDecoder, ErrorsAreFoundWhereverTheyStand) {
  for (const std::string& error : {std::string(R"(data: {"error":{"message":"no","code":503}})"), std::string("event: error\ndata: {\"error\":{\"message\":\"no\",\"status_code\":503}}"),
                                  std::string(R"(data: {"id":"c1","choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop"}],"error":{"message":"no","code":503}})"),
                                  std::string(R"(data: {"choices":[{"index":0,"error":{"message":"no","code":503},"finish_reason":"error"}]})"),
                                  std::string(R"(data: {"object":"error","message":"no","code":503})"), std::string(R"(data: {"choices":[],"x_groq":{"error":{"message":"no","code":503}}})")}) {
    const Decoded decoded = decode_pieces({chunk(R"({"content":"a"})") + error + "\n\ndata: [DONE]\n\n"});
    EXPECT_EQ(decoded.error, "") << error;
    EXPECT_NE(describe(decoded.events).find("failed 503"), std::string::npos) << error << describe(decoded.events);
    EXPECT_FALSE(sum_of(decoded.events).ended) << error;
  }
  EXPECT_TRUE(sum_of(decode_pieces({chunk("{}", "\"error\"")}).events).failed);
}

TEST(OpenAiStreamDecoder, CommentsFillersAndOtherMembersAreNothing) {
  EXPECT_EQ(sum_of_stream(": OPENROUTER PROCESSING\n\n" + chunk(R"({"role":"assistant","content":"a"})", "null", R"(,"obfuscation":"xx","p":"y","seed":18446744073709551615,"usage":null)") +
                          R"(data: {"id":"c1","choices":[{"index":0,"text":"b","delta":{"content":"b","token_id":3},"seed":9}]})" + "\n\n" + stop).text, "ab");
}

TEST(OpenAiStreamDecoder, WhatIsNoStreamIsRefused) {
  for (const std::string text : {"<html>\n", "data: {\"choices\n\n", "data: 5\n\n", "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\q\"}}]}\n\n"}) {
    EXPECT_FALSE(decode_pieces({text}).error.empty()) << text;
  }
}

TEST(OpenAiDecode, ErrorsAndNonsenseAreNoAnswers) {
  for (const std::string body : {R"({"error":{"message":"no","code":400}})", R"({"choices":[{"index":0,"error":{"message":"no","code":502},"message":{"content":""}}]})",
                                 R"({"choices":[]})", R"({})", "nonsense", "[]", ""}) {
    EXPECT_FALSE(openai::wire().decode(body)) << body;
  }
  EXPECT_EQ(openai::wire().decode(R"({"choices":[{"index":0,"error":{"message":"no","code":429},"message":{"content":""}}]})").error().code(), Code::rate_limited);
}

TEST(OpenAiDecode, AFilteredChoiceHasNoMessage) {
  const auto answer = openai::wire().decode(R"({"id":"x","choices":[{"index":0,"finish_reason":"content_filter","content_filter_results":{}}]})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->choices.at(0).finish, llm::Finish::content_filter);
}

TEST(OpenAiDecode, ReadsSoundPicturesSourcesAndProbabilities) {
  const auto answer = openai::wire().decode(
      R"({"id":"x","service_tier":"flex","choices":[{"index":0,"logprobs":{"content":[{"token":"a","logprob":-0.10}]},"stop_reason":"END","finish_reason":"stop",
      "message":{"content":"a","annotations":[{"type":"url_citation","url_citation":{"url":"https://u","title":"t","start_index":0,"end_index":1}}],
      "images":[{"type":"image_url","image_url":{"url":"data:image/webp;base64,AA=="}}],"audio":{"id":"au","data":"BB==","transcript":"a","expires_at":1}}}],
      "citations":["https://v"],"search_results":[{"url":"https://w","title":"W"}]})");
  ASSERT_TRUE(answer);
  const llm::Choice& choice = answer->choices.at(0);
  EXPECT_EQ(choice.logprobs, R"({"content":[{"token":"a","logprob":-0.10}]})");
  EXPECT_EQ(choice.stop_sequence, "END");
  EXPECT_EQ(answer->service_tier, "flex");
  const auto& text = std::get<llm::Text>(choice.parts.at(0));
  ASSERT_EQ(text.citations.size(), 2u);
  EXPECT_EQ(text.citations[0].end, 1);
  EXPECT_EQ(text.citations[1].url, "https://w");
  EXPECT_EQ(std::get<llm::Image>(choice.parts.at(1)).media_type, "image/webp");
  EXPECT_EQ(std::get<llm::Audio>(choice.parts.at(2)).id, "au");
}

TEST(OpenAiDecode, ManyChoicesInAnyOrder) {
  const Decoded decoded = decode_pieces({R"(data: {"id":"c","choices":[{"index":1,"delta":{"content":"b"}}]})" + std::string("\n\n") +
                                         R"(data: {"id":"c","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]})" + "\n\n" +
                                         R"(data: {"id":"c","choices":[{"index":1,"delta":{},"finish_reason":"length"}]})" + "\n\ndata: [DONE]\n\n"});
  EXPECT_EQ(describe(decoded.events), "started c \ntext 1\"b\"\ntext 0\"a\"\nfinished 1 1\nfinished 0 0\nended\n");
}

// ---- what we write is read the same

TEST(OpenAiRoundTrip, EveryRecordedAnswerComesBack) {
  for (const test::Exchange* one : recorded_chat(false)) {
    const auto first = openai::wire().decode(one->response);
    if (!first) continue;
    const auto again = openai::wire().decode(openai::caller().write_chat({}, *first, {"id", 1, ""}));
    ASSERT_TRUE(again) << one->id;
    ASSERT_EQ(first->choices.size(), again->choices.size()) << one->id;
    EXPECT_EQ(first->usage.input, again->usage.input) << one->id;
    EXPECT_EQ(first->usage.output, again->usage.output) << one->id;
    for (std::size_t i = 0; i < first->choices.size(); ++i) {
      const llm::Choice &a = first->choices[i], &b = again->choices[i];
      EXPECT_EQ(a.logprobs, b.logprobs) << one->id;
      if (a.finish != llm::Finish::unknown) { EXPECT_EQ(a.finish, b.finish) << one->id; }
      const auto shown = [](const llm::Choice& choice) {
        std::string text, thoughts, rest;
        for (const llm::Part& part : choice.parts) {
          if (const auto* t = std::get_if<llm::Text>(&part)) text += t->text + std::to_string(t->citations.size());
          if (const auto* t = std::get_if<llm::Thinking>(&part)) thoughts += t->text + t->signature + std::to_string(static_cast<int>(t->maker));
          if (const auto* c = std::get_if<llm::ToolCall>(&part)) rest += c->id + c->name + c->arguments + c->signature;
        }
        return thoughts + "|" + text + "|" + rest;
      };
      if (!a.parts.empty()) { EXPECT_EQ(shown(a), shown(b)) << one->id; }
    }
  }
}

TEST(OpenAiRoundTrip, EveryRecordedStreamComesBack) {
  for (const test::Exchange* one : recorded_chat(true)) {
    const Decoded first = decode_pieces({one->response});
    const Sum a = sum_of(first.events);
    if (!a.ended) continue;
    llm::ChatRequest request;
    request.include_usage = true;
    const auto writer = openai::caller().stream_writer(request, {"id", 1, ""});
    std::string text;
    for (const auto& e : first.events) writer->write(e, text);
    const Decoded again = decode_pieces({text});
    ASSERT_EQ(again.error, "") << one->id;
    const Sum b = sum_of(again.events);
    EXPECT_EQ(a.text, b.text) << one->id;
    EXPECT_EQ(a.thinking, b.thinking) << one->id;
    EXPECT_EQ(called(a), called(b)) << one->id;
    EXPECT_EQ(a.citations, b.citations) << one->id;
    if (a.usage) { EXPECT_EQ(a.usage->output, b.usage->output) << one->id; }
  }
}

}  // namespace
}  // namespace sluice::dialects::openai_tests
