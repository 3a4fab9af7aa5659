// What callers of every dialect may ask of Claude beside the plain conversation: schemas, caches, thinking, tools that
// the provider runs, files, and what becomes of each where it cannot be.
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
using testing::UnorderedElementsAre;

constexpr std::string_view sonnet_4 = "claude-sonnet-4-20250514", sonnet_45 = "claude-sonnet-4-5";

llm::ChatRequest saying(std::vector<llm::Part> parts) {
  llm::ChatRequest request;
  request.messages = {{llm::Role::user, std::move(parts), ""}};
  return request;
}
llm::ChatRequest hello(llm::Dialect caller = llm::Dialect::openai) {
  llm::ChatRequest request = saying({llm::Text{"hello"}});
  request.caller = caller;
  return request;
}

struct Sent { Json body; std::vector<std::string> dropped; };
Sent sent(const llm::ChatRequest& request, std::string_view model = sonnet_4, const Quirks& quirks = no_quirks()) {
  const auto encoded = anthropic::wire().encode(request, {model, quirks});
  EXPECT_TRUE(encoded) << encoded.error().message();
  if (!encoded) return {Json::object(), {}};
  EXPECT_THAT(Rules::broken_by(encoded->body), IsEmpty()) << encoded->body;
  return {Json::parse(encoded->body), encoded->dropped};
}
std::string refused(const llm::ChatRequest& request, std::string_view model = sonnet_4) {
  const auto encoded = anthropic::wire().encode(request, {model, no_quirks()});
  EXPECT_FALSE(encoded) << encoded->body;
  return encoded ? "" : encoded.error().param();
}

// ---- schemas

Sent with_schema(const std::string& schema, llm::Dialect caller = llm::Dialect::openai) {
  llm::ChatRequest request = hello(caller);
  request.response_format = llm::ResponseFormat{llm::ResponseFormat::Kind::json_schema, "r", schema, true};
  return sent(request, sonnet_45);
}
Json schema_of(const Sent& s) { return s.body.at("output_config").at("format").at("schema"); }

TEST(AnthropicSchema, WhatIsInTheSubsetStaysAsItIs) {
  const std::string schema =
      R"({"type":"object","title":"T","properties":{"a":{"type":["string","null"],"format":"date"},"b":{"type":"array","items":)"
      R"({"$ref":"#/$defs/x"},"minItems":1},"c":{"enum":["p",1,null]},"d":{"const":98765432109876543210}},"required":["a"],)"
      R"("$defs":{"x":{"anyOf":[{"type":"integer"},{"type":"string"}]}},"additionalProperties":false})";
  const Sent out = with_schema(schema);
  EXPECT_THAT(out.dropped, IsEmpty());
  EXPECT_EQ(schema_of(out), Json::parse(schema));
}

TEST(AnthropicSchema, LimitsMoveToTheDescriptionAndAreReportedByPath) {
  const Sent out = with_schema(
      R"({"type":"object","properties":{"age":{"type":"integer","minimum":0,"maximum":150,"description":"years"},)"
      R"("tags":{"type":"array","items":{"type":"string","minLength":2},"minItems":3,"uniqueItems":true},)"
      R"("mail":{"type":"string","format":"idn-email"}},"additionalProperties":false})");
  EXPECT_THAT(out.dropped, UnorderedElementsAre("response_format.schema.properties.age.minimum", "response_format.schema.properties.age.maximum",
                                                "response_format.schema.properties.tags.items.minLength",
                                                "response_format.schema.properties.tags.minItems",
                                                "response_format.schema.properties.tags.uniqueItems",
                                                "response_format.schema.properties.mail.format"));
  const Json properties = schema_of(out).at("properties");
  EXPECT_EQ(properties["age"], Json({{"type", "integer"}, {"description", "years (minimum: 0, maximum: 150)"}}));
  EXPECT_EQ(properties["tags"]["items"]["description"], "(minLength: 2)");
  EXPECT_THAT(with_schema(R"({"type":"integer","minimum":1})").dropped, ElementsAre("response_format.schema.minimum"));
  EXPECT_THAT(with_schema(R"({"type":"integer","minimum":1})", llm::Dialect::responses).dropped, ElementsAre("text.format.schema.minimum"));
}

TEST(AnthropicSchema, ObjectsAreClosed) {
  Sent out = with_schema(R"({"type":"object","properties":{"a":{"type":"object","properties":{"b":{}}}}})");
  EXPECT_THAT(out.dropped, IsEmpty());   // what it allows, the caller's schema allows
  EXPECT_EQ(schema_of(out)["additionalProperties"], false);
  EXPECT_EQ(schema_of(out)["properties"]["a"]["additionalProperties"], false);
  out = with_schema(R"({"type":"object","additionalProperties":{"type":"string"}})");
  EXPECT_THAT(out.dropped, ElementsAre("response_format.schema.additionalProperties"));
}

