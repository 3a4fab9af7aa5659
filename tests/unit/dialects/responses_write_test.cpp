// Answers written in the Responses API: the order of a stream's events, whole answers, and proofs of thinking that
// travel through it.
#include <gtest/gtest.h>

#include "responses_order.hpp"
#include "responses_support.hpp"

namespace sluice::dialects {
namespace {

using namespace responses_tests;
namespace event = llm::event;

llm::ChatRequest request_of(std::string_view body = R"({"model":"m","input":"Hi"})") {
  auto request = caller().read_chat(body);
  EXPECT_TRUE(request);
  return request ? *request : llm::ChatRequest{};
}

std::string write(const std::vector<llm::StreamEvent>& events, const llm::ChatRequest& request = request_of()) {
  const auto writer = caller().stream_writer(request, {"req_1", 1700000000, ""});
  std::string out;
  for (const auto& e : events) writer->write(e, out);
  return out;
}

std::string faults(const std::string& stream) {
  std::string all;
  for (const std::string& fault : EventOrder::broken_by(stream)) all += fault + "\n";
  return all.empty() ? all : all + stream;
}

llm::ChatResponse answer_of(std::vector<llm::Part> parts, llm::Finish finish = llm::Finish::stop) {
  llm::ChatResponse answer;
  answer.id = "msg_1";
  answer.model = "model-1";
  llm::Choice choice;
  choice.parts = std::move(parts);
  choice.finish = finish;
  answer.choices.push_back(std::move(choice));
  answer.usage.input = 10;
  answer.usage.output = 5;
  answer.usage.reasoning = 2;
  return answer;
}
Json written(std::vector<llm::Part> parts, llm::Finish finish = llm::Finish::stop) {
  return Json::parse(caller().write_chat(request_of(), answer_of(std::move(parts), finish), {"req_1", 1700000000, ""}));
}

TEST(ResponsesOrder, TheMachineTakesWhatOpenAiReallySends) {
  for (const Exchange* one : streams()) {
    if (one->provider != "openai" && one->provider != "azure") continue;
    if (one->has("server_tool") || one->has("odd:keepalive_event")) continue;
    // OpenAI leaves the log probabilities out of content_part.done, and encrypts reasoning anew for the last event.
    if (one->has("logprobs") || one->has("reasoning_in_history") || one->response.find("event:") == std::string::npos) continue;
    EXPECT_EQ(faults(one->response), "") << one->id;
  }
}

TEST(ResponsesWriter, EveryRecordedStreamDecodedAndWrittenAgainIsInOrderAndSaysTheSame) {
  for (const Exchange* one : streams()) {
    const Decoded decoded = decode_pieces({one->response});
    const std::string again = write(decoded.events);
    EXPECT_EQ(faults(again), "") << one->id;
    const Sum first = sum_of(decoded.events), second = sum_of(decode_pieces({again}).events);
    EXPECT_EQ(first.text, second.text) << one->id;
    EXPECT_EQ(first.thinking, second.thinking) << one->id;
    EXPECT_EQ(first.signatures, second.signatures) << one->id;
    EXPECT_EQ(first.urls, second.urls) << one->id;
    EXPECT_EQ(first.server_items, second.server_items) << one->id;
    EXPECT_EQ(first.finish, second.finish) << one->id;
    EXPECT_EQ(describe(first.usage), describe(second.usage)) << one->id;
    ASSERT_EQ(first.calls.size(), second.calls.size()) << one->id;
    for (std::size_t i = 0; i < first.calls.size(); ++i) EXPECT_EQ(first.calls[i].arguments, second.calls[i].arguments) << one->id;
  }
}

TEST(ResponsesWriter, EveryRecordedAnswerDecodedAndWrittenAgainSaysTheSame) {
  for (const Exchange* one : answers()) {
    const Json first = Json::parse(one->response);
    const Json again = Json::parse(caller().write_chat(request_of(), *wire().decode(one->response), {"req_1", 1, ""}));
    EXPECT_EQ(again.at("id"), first.at("id")) << one->id;
    EXPECT_EQ(again.at("created_at"), first.at("created_at")) << one->id;
    EXPECT_EQ(again.at("status"), first.at("status")) << one->id;
    EXPECT_EQ(again.at("model"), first.at("model")) << one->id;
    EXPECT_EQ(again.at("usage").at("total_tokens"), first.at("usage").at("total_tokens")) << one->id;
    ASSERT_EQ(again.at("output").size(), first.at("output").size()) << one->id;
    for (std::size_t i = 0; i < again.at("output").size(); ++i) {
      const Json &a = again.at("output").at(i), &b = first.at("output").at(i);
      EXPECT_EQ(a.at("type"), b.at("type")) << one->id;
      for (const char* name : {"arguments", "call_id", "encrypted_content", "name", "action", "error"}) {
        EXPECT_EQ(b.contains(name) ? a.at(name) : Json(), b.value(name, Json())) << one->id;
      }
      if (b.at("type") != "message") continue;
      for (const char* name : {"text", "annotations"}) EXPECT_EQ(a.at("content").at(0).at(name), b.at("content").at(0).at(name)) << one->id;
    }
  }
}

std::vector<llm::StreamEvent> everything() {
  llm::Citation cited;
  cited.url = "https://example.org";
  cited.title = "Example";
  cited.origin = llm::Dialect::anthropic;
  event::ToolCallStarted custom{0, 1, "call_b", "sql"};
  custom.custom = true;
  return {event::Started{"msg_01", "claude"},
          event::ThinkingDelta{0, "Let me ", "", llm::Maker::anthropic}, event::ThinkingDelta{0, "see.", "", llm::Maker::anthropic},
          event::ThinkingDelta{0, "", "c2ln", llm::Maker::anthropic},
          event::ThinkingDelta{0, "", "cmVk", llm::Maker::anthropic, true},
          event::TextDelta{0, "Grüße \"you\"\n"}, event::TextDelta{0, ""}, event::CitationSeen{0, cited}, event::TextDelta{0, "more"},
          event::RefusalDelta{0, "but no"},
          event::ToolCallStarted{0, 0, "toolu_1", "weather"}, event::ToolCallDelta{0, 0, "{\"a\":"}, event::ToolCallDelta{0, 0, "1}"},
          custom, event::ToolCallDelta{0, 1, "select 1"},
          event::PartSeen{0, llm::Image{"image/png", "QUJD", "", ""}}, event::PartSeen{0, llm::Audio{"wav", "QUJD"}},
          event::TextDelta{0, "after"},
          event::Finished{0, llm::Finish::tool_calls}, event::UsageSeen{[] { llm::Usage u; u.input = 7; u.output = 3; u.cache_write_1h = 2; return u; }()}, event::Ended{}};
}

TEST(ResponsesWriter, AnAnswerOfAllKindsIsInOrder) {
  const std::string stream = write(everything());
  EXPECT_EQ(faults(stream), "");
  std::vector<std::string> kinds;
  const Json last = final_response(stream);
  for (const Json& item : last.at("output")) kinds.push_back(item.at("type"));
  EXPECT_EQ(kinds, (std::vector<std::string>{"reasoning", "reasoning", "message", "function_call", "custom_tool_call", "image_generation_call", "message"}));
  EXPECT_EQ(last.at("output").at(2).at("content").at(0).at("annotations").at(0).at("url"), "https://example.org");
  EXPECT_EQ(last.at("output").at(0).at("encrypted_content"), "sluice:anthropic:c2ln");
  EXPECT_EQ(last.at("output").at(1).at("encrypted_content"), "sluice:anthropic:redacted:cmVk");
  EXPECT_EQ(last.at("usage").at("input_tokens_details").at("cache_write_tokens"), 2);
  EXPECT_EQ(last.at("model"), "claude");
  EXPECT_EQ(last.at("id"), "resp_msg_01");
}

TEST(ResponsesWriter, UsageHasEveryMemberThatTheSdksRequire) {
  const Json usage = written({llm::Text{"Hi"}}).at("usage");
  EXPECT_EQ(usage, Json::parse(R"({"input_tokens":10,"input_tokens_details":{"cached_tokens":0,"cache_write_tokens":0},"output_tokens":5,
    "output_tokens_details":{"reasoning_tokens":2},"total_tokens":15})"));
}

TEST(ResponsesWriter, AnEmptyAnswerIsInOrder) {
  EXPECT_EQ(faults(write({event::Ended{}})), "");
  EXPECT_EQ(faults(write({event::Started{"", ""}, event::ToolCallStarted{0, 0, "", "f"}, event::Finished{0, llm::Finish::tool_calls}, event::Ended{}})), "");
}

TEST(ResponsesWriter, WhyItEndedIsSaid) {
  const auto ended = [](llm::Finish finish) { return final_response(write({event::TextDelta{0, "x"}, event::Finished{0, finish}, event::Ended{}})); };
  EXPECT_EQ(ended(llm::Finish::stop).at("status"), "completed");
  EXPECT_EQ(ended(llm::Finish::length).at("incomplete_details").at("reason"), "max_output_tokens");
  EXPECT_EQ(ended(llm::Finish::length).at("output").at(0).at("status"), "incomplete");
  EXPECT_EQ(ended(llm::Finish::pause).at("status"), "incomplete");
  EXPECT_EQ(ended(llm::Finish::content_filter).at("incomplete_details").at("reason"), "content_filter");
  EXPECT_EQ(ended(llm::Finish::unknown).at("status"), "incomplete");   // not to be taken for the whole answer
  EXPECT_EQ(ended(llm::Finish::unknown).at("incomplete_details").at("reason"), "other");
  EXPECT_EQ(ended(llm::Finish::refusal).at("incomplete_details").at("reason"), "content_filter");
  const Json refused = final_response(write({event::RefusalDelta{0, "no"}, event::Finished{0, llm::Finish::refusal}, event::Ended{}}));
  EXPECT_EQ(refused.at("status"), "completed");
  EXPECT_EQ(refused.at("output").at(0).at("content").at(0).at("refusal"), "no");
}

TEST(ResponsesWriter, TheRequestsSettingsAreRepeated) {
  const std::string body = R"({"model":"m","input":"Hi","instructions":"Be kind.","max_output_tokens":99,"temperature":0.5,"top_p":0.9,
    "reasoning":{"effort":"low","summary":"auto"},"text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true},"verbosity":"low"},
    "tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"}},{"type":"web_search"}],
    "tool_choice":{"type":"function","name":"f"},"parallel_tool_calls":false,"metadata":{"a":"b"},"user":"u","service_tier":"flex","max_tool_calls":3})";
  const Json response = Json::parse(caller().write_chat(request_of(body), answer_of({llm::Text{"Hi"}}), {"r", 5, ""}));
  const Json asked = Json::parse(body);
  for (const char* name : {"instructions", "max_output_tokens", "temperature", "top_p", "reasoning", "text", "tools", "tool_choice", "parallel_tool_calls",
                           "metadata", "user", "service_tier", "max_tool_calls"}) {
    EXPECT_EQ(response.at(name), asked.at(name)) << name;
  }
  EXPECT_EQ(response.at("store"), false);   // nobody keeps it
  EXPECT_EQ(response.at("created_at"), 5);
}

