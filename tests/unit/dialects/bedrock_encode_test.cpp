// Requests of callers of other dialects as Converse requests: recorded ones by the rules of the service, and feature by
// feature.
#include <gtest/gtest.h>

#include "sluice/base/base64.hpp"
#include "unit/dialects/bedrock_rules.hpp"
#include "unit/dialects/bedrock_support.hpp"

namespace sluice::dialects {
namespace {

using namespace bedrock_tests;

constexpr std::string_view haiku = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
constexpr std::string_view sonnet37 = "us.anthropic.claude-3-7-sonnet-20250219-v1:0";
constexpr std::string_view sonnet35 = "anthropic.claude-3-5-sonnet-20240620-v1:0";
constexpr std::string_view sonnet5 = "us.anthropic.claude-sonnet-5";
constexpr std::string_view nova = "us.amazon.nova-lite-v1:0";
constexpr std::string_view nova2 = "us.amazon.nova-2-lite-v1:0";
constexpr std::string_view oss = "openai.gpt-oss-120b-1:0";
constexpr std::string_view llama = "us.meta.llama3-3-70b-instruct-v1:0";

struct Said { Json body; std::vector<std::string> dropped; };

Said say(const llm::ChatRequest& request, std::string_view model) {
  Encoded out = encoded(request, model);
  Said said{Json::parse(out.body), out.dropped};
  EXPECT_EQ(Rules::broken_by(out.body), std::vector<std::string>()) << out.body.substr(0, 2000);
  return said;
}
Said say(std::string_view openai_body, std::string_view model) { return say(openai_request(openai_body), model); }

Error refused(const llm::ChatRequest& request, std::string_view model) {
  auto out = bedrock_wire().encode(request, {model, no_quirks()});
  EXPECT_FALSE(out);
  return out ? Error(Code::internal, "not refused") : out.error();
}

llm::ChatRequest hello() { return openai_request(R"({"model":"m","messages":[{"role":"user","content":"Hello"}]})"); }

TEST(BedrockEncode, MessagesTakeTurnsAndToolResultsStandFirst) {
  const auto said = say(R"({"model":"m","messages":[
      {"role":"system","content":"S1"},{"role":"developer","content":"S2"},{"role":"user","content":"a"},{"role":"user","content":" "},{"role":"user","content":"b"},
      {"role":"assistant","content":null,"tool_calls":[{"id":"functions.f:0","type":"function","function":{"name":"f","arguments":"{\"x\": 1.0}"}},
                                                       {"id":"c2","type":"function","function":{"name":"f","arguments":""}}]},
      {"role":"tool","tool_call_id":"functions.f:0","content":"one"},{"role":"tool","tool_call_id":"c2","content":""},{"role":"user","content":"and?"}],
      "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]})", haiku);
  EXPECT_EQ(said.body["system"], Json::parse(R"([{"text":"S1"},{"text":"S2"}])"));
  EXPECT_EQ(said.body["messages"], Json::parse(R"([{"role":"user","content":[{"text":"a"},{"text":"b"}]},
      {"role":"assistant","content":[{"toolUse":{"toolUseId":"functions_f_0","name":"f","input":{"x":1.0}}},{"toolUse":{"toolUseId":"c2","name":"f","input":{}}}]},
      {"role":"user","content":[{"toolResult":{"toolUseId":"functions_f_0","content":[{"text":"one"}]}},{"toolResult":{"toolUseId":"c2","content":[]}},{"text":"and?"}]}])"));
  EXPECT_TRUE(said.dropped.empty());
}

TEST(BedrockEncode, ArgumentsAndSchemasKeepTheirText) {
  const Encoded out = encoded(openai_request(R"({"model":"m","messages":[{"role":"user","content":"x"},
      {"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"n\":12345678901234567890,\"e\":1e2 }"}}]},
      {"role":"tool","tool_call_id":"c","content":"r"}],
      "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object", "maximum":1.50}}}]})"), haiku);
  EXPECT_NE(out.body.find(R"({"n":12345678901234567890,"e":1e2 })"), std::string::npos);
  EXPECT_NE(out.body.find(R"({"type":"object", "maximum":1.50})"), std::string::npos);
}

