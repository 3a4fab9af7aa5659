// Neutral requests as requests of the Gemini API, held against its rules: each translation by itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gemini_rules.hpp"
#include "gemini_support.hpp"

namespace sluice::dialects::gemini_tests {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

llm::ChatRequest openai_request(std::string_view body) {
  auto read = openai::caller().read_chat(body);
  EXPECT_TRUE(read) << (read ? "" : read.error().message());
  return read ? *read : llm::ChatRequest{};
}

struct Made {
  Json body;
  std::vector<std::string> dropped;
  std::string error, param;
};

Made encode(const llm::ChatRequest& request, std::string_view model = "gemini-2.5-flash") {
  Made made;
  const auto encoded = gemini::wire().encode(request, {model, no_quirks()});
  if (!encoded) {
    EXPECT_EQ(encoded.error().code(), Code::bad_request);
    made.error = encoded.error().message();
    made.param = encoded.error().param();
    EXPECT_FALSE(made.param.empty());
    return made;
  }
  EXPECT_THAT(Rules::broken_by(encoded->body, model), IsEmpty()) << encoded->body;
  made.body = Json::parse(encoded->body);
  made.dropped = encoded->dropped;
  return made;
}

std::string chat(const std::string& more) {
  return R"({"model":"m","messages":[{"role":"user","content":"Hi"}])" + (more.empty() ? "" : "," + more) + "}";
}

TEST(GeminiEncode, ConversationOfAllRoles) {
  const Made made = encode(openai_request(R"({"model":"m","messages":[{"role":"system","content":"S"},{"role":"developer","content":"D"},
    {"role":"user","content":"A"},{"role":"user","content":[{"type":"text","text":"B"}]},
    {"role":"assistant","content":"C","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"x\":1.50}"}},
                                                    {"id":"2","type":"function","function":{"name":"g","arguments":""}}]},
    {"role":"tool","tool_call_id":"2","content":"two"},{"role":"tool","tool_call_id":"1","content":"{\"one\":1}"},
    {"role":"user","content":"E"}]})"));
  EXPECT_EQ(made.body["systemInstruction"], Json::parse(R"({"parts":[{"text":"S"},{"text":"D"}]})"));
  EXPECT_EQ(made.body["contents"], Json::parse(R"([{"role":"user","parts":[{"text":"A"},{"text":"B"}]},
    {"role":"model","parts":[{"text":"C"},{"functionCall":{"id":"1","name":"f","args":{"x":1.5}}},{"functionCall":{"id":"2","name":"g","args":{}}}]},
    {"role":"user","parts":[{"functionResponse":{"id":"1","name":"f","response":{"one":1}}},{"functionResponse":{"id":"2","name":"g","response":{"result":"two"}}},{"text":"E"}]}])"));
  EXPECT_THAT(made.dropped, IsEmpty());
}

TEST(GeminiEncode, ArgumentsStaySourceText) {
  llm::ChatRequest request = openai_request(R"({"model":"m","messages":[{"role":"user","content":"A"},
    {"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"x\":12345678901234567890.10, \"y\":\"\\u00e9\"}"}}]},
    {"role":"tool","tool_call_id":"1","content":"x"}]})");
  const auto encoded = gemini::wire().encode(request, {"gemini-2.5-flash", no_quirks()});
  ASSERT_TRUE(encoded);
  EXPECT_NE(encoded->body.find(R"("args":{"x":12345678901234567890.10, "y":"\u00e9"})"), std::string::npos);
}