TEST(ResponsesWriter, LogProbabilitiesComeWithTheirText) {
  const std::string one = R"({"token":"Hi","logprob":-0.5,"bytes":[72,105],"top_logprobs":[]})";
  event::TextDelta delta{0, "Hi"};
  delta.logprobs = "{\"content\":[" + one + "]}";
  const std::string stream = write({delta, event::Finished{0, llm::Finish::stop}, event::Ended{}});
  EXPECT_EQ(faults(stream), "");
  EXPECT_EQ(final_response(stream).at("output").at(0).at("content").at(0).at("logprobs"), Json::array({Json::parse(one)}));
}

TEST(ResponsesWriter, ErrorsAreOpenAis) {
  const Error error = Error(Code::rate_limited, "Slow down.").about("input");
  const Json whole = Json::parse(caller().write_error(error));
  EXPECT_EQ(whole.at("error").at("message"), "Slow down.");
  const std::string in_stream = caller().write_error_event(error, {});
  ASSERT_TRUE(in_stream.starts_with("event: error\ndata: ") && in_stream.ends_with("\n\n"));
  const Json data = payloads(in_stream).at(0);
  EXPECT_EQ(data.at("type"), "error");
  EXPECT_EQ(data.at("code"), "rate_limit_exceeded");
  EXPECT_EQ(data.at("error").at("code"), "rate_limit_exceeded");
  EXPECT_EQ(facts_of({in_stream}).failure->status, 429);
}