TEST(BedrockEncode, LongIdsStayApartAndFit) {
  const std::string id(100, 'a');
  const auto said = say(R"({"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[
      {"id":")" + id + R"(1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":")" + id + R"(2","type":"function","function":{"name":"f","arguments":"{}"}}]},
      {"role":"tool","tool_call_id":")" + id + R"(2","content":"two"},{"role":"tool","tool_call_id":")" + id + R"(1","content":"one"}]})", haiku);
  const Json& calls = said.body["messages"][1]["content"];
  const Json& results = said.body["messages"][2]["content"];
  EXPECT_NE(calls[0]["toolUse"]["toolUseId"], calls[1]["toolUse"]["toolUseId"]);
  EXPECT_EQ(results[0]["toolResult"]["toolUseId"], calls[1]["toolUse"]["toolUseId"]);
}

// "The toolConfig field must be defined when using toolUse and toolResult content blocks."
TEST(BedrockEncode, CalledToolsStayDeclared) {
  const std::string talk = R"("messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
      {"role":"tool","tool_call_id":"c","content":"r"}])";
  EXPECT_EQ(say("{\"model\":\"m\"," + talk + "}", haiku).body["toolConfig"]["tools"][0]["toolSpec"]["name"], "f");
  const std::string tools = R"(,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],"tool_choice":"none"})";
  const auto said = say("{\"model\":\"m\"," + talk + tools, haiku);
  EXPECT_FALSE(said.body["toolConfig"].contains("toolChoice"));
  EXPECT_EQ(said.dropped, std::vector<std::string>{"tool_choice"});
  const auto fresh = say(R"({"model":"m","messages":[{"role":"user","content":"x"}])" + tools, haiku);
  EXPECT_FALSE(fresh.body.contains("toolConfig"));   // what cannot be called is not told
  EXPECT_TRUE(fresh.dropped.empty());
}

TEST(BedrockEncode, ToolChoiceByModel) {
  const auto choice = [](std::string_view wanted, std::string_view model) {
    return say(R"({"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}},
        {"type":"function","function":{"name":"g"}}],"tool_choice":)" + std::string(wanted) + "}", model);
  };
  const std::string named = R"({"type":"function","function":{"name":"g"}})";
  EXPECT_EQ(choice("\"required\"", haiku).body["toolConfig"]["toolChoice"].dump(), R"({"any":{}})");
  EXPECT_EQ(choice(named, nova).body["toolConfig"]["toolChoice"].dump(), R"({"tool":{"name":"g"}})");
  EXPECT_FALSE(choice("\"auto\"", haiku).body["toolConfig"].contains("toolChoice"));
  const auto unable = choice("\"required\"", llama);
  EXPECT_FALSE(unable.body["toolConfig"].contains("toolChoice"));
  EXPECT_EQ(unable.dropped, std::vector<std::string>{"tool_choice"});
}

TEST(BedrockEncode, InferenceSettings) {
  const auto said = say(R"({"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":100,"temperature":1.5,"top_p":0.5,"stop":["a"," "],"top_k":7,
      "seed":1,"frequency_penalty":0.5,"presence_penalty":0,"user":"u","logit_bias":{"1":2},"store":false})", nova);
  EXPECT_EQ(said.body["inferenceConfig"], Json::parse(R"({"maxTokens":100,"temperature":1.0,"topP":0.5,"stopSequences":["a"," "]})"));
  EXPECT_EQ(said.body["additionalModelRequestFields"].dump(), R"({"inferenceConfig":{"topK":7}})");
  EXPECT_EQ(said.dropped, (std::vector<std::string>{"temperature", "user", "frequency_penalty", "seed", "logit_bias"}));
  EXPECT_EQ(say(R"({"model":"m","messages":[{"role":"user","content":"x"}],"top_k":7})", sonnet35).body["additionalModelRequestFields"].dump(), R"({"top_k":7})");
  const auto several = refused(openai_request(R"({"model":"m","messages":[{"role":"user","content":"x"}],"n":2})"), haiku);
  EXPECT_EQ(several.param(), "n");
}

