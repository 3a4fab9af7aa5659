// Chat requests as requests of Anthropic's messages API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/dialects/anthropic_rules.hpp"
#include "unit/dialects/anthropic_support.hpp"

namespace sluice::dialects::anthropic_tests {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view sonnet_4 = "claude-sonnet-4-20250514";

llm::Message says(llm::Role role, std::string text) { return {role, {llm::Text{std::move(text)}}, ""}; }
llm::Message user(std::string text) { return says(llm::Role::user, std::move(text)); }
llm::Message calls(std::vector<llm::ToolCall> list) {
  llm::Message message{llm::Role::assistant, {}, ""};
  for (auto& call : list) message.parts.emplace_back(std::move(call));
  return message;
}
llm::Message result(std::string id, std::string text) {
  return {llm::Role::tool, {llm::ToolResult{std::move(id), {llm::Text{std::move(text)}}, false}}, ""};
}
llm::ChatRequest asking(std::vector<llm::Message> messages) {
  llm::ChatRequest request;
  request.model = "gpt-4o";
  request.messages = std::move(messages);
  return request;
}
llm::ChatRequest hello() { return asking({user("hello")}); }
llm::Tool tool(std::string name, std::string parameters) { return {std::move(name), "", std::move(parameters), {}}; }

struct Sent {
  Json body;
  std::string text;
  std::vector<std::string> dropped;
};

// Fails the test when the request is refused or breaks a rule.
Sent sent(const llm::ChatRequest& request, std::string_view model = sonnet_4) {
  const auto encoded = anthropic::wire().encode(request, {model, no_quirks()});
  EXPECT_TRUE(encoded) << encoded.error().message();
  if (!encoded) return {Json::object(), "", {}};
  EXPECT_THAT(Rules::broken_by(encoded->body), IsEmpty()) << encoded->body;
  return {Json::parse(encoded->body), encoded->body, encoded->dropped};
}

// The field at fault; "" and a failure when it is not refused.
std::string refused(const llm::ChatRequest& request, std::string_view model = sonnet_4) {
  const auto encoded = anthropic::wire().encode(request, {model, no_quirks()});
  EXPECT_FALSE(encoded) << encoded->body;
  if (encoded) return "";
  EXPECT_EQ(encoded.error().code(), Code::bad_request);
  EXPECT_NE(encoded.error().message(), "");
  return encoded.error().param();
}

Json text_block(const std::string& text) { return {{"type", "text"}, {"text", text}}; }

TEST(AnthropicEncode, ModelAndLimitAreAlwaysThere) {
  const Sent plain = sent(hello());
  EXPECT_EQ(plain.body.at("model"), sonnet_4);
  EXPECT_EQ(plain.body.at("max_tokens"), 64000);
  EXPECT_FALSE(plain.body.contains("stream"));
  EXPECT_THAT(plain.dropped, IsEmpty());
  llm::ChatRequest streamed = hello();
  streamed.stream = true;
  EXPECT_EQ(sent(streamed).body.at("stream"), true);
}

TEST(AnthropicEncode, LimitsFollowTheModel) {
  const std::vector<std::pair<std::string, int>> limits = {{"claude-3-haiku-20240307", 4096},
                                                           {"claude-3-5-sonnet-20241022", 8192},
                                                           {"claude-3-7-sonnet-latest", 64000},
                                                           {"claude-opus-4-1-20250805", 32000},
                                                           {"claude-opus-4-0", 32000},
                                                           {"claude-haiku-4-5@20251001", 64000},
                                                           {"anthropic.claude-opus-4-6-v1:0", 128000},
                                                           {"claude-sonnet-5", 128000},
                                                           {"something-else", 4096},
                                                           {"claude-2.1", 4096},
                                                           {"claude-sonnet-4-6", 64000},
                                                           {"claude-mythos-preview", 4096}};
  for (const auto& [model, limit] : limits) EXPECT_EQ(sent(hello(), model).body.at("max_tokens"), limit) << model;
}

TEST(AnthropicEncode, ALimitBeyondTheModelsIsLoweredAndReported) {
  llm::ChatRequest request = hello();
  request.max_tokens = 100000;
  const Sent lowered = sent(request, "claude-3-haiku-20240307");
  EXPECT_EQ(lowered.body.at("max_tokens"), 4096);
  EXPECT_THAT(lowered.dropped, ElementsAre("max_tokens"));
  EXPECT_EQ(sent(request, "some-alias").body.at("max_tokens"), 100000);
}

TEST(AnthropicEncode, SystemTextsStandApartInTheirOrder) {
  const Sent out = sent(asking({says(llm::Role::system, "one"), user("a"), says(llm::Role::developer, "two"), user("b"),
                                says(llm::Role::system, "  ")}));
  EXPECT_EQ(out.body.at("system"), Json::array({text_block("one"), text_block("two")}));
  EXPECT_EQ(out.body.at("messages"),
            Json::array({{{"role", "user"}, {"content", {text_block("a"), text_block("b")}}}}));
}

TEST(AnthropicEncode, TurnsOfTheSameSideAreMerged) {
  const Sent out =
      sent(asking({user("a"), user("b"), says(llm::Role::assistant, "c"), says(llm::Role::assistant, "d"), user("e")}));
  ASSERT_EQ(out.body.at("messages").size(), 3u);
  EXPECT_EQ(out.body["messages"][1]["content"], Json::array({text_block("c"), text_block("d")}));
}

TEST(AnthropicEncode, EmptyTextsAreLeftOutWithTheirTurns) {
  const Sent out = sent(asking({user("a"), says(llm::Role::assistant, ""), user(" \n"), user("b")}));
  EXPECT_EQ(out.body.at("messages"),
            Json::array({{{"role", "user"}, {"content", {text_block("a"), text_block("b")}}}}));
}

TEST(AnthropicEncode, ARequestWithoutMessagesIsRefused) {
  EXPECT_EQ(refused(asking({})), "messages");
  EXPECT_EQ(refused(asking({says(llm::Role::system, "only this")})), "messages");
  EXPECT_EQ(refused(asking({user("")})), "messages");
}

TEST(AnthropicEncode, ResultsOfParallelCallsAreOneTurnBeforeAnyText) {
  const Sent out = sent(asking({user("weather?"), calls({{"a", "f", R"({"x":1})"}, {"b", "g", ""}}), user("hurry"),
                                result("b", "two"), result("a", "one")}));
  ASSERT_EQ(out.body.at("messages").size(), 3u);
  const Json& turn = out.body["messages"][2];
  EXPECT_EQ(turn["role"], "user");
  ASSERT_EQ(turn["content"].size(), 3u);
  EXPECT_EQ(turn["content"][0]["tool_use_id"], "b");
  EXPECT_EQ(turn["content"][1]["tool_use_id"], "a");
  EXPECT_EQ(turn["content"][2], text_block("hurry"));
  EXPECT_EQ(out.body["messages"][1]["content"][1]["input"], Json::object());
}

TEST(AnthropicEncode, ArgumentsAndSchemasKeepTheirSourceText) {
  llm::ChatRequest request =
      asking({user("x"), calls({{"a", "f", R"({"b":12345678901234567890, "a":1.10e2})"}}), result("a", "ok")});
  request.tools = {tool("f", R"({"type":"object","properties":{"z":{"const":98765432109876543210},"a":{}}})")};
  const std::string text = sent(request).text;
  EXPECT_THAT(text, HasSubstr(R"("input":{"b":12345678901234567890, "a":1.10e2})"));
  EXPECT_THAT(
      text, HasSubstr(R"("input_schema":{"type":"object","properties":{"z":{"const":98765432109876543210},"a":{}}})"));
}

TEST(AnthropicEncode, ArgumentsThatAreNoObjectAreRefused) {
  for (const char* arguments : {"{broken", "[1]", "\"text\"", "{} {}", "null"}) {
    EXPECT_EQ(refused(asking({user("x"), calls({{"a", "f", arguments}}), result("a", "ok")})), "messages[1].tool_calls")
        << arguments;
  }
}

TEST(AnthropicEncode, CallsAndResultsMustBelongTogether) {
  EXPECT_EQ(refused(asking({user("x"), result("a", "ok")})), "messages[1].tool_call_id");
  EXPECT_EQ(refused(asking({user("x"), calls({{"a", "f", ""}}), result("b", "ok")})), "messages[2].tool_call_id");
  EXPECT_EQ(refused(asking({user("x"), calls({{"a", "f", ""}}), result("a", "ok"), result("a", "again")})),
            "messages[3].tool_call_id");
  EXPECT_EQ(refused(asking({user("x"), calls({{"a", "f", ""}})})), "messages");
  EXPECT_EQ(refused(asking({user("x"), calls({{"a", "f", ""}}), user("y"), says(llm::Role::assistant, "z")})),
            "messages[3].content");
}

TEST(AnthropicEncode, ForeignIdsAreMadeFitAndStayConsistent) {
  const Sent out = sent(asking({user("x"), calls({{"functions.get:0", "f", ""}, {"functions_get_0", "g", ""}}),
                                result("functions_get_0", "second"), result("functions.get:0", "first")}));
  const Json& made = out.body["messages"][1]["content"];
  const Json& answers = out.body["messages"][2]["content"];
  EXPECT_EQ(answers[0]["tool_use_id"], made[1]["id"]);
  EXPECT_EQ(answers[1]["tool_use_id"], made[0]["id"]);
}

TEST(AnthropicEncode, IdsRepeatedFromTurnToTurnBecomeUnique) {
  std::vector<llm::Message> messages = {user("x")};
  for (int turn = 0; turn < 3; ++turn) {
    messages.push_back(calls({{"call_0", "f", ""}}));
    messages.push_back(result("call_0", "r"));
  }
  const Sent longer = sent(asking(messages));
  messages.resize(3);
  const Sent shorter = sent(asking(messages));
  EXPECT_EQ(shorter.body["messages"], Json(longer.body["messages"].begin(), longer.body["messages"].begin() + 3));
}

TEST(AnthropicEncode, ToolResultsMayBeEmptyFailedAndHoldImages) {
  llm::Message empty{llm::Role::tool, {llm::ToolResult{"a", {}, true}}, ""};
  llm::Message image{
      llm::Role::tool, {llm::ToolResult{"b", {llm::Text{""}, llm::Image{"image/png", "aGk=", "", ""}}, false}}, ""};
  const Sent out = sent(asking({user("x"), calls({{"a", "f", ""}, {"b", "f", ""}}), empty, image}));
  const Json& content = out.body["messages"][2]["content"];
  EXPECT_FALSE(content[0].contains("content"));
  EXPECT_EQ(content[0]["is_error"], true);
  EXPECT_EQ(content[1]["content"][0]["source"]["data"], "aGk=");
}

llm::ChatRequest showing(llm::Part part) { return asking({{llm::Role::user, {std::move(part)}, ""}}); }

TEST(AnthropicEncode, ImagesByDataAndByAddress) {
  const Json data = sent(showing(llm::Image{"image/jpg", "aGk=", "", "auto"})).body["messages"][0]["content"][0];
  EXPECT_EQ(data,
            Json::parse(R"({"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"aGk="}})"));
  const Json url = sent(showing(llm::Image{"", "", "https://x.test/a.png", ""})).body["messages"][0]["content"][0];
  EXPECT_EQ(url, Json::parse(R"({"type":"image","source":{"type":"url","url":"https://x.test/a.png"}})"));
  EXPECT_EQ(sent(showing(llm::Image{"", "", "data:image/gif;base64,aGk=", ""}))
                .body["messages"][0]["content"][0]["source"]["media_type"],
            "image/gif");
  EXPECT_THAT(sent(showing(llm::Image{"image/png", "aGk=", "", "high"})).dropped, ElementsAre("image_url.detail"));
}

TEST(AnthropicEncode, WhatCannotBeShownIsRefused) {
  EXPECT_EQ(refused(showing(llm::Audio{"wav", "aGk="})), "messages[0].content");
  EXPECT_EQ(refused(showing(llm::Image{"image/tiff", "aGk=", "", ""})), "messages[0].content");
  EXPECT_EQ(refused(showing(llm::Image{"image/png", "not base64!", "", ""})), "messages[0].content");
  EXPECT_EQ(refused(showing(llm::Image{"", "", "http://x.test/a.png", ""})), "messages[0].content");
  EXPECT_EQ(refused(showing(llm::Image{"", "", "file:///etc/passwd", ""})), "messages[0].content");
  EXPECT_EQ(refused(showing(llm::File{"", "", "file-1", "", ""})), "messages[0].content");
  EXPECT_EQ(refused(showing(llm::File{"application/zip", "aGk=", "", "a.zip", ""})), "messages[0].content");
  EXPECT_EQ(refused(showing(llm::File{"text/plain", "////", "", "a.txt", ""})), "messages[0].content");
  EXPECT_EQ(refused(asking({{llm::Role::system, {llm::Image{"image/png", "aGk=", "", ""}}, ""}, user("x")})),
            "messages[0].content");
}

TEST(AnthropicEncode, FilesBecomeDocuments) {
  const Json pdf =
      sent(showing(llm::File{"application/pdf", "JVBERi0=", "", "a.pdf", ""})).body["messages"][0]["content"][0];
  EXPECT_EQ(
      pdf,
      Json::parse(R"({"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="},)"
                  R"("title":"a.pdf"})"));
  const Json text = sent(showing(llm::File{"text/markdown", "IyBoaQ", "", "", ""})).body["messages"][0]["content"][0];
  EXPECT_EQ(text,
            Json::parse(R"({"type":"document","source":{"type":"text","media_type":"text/plain","data":"# hi"}})"));
}

TEST(AnthropicEncode, ThinkingGoesBackSignedOrNotAtAll) {
  llm::Message turn{llm::Role::assistant,
                    {llm::Thinking{"hm", "c2ln", false}, llm::Thinking{"", "opaque", true}, llm::Text{"answer"}},
                    ""};
  const Json content = sent(asking({user("x"), turn, user("y")})).body["messages"][1]["content"];
  EXPECT_EQ(content[0], Json::parse(R"({"type":"thinking","thinking":"hm","signature":"c2ln"})"));
  EXPECT_EQ(content[1], Json::parse(R"({"type":"redacted_thinking","data":"opaque"})"));
  llm::Message foreign{llm::Role::assistant, {llm::Thinking{"another model's", "", false}, llm::Text{"answer"}}, ""};
  const Sent out = sent(asking({user("x"), foreign, user("y")}));
  EXPECT_EQ(out.body["messages"][1]["content"].size(), 1u);
  EXPECT_THAT(out.dropped, ElementsAre("messages.reasoning_content"));
}

TEST(AnthropicEncode, ABegunAnswerLosesItsTrailingSpace) {
  const Sent out = sent(asking({user("x"), says(llm::Role::assistant, "The answer is: \n")}));
  EXPECT_EQ(out.body["messages"][1]["content"][0]["text"], "The answer is:");
}

TEST(AnthropicEncode, StopSequencesThatAreBlankAreReported) {
  llm::ChatRequest request = hello();
  request.stop = {"END", "\n", " "};
  const Sent out = sent(request);
  EXPECT_EQ(out.body.at("stop_sequences"), Json::array({"END"}));
  EXPECT_THAT(out.dropped, ElementsAre("stop"));
  request.stop = {"\n\n"};
  EXPECT_FALSE(sent(request).body.contains("stop_sequences"));
}

TEST(AnthropicEncode, SamplingIsBroughtToAnthropicsScale) {
  llm::ChatRequest request = hello();
  request.temperature = 1.7;
  request.top_k = 5;
  const Sent out = sent(request);
  EXPECT_EQ(out.body.at("temperature"), 1.0);
  EXPECT_EQ(out.body.at("top_k"), 5);
  EXPECT_THAT(out.dropped, ElementsAre("temperature"));
  request.temperature = 0.25;
  request.top_p = 0.5;
  EXPECT_EQ(sent(request).body.at("top_p"), 0.5);
  EXPECT_THAT(sent(request).dropped, IsEmpty());
}

TEST(AnthropicEncode, NewerModelsGetTheSamplersTheyTake) {
  llm::ChatRequest request = hello();
  request.temperature = 0.25;
  request.top_p = 0.5;
  const Sent one = sent(request, "claude-sonnet-4-5-20250929");
  EXPECT_EQ(one.body.at("temperature"), 0.25);
  EXPECT_THAT(one.dropped, ElementsAre("top_p"));
  const Sent none = sent(request, "claude-opus-4-7");
  EXPECT_FALSE(none.body.contains("temperature"));
  EXPECT_THAT(none.dropped, ElementsAre("temperature", "top_p"));
  request.temperature = request.top_p = 1;  // what OpenAI's SDK users send as defaults
  EXPECT_THAT(sent(request, "claude-opus-4-7").dropped, IsEmpty());
}

TEST(AnthropicEncode, ToolsGetASchema) {
  llm::ChatRequest request = hello();
  request.tools = {tool("a", ""), tool("b", "null"), tool("c", "{}"), tool("d", R"({"properties":{"x":{}}})")};
  request.tools[0].description = "says a";
  const Json tools = sent(request).body.at("tools");
  for (const int i : {0, 1, 2})
    EXPECT_EQ(tools[i]["input_schema"], Json::parse(R"({"type":"object","properties":{}})"));
  EXPECT_EQ(tools[0]["description"], "says a");
  EXPECT_FALSE(tools[1].contains("description"));
  EXPECT_EQ(tools[3]["input_schema"], Json::parse(R"({"properties":{"x":{}},"type":"object"})"));
  request.tools = {tool("a", "[]")};
  EXPECT_EQ(refused(request), "tools");
}

TEST(AnthropicEncode, ToolChoices) {
  using Kind = llm::ToolChoice::Kind;
  llm::ChatRequest request = hello();
  request.tools = {tool("f", "")};
  EXPECT_FALSE(sent(request).body.contains("tool_choice"));
  const auto choice = [&](Kind kind, std::optional<bool> parallel) {
    request.tool_choice = llm::ToolChoice{kind, "f"};
    request.parallel_tool_calls = parallel;
    return sent(request).body.at("tool_choice").dump();
  };
  EXPECT_EQ(choice(Kind::automatic, {}), R"({"type":"auto"})");
  EXPECT_EQ(choice(Kind::none, false), R"({"type":"none"})");
  EXPECT_EQ(choice(Kind::required, true), R"({"type":"any"})");
  EXPECT_EQ(choice(Kind::named, false), R"({"disable_parallel_tool_use":true,"name":"f","type":"tool"})");
  request.tool_choice.reset();
  EXPECT_EQ(sent(request).body.at("tool_choice").dump(), R"({"disable_parallel_tool_use":true,"type":"auto"})");
  request.tool_choice = llm::ToolChoice{Kind::required, ""};
  const Sent newest = sent(request, "claude-sonnet-5-5");
  EXPECT_EQ(newest.body.at("tool_choice").at("type"), "auto");
  EXPECT_THAT(newest.dropped, ElementsAre("tool_choice"));
}

TEST(AnthropicEncode, EffortBecomesABudgetWithRoomForTheAnswer) {
  llm::ChatRequest request = hello();
  request.temperature = 0.5;
  for (const auto& [effort, budget] :
       std::vector<std::pair<std::string, int>>{{"low", 1024}, {"medium", 4096}, {"high", 16384}}) {
    request.reasoning_effort = effort;
    request.max_tokens = 25000;
    const Sent out = sent(request);
    EXPECT_EQ(out.body.at("thinking"), Json({{"type", "enabled"}, {"budget_tokens", budget}}));
    EXPECT_EQ(out.body.at("max_tokens"), 25000);
    EXPECT_THAT(out.dropped, ElementsAre("temperature"));
    request.max_tokens.reset();
    EXPECT_EQ(sent(request).body.at("max_tokens"), 64000);
    EXPECT_EQ(sent(request).body.at("thinking").at("budget_tokens"), budget);
  }
}

// The limit is what the caller is ready to pay for, thinking and answer together.
TEST(AnthropicEncode, NoThinkingRaisesTheCallersLimit) {
  llm::ChatRequest request = hello();
  request.reasoning_effort = "high";
  for (const auto& [limit, budget] : std::vector<std::pair<int, int>>{{16500, 12375}, {4000, 3000}, {1365, 1024}}) {
    request.max_tokens = limit;
    const Sent out = sent(request);
    EXPECT_EQ(out.body.at("max_tokens"), limit);
    EXPECT_EQ(out.body.at("thinking").at("budget_tokens"), budget);
    EXPECT_THAT(out.dropped, IsEmpty());
  }
  for (const int limit : {1, 500, 1024, 1300}) {   // the least that Anthropic takes leaves no room for an answer
    request.max_tokens = limit;
    const Sent out = sent(request);
    EXPECT_EQ(out.body.at("max_tokens"), limit);
    EXPECT_FALSE(out.body.contains("thinking"));
    EXPECT_THAT(out.dropped, ElementsAre("reasoning_effort"));
  }
}

TEST(AnthropicEncode, EffortIsReportedWhereItCannotBe) {
  llm::ChatRequest request = hello();
  request.reasoning_effort = "high";
  EXPECT_THAT(sent(request, "claude-3-5-sonnet-20241022").dropped, ElementsAre("reasoning_effort"));
  EXPECT_THAT(sent(request, "my-own-model").dropped, ElementsAre("reasoning_effort"));
  request.tools = {tool("f", "")};
  request.tool_choice = llm::ToolChoice{llm::ToolChoice::Kind::required, ""};
  const Sent forced = sent(request);
  EXPECT_FALSE(forced.body.contains("thinking"));
  EXPECT_THAT(forced.dropped, ElementsAre("reasoning_effort"));
  request.tool_choice.reset();
  request.messages = {user("x"), calls({{"a", "f", ""}}), result("a", "ok")};  // unsigned: a budget would be refused
  EXPECT_THAT(sent(request).dropped, ElementsAre("reasoning_effort"));
  request.messages[1].parts.insert(request.messages[1].parts.begin(), llm::Thinking{"hm", "c2ln", false});
  EXPECT_TRUE(sent(request).body.contains("thinking"));
}

TEST(AnthropicEncode, AdaptiveModelsGetAnEffort) {
  llm::ChatRequest request = hello();
  request.reasoning_effort = "minimal";
  const Sent out = sent(request, "claude-sonnet-5");
  EXPECT_EQ(out.body.at("thinking"), Json({{"type", "adaptive"}}));
  EXPECT_EQ(out.body.at("output_config"), Json({{"effort", "low"}}));
  request.reasoning_effort = "none";
  EXPECT_EQ(sent(request, "claude-sonnet-5").body.at("thinking"), Json({{"type", "disabled"}}));
  EXPECT_THAT(sent(request, "claude-sonnet-5-5").dropped, ElementsAre("reasoning_effort"));
  EXPECT_FALSE(sent(request, sonnet_4).body.contains("thinking"));
}

TEST(AnthropicEncode, AThinkingObjectOfTheCallerIsPassedOn) {
  llm::ChatRequest request = hello();
  request.others = {{"thinking", R"({"type":"enabled","budget_tokens":2000})"}};
  request.temperature = 0.1;
  const Sent out = sent(request);
  EXPECT_EQ(out.body.at("thinking").at("budget_tokens"), 2000);
  EXPECT_THAT(out.dropped, ElementsAre("temperature"));
  request.temperature.reset();
  for (const char* foreign :
       {R"({"type":"enabled"})", R"({"type":"enabled","budget_tokens":90000})", R"({"type":"adaptive"})", "true"}) {
    request.others = {{"thinking", foreign}};
    EXPECT_FALSE(sent(request).body.contains("thinking")) << foreign;
    EXPECT_THAT(sent(request).dropped, ElementsAre("thinking")) << foreign;
  }
}

TEST(AnthropicEncode, SchemasForTheAnswerWhereTheModelEnforcesThem) {
  llm::ChatRequest request = hello();
  request.response_format = llm::ResponseFormat{
      llm::ResponseFormat::Kind::json_schema, "r",
      R"({"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":false})", true};
  EXPECT_EQ(sent(request, "claude-sonnet-4-5").body.at("output_config").at("format").at("schema").at("required")[0],
            "a");
  const Sent older = sent(request, sonnet_4);
  EXPECT_THAT(older.dropped, ElementsAre("response_format"));
  EXPECT_THAT(older.body.at("system").at(0).at("text").get<std::string>(), HasSubstr(request.response_format->schema));
  for (const char* schema : {"{broken", R"({"$ref":"https://x.test"})", R"({"$ref":"#"})",
                             R"({"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"items":{"$ref":"#/$defs/a"}}},"$ref":"#/$defs/a"})"}) {
    request.response_format->schema = schema;
    EXPECT_THAT(sent(request, "claude-sonnet-4-5").dropped, ElementsAre("response_format")) << schema;
  }
  request.response_format->kind = llm::ResponseFormat::Kind::json_object;
  EXPECT_THAT(sent(request, "claude-sonnet-4-5").dropped, ElementsAre("response_format"));
  request.response_format->kind = llm::ResponseFormat::Kind::text;
  EXPECT_THAT(sent(request, sonnet_4).dropped, IsEmpty());
}

TEST(AnthropicEncode, StrictToolsWhereTheModelEnforcesThem) {
  llm::ChatRequest request = hello();
  request.tools = {tool("f", R"({"type":"object","properties":{},"additionalProperties":false})")};
  request.tools[0].strict = true;
  EXPECT_EQ(sent(request, "claude-opus-4-5").body.at("tools")[0].at("strict"), true);
  EXPECT_THAT(sent(request, sonnet_4).dropped, ElementsAre("tools.strict"));
}

TEST(AnthropicEncode, WhatHasNoPlaceIsReported) {
  llm::ChatRequest request = hello();
  request.user = "u-1";
  request.seed = 7;
  request.frequency_penalty = 0.5;
  request.presence_penalty = 0;
  request.others = {{"logit_bias", R"({"1":2})"}, {"logprobs", "false"}, {"store", "null"}, {"verbosity", "\"low\""}};
  request.messages[0].name = "ann";
  const Sent out = sent(request);
  EXPECT_EQ(out.body.at("metadata").at("user_id"), "u-1");
  EXPECT_THAT(out.dropped,
              testing::UnorderedElementsAre("seed", "frequency_penalty", "logit_bias", "verbosity", "messages.name"));
}

TEST(AnthropicEncode, SeveralAnswersAreRefused) {
  llm::ChatRequest request = hello();
  request.n = 2;
  EXPECT_EQ(refused(request), "n");
  request.n = 1;
  EXPECT_THAT(sent(request).dropped, IsEmpty());
}

TEST(AnthropicEncode, ManyCallsAreEncodedInOneGo) {
  std::vector<llm::ToolCall> many;
  std::vector<llm::Message> messages = {user("x")};
  for (int i = 0; i < 20000; ++i) many.push_back({"same", "f", ""});
  messages.push_back(calls(many));
  for (int i = 0; i < 20000; ++i) messages.push_back(result("same", "r"));
  EXPECT_TRUE(anthropic::wire().encode(asking(messages), {sonnet_4, no_quirks()}));
}

}  // namespace
}  // namespace sluice::dialects::anthropic_tests