// ---- tool loops with other makers' models

// What a caller sends back: the output as it is, and the results of the calls.
llm::ChatRequest next_turn(const Json& output) {
  Json input = Json::array({{{"role", "user"}, {"content", "Go."}}});
  for (const Json& item : output) input.push_back(item);
  for (const Json& item : output) {
    if (item.at("type") == "function_call") input.push_back({{"type", "function_call_output"}, {"call_id", item.at("call_id")}, {"output", "done"}});
  }
  return request_of(Json{{"model", "m"}, {"input", input}}.dump());
}

void expect_claude(const llm::ChatRequest& turn) {
  ASSERT_EQ(turn.messages.size(), 3u);
  const auto& parts = turn.messages[1].parts;
  ASSERT_EQ(parts.size(), 4u);
  const auto& thought = std::get<llm::Thinking>(parts[0]);
  EXPECT_EQ(thought.text, "Hm.");
  EXPECT_EQ(thought.signature, "c2ln");
  EXPECT_EQ(thought.maker, llm::Maker::anthropic);
  EXPECT_FALSE(thought.redacted);
  const auto& redacted = std::get<llm::Thinking>(parts[1]);
  EXPECT_TRUE(redacted.redacted);
  EXPECT_EQ(redacted.signature, "cmVk");
  EXPECT_EQ(std::get<llm::Text>(parts[2]).text, "I look.");
  EXPECT_EQ(std::get<llm::ToolCall>(parts[3]).id, "toolu_1");
}

