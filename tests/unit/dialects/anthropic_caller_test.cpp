// Anthropic's messages API as callers speak it: requests, answers, streams and errors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sluice/dialects/dialect.hpp"
#include "unit/dialects/anthropic_event_order.hpp"
#include "unit/dialects/anthropic_support.hpp"

namespace sluice::dialects::anthropic_tests {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
namespace event = llm::event;

llm::ChatRequest read(const Json& body) {
  auto request = anthropic::caller().read_chat(body.dump());
  EXPECT_TRUE(request) << request.error().message();
  return request ? *std::move(request) : llm::ChatRequest();
}
Json asking(const Json& content) {
  return {{"model", "m"}, {"max_tokens", 10}, {"messages", {{{"role", "user"}, {"content", content}}}}};
}
// With what the assistant said before.
Json after(const Json& content) {
  Json body = asking("x");
  body["messages"].push_back({{"role", "assistant"}, {"content", content}});
  return body;
}
// The field at fault.
std::string refused(const Json& body) {
  const auto request = anthropic::caller().read_chat(body.dump());
  EXPECT_FALSE(request) << body.dump();
  if (request) return "";
  EXPECT_EQ(request.error().code(), Code::bad_request);
  return request.error().param();
}
std::string written(const std::vector<llm::StreamEvent>& events) {
  std::string out;
  const auto writer = anthropic::caller().stream_writer({}, {"req_1", 1, {}});
  for (const auto& e : events) writer->write(e, out);
  return out;
}
Json message(const std::vector<llm::StreamEvent>& events) {
  const auto read = EventOrder::read(written(events));
  EXPECT_THAT(read.broken, IsEmpty());
  return read.message;
}
Json content(std::vector<llm::Part> parts) {
  llm::ChatResponse answer;
  answer.choices.push_back({0, std::move(parts), llm::Finish::stop});
  return Json::parse(anthropic::caller().write_chat({}, answer, {"req_1", 1, {}})).at("content");
}

TEST(AnthropicRead, SettingsHaveTheirPlaces) {
  Json body = asking("hi");
  body.update({{"temperature", 0.5}, {"top_p", 0.9}, {"top_k", 3}, {"stop_sequences", {"a", "b"}}, {"stream", true},
               {"metadata", {{"user_id", "u"}}}, {"service_tier", "standard_only"},
               {"thinking", {{"type", "enabled"}, {"budget_tokens", 2000}, {"display", "omitted"}}},
               {"output_config", {{"effort", "high"}, {"format", {{"type", "json_schema"}, {"schema", {{"type", "object"}}}}}}},
               {"container", "c_1"}, {"anthropic_version", "vertex-2023-10-16"}});
  const llm::ChatRequest request = read(body);
  EXPECT_EQ(request.caller, llm::Dialect::anthropic);
  EXPECT_EQ(request.max_tokens, 10);
  EXPECT_EQ(request.temperature, 0.5);
  EXPECT_EQ(request.top_p, 0.9);
  EXPECT_EQ(request.top_k, 3);
  EXPECT_EQ(request.stop, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(request.stream);
  EXPECT_EQ(request.user, "u");
  EXPECT_EQ(request.service_tier, "standard_only");
  EXPECT_EQ(request.thinking_budget, 2000);
  EXPECT_EQ(request.show_thinking, false);
  EXPECT_EQ(request.reasoning_effort, "high");
  ASSERT_TRUE(request.response_format);
  EXPECT_EQ(request.response_format->schema, R"({"type":"object"})");
  ASSERT_EQ(request.others.size(), 1u);
  EXPECT_EQ(request.others[0].first, "container");
  EXPECT_EQ(read({{"model", "m"}, {"max_tokens", 1}, {"thinking", {{"type", "adaptive"}}}, {"messages", asking("x")["messages"]}}).thinking_budget, -1);
  EXPECT_EQ(read({{"model", "m"}, {"max_tokens", 1}, {"thinking", {{"type", "disabled"}}}, {"messages", asking("x")["messages"]}}).thinking_budget, 0);
}

TEST(AnthropicRead, TheSystemPromptStandsFirstWithItsMarks) {
  Json body = asking("hi");
  body["system"] = {{{"type", "text"}, {"text", "one"}},
                    {{"type", "text"}, {"text", "two"}, {"cache_control", {{"type", "ephemeral"}, {"ttl", "1h"}}}}};
  const llm::ChatRequest request = read(body);
  ASSERT_EQ(request.messages.size(), 2u);
  EXPECT_EQ(request.messages[0].role, llm::Role::system);
  ASSERT_EQ(request.messages[0].parts.size(), 3u);
  EXPECT_TRUE(std::get<llm::CacheMark>(request.messages[0].parts[2]).hour);
}

TEST(AnthropicRead, ToolResultsBecomeMessagesOfTheirOwn) {
  Json body = after({{{"type", "tool_use"}, {"id", "a"}, {"name", "f"}, {"input", {{"x", 1}}}},
                     {{"type", "tool_use"}, {"id", "b"}, {"name", "f"}, {"input", Json::object()}}});
  const Json image = {{"type", "image"}, {"source", {{"type", "base64"}, {"media_type", "image/png"}, {"data", "aGk="}}}};
  body["messages"].push_back(
      {{"role", "user"},
       {"content", {{{"type", "tool_result"}, {"tool_use_id", "a"}, {"content", "text"}, {"is_error", true}},
                    {{"type", "tool_result"}, {"tool_use_id", "b"}, {"content", {image}}, {"cache_control", {{"type", "ephemeral"}}}},
                    {{"type", "text"}, {"text", "go on"}}}}});
  const llm::ChatRequest request = read(body);
  ASSERT_EQ(request.messages.size(), 5u);
  const auto& a = std::get<llm::ToolResult>(request.messages[2].parts.at(0));
  EXPECT_EQ(request.messages[2].role, llm::Role::tool);
  EXPECT_TRUE(a.is_error);
  EXPECT_EQ(std::get<llm::Text>(a.content.at(0)).text, "text");
  const auto& b = std::get<llm::ToolResult>(request.messages[3].parts.at(0));
  EXPECT_EQ(std::get<llm::Image>(b.content.at(0)).base64, "aGk=");
  EXPECT_TRUE(std::holds_alternative<llm::CacheMark>(request.messages[3].parts.at(1)));
  EXPECT_EQ(request.messages[4].role, llm::Role::user);
  EXPECT_EQ(std::get<llm::ToolCall>(request.messages[1].parts.at(0)).arguments, R"({"x":1})");
}

TEST(AnthropicRead, DocumentsAndImagesOfEverySource) {
  const llm::ChatRequest request = read(asking(Json::parse(R"([
    {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="},"title":"a.pdf","context":"c","citations":{"enabled":true}},
    {"type":"document","source":{"type":"text","media_type":"text/plain","data":"plain"}},
    {"type":"document","source":{"type":"url","url":"https://x.test/a.pdf"}},
    {"type":"document","source":{"type":"file","file_id":"file_1"}},
    {"type":"document","source":{"type":"content","content":[{"type":"text","text":"one"},{"type":"text","text":"two"},
      {"type":"image","source":{"type":"url","url":"https://x.test/in.png"}}]}},
    {"type":"search_result","source":"kb/1","title":"T","content":[{"type":"text","text":"found"}],"citations":{"enabled":true}},
    {"type":"image","source":{"type":"url","url":"https://x.test/a.png"}},
    {"type":"image","source":{"type":"file","file_id":"file_2"}},
    {"type":"container_upload","file_id":"file_3"}])")));
  const auto& parts = request.messages.at(0).parts;
  ASSERT_EQ(parts.size(), 10u);
  const auto file = [&](std::size_t i) { return std::get<llm::File>(parts.at(i)); };
  EXPECT_EQ(file(0).name, "a.pdf");
  EXPECT_EQ(file(0).context, "c");
  EXPECT_TRUE(file(0).cite);
  EXPECT_EQ(file(1).text, "plain");
  EXPECT_EQ(file(2).url, "https://x.test/a.pdf");
  EXPECT_EQ(file(3).file_id, "file_1");
  EXPECT_EQ(file(4).text, "one\n\ntwo");
  EXPECT_EQ(std::get<llm::Image>(parts[5]).url, "https://x.test/in.png");
  EXPECT_EQ(file(6).source, "kb/1");
  EXPECT_EQ(file(6).text, "found");
  EXPECT_EQ(std::get<llm::Image>(parts[8]).file_id, "file_2");
  EXPECT_EQ(std::get<llm::ServerPart>(parts[9]).origin, llm::Dialect::anthropic);
}

TEST(AnthropicRead, ToolsOfTheCallerAndOfAnthropic) {
  Json body = asking("x");
  body["tools"] = Json::parse(R"([
    {"name":"f","description":"d","input_schema":{"type":"object"},"strict":true,"cache_control":{"type":"ephemeral"}},
    {"type":"custom","name":"g","input_schema":{"type":"object"}},
    {"type":"web_search_20250305","name":"web_search","max_uses":3},{"type":"web_fetch_20250910","name":"web_fetch"},
    {"type":"code_execution_20250825","name":"code_execution"},{"type":"bash_20250124","name":"bash"},
    {"type":"mcp_toolset","mcp_server_name":"s"}])");
  body["tool_choice"] = {{"type", "tool"}, {"name", "f"}, {"disable_parallel_tool_use", true}};
  const llm::ChatRequest request = read(body);
  ASSERT_EQ(request.tools.size(), 2u);
  EXPECT_EQ(request.tools[0].strict, true);
  EXPECT_TRUE(request.tools[0].cache);
  std::vector<llm::ServerTool::Kind> kinds;
  for (const auto& tool : request.server_tools) kinds.push_back(tool.kind);
  using Kind = llm::ServerTool::Kind;
  EXPECT_EQ(kinds, (std::vector<Kind>{Kind::web_search, Kind::web_fetch, Kind::code_execution, Kind::other, Kind::mcp}));
  EXPECT_EQ(request.tool_choice->kind, llm::ToolChoice::Kind::named);
  EXPECT_EQ(request.parallel_tool_calls, false);
}

TEST(AnthropicRead, WhatTheApiRefusesIsRefusedByItsField) {
  Json body = asking("x");
  body.erase("max_tokens");
  EXPECT_EQ(refused(body), "max_tokens");
  EXPECT_TRUE(anthropic::caller().read_count_tokens(body.dump()));   // a count needs none
  EXPECT_EQ(refused({{"model", "m"}, {"max_tokens", 1}, {"messages", Json::array()}}), "messages");
  EXPECT_EQ(refused({{"max_tokens", 1}, {"messages", asking("x")["messages"]}}), "model");
  body = asking("x");
  body["messages"][0]["role"] = "system";
  EXPECT_EQ(refused(body), "messages[0].role");
  EXPECT_EQ(refused(asking({{{"type", "thinking"}, {"thinking", "x"}, {"signature", "y"}}})), "messages[0].content[0]");
  EXPECT_EQ(refused(asking({{{"type", "text"}}})), "messages[0].content[0].text");
  EXPECT_EQ(refused(asking({{{"type", "image"}, {"source", {{"type", "base64"}, {"media_type", "image/png"}}}}})),
            "messages[0].content[0].source.data");
  EXPECT_EQ(refused(asking({{{"type", "text"}, {"text", "x"}, {"cache_control", {{"type", "forever"}}}}})),
            "messages[0].content[0].cache_control.type");
  body = asking("x");
  body["temperature"] = 1.5;
  EXPECT_EQ(refused(body), "temperature");
  body = asking("x");
  body["thinking"] = {{"type", "enabled"}};
  EXPECT_EQ(refused(body), "thinking.budget_tokens");
  body = asking("x");
  body["tools"] = {{{"name", "f"}}};
  EXPECT_EQ(refused(body), "tools[0].input_schema");
  EXPECT_FALSE(anthropic::caller().read_chat("{"));
  EXPECT_FALSE(anthropic::caller().read_chat("[]"));
}

// ---- signatures

TEST(AnthropicSignatures, ClaudesStandAsTheyAre) {
  const Json blocks = content({llm::Thinking{"hm", "c2ln", false, llm::Maker::anthropic}, llm::Thinking{"", "xyz", true, llm::Maker::anthropic}});
  EXPECT_EQ(blocks[0], Json::parse(R"({"type":"thinking","thinking":"hm","signature":"c2ln"})"));
  EXPECT_EQ(blocks[1], Json::parse(R"({"type":"redacted_thinking","data":"xyz"})"));
  const auto parts = read(after(blocks)).messages.at(1).parts;
  EXPECT_EQ(std::get<llm::Thinking>(parts.at(0)).maker, llm::Maker::anthropic);
  EXPECT_TRUE(std::get<llm::Thinking>(parts.at(1)).redacted);
}

TEST(AnthropicSignatures, GeminisOfCallsAndTextsComeBackToThem) {
  using llm::Maker;
  const std::vector<llm::Part> said = {llm::Text{"look", {}, "s0", Maker::google}, llm::ToolCall{"a", "f", "{}", "s1", Maker::google},
                                       llm::ToolCall{"b", "f", "{}"}, llm::ToolCall{"c", "f", "{}", "s2", Maker::google},
                                       llm::Text{"", {}, "s3", Maker::google}};
  const Json blocks = content(said);
  ASSERT_EQ(blocks.size(), 9u);
  EXPECT_EQ(blocks[0], Json::parse(R"({"type":"thinking","thinking":"","signature":"sluice:google:s0"})"));
  const auto parts = read(after(blocks)).messages.at(1).parts;
  ASSERT_EQ(parts.size(), 5u);
  EXPECT_EQ(std::get<llm::Text>(parts[0]).signature, "s0");
  EXPECT_EQ(std::get<llm::Text>(parts[0]).maker, Maker::google);
  EXPECT_EQ(std::get<llm::ToolCall>(parts[1]).signature, "s1");
  EXPECT_EQ(std::get<llm::ToolCall>(parts[2]).signature, "");
  EXPECT_EQ(std::get<llm::ToolCall>(parts[3]).signature, "s2");
  EXPECT_EQ(std::get<llm::ToolCall>(parts[3]).maker, Maker::google);
  EXPECT_EQ(std::get<llm::Text>(parts[4]).signature, "s3");
  EXPECT_EQ(std::get<llm::Text>(parts[4]).text, "");
}

TEST(AnthropicSignatures, GeminisComeBackFromStreamsToo) {
  using llm::Maker;
  const Json said = message({event::Started{"g", "gemini"}, event::TextDelta{0, "lo"}, event::TextDelta{0, "ok"},
                             event::ToolCallStarted{0, 0, "a", "f", "s1", Maker::google}, event::ToolCallDelta{0, 0, "{}"},
                             event::ToolCallStarted{0, 1, "b", "f", "s2", Maker::google}, event::ToolCallDelta{0, 1, "{}"},
                             event::TextDelta{0, "", "s3", Maker::google}, event::Finished{0, llm::Finish::tool_calls}, event::Ended{}});
  const auto parts = read(after(said.at("content"))).messages.at(1).parts;
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_EQ(std::get<llm::Text>(parts[0]).text, "look");
  EXPECT_EQ(std::get<llm::ToolCall>(parts[1]).signature, "s1");
  EXPECT_EQ(std::get<llm::ToolCall>(parts[2]).signature, "s2");
  EXPECT_EQ(std::get<llm::Text>(parts[3]).signature, "s3");
}

TEST(AnthropicSignatures, ThoughtsOfOtherMakersComeBackAsTheirs) {
  using llm::Maker;
  llm::Thinking named{"", "enc", false, Maker::openai, "rs_1"}, redacted{"", "enc2", true, Maker::openai, "rs_2"};
  const std::vector<llm::Part> said = {llm::Thinking{"thought", "s", false, Maker::google}, named, redacted, llm::ToolCall{"a", "f", "{}"},
                                       llm::Thinking{"deep", "", false, Maker::unknown}};
  std::vector<llm::StreamEvent> events = {event::ThinkingDelta{0, "thought", ""}, event::ThinkingDelta{0, "", "s", Maker::google},
                                          event::ThinkingDelta{0, "", "enc", Maker::openai, false, "rs_1"},
                                          event::ThinkingDelta{0, "", "enc2", Maker::openai, true, "rs_2"},
                                          event::ToolCallStarted{0, 0, "a", "f"}, event::ToolCallDelta{0, 0, "{}"},
                                          event::ThinkingDelta{0, "deep", ""}, event::Ended{}};
  const Json whole = content(said), streamed = message(events).at("content");
  for (const Json& blocks : {whole, streamed}) {
    const auto parts = read(after(blocks)).messages.at(1).parts;
    ASSERT_EQ(parts.size(), 5u) << blocks.dump();
    const auto thought = [&](std::size_t i) { return std::get<llm::Thinking>(parts.at(i)); };
    EXPECT_EQ(thought(0).maker, Maker::google);
    EXPECT_EQ(thought(0).signature, "s");
    EXPECT_EQ(thought(1).id, "rs_1");
    EXPECT_EQ(thought(1).signature, "enc");
    EXPECT_EQ(thought(1).maker, Maker::openai);
    EXPECT_TRUE(thought(2).redacted);
    EXPECT_EQ(thought(2).id, "rs_2");
    EXPECT_EQ(std::get<llm::ToolCall>(parts[3]).signature, "");
    EXPECT_EQ(thought(4).text, "deep");
    EXPECT_EQ(thought(4).signature, "");
    EXPECT_EQ(thought(4).maker, Maker::unknown);
  }
}

// ---- answers

TEST(AnthropicWrite, UsageStandsBesideTheCache) {
  llm::ChatResponse answer;
  answer.choices.resize(1);
  answer.usage.input = 100;
  answer.usage.cache_read = 60;
  answer.usage.cache_write_5m = 10;
  answer.usage.cache_write_1h = 5;
  answer.usage.output = 7;
  answer.usage.reasoning = 3;
  answer.usage.web_searches = 2;
  Json usage = Json::parse(anthropic::caller().write_chat({}, answer, {"id", 1, {}})).at("usage");
  EXPECT_EQ(usage, Json::parse(R"({"input_tokens":25,"cache_creation_input_tokens":15,"cache_read_input_tokens":60,)"
                               R"("cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":5},"output_tokens":7,)"
                               R"("output_tokens_details":{"thinking_tokens":3},"server_tool_use":{"web_search_requests":2}})"));
  answer.usage.cache_read = 161;   // Grok on Azure: more cached than asked
  usage = Json::parse(anthropic::caller().write_chat({}, answer, {"id", 1, {}})).at("usage");
  EXPECT_EQ(usage.at("input_tokens"), 0);
}

TEST(AnthropicWrite, EveryFinishHasItsReason) {
  using llm::Finish;
  const auto reason = [](Finish finish, std::string sequence, bool call) {
    llm::ChatResponse answer;
    answer.choices.resize(1);
    answer.choices[0].finish = finish;
    answer.choices[0].stop_sequence = std::move(sequence);
    if (call) answer.choices[0].parts.emplace_back(llm::ToolCall{"", "f", ""});
    const Json body = Json::parse(anthropic::caller().write_chat({}, answer, {"id", 1, {}}));
    EXPECT_EQ(body.at("stop_sequence").is_string(), body.at("stop_reason") == "stop_sequence");
    if (call) { EXPECT_NE(body["content"][0]["id"], ""); }
    return body.at("stop_reason").get<std::string>();
  };
  EXPECT_EQ(reason(Finish::stop, "", false), "end_turn");
  EXPECT_EQ(reason(Finish::stop, "END", false), "stop_sequence");
  EXPECT_EQ(reason(Finish::length, "", false), "max_tokens");
  EXPECT_EQ(reason(Finish::tool_calls, "", true), "tool_use");
  EXPECT_EQ(reason(Finish::stop, "", true), "tool_use");   // OpenAI, where the tool was chosen by the caller
  EXPECT_EQ(reason(Finish::content_filter, "", false), "refusal");
  EXPECT_EQ(reason(Finish::refusal, "", false), "refusal");
  EXPECT_EQ(reason(Finish::pause, "", false), "pause_turn");
  EXPECT_EQ(reason(Finish::unknown, "", false), "end_turn");
}

TEST(AnthropicWrite, CitationsOfOthersAreShownAndDoNotGoToClaude) {
  llm::Citation found{"https://x.test", "X", "", 0, 3, -1, "{}", llm::Dialect::openai}, given{"", "Doc", "words", -1, -1, 2, "", llm::Dialect::cohere};
  const Json blocks = content({llm::Text{"a", {found, given}}});
  EXPECT_EQ(blocks[0]["citations"][0]["type"], "web_search_result_location");
  EXPECT_EQ(blocks[0]["citations"][0]["url"], "https://x.test");
  EXPECT_EQ(blocks[0]["citations"][1]["type"], "char_location");
  EXPECT_EQ(blocks[0]["citations"][1]["document_index"], 2);
  Json next = after(blocks);
  next["messages"].push_back({{"role", "user"}, {"content", "y"}});
  const auto encoded = anthropic::wire().encode(read(next), {"claude-sonnet-4-5", no_quirks()});
  ASSERT_TRUE(encoded);
  EXPECT_FALSE(Json::parse(encoded->body)["messages"][1]["content"][0].contains("citations"));
}

TEST(AnthropicWrite, StreamsOfProvidersThatTellUsageLast) {
  llm::Usage used;
  used.input = 10;
  used.cache_read = 4;
  used.output = 5;
  const std::string sse = written({event::Started{"chatcmpl-1", "gpt"}, event::TextDelta{0, "a"}, event::TextDelta{1, "not ours"},
                                   event::ToolCallStarted{0, 0, "", "f"}, event::ToolCallDelta{0, 0, "{\"a\":"}, event::ToolCallDelta{0, 0, "1}"},
                                   event::ToolCallStarted{0, 1, "b", "apply", {}, llm::Maker::unknown, true},
                                   event::ToolCallDelta{0, 1, "say \"hi\"\n"}, event::ToolCallDelta{0, 1, "now"},
                                   event::CitationSeen{0, {"https://x.test"}}, event::Finished{0, llm::Finish::stop},
                                   event::UsageSeen{used}, event::Ended{}});
  const auto read = EventOrder::read(sse);
  EXPECT_THAT(read.broken, IsEmpty()) << sse;
  const Json& m = read.message;
  EXPECT_EQ(m["id"], "chatcmpl-1");
  EXPECT_EQ(m["stop_reason"], "tool_use");
  EXPECT_EQ(m["usage"]["input_tokens"], 6);
  EXPECT_EQ(m["usage"]["output_tokens"], 5);
  ASSERT_EQ(m["content"].size(), 4u);
  EXPECT_EQ(m["content"][0]["text"], "a");
  EXPECT_NE(m["content"][1]["id"], "");
  EXPECT_EQ(m["content"][1]["input"], Json::parse(R"({"a":1})"));
  EXPECT_EQ(m["content"][2]["input"], Json({{"input", "say \"hi\"\nnow"}}));
  EXPECT_EQ(m["content"][3]["citations"][0]["url"], "https://x.test");
}

TEST(AnthropicWrite, AStreamWithoutContentIsAMessageAndAFailureIsAnEvent) {
  EXPECT_TRUE(message({event::Started{"i", "m"}, event::Ended{}}).at("content").empty());
  const auto failed = EventOrder::read(
      written({event::TextDelta{0, "a"}, event::Failed{Error(Code::upstream_failed, "busy").named("overloaded_error")}}));
  EXPECT_TRUE(failed.failed);
  EXPECT_THAT(failed.broken, IsEmpty());
}

TEST(AnthropicWrite, EveryErrorHasItsType) {
  const std::vector<std::pair<Code, std::string>> types = {
      {Code::bad_request, "invalid_request_error"}, {Code::unauthorized, "authentication_error"}, {Code::over_budget, "billing_error"},
      {Code::forbidden, "permission_error"}, {Code::not_found, "not_found_error"}, {Code::too_large, "request_too_large"},
      {Code::rate_limited, "rate_limit_error"}, {Code::internal, "api_error"}, {Code::upstream_failed, "api_error"},
      {Code::overloaded, "overloaded_error"}, {Code::draining, "overloaded_error"}, {Code::upstream_timeout, "timeout_error"}};
  for (const auto& [code, type] : types) {
    const Json body = Json::parse(anthropic::caller().write_error(Error(code, "what")));
    EXPECT_EQ(body, Json({{"type", "error"}, {"error", {{"type", type}, {"message", "what"}}}}));
  }
  EXPECT_THAT(anthropic::caller().write_error(Error(Code::bad_request, "too big").about("max_tokens")), HasSubstr("max_tokens: too big"));
  EXPECT_EQ(anthropic::caller().write_error_event(Error(Code::internal, "x"), {}),
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"x\"}}\n\n");
}

TEST(AnthropicWrite, CountsOfTokens) {
  EXPECT_EQ(anthropic::caller().write_token_count(12), R"({"input_tokens":12})");
  const std::string answer = R"({"input_tokens":641})";
  EXPECT_EQ(*anthropic::wire().decode_token_count(answer), 641);
  EXPECT_FALSE(anthropic::wire().decode_token_count("{}"));
  EXPECT_FALSE(anthropic::wire().decode_token_count("nonsense"));
  EXPECT_FALSE(anthropic::wire().usage_of(llm::Operation::count_tokens, answer));
  EXPECT_FALSE(anthropic::wire().failure_in_success(llm::Operation::count_tokens, {}, answer));
  EXPECT_TRUE(anthropic::wire().translates(llm::Operation::count_tokens));
}

}  // namespace
}  // namespace sluice::dialects::anthropic_tests
