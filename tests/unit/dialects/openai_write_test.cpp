#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dialects/all.hpp"

namespace sluice::dialects {
namespace {

using nlohmann::json;
namespace event = llm::event;

json error(const Error& e) { return json::parse(openai::caller().write_error(e)).at("error"); }

TEST(OpenAiErrorBody, HasOpenAisFourMembers) {
  EXPECT_EQ(
      openai::caller().write_error(Error(Code::bad_request, "no \"x\"").about("messages[2].content")),
      R"({"error":{"message":"no \"x\"","type":"invalid_request_error","param":"messages[2].content","code":null}})");
  EXPECT_EQ(error(Error(Code::not_found, "m").named("model_not_found")).at("code"), "model_not_found");
}

TEST(OpenAiErrorBody, EveryCodeHasItsStatusAndNames) {
  struct Row { Code code; int status; json name; };
  const std::vector<Row> rows{{Code::bad_request, 400, nullptr},
                              {Code::unauthorized, 401, "invalid_api_key"},
                              {Code::over_budget, 402, "budget_exceeded"},
                              {Code::forbidden, 403, "permission_denied"},
                              {Code::not_found, 404, "not_found"},
                              {Code::method_not_allowed, 405, "method_not_allowed"},
                              {Code::request_timeout, 408, "request_timeout"},
                              {Code::too_large, 413, "request_too_large"},
                              {Code::unsupported_media, 415, "unsupported_media_type"},
                              {Code::rate_limited, 429, "rate_limit_exceeded"},
                              {Code::cancelled, 499, "cancelled"},
                              {Code::internal, 500, "internal_error"},
                              {Code::not_implemented, 501, "not_implemented"},
                              {Code::upstream_failed, 502, "upstream_error"},
                              {Code::overloaded, 503, "overloaded"},
                              {Code::draining, 503, "draining"},
                              {Code::upstream_timeout, 504, "upstream_timeout"}};
  for (const Row& row : rows) {
    EXPECT_EQ(http_status(row.code), row.status);
    const json body = error(Error(row.code, "m"));
    EXPECT_EQ(body.at("code"), row.name);
    EXPECT_TRUE(body.at("type").is_string());
    EXPECT_TRUE(body.at("param").is_null());
  }
}

TEST(OpenAiErrorBody, AnEventIsOneWholeEvent) {
  const std::string text = openai::caller().write_error_event(Error(Code::upstream_failed, "line\nbreak"), {});
  EXPECT_TRUE(text.starts_with("data: {\"error\":"));
  EXPECT_TRUE(text.ends_with("}}\n\n"));
  EXPECT_EQ(text.find('\n'), text.size() - 2);
}

llm::ChatResponse response(std::vector<llm::Part> parts, llm::Finish finish) {
  llm::ChatResponse out;
  out.model = "claude";
  out.choices.push_back({0, std::move(parts), finish});
  out.usage.input = 30;
  out.usage.cache_read = 10;
  out.usage.output = 7;
  out.usage.reasoning = 2;
  return out;
}

TEST(OpenAiAnswer, Text) {
  const json body = json::parse(
      openai::caller().write_chat({}, response({llm::Text{"Hel"}, llm::Text{"lo"}}, llm::Finish::stop), {"chatcmpl-1", 1700000000, {}}));
  const json expected =
      json::parse(R"({"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"claude",
      "choices":[{"index":0,"message":{"role":"assistant","content":"Hello","refusal":null},"logprobs":null,"finish_reason":"stop"}],
      "usage":{"prompt_tokens":30,"completion_tokens":7,"total_tokens":37,"prompt_tokens_details":{"cached_tokens":10,"audio_tokens":0},
      "completion_tokens_details":{"reasoning_tokens":2,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}})");
  EXPECT_EQ(body, expected);
}