TEST(GeminiEncode, SettingsOfAnOpenAiCaller) {
  const Made made = encode(openai_request(chat(R"("temperature":0.5,"top_p":0.9,"n":2,"max_completion_tokens":100,"presence_penalty":0.1,"frequency_penalty":0.2,
    "seed":7,"stop":["a","b"],"response_format":{"type":"json_object"},"user":"u","logit_bias":{"1":2},"store":false)")));
  EXPECT_EQ(made.body["generationConfig"], Json::parse(R"({"temperature":0.5,"topP":0.9,"candidateCount":2,"maxOutputTokens":100,"presencePenalty":0.1,
    "frequencyPenalty":0.2,"seed":7,"stopSequences":["a","b"],"responseMimeType":"application/json"})"));
  EXPECT_THAT(made.dropped, ElementsAre("logit_bias", "user"));
  EXPECT_EQ(encode(openai_request(chat(R"("n":9)"))).param, "n");
}

TEST(GeminiEncode, ThinkingByTheModelsFamily) {
  const auto thinking = [](const char* model, const std::string& effort) {
    return encode(openai_request(chat("\"reasoning_effort\":\"" + effort + "\"")), model).body["generationConfig"]["thinkingConfig"].dump();
  };
  EXPECT_EQ(thinking("gemini-2.5-flash", "low"), R"({"includeThoughts":true,"thinkingBudget":1024})");
  EXPECT_EQ(thinking("gemini-2.5-flash", "none"), R"({"thinkingBudget":0})");
  EXPECT_EQ(thinking("gemini-2.5-pro", "none"), R"({"thinkingBudget":128})");   // cannot be kept from it
  EXPECT_EQ(thinking("gemini-2.5-pro", "high"), R"({"includeThoughts":true,"thinkingBudget":24576})");
  EXPECT_EQ(thinking("gemini-3-pro-preview", "medium"), R"({"includeThoughts":true,"thinkingLevel":"high"})");
  EXPECT_EQ(thinking("gemini-3-flash-preview", "minimal"), R"({"includeThoughts":true,"thinkingLevel":"minimal"})");
  EXPECT_EQ(thinking("gemini-3.1-pro-preview", "medium"), R"({"includeThoughts":true,"thinkingLevel":"medium"})");
  EXPECT_EQ(thinking("gemini-2.0-flash", "low"), "null");
  EXPECT_THAT(encode(openai_request(chat(R"("reasoning_effort":"low")")), "gemini-2.0-flash").dropped, ElementsAre("reasoning_effort"));
  EXPECT_THAT(encode(openai_request(chat(R"("reasoning_effort":"none")")), "gemini-2.5-pro").dropped, ElementsAre("reasoning_effort"));
  llm::ChatRequest budget = openai_request(chat(""));
  budget.thinking_budget = 5000;
  EXPECT_EQ(encode(budget, "gemini-2.5-flash").body["generationConfig"]["thinkingConfig"]["thinkingBudget"], 5000);
  EXPECT_EQ(encode(budget, "gemini-3-flash-preview").body["generationConfig"]["thinkingConfig"]["thinkingLevel"], "medium");
  EXPECT_THAT(encode(budget, "gemini-3-flash-preview").dropped, ElementsAre("thinking.budget_tokens"));
}

std::string tool(const std::string& parameters) {
  return R"("tools":[{"type":"function","function":{"name":"f","description":"d","parameters":)" + parameters + "}}]";
}

TEST(GeminiEncode, SchemasAsJsonSchemaWhereItSaysAll) {
  const Made made = encode(openai_request(chat(tool(R"({"type":"object","properties":{"a":{"type":["string","null"],"enum":["x",null]},"b":{"$ref":"#/$defs/B"}},"additionalProperties":false,"$defs":{"B":{"type":"integer","minimum":1}}})"))));
  const Json& f = made.body["tools"][0]["functionDeclarations"][0];
  EXPECT_EQ(f["parametersJsonSchema"]["properties"]["b"]["$ref"], "#/$defs/B");
  EXPECT_THAT(made.dropped, IsEmpty());
}

TEST(GeminiEncode, SchemasAsOpenApiWhereOnlyThatSaysAll) {
  const Made made = encode(openai_request(chat(tool(R"({"type":"object","properties":{"a":{"type":["string","null"],"pattern":"^x","minLength":2},"b":{"$ref":"#/definitions/B"}},
    "required":["a","c"],"definitions":{"B":{"oneOf":[{"type":"integer"},{"type":"null"}],"description":"n"}}})"))));
  const Json& f = made.body["tools"][0]["functionDeclarations"][0];
  EXPECT_EQ(f["parameters"], Json::parse(R"({"type":"OBJECT","properties":{"a":{"type":"STRING","nullable":true,"pattern":"^x","minLength":2},
    "b":{"type":"INTEGER","nullable":true,"description":"n"}},"required":["a"]})"));
  EXPECT_THAT(made.dropped, IsEmpty());
}

TEST(GeminiEncode, WhatNeitherFormEnforcesIsReported) {
  const std::string schema = R"({"type":"object","properties":{"a":{"type":"string","pattern":"x"},"b":{"type":"integer","enum":[1,2]},"c":{"not":{}}}})";
  const Made made = encode(openai_request(chat(tool(schema))));
  EXPECT_EQ(made.body["tools"][0]["functionDeclarations"][0]["parametersJsonSchema"], Json::parse(schema));
  EXPECT_THAT(made.dropped, ElementsAre("tools.parameters.pattern", "tools.parameters.not"));
  const Made older = encode(openai_request(chat(tool(schema))), "gemini-2.0-flash");
  EXPECT_TRUE(older.body["tools"][0]["functionDeclarations"][0].contains("parameters"));
  EXPECT_THAT(older.dropped, ElementsAre("tools.parameters.enum", "tools.parameters.not", "tools.parameters.type"));
}

TEST(GeminiEncode, SchemasAreRewrittenWithoutLoss) {
  const Made made = encode(openai_request(chat(tool(R"({"type":"object","properties":{"a":{"const":"x"},"b":{"$ref":"#/definitions/B","description":"n"},
    "c":{"type":"integer","exclusiveMinimum":3},"d":{"allOf":[{"$ref":"#/definitions/B"}]}},"definitions":{"B":{"type":"number"}},"default":{}})"))));
  EXPECT_EQ(made.body["tools"][0]["functionDeclarations"][0]["parametersJsonSchema"], Json::parse(R"({"type":"object","properties":{"a":{"enum":["x"]},
    "b":{"anyOf":[{"$ref":"#/$defs/B"}],"description":"n"},"c":{"type":"integer","minimum":4},"d":{"anyOf":[{"$ref":"#/$defs/B"}]}},"$defs":{"B":{"type":"number"}},"default":{}})"));
  EXPECT_THAT(made.dropped, IsEmpty());
}

TEST(GeminiEncode, SchemasThatLeadIntoThemselves) {
  const std::string schema = R"({"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"object","properties":{"a":{"$ref":"#/$defs/A"},"b":{"$ref":"#/$defs/A"}}}}})";
  EXPECT_THAT(encode(openai_request(chat(tool(schema)))).dropped, IsEmpty());
  EXPECT_TRUE(encode(openai_request(chat(tool(schema))), "gemini-2.0-flash").body["tools"][0]["functionDeclarations"][0].contains("parametersJsonSchema"));
}

TEST(GeminiEncode, AnswersInASchema) {
  const std::string format = R"("response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}}})";
  EXPECT_EQ(encode(openai_request(chat(format))).body["generationConfig"]["responseJsonSchema"]["required"], Json::parse(R"(["a"])"));
  EXPECT_EQ(encode(openai_request(chat(format)), "gemini-2.0-flash").body["generationConfig"]["responseSchema"]["type"], "OBJECT");
  const std::string both = format + "," + tool("{}");
  EXPECT_THAT(encode(openai_request(chat(both)), "gemini-2.5-flash").dropped, Contains("response_format"));
  EXPECT_THAT(encode(openai_request(chat(both)), "gemini-3-flash-preview").dropped, IsEmpty());
}

