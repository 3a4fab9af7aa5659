// Cohere as our callers speak it: their requests read, answers and streams written and read again, proofs carried.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/dialects/cohere_support.hpp"

namespace sluice::dialects::cohere_tests {
namespace {

namespace event = llm::event;
using testing::ElementsAre;
using testing::HasSubstr;

const CallerDialect& caller() { return cohere::caller(); }
const AnswerContext context{"ours", 1, {}};

std::string streamed(const std::vector<llm::StreamEvent>& events, const llm::ChatRequest& request = {}) {
  const auto writer = caller().stream_writer(request, context);
  std::string out;
  for (const auto& one : events) writer->write(one, out);
  return out;
}

TEST(CohereCaller, ReadsEverySetting) {
  const auto read = caller().read_chat(R"({"model":"m","stream":true,"messages":[{"role":"system","content":"s"},{"role":"user","content":"u"}],
    "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}],"strict_tools":true,"tool_choice":"REQUIRED",
    "response_format":{"type":"json_object","json_schema":{"a":1}},"max_tokens":5,"stop_sequences":["x"],"temperature":0.5,"seed":7,"frequency_penalty":0.5,
    "presence_penalty":0.25,"k":3,"p":0.9,"logprobs":true,"thinking":{"type":"enabled","token_budget":50},"safety_mode":"OFF","citation_options":{"mode":"FAST"},
    "documents":["one",{"id":"two","data":{"title":"T","text":"x","author":"me"}}],"priority":0})");
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_TRUE(read->stream);
  EXPECT_EQ(read->tools.at(0).strict, true);
  EXPECT_EQ(read->tool_choice->kind, llm::ToolChoice::Kind::required);
  EXPECT_EQ(read->response_format->schema, R"({"a":1})");
  EXPECT_EQ(read->max_tokens, 5);
  EXPECT_THAT(read->stop, ElementsAre("x"));
  EXPECT_EQ(read->temperature, 0.5);
  EXPECT_EQ(read->top_p, 0.9);
  EXPECT_EQ(read->top_k, 3);
  EXPECT_EQ(read->seed, 7);
  EXPECT_EQ(read->logprobs, true);
  EXPECT_EQ(read->thinking_budget, 50);
  ASSERT_EQ(read->others.size(), 3u);
  EXPECT_EQ(read->others[0].first, "safety_mode");
  const auto& user = read->messages.at(1).parts;
  ASSERT_EQ(user.size(), 3u);
  const auto& two = std::get<llm::File>(user[1]);
  EXPECT_EQ(two.id, "two");
  EXPECT_EQ(two.name, "T");
  EXPECT_EQ(two.context, "author: me");
  EXPECT_TRUE(two.cite);
  EXPECT_EQ(std::get<llm::File>(user[0]).text, "one");
}

TEST(CohereCaller, RefusesWhatCohereRefuses) {
  const auto param = [](std::string_view body) {
    const auto read = caller().read_chat(body);
    return read ? std::string("taken") : read.error().param();
  };
  const std::string head = R"({"model":"m","messages":[{"role":"user","content":"u"}],)";
  EXPECT_EQ(param(R"({"messages":[{"role":"user","content":"u"}]})"), "model");
  EXPECT_EQ(param(R"({"model":"m"})"), "messages");
  EXPECT_EQ(param(R"({"model":"m","messages":[{"role":"usr","content":"u"}]})"), "messages[0].role");
  EXPECT_EQ(param(R"({"model":"m","messages":[{"role":"user"}]})"), "messages[0].content");
  EXPECT_EQ(param(R"({"model":"m","messages":[{"role":"tool","content":"u"}]})"), "messages[0].tool_call_id");
  EXPECT_EQ(param(R"({"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"ftp://x"}}]}]})"), "messages[0].content[0].image_url.url");
  EXPECT_EQ(param(head + R"("tool_choice":"auto"})"), "tool_choice");
  EXPECT_EQ(param(head + R"("tools":[{"type":"function"}]})"), "tools[0].function");
  EXPECT_EQ(param(head + R"("tools":[{"function":{"parameters":[]}}]})"), "tools[0].function.parameters");
  EXPECT_EQ(param(head + R"("p":2})"), "p");
  EXPECT_EQ(param(head + R"("k":501})"), "k");
  EXPECT_EQ(param(head + R"("thinking":{"type":"x"}})"), "thinking.type");
  EXPECT_EQ(param(head + R"("stop_sequences":["1","2","3","4","5","6"]})"), "stop_sequences");
  EXPECT_EQ(param(head + R"("documents":[{"id":"x"}]})"), "documents[0].data");
  EXPECT_EQ(caller().read_chat("{").error().code(), Code::bad_request);
}