TEST(OpenAiAnswer, ToolCallsLeaveContentNullAndTextBesideThemStays) {
  const llm::ToolCall call{"c1", "f", R"({"a":"é\n"})"};
  const json body = json::parse(openai::caller().write_chat({}, response({call}, llm::Finish::tool_calls), {"x", 1, {}}));
  const json& message = body["choices"][0]["message"];
  EXPECT_TRUE(message["content"].is_null());
  EXPECT_EQ(message["tool_calls"],
            json::parse(R"j([{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":\"é\\n\"}"}}])j"));
  EXPECT_EQ(body["choices"][0]["finish_reason"], "tool_calls");
  const json both =
      json::parse(openai::caller().write_chat({}, response({llm::Text{"I will"}, call}, llm::Finish::tool_calls), {"x", 1, {}}));
  EXPECT_EQ(both["choices"][0]["message"]["content"], "I will");
}

TEST(OpenAiAnswer, ThinkingIsKeptOutOfContentAndComesBackSigned) {
  const std::string text = openai::caller().write_chat({},
      response({llm::Thinking{"because", "sig", false}, llm::Thinking{"", "enc", true}, llm::Text{"42"}},
               llm::Finish::stop),
      {"x", 1, {}});
  const json message = json::parse(text)["choices"][0]["message"];
  EXPECT_EQ(message["content"], "42");
  EXPECT_EQ(message["reasoning_content"], "because");
  const auto again = openai::caller().read_chat("{\"model\":\"m\",\"messages\":[" + message.dump() + "]}");
  ASSERT_TRUE(again);
  const auto& first = std::get<llm::Thinking>(again->messages[0].parts.at(0));
  EXPECT_EQ(first.text + "/" + first.signature, "because/sig");
  EXPECT_TRUE(std::get<llm::Thinking>(again->messages[0].parts.at(1)).redacted);
}

TEST(OpenAiAnswer, RefusalAndEmptyAnswer) {
  const json refused = json::parse(
      openai::caller().write_chat({}, response({llm::Refusal{"no"}}, llm::Finish::content_filter), {"x", 1, {}}))["choices"][0];
  EXPECT_EQ(refused["message"]["refusal"], "no");
  EXPECT_TRUE(refused["message"]["content"].is_null());
  EXPECT_EQ(refused["finish_reason"], "content_filter");
  EXPECT_EQ(
      json::parse(openai::caller().write_chat({}, response({}, llm::Finish::unknown), {"x", 1, {}}))["choices"][0]["message"]["content"],
      "");
}

struct Stream {
  explicit Stream(bool include_usage) {
    request.model = "asked";
    request.include_usage = include_usage;
    writer = openai::caller().stream_writer(request, {"chatcmpl-1", 1700000000, {}});
  }
  void put(const llm::StreamEvent& e) { writer->write(e, text); }
  // Every payload; the end marker as a string.
  std::vector<json> events() const {
    std::vector<json> out;
    std::string_view rest = text;
    while (!rest.empty()) {
      EXPECT_TRUE(rest.starts_with("data: ")) << rest;
      const std::size_t end = rest.find("\n\n");
      const std::string_view payload = rest.substr(6, end - 6);
      out.push_back(payload == "[DONE]" ? json("[DONE]") : json::parse(payload));
      rest.remove_prefix(end + 2);
    }
    return out;
  }
  llm::ChatRequest request;
  std::unique_ptr<StreamWriter> writer;
  std::string text;
};