TEST(GeminiEncode, WhichToolMayBeCalled) {
  const auto choice = [](const std::string& said) {
    return encode(openai_request(chat(tool("{}") + ",\"tool_choice\":" + said))).body["toolConfig"]["functionCallingConfig"].dump();
  };
  EXPECT_EQ(choice("\"auto\""), R"({"mode":"AUTO"})");
  EXPECT_EQ(choice("\"none\""), R"({"mode":"NONE"})");
  EXPECT_EQ(choice("\"required\""), R"({"mode":"ANY"})");
  EXPECT_EQ(choice(R"({"type":"function","function":{"name":"f"}})"), R"({"allowedFunctionNames":["f"],"mode":"ANY"})");
  llm::ChatRequest few = openai_request(chat(tool("{}")));
  few.tool_choice = llm::ToolChoice{llm::ToolChoice::Kind::automatic, "", {"f"}};
  EXPECT_EQ(encode(few).body["toolConfig"]["functionCallingConfig"].dump(), R"({"allowedFunctionNames":["f"],"mode":"VALIDATED"})");
  EXPECT_THAT(encode(openai_request(chat(tool("{}") + ",\"parallel_tool_calls\":false"))).dropped, ElementsAre("parallel_tool_calls"));
}

TEST(GeminiEncode, ToolsThatProvidersRun) {
  using Kind = llm::ServerTool::Kind;
  llm::ChatRequest request = openai_request(chat(""));
  request.server_tools = {{Kind::web_search, "web_search", R"({"type":"web_search_20250305","name":"web_search","max_uses":3})", llm::Dialect::anthropic},
                          {Kind::code_execution, "code_interpreter", R"({"type":"code_interpreter","container":{}})", llm::Dialect::responses},
                          {Kind::other, "googleMaps", R"({"googleMaps":{"enableWidget":true}})", llm::Dialect::gemini}};
  const Made made = encode(request);
  EXPECT_EQ(made.body["tools"], Json::parse(R"([{"googleSearch":{}},{"codeExecution":{}},{"googleMaps":{"enableWidget":true}}])"));
  EXPECT_THAT(made.dropped, ElementsAre("tools.web_search.max_uses"));
  request.tools = {{"f", "", "{}", {}}};
  EXPECT_EQ(encode(request, "gemini-2.5-flash").param, "tools");
  EXPECT_EQ(encode(request, "gemini-3-flash-preview").body["toolConfig"]["includeServerSideToolInvocations"], true);
  request.server_tools = {{Kind::image_generation, "image_generation", "{}", llm::Dialect::responses}};
  EXPECT_EQ(encode(request).param, "tools");
}