TEST(ResponsesProof, ClaudesThinkingComesBackAsItWas) {
  const std::vector<llm::Part> parts = {llm::Thinking{"Hm.", "c2ln", false, llm::Maker::anthropic}, llm::Thinking{"", "cmVk", true, llm::Maker::anthropic},
                                        llm::Text{"I look."}, llm::ToolCall{"toolu_1", "f", "{\"a\":1}"}};
  expect_claude(next_turn(written(parts, llm::Finish::tool_calls).at("output")));
  const std::string stream = write({event::Started{"msg", "claude"}, event::ThinkingDelta{0, "Hm.", "", llm::Maker::anthropic}, event::ThinkingDelta{0, "", "c2ln", llm::Maker::anthropic},
                                    event::ThinkingDelta{0, "", "cmVk", llm::Maker::anthropic, true}, event::TextDelta{0, "I look."},
                                    event::ToolCallStarted{0, 0, "toolu_1", "f"}, event::ToolCallDelta{0, 0, "{\"a\":1}"},
                                    event::Finished{0, llm::Finish::tool_calls}, event::Ended{}});
  EXPECT_EQ(faults(stream), "");
  expect_claude(next_turn(final_response(stream).at("output")));
}

void expect_gemini(const llm::ChatRequest& turn) {
  std::vector<llm::Part> parts;
  for (const llm::Message& message : turn.messages) {
    if (message.role == llm::Role::assistant) parts.insert(parts.end(), message.parts.begin(), message.parts.end());
  }
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_EQ(std::get<llm::Text>(parts[0]).signature, "dGV4dA==");
  EXPECT_EQ(std::get<llm::Text>(parts[0]).maker, llm::Maker::google);
  EXPECT_EQ(std::get<llm::ToolCall>(parts[1]).signature, "b25l");
  EXPECT_EQ(std::get<llm::ToolCall>(parts[2]).signature, "");
  EXPECT_EQ(std::get<llm::ToolCall>(parts[3]).signature, "dHdv");
  EXPECT_EQ(std::get<llm::ToolCall>(parts[3]).maker, llm::Maker::google);
}