TEST(BedrockEncode, ThinkingByFamily) {
  const auto fields = [](std::string_view effort, std::string_view model, std::string_view more = "") {
    return say(R"({"model":"m","messages":[{"role":"user","content":"x"}],"reasoning_effort":")" + std::string(effort) + "\"" + std::string(more) + "}", model);
  };
  EXPECT_EQ(fields("low", sonnet37).body["additionalModelRequestFields"].dump(), R"({"thinking":{"type":"enabled","budget_tokens":1024}})");
  EXPECT_EQ(fields("high", sonnet5).body["additionalModelRequestFields"].dump(), R"({"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}})");
  EXPECT_EQ(fields("minimal", nova2).body["additionalModelRequestFields"].dump(), R"({"reasoningConfig":{"type":"enabled","maxReasoningEffort":"low"}})");
  EXPECT_EQ(fields("xhigh", oss).body["additionalModelRequestFields"].dump(), R"({"reasoning_effort":"high"})");
  EXPECT_EQ(fields("max", "us.openai.gpt-5.6-sol").body["additionalModelRequestFields"].dump(), R"({"reasoning":{"effort":"max"}})");
  for (const std::string_view model : {nova, llama, sonnet35}) {
    EXPECT_EQ(fields("high", model).dropped, std::vector<std::string>{"reasoning_effort"}) << model;
  }
  // A budget needs room, which the caller's limit does not give way for; Claude then samples by itself.
  const auto roomy = fields("high", sonnet37, R"(,"max_tokens":4000,"temperature":0.3)");
  EXPECT_EQ(roomy.body["inferenceConfig"].dump(), R"({"maxTokens":4000})");
  EXPECT_EQ(roomy.body["additionalModelRequestFields"]["thinking"]["budget_tokens"], 3000);
  EXPECT_EQ(roomy.dropped, std::vector<std::string>{"temperature"});
  const auto tight = fields("low", sonnet37, R"(,"max_tokens":500)");
  EXPECT_EQ(tight.body["inferenceConfig"].dump(), R"({"maxTokens":500})");
  EXPECT_FALSE(tight.body.contains("additionalModelRequestFields"));
  EXPECT_EQ(tight.dropped, std::vector<std::string>{"reasoning_effort"});
  // Nova's high effort takes no limits.
  const auto high = fields("high", nova2, R"(,"temperature":0.3)");
  EXPECT_FALSE(high.body.contains("inferenceConfig"));
  EXPECT_EQ(high.dropped, std::vector<std::string>{"temperature"});
  const auto limited = fields("high", nova2, R"(,"max_tokens":50)");
  EXPECT_EQ(limited.body["additionalModelRequestFields"]["reasoningConfig"]["maxReasoningEffort"], "medium");
  EXPECT_EQ(limited.body["inferenceConfig"]["maxTokens"], 50);
  EXPECT_EQ(limited.dropped, std::vector<std::string>{"reasoning_effort"});
  EXPECT_FALSE(fields("none", sonnet37).body.contains("additionalModelRequestFields"));
  EXPECT_EQ(fields("none", sonnet5).body["additionalModelRequestFields"].dump(), R"({"thinking":{"type":"disabled"}})");
}

TEST(BedrockEncode, ThoughtsAreHiddenIfAsked) {
  llm::ChatRequest request = openai_request(R"({"model":"m","messages":[{"role":"user","content":"x"}],"reasoning_effort":"low","include_reasoning":false})");
  for (const std::string_view model : {std::string_view("anthropic.claude-opus-4-5"), sonnet5}) {
    const auto made = bedrock::wire().encode(request, {model, no_quirks()});
    ASSERT_TRUE(made);
    EXPECT_EQ(Json::parse(made->body)["additionalModelRequestFields"]["thinking"]["display"], "omitted") << model;
  }
}