TEST(GeminiEncode, MediaAsDataOrAddress) {
  const Made made = encode(openai_request(R"({"model":"m","messages":[{"role":"user","content":[
    {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}},{"type":"image_url","image_url":{"url":"https://x/y.webp?z=.gif"}},
    {"type":"input_audio","input_audio":{"data":"BBBB","format":"mp3"}},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,CCCC"}}]}]})"));
  EXPECT_EQ(made.body["contents"][0]["parts"], Json::parse(R"([{"inlineData":{"mimeType":"image/png","data":"AAAA"}},
    {"fileData":{"mimeType":"image/webp","fileUri":"https://x/y.webp?z=.gif"}},{"inlineData":{"mimeType":"audio/mp3","data":"BBBB"}},
    {"inlineData":{"mimeType":"application/pdf","data":"CCCC"}}])"));
  EXPECT_EQ(made.body["generationConfig"]["mediaResolution"], "MEDIA_RESOLUTION_LOW");
  EXPECT_EQ(encode(openai_request(R"({"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://x/y.png"}}]}]})")).param, "messages[0].content");
  EXPECT_EQ(encode(openai_request(R"({"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]}]})")).param, "messages[0].content");
}

llm::ChatRequest tool_loop(const std::string& signature, llm::Maker maker) {
  llm::ChatRequest request;
  request.messages.push_back({llm::Role::user, {llm::Text{"Hi"}}, ""});
  request.messages.push_back({llm::Role::assistant, {llm::Thinking{"t", "st", false, maker}, llm::Text{"x", {}, maker == llm::Maker::google ? "sx" : "", maker},
                                                     llm::ToolCall{"gcall_r_0", "f", "{}", signature, maker}, llm::ToolCall{"gcall_r_1", "f", "{}"}}, ""});
  llm::ToolResult first{"gcall_r_0", {llm::Text{"1"}, llm::Image{"image/png", "AAAA", "", ""}}, false}, second{"gcall_r_1", {llm::Text{"no"}}, true};
  request.messages.push_back({llm::Role::tool, {second}, ""});
  request.messages.push_back({llm::Role::tool, {first}, ""});
  return request;
}

TEST(GeminiEncode, SignaturesGoBackToTheVeryPart) {
  const Made made = encode(tool_loop("c2ln", llm::Maker::google), "gemini-3-flash-preview");
  EXPECT_EQ(made.body["contents"][1]["parts"], Json::parse(R"([{"text":"t","thought":true,"thoughtSignature":"st"},{"text":"x","thoughtSignature":"sx"},
    {"functionCall":{"name":"f","args":{}},"thoughtSignature":"c2ln"},{"functionCall":{"name":"f","args":{}}}])"));
  // Ids that we made up are not sent, results stand in the order of the calls, a failure says so.
  EXPECT_EQ(made.body["contents"][2]["parts"], Json::parse(R"([{"functionResponse":{"name":"f","response":{"result":"1"},"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}},
    {"functionResponse":{"name":"f","response":{"error":"no"}}}])"));
  EXPECT_THAT(made.dropped, IsEmpty());
  // Models before 3 take no media inside a result.
  EXPECT_EQ(encode(tool_loop("c2ln", llm::Maker::google), "gemini-2.5-flash").body["contents"][2]["parts"][2], Json::parse(R"({"inlineData":{"mimeType":"image/png","data":"AAAA"}})"));
}