TEST(CohereCaller, ReadsAToolLoop) {
  const auto read = caller().read_chat(R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"u"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]},
    {"role":"assistant","tool_plan":"plan","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":""}}]},
    {"role":"tool","tool_call_id":"c","content":[{"type":"document","document":{"id":"d","data":{"r":1}}},{"type":"document","document":{"data":"{\"s\":2}"}}]}]})");
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(std::get<llm::Image>(read->messages[0].parts[1]).base64, "AA==");
  EXPECT_EQ(std::get<llm::Text>(read->messages[1].parts[0]).text, "plan");
  EXPECT_EQ(std::get<llm::ToolCall>(read->messages[1].parts[1]).arguments, "{}");
  const auto& result = std::get<llm::ToolResult>(read->messages[2].parts[0]);
  EXPECT_EQ(std::get<llm::Text>(result.content[0]).text, R"({"r":1})");
  EXPECT_EQ(std::get<llm::Text>(result.content[1]).text, R"({"s":2})");
}

// A recorded answer, read and written again, is the same answer.
TEST(CohereRoundTrip, RecordedAnswersComeBack) {
  for (const test::Exchange& exchange : answers()) {
    SCOPED_TRACE(exchange.id);
    const auto answer = cohere::wire().decode(exchange.response);
    ASSERT_TRUE(answer);
    const Json written = Json::parse(caller().write_chat({}, *answer, context)), said = Json::parse(exchange.response);
    EXPECT_EQ(written.at("message"), said.at("message"));
    EXPECT_EQ(written.at("id"), said.at("id"));
    EXPECT_EQ(written.at("usage").at("billed_units"), said.at("usage").at("billed_units"));
    const std::string reason = said.at("finish_reason");
    EXPECT_EQ(written.at("finish_reason"), reason == "STOP_SEQUENCE" ? "COMPLETE" : reason);   // which one is not said
  }
}

// A recorded stream, read and written again, has the same events: only the plan is shown as content, since nobody knows
// yet that calls will follow.
TEST(CohereRoundTrip, RecordedStreamsComeBack) {
  for (const test::Exchange& exchange : streams()) {
    SCOPED_TRACE(exchange.id);
    const Decoded decoded = decode_pieces(cohere::wire(), {exchange.response});
    const std::string written = streamed(decoded.events);
    const Assembled expected = assembled(events_of(exchange.response)), got = assembled(events_of(written));
    EXPECT_EQ(got.id, expected.id);
    EXPECT_EQ(got.finish_reason, expected.finish_reason);
    EXPECT_EQ(got.error, expected.error);
    EXPECT_EQ(got.content.empty() ? Json("") : got.content.at(0).at("text"), Json(expected.plan));
    if (expected.finish_reason == "ERROR") {
      EXPECT_EQ(written.find("[DONE]"), std::string::npos);   // no normal end
      continue;
    }
    ASSERT_EQ(got.calls.size(), expected.calls.size());
    for (std::size_t i = 0; i < got.calls.size(); ++i) {
      Json call = expected.calls[i];
      if (call["function"]["arguments"] == "") call["function"]["arguments"] = "{}";
      EXPECT_EQ(got.calls[i], call);
    }
    EXPECT_EQ(got.usage.at("billed_units"), expected.usage.at("billed_units"));
    EXPECT_EQ(describe(decode_pieces(cohere::wire(), {written}).events), describe(decoded.events));
  }
}

