// Requests of every dialect's callers, written for Cohere, against what Cohere takes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/dialects/cohere_rules.hpp"
#include "unit/dialects/cohere_support.hpp"

namespace sluice::dialects::cohere_tests {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Wire& it() { return cohere::wire(); }
constexpr std::string_view model = "command-a-reasoning-08-2025";

Result<Encoded> encoded(const llm::ChatRequest& request, std::string_view to = model) { return it().encode(request, {to, no_quirks()}); }

llm::ChatRequest saying(std::string_view text) {
  llm::ChatRequest request;
  llm::Message message;
  message.parts.emplace_back(llm::Text{std::string(text)});
  request.messages.push_back(message);
  return request;
}

// Read and written again, a recorded request says the same: but for how a single text is written, and empty ones.
Json plain(Json message) {
  if (message.value("content", Json()).is_array()) {
    Json list = Json::array();
    for (const Json& block : message["content"]) {
      if (block.value("type", "") != "text" || block.value("text", "") != "") list.push_back(block);
    }
    if (list.size() == 1 && list[0].value("type", "") == "text") message["content"] = list[0]["text"];
    else if (list.empty()) message.erase("content");
    else message["content"] = list;
  }
  return message;
}

TEST(CohereRoundTrip, RecordedRequestsComeBack) {
  int seen = 0;
  for (const test::Exchange& exchange : recorded("chat")) {
    if (!exchange.path.starts_with("/v2/chat") || exchange.request.empty()) continue;
    SCOPED_TRACE(exchange.id);
    const auto read = cohere::caller().read_chat(exchange.request);
    ASSERT_TRUE(read) << read.error().message();
    const auto written = encoded(*read, read->model);
    ASSERT_TRUE(written) << written.error().message();
    EXPECT_THAT(written->dropped, IsEmpty());
    EXPECT_THAT(Rules::broken_by(written->body), IsEmpty());
    Json expected = Json::parse(exchange.request), body = Json::parse(written->body);
    for (Json& message : expected["messages"]) message = plain(message);
    EXPECT_EQ(body, expected);
    ++seen;
  }
  EXPECT_GE(seen, 7);
}

TEST(CohereEncode, EverySettingHasItsPlace) {
  llm::ChatRequest request = saying("x");
  request.max_tokens = 5;
  request.temperature = 0.5;
  request.top_p = 0.5;
  request.top_k = 7;
  request.seed = 3;
  request.frequency_penalty = 0.25;
  request.presence_penalty = 0.75;
  request.stop = {"a", "b"};
  request.logprobs = true;
  request.thinking_budget = 2000;
  request.response_format = llm::ResponseFormat{llm::ResponseFormat::Kind::json_schema, "n", R"({"type":"object"})", true};
  request.others = {{"safety_mode", "\"STRICT\""}, {"logit_bias", "{\"1\":2}"}, {"store", "false"}};
  request.stream = true;
  const auto written = encoded(request);
  ASSERT_TRUE(written);
  EXPECT_THAT(written->dropped, ElementsAre("logit_bias"));
  EXPECT_EQ(Json::parse(written->body), Json::parse(R"({"model":"command-a-reasoning-08-2025","messages":[{"role":"user","content":"x"}],"stream":true,
    "max_tokens":5,"temperature":0.5,"p":0.5,"k":7,"seed":3,"frequency_penalty":0.25,"presence_penalty":0.75,"stop_sequences":["a","b"],"logprobs":true,
    "thinking":{"type":"enabled","token_budget":2000},"response_format":{"type":"json_object","json_schema":{"type":"object"}},"safety_mode":"STRICT"})"));
}

TEST(CohereEncode, WhatIsOutOfRangeIsBroughtIntoItAndReported) {
  llm::ChatRequest request = saying("x");
  request.temperature = 1.5;
  request.top_p = 1;
  request.top_k = 1000;
  request.seed = -1;
  request.frequency_penalty = -2;
  request.presence_penalty = 2;
  request.stop = {"1", "2", "3", "4", "5", "6"};
  request.top_logprobs = 3;
  request.parallel_tool_calls = false;   // says nothing without tools
  request.user = "u";
  request.metadata = R"({"a":"b"})";
  request.service_tier = "flex";
  request.verbosity = "low";
  const auto written = encoded(request);
  ASSERT_TRUE(written);
  EXPECT_THAT(Rules::broken_by(written->body), IsEmpty()) << written->body;
  EXPECT_THAT(written->dropped, ElementsAre("temperature", "top_p", "top_k", "frequency_penalty", "presence_penalty", "seed", "stop",
                                            "top_logprobs", "verbosity", "service_tier", "user", "metadata"));
}

TEST(CohereEncode, ThinkingOnlyWhereTheModelCan) {
  llm::ChatRequest request = saying("x");
  const auto thinking = [&](std::string_view to) { return Json::parse(encoded(request, to)->body).value("thinking", Json()); };
  EXPECT_EQ(thinking(model), Json());
  request.reasoning_effort = "low";
  EXPECT_EQ(thinking(model), Json({{"type", "enabled"}, {"token_budget", 1024}}));
  EXPECT_EQ(thinking("command-a-plus-05-2026").at("type"), "enabled");
  EXPECT_EQ(thinking("command-a-03-2025"), Json());
  EXPECT_THAT(encoded(request, "command-r-plus")->dropped, ElementsAre("reasoning_effort"));
  request.reasoning_effort = "none";
  EXPECT_EQ(thinking(model), Json({{"type", "disabled"}}));
  EXPECT_THAT(encoded(request, "command-r-plus")->dropped, IsEmpty());   // it does not think anyway
  request.thinking_budget = -1;
  EXPECT_EQ(thinking(model), Json({{"type", "enabled"}}));
  request.show_thinking = false;
  EXPECT_THAT(encoded(request)->dropped, ElementsAre("include_reasoning"));
}

TEST(CohereEncode, ToolsAndTheirChoice) {
  llm::ChatRequest request = saying("x");
  request.tools = {{"f", "d", R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"]})", true}, {"g", "", "", std::nullopt}};
  const auto body = [&] { return Json::parse(encoded(request)->body); };
  EXPECT_EQ(body().at("tools").size(), 2u);
  EXPECT_FALSE(body().contains("tool_choice"));
  EXPECT_EQ(body()["tools"][1]["function"]["parameters"], Json::parse(R"({"type":"object","properties":{}})"));
  EXPECT_THAT(encoded(request)->dropped, ElementsAre("tools.strict"));   // of all tools or none
  request.tool_choice = llm::ToolChoice{llm::ToolChoice::Kind::named, "f"};
  EXPECT_EQ(body().at("tools").size(), 1u);   // only it is shown, and one must be called
  EXPECT_EQ(body().at("tool_choice"), "REQUIRED");
  request.tool_choice = llm::ToolChoice{llm::ToolChoice::Kind::none, ""};
  EXPECT_EQ(body().at("tool_choice"), "NONE");
  request.tool_choice = llm::ToolChoice{llm::ToolChoice::Kind::required, "", {"g"}};
  EXPECT_EQ(body().at("tools")[0].at("function").at("name"), "g");
  request.tool_choice = llm::ToolChoice{llm::ToolChoice::Kind::named, "h"};
  EXPECT_EQ(encoded(request).error().param(), "tool_choice");
  request.tool_choice.reset();
  request.tools.pop_back();
  EXPECT_EQ(body().at("strict_tools"), true);
  request.response_format = llm::ResponseFormat{llm::ResponseFormat::Kind::json_object, "", "", {}};
  request.parallel_tool_calls = false;
  EXPECT_THAT(encoded(request)->dropped, ElementsAre("parallel_tool_calls", "response_format"));
}

TEST(CohereEncode, WhatItCannotDoIsRefusedByName) {
  const auto param = [](auto change) {
    llm::ChatRequest request = saying("x");
    change(request);
    const auto written = encoded(request);
    return written ? std::string("taken") : written.error().param();
  };
  EXPECT_EQ(param([](auto& r) { r.n = 2; }), "n");
  EXPECT_EQ(param([](auto& r) { r.modalities = {"text", "audio"}; }), "modalities");
  EXPECT_EQ(param([](auto& r) { r.server_tools.emplace_back(); }), "tools");
  EXPECT_EQ(param([](auto& r) { r.messages[0].parts.emplace_back(llm::Audio{"wav", "AA=="}); }), "messages[0].content");
  EXPECT_EQ(param([](auto& r) { r.messages[0].parts.emplace_back(llm::File{"application/pdf", "AAAA", "", "", ""}); }), "messages[0].content");
  EXPECT_EQ(param([](auto& r) { r.messages.clear(); }), "messages");
}

TEST(CohereEncode, AToolLoopWithThoughtsPlanImagesAndDocuments) {
  llm::ChatRequest request = saying("look");
  request.messages[0].parts.emplace_back(llm::Image{"image/png", "AAAA", "", "low"});
  request.messages[0].parts.emplace_back(llm::File{"text/plain", "aGVsbG8=", "", "h.txt", ""});
  llm::Message assistant{llm::Role::assistant, {}, ""};
  assistant.parts.emplace_back(llm::Thinking{"signed", "sig", false, llm::Maker::anthropic});
  assistant.parts.emplace_back(llm::Thinking{"hm", ""});
  assistant.parts.emplace_back(llm::Text{"I will call."});
  assistant.parts.emplace_back(llm::ToolCall{"c1", "f", "{\"a\": 1}"});
  llm::Message tool{llm::Role::tool, {}, ""};
  llm::ToolResult result{"c1", {}, true};
  result.content.emplace_back(llm::Text{"no"});
  result.content.emplace_back(llm::Image{"", "", "https://x/y.png", ""});
  tool.parts.emplace_back(result);
  request.messages.push_back(assistant);
  request.messages.push_back(tool);
  const auto written = encoded(request);
  ASSERT_TRUE(written);
  EXPECT_THAT(Rules::broken_by(written->body), IsEmpty()) << written->body;
  EXPECT_THAT(written->dropped, ElementsAre("messages.reasoning_content", "messages.is_error"));
  const Json body = Json::parse(written->body);
  EXPECT_EQ(body.at("documents"), Json::parse(R"([{"id":"doc:0","data":{"text":"hello","title":"h.txt"}}])"));
  EXPECT_EQ(body.at("messages"), Json::parse(R"([
    {"role":"user","content":[{"type":"text","text":"look"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}}]},
    {"role":"assistant","tool_plan":"I will call.","content":[{"type":"thinking","thinking":"hm"}],
     "tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}}]},
    {"role":"tool","tool_call_id":"c1","content":"no"},
    {"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/y.png"}}]}])"));
}

}  // namespace
}  // namespace sluice::dialects::cohere_tests