TEST(GeminiEncode, CallsThatGeminiThreeDidNotSign) {
  const Made foreign = encode(tool_loop("claude", llm::Maker::anthropic), "gemini-3-flash-preview");
  const Json& parts = foreign.body["contents"][1]["parts"];
  ASSERT_EQ(parts.size(), 3u);   // another model's thoughts are none of its own
  EXPECT_EQ(parts[1]["thoughtSignature"], "skip_thought_signature_validator");
  EXPECT_FALSE(parts[2].contains("thoughtSignature"));
  EXPECT_THAT(foreign.dropped, ElementsAre("messages.reasoning_content"));
  EXPECT_FALSE(encode(tool_loop("claude", llm::Maker::anthropic), "gemini-2.5-flash").body["contents"][1]["parts"][1].contains("thoughtSignature"));
  // Only the current turn is looked at.
  llm::ChatRequest over = tool_loop("", llm::Maker::unknown);
  over.messages.push_back({llm::Role::assistant, {llm::Text{"done"}}, ""});
  over.messages.push_back({llm::Role::user, {llm::Text{"more"}}, ""});
  EXPECT_EQ(encode(over, "gemini-3-flash-preview").body.dump().find("skip_thought"), std::string::npos);
}

TEST(GeminiEncode, WhatCannotBeAnsweredIsRefused) {
  EXPECT_EQ(encode(openai_request(R"({"model":"m","messages":[{"role":"system","content":"S"}]})")).param, "messages");
  EXPECT_EQ(encode(openai_request(R"({"model":"m","messages":[{"role":"user","content":"x"},{"role":"tool","tool_call_id":"9","content":"x"}]})")).param, "messages[1].tool_call_id");
  EXPECT_EQ(encode(openai_request(R"({"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]}]})")).param, "messages");
}

TEST(GeminiEncode, GooglesOwnWordsOfOpenAiCallers) {
  const Made made = encode(openai_request(chat(R"("extra_body":{"google":{"cached_content":"cachedContents/1","safety_settings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"OFF"}]}},"metadata":{"a":"b"},"service_tier":"flex")")));
  EXPECT_EQ(made.body["cachedContent"], "cachedContents/1");
  EXPECT_EQ(made.body["safetySettings"][0]["threshold"], "OFF");
}

TEST(GeminiEncode, TokenCountsAndEmbeddings) {
  const auto count = gemini::wire().encode_count_tokens(openai_request(chat(R"("temperature":1)")), {"gemini-2.5-flash", no_quirks()});
  ASSERT_TRUE(count);
  EXPECT_EQ(Json::parse(count->body), Json::parse(R"({"generateContentRequest":{"model":"models/gemini-2.5-flash","contents":[{"role":"user","parts":[{"text":"Hi"}]}]}})"));
  llm::EmbeddingRequest embed;
  embed.inputs = {{"a", {}}, {"b", {}}};
  embed.purpose = "document";
  embed.title = "T";
  embed.dimensions = 256;
  embed.user = "u";
  const auto encoded = gemini::wire().encode_embedding(embed, {"gemini-embedding-001", no_quirks()});
  ASSERT_TRUE(encoded);
  EXPECT_EQ(Json::parse(encoded->body)["requests"][1], Json::parse(R"({"model":"models/gemini-embedding-001","content":{"parts":[{"text":"b"}]},"taskType":"RETRIEVAL_DOCUMENT","title":"T","outputDimensionality":256})"));
  EXPECT_THAT(encoded->dropped, ElementsAre("user"));
  embed.inputs = {{"", {1, 2}}};
  EXPECT_EQ(gemini::wire().encode_embedding(embed, {"m", no_quirks()}).error().param(), "input");
}

}  // namespace
}  // namespace sluice::dialects::gemini_tests