TEST(AnthropicSchema, AlternativesAndWhatHasNoFormThere) {
  const Sent out = with_schema(
      R"({"type":"object","properties":{"a":{"oneOf":[{"type":"string"},{"type":"integer","multipleOf":2}]},"b":{"not":{}},)"
      R"("c":{"enum":[{"x":1}]},"d":true},"patternProperties":{"^x":{}}})");
  EXPECT_THAT(out.dropped, UnorderedElementsAre("response_format.schema.properties.a.oneOf", "response_format.schema.properties.a.oneOf.multipleOf",
                                                "response_format.schema.properties.b.not", "response_format.schema.properties.c.enum",
                                                "response_format.schema.patternProperties"));
  EXPECT_TRUE(schema_of(out)["properties"]["a"].contains("anyOf"));
}

TEST(AnthropicSchema, ModelsThatEnforceNoneAreToldInTheSystemPrompt) {
  llm::ChatRequest request = hello();
  request.response_format = llm::ResponseFormat{llm::ResponseFormat::Kind::json_object, "", "", {}};
  const Sent out = sent(request);
  EXPECT_THAT(out.dropped, ElementsAre("response_format"));
  EXPECT_THAT(out.body.at("system")[0]["text"].get<std::string>(), HasSubstr("JSON object"));
}