TEST(CohereStreamWriter, TheExactEvents) {
  llm::Usage usage;
  usage.input = 3;
  usage.output = 4;
  llm::Citation citation;
  citation.url = "https://x";
  citation.title = "T";
  const std::string out = streamed({event::Started{"", "m"}, event::ThinkingDelta{0, "hm", "", llm::Maker::unknown}, event::TextDelta{0, "h\"i"},
                                    event::CitationSeen{0, citation}, event::ToolCallStarted{0, 0, "c1", "f"}, event::ToolCallDelta{0, 0, "{}"},
                                    event::Finished{0, llm::Finish::tool_calls}, event::UsageSeen{usage}, event::Ended{}});
  EXPECT_EQ(out,
            "event: message-start\ndata: {\"id\":\"ours\",\"type\":\"message-start\",\"delta\":{\"message\":{\"role\":\"assistant\",\"content\":[],\"tool_plan\":\"\",\"tool_calls\":[],\"citations\":[]}}}\n\n"
            "event: content-start\ndata: {\"type\":\"content-start\",\"index\":0,\"delta\":{\"message\":{\"content\":{\"type\":\"thinking\",\"thinking\":\"\"}}}}\n\n"
            "event: content-delta\ndata: {\"type\":\"content-delta\",\"index\":0,\"delta\":{\"message\":{\"content\":{\"thinking\":\"hm\"}}}}\n\n"
            "event: content-end\ndata: {\"type\":\"content-end\",\"index\":0}\n\n"
            "event: content-start\ndata: {\"type\":\"content-start\",\"index\":1,\"delta\":{\"message\":{\"content\":{\"type\":\"text\",\"text\":\"\"}}}}\n\n"
            "event: content-delta\ndata: {\"type\":\"content-delta\",\"index\":1,\"delta\":{\"message\":{\"content\":{\"text\":\"h\\\"i\"}}}}\n\n"
            "event: citation-start\ndata: {\"type\":\"citation-start\",\"index\":0,\"delta\":{\"message\":{\"citations\":{\"start\":0,\"end\":3,\"text\":\"h\\\"i\",\"sources\":[{\"type\":\"document\",\"id\":\"https://x\",\"document\":{\"id\":\"https://x\",\"title\":\"T\",\"url\":\"https://x\"}}],\"type\":\"TEXT_CONTENT\",\"content_index\":1}}}}\n\n"
            "event: citation-end\ndata: {\"type\":\"citation-end\",\"index\":0}\n\n"
            "event: content-end\ndata: {\"type\":\"content-end\",\"index\":1}\n\n"
            "event: tool-call-start\ndata: {\"type\":\"tool-call-start\",\"index\":0,\"delta\":{\"message\":{\"tool_calls\":{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}}}}\n\n"
            "event: tool-call-delta\ndata: {\"type\":\"tool-call-delta\",\"index\":0,\"delta\":{\"message\":{\"tool_calls\":{\"function\":{\"arguments\":\"{}\"}}}}}\n\n"
            "event: tool-call-end\ndata: {\"type\":\"tool-call-end\",\"index\":0}\n\n"
            "event: message-end\ndata: {\"type\":\"message-end\",\"delta\":{\"finish_reason\":\"TOOL_CALL\",\"usage\":{\"billed_units\":{\"input_tokens\":3,\"output_tokens\":4},\"tokens\":{\"input_tokens\":3,\"output_tokens\":4}}}}\n\n"
            "data: [DONE]\n\n");
}

TEST(CohereCaller, FinishReasons) {
  const auto written = [](llm::Finish finish, std::string stop = {}) {
    llm::ChatResponse answer;
    answer.choices.push_back({0, {}, finish, std::move(stop)});
    return Json::parse(caller().write_chat({}, answer, context)).at("finish_reason").get<std::string>();
  };
  EXPECT_EQ(written(llm::Finish::stop), "COMPLETE");
  EXPECT_EQ(written(llm::Finish::stop, "x"), "STOP_SEQUENCE");
  EXPECT_EQ(written(llm::Finish::length), "MAX_TOKENS");
  EXPECT_EQ(written(llm::Finish::pause), "MAX_TOKENS");
  EXPECT_EQ(written(llm::Finish::tool_calls), "TOOL_CALL");
  EXPECT_EQ(written(llm::Finish::content_filter), "ERROR");
  EXPECT_EQ(written(llm::Finish::refusal), "ERROR");   // as a filter ends it
  EXPECT_EQ(written(llm::Finish::unknown), "ERROR");
  llm::ChatResponse declined;
  declined.choices.push_back({0, {llm::Refusal{"I had rather not."}}, llm::Finish::refusal});
  const Json whole = Json::parse(caller().write_chat({}, declined, context));
  EXPECT_EQ(whole.at("finish_reason"), "COMPLETE");   // it said so itself
  EXPECT_FALSE(whole.contains("error"));
  const auto ended = [](std::vector<llm::StreamEvent> events) {
    events.emplace_back(event::Ended{});
    return assembled(events_of(streamed(events))).finish_reason;
  };
  EXPECT_EQ(ended({event::TextDelta{0, "x"}, event::Finished{0, llm::Finish::refusal}}), "ERROR");
  EXPECT_EQ(ended({event::TextDelta{0, "x"}, event::Finished{0, llm::Finish::unknown}}), "ERROR");
  EXPECT_EQ(ended({event::RefusalDelta{0, "no"}, event::Finished{0, llm::Finish::refusal}}), "COMPLETE");
  EXPECT_EQ(ended({event::TextDelta{0, "x"}}), "COMPLETE");
}