TEST(BedrockEncode, ThinkingGoesBackToItsMakerOnly) {
  llm::ChatRequest request = hello();
  const auto with = [&](llm::Thinking thinking, std::string_view model) {
    llm::ChatRequest asked = request;
    llm::Message turn{llm::Role::assistant, {}, {}};
    turn.parts.emplace_back(std::move(thinking));
    turn.parts.emplace_back(llm::Text{"Hi"});
    asked.messages.push_back(std::move(turn));
    asked.messages.push_back({llm::Role::user, {llm::Text{"go on"}}, {}});
    return say(asked, model);
  };
  const llm::Thinking claudes{"thought", "c2ln", false, llm::Maker::anthropic}, googles{"thought", "c2ln", false, llm::Maker::google};
  EXPECT_EQ(with(claudes, haiku).body["messages"][1]["content"][0].dump(), R"({"reasoningContent":{"reasoningText":{"text":"thought","signature":"c2ln"}}})");
  EXPECT_EQ(with({"", "AQID", true, llm::Maker::anthropic}, haiku).body["messages"][1]["content"][0].dump(), R"({"reasoningContent":{"redactedContent":"AQID"}})");
  EXPECT_EQ(with({"", "gAAAAABtoken", true, llm::Maker::openai}, "us.openai.gpt-5.6-sol").body["messages"][1]["content"][0]["reasoningContent"]["redactedContent"],
            to_base64("gAAAAABtoken"));
  for (const auto& [thinking, model] : std::vector<std::pair<llm::Thinking, std::string_view>>{{googles, haiku}, {claudes, nova2}, {claudes, oss}, {{"unsigned", "", false}, haiku}}) {
    const auto said = with(thinking, model);
    EXPECT_EQ(said.body["messages"][1]["content"].size(), 1u) << model;
    EXPECT_EQ(said.dropped, std::vector<std::string>{"messages.reasoning_content"}) << model;
  }
}

TEST(BedrockEncode, StructuredOutput) {
  const std::string schema = R"({"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":false})";
  const std::string asked = R"({"model":"m","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":)" + schema + "}}}";
  for (const std::string_view model : {haiku, oss}) {
    const auto said = say(asked, model);
    const Json& told = said.body["outputConfig"]["textFormat"]["structure"]["jsonSchema"];
    EXPECT_EQ(told["schema"], schema);
    EXPECT_EQ(told["name"], "n");
    EXPECT_TRUE(said.dropped.empty());
  }
  for (const std::string_view model : {sonnet35, nova}) {   // by a tool that must be called
    const auto said = say(asked, model);
    EXPECT_EQ(said.body["toolConfig"]["toolChoice"]["tool"]["name"], "sluice_answer");
    EXPECT_EQ(said.body["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"], Json::parse(schema));
    EXPECT_TRUE(said.dropped.empty());
  }
  llm::ChatRequest list = openai_request(asked);
  list.response_format->schema = R"({"type":"array"})";   // no tool takes one
  EXPECT_FALSE(say(list, nova).body.contains("toolConfig"));
  const auto said = say(asked, llama);   // by good words
  EXPECT_NE(said.body["system"][0]["text"].get<std::string>().find(schema), std::string::npos);
  EXPECT_EQ(said.dropped, std::vector<std::string>{"response_format"});
}

TEST(BedrockEncode, TheAnswerToolIsTheAnswer) {
  const auto answer = bedrock_wire().decode(R"({"output":{"message":{"role":"assistant","content":[{"toolUse":{"toolUseId":"t","name":"sluice_answer","input":{"a": 1}}}]}},)"
                                            R"("stopReason":"tool_use","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(std::get<llm::Text>(answer->choices[0].parts.at(0)).text, R"({"a": 1})");
  EXPECT_EQ(answer->choices[0].finish, llm::Finish::stop);
  const Decoded decoded = decode_pieces({frame_of("contentBlockStart", R"({"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"t","name":"sluice_answer"}}})") +
                                         frame_of("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"toolUse":{"input":"{\"a\""}}})") +
                                         frame_of("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"toolUse":{"input":": 1}"}}})") +
                                         frame_of("contentBlockStop", R"({"contentBlockIndex":0})") + frame_of("messageStop", R"({"stopReason":"tool_use"})")});
  EXPECT_EQ(describe(decoded.events), "started  \ntext \"{\\\"a\\\"\"\ntext \": 1}\"\nfinished 0\nended\n");
}