TEST(OpenAiStream, TextFromRoleToDone) {
  Stream stream(true);
  stream.put(event::Started{"msg_1", "claude"});
  stream.put(event::TextDelta{0, "Hel\"lo\n"});
  stream.put(event::Finished{0, llm::Finish::stop});
  stream.put(event::UsageSeen{response({}, llm::Finish::stop).usage});
  stream.put(event::Ended{});
  const auto events = stream.events();
  ASSERT_EQ(events.size(), 5u);
  EXPECT_EQ(
      events[0],
      json::parse(
          R"({"id":"msg_1","object":"chat.completion.chunk","created":1700000000,"model":"claude","choices":[{"index":0,
      "delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null})"));
  EXPECT_EQ(events[1]["choices"][0]["delta"], json::parse(R"({"content":"Hel\"lo\n"})"));
  EXPECT_EQ(events[2]["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(events[2]["choices"][0]["delta"], json::object());
  EXPECT_EQ(events[3]["choices"], json::array());
  EXPECT_EQ(events[3]["usage"]["total_tokens"], 37);
  EXPECT_EQ(events[4], "[DONE]");
}

TEST(OpenAiStream, WithoutIncludeUsageThereIsNoUsageAnywhere) {
  Stream stream(false);
  stream.put(event::Started{"", ""});
  stream.put(event::UsageSeen{{}});
  stream.put(event::Finished{0, llm::Finish::length});
  stream.put(event::Ended{});
  EXPECT_EQ(stream.text.find("usage"), std::string::npos);
  EXPECT_EQ(stream.events().size(), 3u);
  EXPECT_EQ(stream.events()[0]["id"], "chatcmpl-1");
  EXPECT_EQ(stream.events()[0]["model"], "asked");
}

TEST(OpenAiStream, ToolCallsAndThinking) {
  Stream stream(false);
  stream.put(event::ThinkingDelta{0, "hmm", ""});
  stream.put(event::ThinkingDelta{0, "", "sig"});
  stream.put(event::ToolCallStarted{0, 0, "c1", "f"});
  stream.put(event::ToolCallDelta{0, 0, "{\"a\""});
  stream.put(event::ToolCallDelta{0, 0, ":1}"});
  stream.put(event::ToolCallStarted{0, 1, "c2", "g"});
  stream.put(event::Finished{0, llm::Finish::tool_calls});
  const auto events = stream.events();
  ASSERT_EQ(events.size(), 8u);
  EXPECT_EQ(events[0]["choices"][0]["delta"]["role"], "assistant");  // comes by itself when the provider does not begin
  EXPECT_EQ(events[1]["choices"][0]["delta"], json::parse(R"({"reasoning_content":"hmm"})"));
  EXPECT_EQ(events[2]["choices"][0]["delta"]["reasoning_details"][0]["signature"], "sig");
  EXPECT_EQ(events[3]["choices"][0]["delta"]["tool_calls"],
            json::parse(R"([{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}])"));
  EXPECT_EQ(events[4]["choices"][0]["delta"]["tool_calls"],
            json::parse(R"([{"index":0,"function":{"arguments":"{\"a\""}}])"));
  EXPECT_EQ(events[6]["choices"][0]["delta"]["tool_calls"][0]["index"], 1);
  EXPECT_EQ(events[7]["choices"][0]["finish_reason"], "tool_calls");
}

TEST(OpenAiStream, SignedThoughtsSourcesSoundAndPictures) {
  Stream stream(false);
  stream.put(event::ThinkingDelta{0, "hmm", "", llm::Maker::anthropic});
  stream.put(event::ThinkingDelta{0, "", "sig", llm::Maker::anthropic});
  stream.put(event::ThinkingDelta{0, "", "enc", llm::Maker::anthropic, true});
  stream.put(event::TextDelta{0, "äb "});
  event::TextDelta cited{0, "cd"};
  cited.begins = true;
  stream.put(cited);
  llm::Citation citation;
  citation.url = "https://u";
  stream.put(event::CitationSeen{0, citation});
  stream.put(event::TextDelta{0, "e", "GS", llm::Maker::google, R"({"content":[]})"});
  stream.put(event::PartSeen{0, llm::Image{"image/png", "AA", "", ""}});
  stream.put(event::PartSeen{0, llm::Audio{"", "BB", "au", "said"}});
  stream.put(event::ToolCallStarted{0, 0, "c1", "sh", "GS", llm::Maker::google, true});
  stream.put(event::ToolCallDelta{0, 0, "ls"});
  stream.put(event::Finished{0, llm::Finish::stop, "END"});
  const auto events = stream.events();
  const auto delta = [&](std::size_t i) { return events.at(i)["choices"][0]["delta"]; };
  EXPECT_EQ(delta(2)["reasoning_details"], json::parse(R"([{"type":"reasoning.text","text":"hmm","signature":"sig","format":"anthropic-claude-v1","index":0}])"));
  EXPECT_EQ(delta(3)["reasoning_details"], json::parse(R"([{"type":"reasoning.encrypted","data":"enc","format":"anthropic-claude-v1","index":1}])"));
  EXPECT_EQ(delta(6)["annotations"], json::parse(R"([{"type":"url_citation","url_citation":{"url":"https://u","title":"","start_index":3,"end_index":5}}])"));
  EXPECT_EQ(delta(7)["extra_content"]["google"]["thought_signature"], "GS");
  EXPECT_EQ(events.at(7)["choices"][0]["logprobs"], json::parse(R"({"content":[]})"));
  EXPECT_EQ(delta(8)["images"][0]["image_url"]["url"], "data:image/png;base64,AA");
  EXPECT_EQ(delta(9)["audio"]["transcript"], "said");
  EXPECT_EQ(delta(10)["tool_calls"], json::parse(R"([{"index":0,"id":"c1","type":"custom","custom":{"name":"sh","input":""},"extra_content":{"google":{"thought_signature":"GS"}}}])"));
  EXPECT_EQ(delta(11)["tool_calls"], json::parse(R"([{"index":0,"custom":{"input":"ls"}}])"));
  EXPECT_EQ(events.at(12)["choices"][0]["stop_reason"], "END");
}

TEST(OpenAiStream, FunctionsOfOldAreAnsweredInTheirForm) {
  llm::ChatRequest request;
  request.old_functions = true;
  const auto writer = openai::caller().stream_writer(request, {"x", 1, {}});
  std::string text;
  for (const llm::StreamEvent& e : std::vector<llm::StreamEvent>{event::ToolCallStarted{0, 0, "c", "f"}, event::ToolCallDelta{0, 0, "{}"}, event::Finished{0, llm::Finish::tool_calls}}) writer->write(e, text);
  EXPECT_NE(text.find(R"("function_call":{"name":"f","arguments":""})"), std::string::npos);
  EXPECT_NE(text.find(R"("function_call":{"arguments":"{}"})"), std::string::npos);
  EXPECT_NE(text.find(R"("finish_reason":"function_call")"), std::string::npos);
  const json whole = json::parse(openai::caller().write_chat(request, response({llm::ToolCall{"c", "f", "{}"}}, llm::Finish::tool_calls), {"x", 1, {}}))["choices"][0];
  EXPECT_EQ(whole["message"]["function_call"], json::parse(R"({"name":"f","arguments":"{}"})"));
  EXPECT_EQ(whole["finish_reason"], "function_call");
}

TEST(OpenAiStream, EveryChoiceHasItsRoleOnce) {
  Stream stream(false);
  stream.put(event::Started{});
  for (const std::int64_t choice : {1, 0, 1, 0}) stream.put(event::TextDelta{choice, "a"});
  int roles[2] = {0, 0};
  for (const json& e : stream.events()) {
    if (e["choices"][0]["delta"].contains("role")) ++roles[e["choices"][0]["index"].get<int>()];
  }
  EXPECT_EQ(roles[0], 1);
  EXPECT_EQ(roles[1], 1);
}

TEST(OpenAiStream, AFailureIsAnErrorEventAndNoDoneFollowsByItself) {
  Stream stream(false);
  stream.put(event::Started{});
  stream.put(event::Failed{Error(Code::upstream_failed, "broke")});
  EXPECT_EQ(stream.events().back()["error"]["message"], "broke");
  EXPECT_EQ(stream.text.find("[DONE]"), std::string::npos);
}

}  // namespace
}  // namespace sluice::dialects