TEST(CohereCaller, Errors) {
  EXPECT_EQ(caller().write_error(Error(Code::bad_request, "no")), R"({"message":"no"})");
  const Json named = Json::parse(caller().write_error(Error(Code::bad_request, "long").named("context_length_exceeded")));
  EXPECT_EQ(named, Json::parse(R"({"message":"long","error_type":"TOO_MANY_TOKENS"})"));
  const auto events = events_of(caller().write_error_event(Error(Code::upstream_failed, "gone"), context));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0], Json::parse(R"({"type":"message-end","delta":{"finish_reason":"ERROR","usage":{},"error":"gone"}})"));
}

// ---- proofs --------------------------------------------------------------------------------------------------------

std::vector<llm::Part> thoughtful_parts() {
  return {llm::Thinking{"first, ä", "c2ln+/=", false, llm::Maker::anthropic}, llm::Thinking{"", "xyz", true, llm::Maker::anthropic},
          llm::ToolCall{"call|1", "f", "{\"a\":1}"}, llm::Thinking{"second", "s2", false, llm::Maker::anthropic},
          llm::ToolCall{"call_2", "g", "{}", "AbC+/9==", llm::Maker::google}};
}

void expect_thoughtful(const std::vector<llm::Part>& parts) {
  ASSERT_EQ(parts.size(), 5u);
  const auto& first = std::get<llm::Thinking>(parts[0]);
  EXPECT_EQ(first.text, "first, ä");
  EXPECT_EQ(first.signature, "c2ln+/=");
  EXPECT_EQ(first.maker, llm::Maker::anthropic);
  const auto& redacted = std::get<llm::Thinking>(parts[1]);
  EXPECT_TRUE(redacted.redacted);
  EXPECT_EQ(redacted.signature, "xyz");
  EXPECT_EQ(std::get<llm::ToolCall>(parts[2]).id, "call|1");
  EXPECT_EQ(std::get<llm::Thinking>(parts[3]).signature, "s2");
  EXPECT_EQ(std::get<llm::Thinking>(parts[3]).text, "second");
  const auto& call = std::get<llm::ToolCall>(parts[4]);
  EXPECT_EQ(call.id, "call_2");
  EXPECT_EQ(call.signature, "AbC+/9==");
  EXPECT_EQ(call.maker, llm::Maker::google);
}

Json next_request(const Json& message) {
  Json messages = {{{"role", "user"}, {"content", "x"}}, message};
  for (const Json& call : message.at("tool_calls")) messages.push_back({{"role", "tool"}, {"tool_call_id", call.at("id")}, {"content", "ok"}});
  return {{"model", "m"}, {"messages", messages}};
}

// Signatures of other makers come back with the ids of the calls, however much of the message the caller returns.
TEST(CohereProofs, SurviveTheNextTurn) {
  llm::ChatResponse answer;
  answer.choices.push_back({0, thoughtful_parts(), llm::Finish::tool_calls});
  const Json message = Json::parse(caller().write_chat({}, answer, context)).at("message");
  const auto read = caller().read_chat(next_request(message).dump());
  ASSERT_TRUE(read) << read.error().message();
  expect_thoughtful(read->messages.at(1).parts);
  EXPECT_EQ(std::get<llm::ToolResult>(read->messages.at(3).parts.at(0)).call_id, "call_2");
}