TEST(BedrockEncode, ImagesByTheirBytes) {
  const auto image = [](std::string_view url) {
    return openai_request(R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":")" + std::string(url) + "\"}}]}]}");
  };
  EXPECT_EQ(say(image("data:image/jpg;base64,QUJD"), haiku).body["messages"][0]["content"][1].dump(), R"({"image":{"format":"jpeg","source":{"bytes":"QUJD"}}})");
  const auto web = refused(image("https://example.com/a.png"), haiku);
  EXPECT_EQ(web.param(), "messages[0].content");
  EXPECT_EQ(refused(image("data:image/tiff;base64,QUJD"), haiku).param(), "messages[0].content");
}

llm::ChatRequest with_files(std::vector<llm::File> files) {
  llm::ChatRequest request;
  llm::Message message;
  for (auto& file : files) message.parts.emplace_back(std::move(file));
  request.messages.push_back(std::move(message));
  return request;
}
llm::File file(std::string name, std::string media_type, std::string base64) {
  llm::File made;
  made.name = std::move(name);
  made.media_type = std::move(media_type);
  made.base64 = std::move(base64);
  return made;
}

// "documents need names of allowed characters", each once, and a text beside them.
TEST(BedrockEncode, DocumentsHaveGoodNamesAndATextBeside) {
  const auto said = say(with_files({file("John's  report_v1.pdf", "application/pdf", "QUJD"), file("分析.txt", "text/plain", "QUJD"), file("", "text/x-python", "QUJD"),
                                    file("a/b.docx", "", "QUJD"), file("clip", "video/mp4", "QUJD")}), haiku);
  const Json& content = said.body["messages"][0]["content"];
  ASSERT_EQ(content.size(), 6u);
  EXPECT_EQ(content[0]["document"]["name"], "John s report_v1");
  EXPECT_EQ(content[0]["document"]["format"], "pdf");
  EXPECT_EQ(content[1]["document"]["name"], "Document");
  EXPECT_EQ(content[2]["document"]["name"], "Document 2");
  EXPECT_EQ(content[2]["document"]["format"], "txt");
  EXPECT_EQ(content[3]["document"]["format"], "docx");
  EXPECT_EQ(content[4]["video"]["format"], "mp4");
  EXPECT_EQ(content[5]["text"], "See the document.");
  llm::File stored;
  stored.file_id = "file-1";
  EXPECT_EQ(refused(with_files({stored}), haiku).param(), "messages[0].content");
  EXPECT_EQ(refused(with_files({file("a.zip", "application/zip", "QUJD")}), haiku).code(), Code::bad_request);
  for (const char* data : {"not base64!", "A", "=", "===="}) {
    EXPECT_EQ(refused(with_files({file("a.pdf", "application/pdf", data)}), haiku).code(), Code::bad_request) << data;
  }
  EXPECT_EQ(say(with_files({file("a.pdf", "application/pdf", "_-8")}), haiku).body["messages"][0]["content"][0]["document"]["source"]["bytes"], "/+8=");
}