TEST(ResponsesProof, EachOfGeminisSignaturesComesBackToItsOwnTextOrCall) {
  const auto call = [](const char* id, const char* signature) {
    return llm::ToolCall{id, "f", "{}", signature, *signature != 0 ? llm::Maker::google : llm::Maker::unknown};
  };
  const llm::Text text{"Look:", {}, "dGV4dA==", llm::Maker::google};
  expect_gemini(next_turn(written({text, call("a", "b25l"), call("b", ""), call("c", "dHdv")}, llm::Finish::tool_calls).at("output")));
  // In a stream the text's signature comes behind it.
  const auto started = [](std::int64_t i, const char* id, const char* signature) {
    return event::ToolCallStarted{0, i, id, "f", signature, *signature != 0 ? llm::Maker::google : llm::Maker::unknown};
  };
  const std::string stream = write({event::Started{"", "gemini"}, event::TextDelta{0, "Look:"}, event::TextDelta{0, "", "dGV4dA==", llm::Maker::google},
                                    started(0, "a", "b25l"), event::ToolCallDelta{0, 0, "{}"}, started(1, "b", ""), event::ToolCallDelta{0, 1, "{}"},
                                    started(2, "c", "dHdv"), event::ToolCallDelta{0, 2, "{}"}, event::Finished{0, llm::Finish::tool_calls}, event::Ended{}});
  EXPECT_EQ(faults(stream), "");
  expect_gemini(next_turn(final_response(stream).at("output")));
}

TEST(ResponsesProof, AProofWithoutWhatItProvesIsNoMessage) {
  const auto turn = request_of(R"({"model":"m","input":[{"role":"user","content":"a"},{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"sluice:google:next:eA=="},{"role":"user","content":"b"},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]})");
  ASSERT_EQ(turn.messages.size(), 3u);
  EXPECT_EQ(std::get<llm::ToolCall>(turn.messages[2].parts.at(0)).signature, "");
}

TEST(ResponsesProof, ASignatureBehindACallIsNotTheCalls) {
  const std::string stream = write({event::ToolCallStarted{0, 0, "a", "f", "b25l", llm::Maker::google}, event::TextDelta{0, "", "ZW5k", llm::Maker::google},
                                    event::Finished{0, llm::Finish::tool_calls}, event::Ended{}});
  EXPECT_EQ(faults(stream), "");
  const auto turn = next_turn(final_response(stream).at("output"));
  const auto& parts = turn.messages.at(1).parts;
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(std::get<llm::ToolCall>(parts[0]).signature, "b25l");
  EXPECT_EQ(std::get<llm::ToolCall>(parts[0]).arguments, "{}");
  EXPECT_EQ(std::get<llm::Text>(parts[1]).signature, "ZW5k");
}

TEST(ResponsesProof, OpenAisOwnStandsAsItIs) {
  const Json output = written({llm::Thinking{"", "gAAAA", true, llm::Maker::openai, "rs_own"}, llm::Text{"Hi"}}).at("output");
  EXPECT_EQ(output.at(0).at("encrypted_content"), "gAAAA");
  EXPECT_EQ(output.at(0).at("id"), "rs_own");
  const auto turn = next_turn(output);
  const auto& thought = std::get<llm::Thinking>(turn.messages.at(1).parts.at(0));
  EXPECT_EQ(thought.maker, llm::Maker::openai);
  EXPECT_EQ(thought.id, "rs_own");
  EXPECT_EQ(thought.signature, "gAAAA");
}

}  // namespace
}  // namespace sluice::dialects