TEST(CohereProofs, SurviveStreamed) {
  std::vector<llm::StreamEvent> events{event::Started{"m", ""}};
  events.push_back(event::ThinkingDelta{0, "first", "", llm::Maker::anthropic});
  events.push_back(event::ThinkingDelta{0, ", ä", "", llm::Maker::anthropic});
  events.push_back(event::ThinkingDelta{0, "", "c2ln+/=", llm::Maker::anthropic});
  events.push_back(event::ThinkingDelta{0, "", "xyz", llm::Maker::anthropic, true});
  events.push_back(event::ToolCallStarted{0, 0, "call|1", "f"});
  events.push_back(event::ToolCallDelta{0, 0, "{\"a\":1}"});
  events.push_back(event::ThinkingDelta{0, "second", "s2", llm::Maker::anthropic});
  events.push_back(event::ToolCallStarted{0, 1, "call_2", "g", "AbC+/9==", llm::Maker::google});
  events.push_back(event::ToolCallDelta{0, 1, "{}"});
  events.push_back(event::Finished{0, llm::Finish::tool_calls});
  events.push_back(event::Ended{});
  const Assembled all = assembled(events_of(streamed(events)));
  const auto read = caller().read_chat(next_request({{"role", "assistant"}, {"content", all.content}, {"tool_calls", all.calls}}).dump());
  ASSERT_TRUE(read) << read.error().message();
  expect_thoughtful(read->messages.at(1).parts);
}

// Callers who return only the calls (as Cohere's guides do) lose the text of thoughts, and with it their proofs; what is
// nothing but a proof stays. Nothing is ever taken for another text's proof.
TEST(CohereProofs, WithoutTheirTextAreLeftOut) {
  llm::ChatResponse answer;
  answer.choices.push_back({0, thoughtful_parts(), llm::Finish::tool_calls});
  Json message = Json::parse(caller().write_chat({}, answer, context)).at("message");
  message.erase("content");
  auto read = caller().read_chat(next_request(message).dump());
  ASSERT_TRUE(read);
  const auto& parts = read->messages.at(1).parts;
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_TRUE(std::get<llm::Thinking>(parts[0]).redacted);
  EXPECT_EQ(std::get<llm::ToolCall>(parts[2]).signature, "AbC+/9==");
  message["content"] = {{{"type", "thinking"}, {"thinking", "firs"}}};
  read = caller().read_chat(next_request(message).dump());
  ASSERT_TRUE(read);
  for (const llm::Part& part : read->messages.at(1).parts) {
    const auto* const thought = std::get_if<llm::Thinking>(&part);
    EXPECT_TRUE(thought == nullptr || thought->redacted || thought->signature.empty());
  }
}

TEST(CohereProofs, HostileIdsAreOnlyIds) {
  for (const char* id : {"|sluice|", "|sluice|t99999999999999999999::x", "|sluice|c", "|sluice|c:", "x|sluice|||t5::%", "|sluice|r::sluice:nobody:x"}) {
    const Json message = {{"role", "assistant"}, {"content", "t"}, {"tool_calls", {{{"id", id}, {"type", "function"}, {"function", {{"name", "f"}, {"arguments", "{}"}}}}}}};
    EXPECT_TRUE(caller().read_chat(next_request(message).dump())) << id;
  }
}

TEST(CohereCaller, CitationsOfOthersNameTheCallersDocuments) {
  const auto request = caller().read_chat(R"({"model":"m","messages":[{"role":"user","content":"u"}],"documents":[{"id":"a","data":{"text":"1"}},{"id":"b","data":{"text":"2"}}]})");
  ASSERT_TRUE(request);
  llm::Citation citation;
  citation.document = 1;
  citation.quote = "2";
  llm::ChatResponse answer;
  answer.choices.push_back({0, {llm::Text{"It is ä2.", {citation}}}, llm::Finish::stop});
  const Json message = Json::parse(caller().write_chat(*request, answer, context)).at("message");
  EXPECT_EQ(message.at("citations"), Json::parse(R"([{"start":0,"end":9,"text":"It is ä2.","sources":[{"type":"document","id":"b","document":{"id":"b","text":"2"}}],"type":"TEXT_CONTENT","content_index":0}])"));
}

}  // namespace
}  // namespace sluice::dialects::cohere_tests