TEST(BedrockEncode, CacheMarksWhereTheModelTakesThem) {
  llm::ChatRequest request = hello();
  request.messages.insert(request.messages.begin(), {llm::Role::system, {llm::Text{"long"}, llm::CacheMark{true}}, {}});
  request.messages.back().parts.emplace_back(file("a.pdf", "application/pdf", "QUJD"));
  request.messages.back().parts.emplace_back(llm::CacheMark{});
  llm::Tool tool{"f", "", R"({"type":"object"})", std::nullopt};
  tool.cache = llm::CacheMark{};
  request.tools.push_back(tool);
  const auto claude = say(request, haiku);
  EXPECT_EQ(claude.body["system"][1].dump(), R"({"cachePoint":{"type":"default","ttl":"1h"}})");
  EXPECT_EQ(claude.body["toolConfig"]["tools"][1].dump(), R"({"cachePoint":{"type":"default"}})");
  EXPECT_TRUE(claude.body["messages"][0]["content"][1].contains("cachePoint"));   // not right behind the document
  EXPECT_TRUE(claude.dropped.empty());
  const auto novas = say(request, nova);
  EXPECT_EQ(novas.body["system"][1].dump(), R"({"cachePoint":{"type":"default"}})");
  EXPECT_EQ(novas.dropped, (std::vector<std::string>{"cache_control.ttl", "cache_control"}));   // none among the tools
  EXPECT_EQ(say(request, llama).dropped, std::vector<std::string>{"cache_control"});
}

TEST(BedrockEncode, MetadataAndTier) {
  llm::ChatRequest request = hello();
  request.metadata = R"({"team":"ml","bad":"ü"})";
  request.service_tier = "flex";
  const auto said = say(request, haiku);
  EXPECT_EQ(said.body["requestMetadata"].dump(), R"({"team":"ml"})");
  EXPECT_EQ(said.body["serviceTier"].dump(), R"({"type":"flex"})");
  EXPECT_EQ(said.dropped, std::vector<std::string>{"metadata"});
}

TEST(BedrockEncode, ConversesOwnMembersFromAnyCaller) {
  llm::ChatRequest request = hello();
  request.top_k = 3;
  request.others = {{"guardrailConfig", R"({"guardrailIdentifier":"g","guardrailVersion":"1"})"}, {"performanceConfig", R"({"latency":"optimized"})"},
                    {"additionalModelRequestFields", R"({"anthropic_beta":["x"],"top_k":9})"}, {"prediction", "{\"a\":1}"}};
  const auto said = say(request, sonnet35);
  EXPECT_EQ(said.body["guardrailConfig"]["guardrailIdentifier"], "g");
  EXPECT_EQ(said.body["performanceConfig"]["latency"], "optimized");
  EXPECT_EQ(said.body["additionalModelRequestFields"].dump(), R"({"top_k":3,"anthropic_beta":["x"]})");
  EXPECT_EQ(said.dropped, (std::vector<std::string>{"additionalModelRequestFields.top_k", "prediction"}));
}

TEST(BedrockEncode, ServerToolsArePassedOrRefused) {
  llm::ChatRequest request = hello();
  request.server_tools.push_back({llm::ServerTool::Kind::web_search, "web_search", "{}", llm::Dialect::openai});
  EXPECT_EQ(say(request, nova2).body["toolConfig"]["tools"][0].dump(), R"({"systemTool":{"name":"nova_grounding"}})");
  EXPECT_EQ(refused(request, haiku).param(), "tools");
}

TEST(BedrockEncode, WhatCannotBeToldIsRefused) {
  const auto talk = [](std::string_view messages) { return openai_request("{\"model\":\"m\",\"messages\":[" + std::string(messages) + "]}"); };
  EXPECT_EQ(refused(talk(R"({"role":"assistant","content":"Hi"},{"role":"user","content":"x"})"), haiku).param(), "messages[0].role");
  EXPECT_EQ(refused(talk(R"({"role":"user","content":"x"},{"role":"tool","tool_call_id":"c","content":"r"})"), haiku).param(), "messages[1].tool_call_id");
  EXPECT_EQ(refused(talk(R"({"role":"system","content":"x"})"), haiku).param(), "messages");
  EXPECT_EQ(refused(talk(R"({"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]})"), haiku).param(), "messages");
}

TEST(BedrockEncode, CountTokens) {
  const auto out = bedrock_wire().encode_count_tokens(openai_request(R"({"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"x"}],"max_tokens":5})"), {haiku, no_quirks()});
  ASSERT_TRUE(out);
  EXPECT_EQ(out->body, R"({"input":{"converse":{"messages":[{"role":"user","content":[{"text":"x"}]}],"system":[{"text":"s"}]}}})");
}

}  // namespace
}  // namespace sluice::dialects
