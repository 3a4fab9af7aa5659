// Requests of every dialect's callers, written for Ollama's native API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialects/all.hpp"
#include "support/traffic.hpp"
#include "unit/dialects/ollama_rules.hpp"

namespace sluice::dialects::ollama_tests {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

const Wire& it() { return ollama::wire(); }
Result<Encoded> encoded(const llm::ChatRequest& request, std::string_view model = "qwen3:8b") { return it().encode(request, {model, no_quirks()}); }

llm::ChatRequest saying(std::string_view text) {
  llm::ChatRequest request;
  llm::Message message;
  message.parts.emplace_back(llm::Text{std::string(text)});
  request.messages.push_back(message);
  return request;
}

TEST(OllamaEncode, EverySettingHasItsPlace) {
  llm::ChatRequest request = saying("x");
  request.max_tokens = 5;
  request.temperature = 1.5;
  request.top_p = 0.5;
  request.top_k = 7;
  request.seed = -3;
  request.frequency_penalty = 0.25;
  request.presence_penalty = -0.75;
  request.stop = {"a"};
  request.logprobs = true;
  request.top_logprobs = 2;
  request.reasoning_effort = "high";
  request.response_format = llm::ResponseFormat{llm::ResponseFormat::Kind::json_schema, "n", R"({"type":"object"})", true};
  request.others = {{"keep_alive", "\"5m\""}, {"num_ctx", "8192"}, {"options", R"({"min_p":0.1,"temperature":9,"nonsense":1})"}, {"logit_bias", R"({"1":2})"}};
  const auto written = encoded(request);
  ASSERT_TRUE(written);
  EXPECT_EQ(Json::parse(written->body), Json::parse(R"({"model":"qwen3:8b","messages":[{"role":"user","content":"x"}],"stream":false,"format":{"type":"object"},
    "think":true,"logprobs":true,"top_logprobs":2,"keep_alive":"5m","options":{"temperature":1.5,"top_p":0.5,"top_k":7,"seed":-3,"num_predict":5,
    "frequency_penalty":0.25,"presence_penalty":-0.75,"stop":["a"],"num_ctx":8192,"min_p":0.1}})"));
  EXPECT_THAT(written->dropped, ElementsAre("options.temperature", "options.nonsense", "logit_bias"));
}

TEST(OllamaEncode, ThinkingByModel) {
  llm::ChatRequest request = saying("x");
  const auto think = [&](std::string_view model) { return Json::parse(encoded(request, model)->body).value("think", Json()); };
  EXPECT_EQ(think("gpt-oss:20b"), Json());
  request.reasoning_effort = "minimal";
  EXPECT_EQ(think("gpt-oss:20b"), "low");
  EXPECT_EQ(think("deepseek-r1"), true);
  request.reasoning_effort = "none";
  EXPECT_EQ(think("deepseek-r1"), false);
  EXPECT_EQ(think("gpt-oss:20b"), Json());
  EXPECT_THAT(encoded(request, "gpt-oss:20b")->dropped, ElementsAre("reasoning_effort"));
  request.reasoning_effort.clear();
  request.thinking_budget = 1000;
  EXPECT_EQ(think("deepseek-r1"), true);
  EXPECT_THAT(encoded(request)->dropped, ElementsAre("thinking.budget_tokens"));
  request.show_thinking = false;
  EXPECT_THAT(encoded(request)->dropped, ElementsAre("include_reasoning", "thinking.budget_tokens"));
}

TEST(OllamaEncode, AToolLoopWithImages) {
  llm::ChatRequest request = saying("look");
  request.messages[0].parts.emplace_back(llm::Text{"at it"});
  request.messages[0].parts.emplace_back(llm::Image{"image/png", "AAAA", "", ""});
  llm::Message assistant{llm::Role::assistant, {}, ""};
  assistant.parts.emplace_back(llm::Thinking{"hm", ""});
  assistant.parts.emplace_back(llm::Thinking{"signed", "sig", false, llm::Maker::anthropic});
  assistant.parts.emplace_back(llm::ToolCall{"c1", "f", "{\"a\": 1.50}"});
  llm::Message tool{llm::Role::tool, {}, ""};
  llm::ToolResult result{"c1", {}};
  result.content.emplace_back(llm::Text{"no"});
  tool.parts.emplace_back(result);
  request.messages.push_back(assistant);
  request.messages.push_back(tool);
  request.tools = {{"f", "", "", std::nullopt}, {"g", "", "", std::nullopt}};
  request.tool_choice = llm::ToolChoice{llm::ToolChoice::Kind::named, "f"};
  const auto written = encoded(request);
  ASSERT_TRUE(written);
  EXPECT_THAT(Rules::broken_by(written->body), IsEmpty());
  EXPECT_THAT(written->dropped, ElementsAre("messages.reasoning_content", "tool_choice"));
  EXPECT_NE(written->body.find(R"("arguments":{"a": 1.50})"), std::string::npos);   // as written
  const Json body = Json::parse(written->body);
  EXPECT_EQ(body.at("messages"), Json::parse(R"([{"role":"user","content":"look\nat it","images":["AAAA"]},
    {"role":"assistant","content":"","thinking":"hm","tool_calls":[{"id":"c1","function":{"name":"f","arguments":{"a":1.5}}}]},
    {"role":"tool","content":"no","tool_name":"f","tool_call_id":"c1"}])"));
  EXPECT_EQ(body.at("tools").size(), 1u);
  request.tool_choice->kind = llm::ToolChoice::Kind::none;
  EXPECT_FALSE(Json::parse(encoded(request)->body).contains("tools"));
}

TEST(OllamaEncode, WhatItCannotDoIsRefusedByName) {
  const auto param = [](auto change) {
    llm::ChatRequest request = saying("x");
    change(request);
    const auto written = encoded(request);
    return written ? std::string("taken") : written.error().param();
  };
  EXPECT_EQ(param([](auto& r) { r.n = 2; }), "n");
  EXPECT_EQ(param([](auto& r) { r.modalities = {"audio"}; }), "modalities");
  EXPECT_EQ(param([](auto& r) { r.server_tools.emplace_back(); }), "tools");
  EXPECT_EQ(param([](auto& r) { r.messages[0].parts.emplace_back(llm::Image{"", "", "https://x/y.png", ""}); }), "messages[0].content");
  EXPECT_EQ(param([](auto& r) { r.messages[0].parts.emplace_back(llm::File{"application/pdf", "AAAA", "", "", ""}); }), "messages[0].content");
  EXPECT_EQ(param([](auto& r) { r.messages[0].parts.emplace_back(llm::Audio{"wav", "AA=="}); }), "messages[0].content");
}

TEST(OllamaEncode, Embeddings) {
  llm::EmbeddingRequest request;
  request.inputs = {{"a"}, {"b"}};
  request.dimensions = 64;
  request.truncate = false;
  request.purpose = "query";
  const auto written = it().encode_embedding(request, {"nomic-embed-text", no_quirks()});
  ASSERT_TRUE(written);
  EXPECT_EQ(Json::parse(written->body), Json::parse(R"({"model":"nomic-embed-text","input":["a","b"],"dimensions":64,"truncate":false})"));
  EXPECT_THAT(written->dropped, ElementsAre("input_type"));
  request.inputs.push_back({"", {1}});
  EXPECT_EQ(it().encode_embedding(request, {"m", no_quirks()}).error().param(), "input");
}

}  // namespace
}  // namespace sluice::dialects::ollama_tests