TEST(AnthropicSchema, HostileSchemasEnd) {
  std::string deep;
  for (int i = 0; i < 60; ++i) deep += R"({"anyOf":[)";
  deep += "{}";
  for (int i = 0; i < 60; ++i) deep += "]}";
  EXPECT_THAT(with_schema(deep).dropped, ElementsAre("response_format"));
  std::string wide = R"({"$defs":{)";
  for (int i = 0; i < 200; ++i) wide += (i ? "," : "") + ("\"d" + std::to_string(i)) + R"(":{"items":{"$ref":"#/$defs/d)" + std::to_string(i + 1) + "\"}}";
  wide += R"(},"$ref":"#/$defs/d0"})";
  EXPECT_THAT(with_schema(wide).dropped, ElementsAre("response_format"));
}

// ---- caches

TEST(AnthropicCache, MarksStandBehindWhatTheyClose) {
  llm::ChatRequest request = hello();
  request.messages.insert(request.messages.begin(), {llm::Role::system, {llm::Text{"s"}, llm::CacheMark{true}}, ""});
  request.messages[1].parts = {llm::Text{"a"}, llm::CacheMark{}, llm::Text{"b"}};
  request.tools = {{"f", "", "", {}, llm::CacheMark{true}}};
  const Sent out = sent(request);
  const Json hour = {{"type", "ephemeral"}, {"ttl", "1h"}}, minutes = {{"type", "ephemeral"}};
  EXPECT_EQ(out.body["tools"][0]["cache_control"], hour);
  EXPECT_EQ(out.body["system"][0]["cache_control"], hour);
  EXPECT_EQ(out.body["messages"][0]["content"][0]["cache_control"], minutes);
  EXPECT_FALSE(out.body["messages"][0]["content"][1].contains("cache_control"));
  EXPECT_THAT(out.dropped, IsEmpty());
}

TEST(AnthropicCache, AtMostFourAndHoursFirst) {
  llm::ChatRequest request = saying({});
  for (int i = 0; i < 6; ++i) {
    request.messages[0].parts.emplace_back(llm::Text{std::to_string(i)});
    request.messages[0].parts.emplace_back(llm::CacheMark{i == 5});
  }
  const Sent out = sent(request);
  EXPECT_FALSE(out.body["messages"][0]["content"][1].contains("cache_control"));
  EXPECT_TRUE(out.body["messages"][0]["content"][5].contains("cache_control"));
  EXPECT_THAT(out.dropped, ElementsAre("cache_control", "cache_control.ttl"));
}

TEST(AnthropicCache, AMarkBehindNothingOrAThoughtIsReported) {
  llm::ChatRequest request = saying({llm::CacheMark{}, llm::Text{"a"}});
  EXPECT_THAT(sent(request).dropped, ElementsAre("cache_control"));
  request = hello();
  request.messages.push_back({llm::Role::assistant, {llm::Thinking{"t", "s", false, llm::Maker::anthropic}, llm::CacheMark{}, llm::Text{"b"}}, ""});
  EXPECT_THAT(sent(request).dropped, ElementsAre("cache_control"));
}

// ---- thinking

TEST(AnthropicThinking, OnlyItsOwnMakersGoBackAndOthersAreReportedOnce) {
  llm::ChatRequest request = hello();
  request.messages.push_back({llm::Role::assistant,
                              {llm::Thinking{"g", "s", false, llm::Maker::google}, llm::Thinking{"o", "s", true, llm::Maker::openai},
                               llm::Thinking{"a", "mine", false, llm::Maker::anthropic}, llm::Text{"x", {}, "gs", llm::Maker::google}},
                              ""});
  const Sent out = sent(request);
  const Json& blocks = out.body["messages"][1]["content"];
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks[0]["signature"], "mine");
  EXPECT_THAT(out.dropped, ElementsAre("messages.reasoning_content"));
}

TEST(AnthropicThinking, BudgetsByModel) {
  llm::ChatRequest request = hello(llm::Dialect::gemini);
  request.thinking_budget = 3000;
  request.max_tokens = 8000;
  EXPECT_EQ(sent(request).body["thinking"], Json::parse(R"({"type":"enabled","budget_tokens":3000})"));
  EXPECT_EQ(sent(request, "claude-sonnet-4-6").body["thinking"]["budget_tokens"], 3000);
  const Sent adaptive = sent(request, "claude-opus-4-7");
  EXPECT_EQ(adaptive.body["thinking"]["type"], "adaptive");
  EXPECT_EQ(adaptive.body["output_config"]["effort"], "medium");
  EXPECT_THAT(adaptive.dropped, ElementsAre("generationConfig.thinkingConfig"));
  EXPECT_THAT(sent(request, "claude-3-5-haiku-20241022").dropped, ElementsAre("generationConfig.thinkingConfig"));
  request.thinking_budget = 512;   // less than Anthropic takes
  EXPECT_EQ(sent(request).body["thinking"]["budget_tokens"], 1024);
  EXPECT_THAT(sent(request).dropped, ElementsAre("generationConfig.thinkingConfig"));
  request.thinking_budget = -1;
  EXPECT_EQ(sent(request).body["thinking"]["budget_tokens"], 4096);
  EXPECT_FALSE(sent(request, "claude-opus-4-7").body.contains("output_config"));
  request.thinking_budget = 0;
  EXPECT_FALSE(sent(request).body.contains("thinking"));
  EXPECT_EQ(sent(request, "claude-sonnet-5").body["thinking"]["type"], "disabled");
}

TEST(AnthropicThinking, ABudgetGivesWayToTheLimit) {
  llm::ChatRequest request = hello(llm::Dialect::gemini);
  request.max_tokens = 8000;
  request.thinking_budget = 7900;   // the caller's own count, which leaves something
  EXPECT_EQ(sent(request).body["thinking"]["budget_tokens"], 7900);
  EXPECT_THAT(sent(request).dropped, IsEmpty());
  request.thinking_budget = 8000;
  const Sent cut = sent(request);
  EXPECT_EQ(cut.body["max_tokens"], 8000);
  EXPECT_EQ(cut.body["thinking"]["budget_tokens"], 6000);
  EXPECT_THAT(cut.dropped, ElementsAre("generationConfig.thinkingConfig"));
  request.max_tokens = 900;
  const Sent none = sent(request);
  EXPECT_EQ(none.body["max_tokens"], 900);
  EXPECT_FALSE(none.body.contains("thinking"));
  EXPECT_THAT(none.dropped, ElementsAre("generationConfig.thinkingConfig"));
}

TEST(AnthropicThinking, ThoughtsAreShownOrNotAsAsked) {
  llm::ChatRequest request = hello();
  request.reasoning_effort = "low";
  request.show_thinking = true;
  EXPECT_FALSE(sent(request).body["thinking"].contains("display"));   // what it does anyway
  EXPECT_EQ(sent(request, "claude-opus-4-7").body["thinking"]["display"], "summarized");
  request.show_thinking = false;
  EXPECT_EQ(sent(request).body["thinking"]["display"], "omitted");
  request.thinking_detail = "detailed";
  EXPECT_THAT(sent(request).dropped, testing::Contains("reasoning.summary"));
}

TEST(AnthropicThinking, AnEffortOfItsOwnCallersIsNoThinking) {
  llm::ChatRequest request = hello(llm::Dialect::anthropic);
  request.reasoning_effort = "low";
  const Sent out = sent(request, "claude-opus-4-5");
  EXPECT_FALSE(out.body.contains("thinking"));
  EXPECT_EQ(out.body["output_config"]["effort"], "low");
  EXPECT_THAT(sent(request, sonnet_4).dropped, ElementsAre("thinking"));
}

// ---- tools

TEST(AnthropicTools, CustomToolsTakeOneTextAndKeepTheirCalls) {
  llm::ChatRequest request = hello();
  request.tools = {{"patch", "Applies a patch", R"({"type":"grammar","syntax":"lark","definition":"start: x"})", {}, {}, true}};
  request.messages.push_back({llm::Role::assistant, {llm::ToolCall{"c", "patch", "*** \"x\"\n", {}, llm::Maker::unknown, true}}, ""});
  request.messages.push_back({llm::Role::tool, {llm::ToolResult{"c", {llm::Text{"ok"}}}}, ""});
  const Sent out = sent(request);
  EXPECT_EQ(out.body["tools"][0]["input_schema"]["required"], Json({"input"}));
  EXPECT_THAT(out.body["tools"][0]["description"].get<std::string>(), HasSubstr("start: x"));
  EXPECT_EQ(out.body["messages"][1]["content"][0]["input"], Json({{"input", "*** \"x\"\n"}}));
  EXPECT_THAT(out.dropped, ElementsAre("tools.format"));
}

TEST(AnthropicTools, OfOtherProvidersBecomeAnthropicsWhereThereAreSuch) {
  using Kind = llm::ServerTool::Kind;
  llm::ChatRequest request = hello(llm::Dialect::responses);
  request.server_tools = {
      {Kind::web_search, "web_search",
       R"({"type":"web_search","filters":{"allowed_domains":["a.test"]},"user_location":{"type":"approximate","city":"Bern"}})", llm::Dialect::responses},
      {Kind::code_execution, "code_interpreter", R"({"type":"code_interpreter","container":{"type":"auto"}})", llm::Dialect::responses},
      {Kind::file_search, "file_search", R"({"type":"file_search","vector_store_ids":["v"]})", llm::Dialect::responses}};
  const Sent out = sent(request);
  EXPECT_EQ(out.body["tools"], Json::parse(R"([{"type":"web_search_20250305","name":"web_search","allowed_domains":["a.test"],)"
                                           R"("user_location":{"type":"approximate","city":"Bern"}},)"
                                           R"({"type":"code_execution_20250825","name":"code_execution"}])"));
  EXPECT_THAT(out.dropped, ElementsAre("tools.file_search"));
  EXPECT_THAT(sent(request, "claude-3-haiku-20240307").dropped, ElementsAre("tools.web_search", "tools.code_interpreter", "tools.file_search"));
  Quirks bedrock;
  bedrock.refuses = {"tools.web_search", "tools.code_execution"};
  EXPECT_FALSE(sent(request, sonnet_4, bedrock).body.contains("tools"));
}

TEST(AnthropicTools, ItsOwnAndTheirPartsPassAsTheyAre) {
  llm::ChatRequest request = hello(llm::Dialect::anthropic);
  const std::string raw = R"({"type":"web_search_20260209","name":"web_search","max_uses":3})";
  request.server_tools = {{llm::ServerTool::Kind::web_search, "web_search", raw, llm::Dialect::anthropic}};
  request.messages.push_back({llm::Role::assistant,
                              {llm::ServerPart{R"({"type":"server_tool_use","id":"s","name":"web_search","input":{}})", llm::Dialect::anthropic},
                               llm::ServerPart{R"({"type":"web_search_call","id":"w"})", llm::Dialect::responses}},
                              ""});
  const Sent out = sent(request);
  EXPECT_EQ(out.body["tools"][0], Json::parse(raw));
  ASSERT_EQ(out.body["messages"][1]["content"].size(), 1u);
  EXPECT_EQ(out.body["messages"][1]["content"][0]["id"], "s");
  EXPECT_THAT(out.dropped, ElementsAre("messages.web_search_call"));
}

TEST(AnthropicTools, OpenAisSearchOptionsAreASearch) {
  llm::ChatRequest request = hello();
  request.others = {{"web_search_options", R"({"search_context_size":"low","user_location":{"type":"approximate","approximate":{"country":"CH"}}})"}};
  const Sent out = sent(request);
  EXPECT_EQ(out.body["tools"][0]["user_location"]["country"], "CH");
  EXPECT_THAT(out.dropped, ElementsAre("tools.web_search.search_context_size"));
}

TEST(AnthropicTools, ChoicesAmongThem) {
  llm::ChatRequest request = hello();
  request.tools = {{"f", "", "", {}}, {"g", "", "", {}}};
  request.tool_choice = llm::ToolChoice{llm::ToolChoice::Kind::required, "", {"g"}};
  EXPECT_EQ(sent(request).body["tools"].size(), 1u);
  EXPECT_EQ(sent(request).body["tools"][0]["name"], "g");
  request.tool_choice = llm::ToolChoice{llm::ToolChoice::Kind::named, "h"};
  EXPECT_EQ(refused(request), "tool_choice");
}

// ---- files, results, the rest

TEST(AnthropicFiles, DocumentsCitationsAndSearchResults) {
  llm::File text{"text/plain", "", "", "T", "", "words", "from last year", true};
  llm::File found{"text/plain", "", "", "T", "", "found", "", true};
  found.source = "kb/1";
  const Json content = sent(saying({text, found})).body["messages"][0]["content"];
  EXPECT_EQ(content[0], Json::parse(R"({"type":"document","source":{"type":"text","media_type":"text/plain","data":"words"},"title":"T",)"
                                    R"("context":"from last year","citations":{"enabled":true}})"));
  EXPECT_EQ(content[1], Json::parse(R"({"type":"search_result","source":"kb/1","title":"T","content":[{"type":"text","text":"found"}],)"
                                    R"("citations":{"enabled":true}})"));
}

TEST(AnthropicFiles, StoredFilesAreThoseOfItsOwnCallers) {
  llm::Image image;
  image.file_id = "file_1";
  llm::ChatRequest request = saying({llm::File{"", "", "file_2", "", ""}, image});
  EXPECT_EQ(refused(request), "messages[0].content");
  request.caller = llm::Dialect::anthropic;
  const Json content = sent(request).body["messages"][0]["content"];
  EXPECT_EQ(content[0]["source"], Json::parse(R"({"type":"file","file_id":"file_2"})"));
  EXPECT_EQ(content[1]["source"], Json::parse(R"({"type":"file","file_id":"file_1"})"));
}

TEST(AnthropicFiles, ResultsOfToolsMayHoldDocuments) {
  llm::ChatRequest request = hello();
  request.messages.push_back({llm::Role::assistant, {llm::ToolCall{"a", "f", "{}"}}, ""});
  request.messages.push_back(
      {llm::Role::tool, {llm::ToolResult{"a", {llm::File{"application/pdf", "JVBERi0=", "", "a.pdf", ""}, llm::CacheMark{}}}}, ""});
  const Json result = sent(request).body["messages"][2]["content"][0];
  EXPECT_EQ(result["content"][0]["type"], "document");
  EXPECT_TRUE(result["content"][0].contains("cache_control"));
}

TEST(AnthropicOthers, WhatHasNoPlaceIsNamedInTheCallersWords) {
  llm::ChatRequest request = hello(llm::Dialect::gemini);
  request.seed = 1;
  request.temperature = 1.5;
  request.others = {{"safetySettings", "[{}]"}};
  EXPECT_THAT(sent(request).dropped, UnorderedElementsAre("generationConfig.seed", "generationConfig.temperature", "safetySettings"));
  request = hello(llm::Dialect::responses);
  request.verbosity = "high";
  request.logprobs = true;
  request.service_tier = "flex";
  request.metadata = R"({"k":"v"})";
  request.others = {{"include", R"(["reasoning.encrypted_content"])"}, {"truncation", "\"disabled\""}};
  EXPECT_THAT(sent(request).dropped, UnorderedElementsAre("text.verbosity", "logprobs", "service_tier", "metadata"));
}

TEST(AnthropicOthers, WhatWouldChangeTheRequestIsRefused) {
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"previous_response_id", "\"resp_1\""}, {"conversation", "\"c\""}, {"cachedContent", "\"x\""}, {"background", "true"}}) {
    llm::ChatRequest request = hello();
    request.others = {{name, value}};
    EXPECT_EQ(refused(request), name);
  }
  llm::ChatRequest request = hello();
  request.modalities = {"audio"};
  EXPECT_EQ(refused(request), "modalities");
  request.modalities = {"text", "audio"};
  EXPECT_THAT(sent(request).dropped, ElementsAre("modalities"));
}

TEST(AnthropicOthers, ItsOwnMembersPassBetweenItsOwn) {
  llm::ChatRequest request = hello(llm::Dialect::anthropic);
  request.others = {{"context_management", R"({"edits":[]})"}, {"container", "\"c\""}, {"messages[0].x", "1"}};
  request.service_tier = "standard_only";
  const Sent out = sent(request);
  EXPECT_EQ(out.body["context_management"], Json::parse(R"({"edits":[]})"));
  EXPECT_EQ(out.body["service_tier"], "standard_only");
  EXPECT_THAT(out.dropped, ElementsAre("messages[0].x"));
}

}  // namespace
}  // namespace sluice::dialects::anthropic_tests
