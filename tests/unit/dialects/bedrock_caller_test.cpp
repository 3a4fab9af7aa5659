// Bedrock's dialect as callers speak it: requests read (and written again for the round trip), answers and streams
// written, errors.
#include <gtest/gtest.h>

#include "sluice/base/base64.hpp"
#include "unit/dialects/bedrock_rules.hpp"
#include "unit/dialects/bedrock_support.hpp"

namespace sluice::dialects {
namespace {

using namespace bedrock_tests;
namespace event = llm::event;

constexpr std::string_view haiku = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
const AnswerContext context{"req_1", 1700000000, {}};

// What the round trip may change without changing what is said.
void normalise(Json& value) {
  if (value.is_array()) {
    for (auto& one : value) normalise(one);
  } else if (value.is_object()) {
    if (value.contains("toolResult")) {
      Json& result = value["toolResult"];
      if (result.value("status", "") == "success") result.erase("status");   // the default
      for (auto& part : result["content"]) {
        if (part.contains("json")) part = Json{{"text", part["json"].dump()}};
      }
    }
    if (value.contains("source") && value["source"].is_object() && value["source"].contains("content")) {   // a document in pieces
      std::string text;
      for (const auto& piece : value["source"]["content"]) text += (text.empty() ? "" : "\n") + piece["text"].get<std::string>();
      value["source"] = Json{{"text", text}};
    }
    if (value.contains("guardContent")) value = Json{{"text", value["guardContent"]["text"]["text"]}};
    if (value.contains("content") && value["content"].is_array() && value.contains("role")) {
      for (auto& one : value["content"]) {
        if (one.contains("toolResult") && one["toolResult"].contains("type")) continue;
        normalise(one);
      }
      return;
    }
    for (auto& [key, inner] : value.items()) {
      if (key != "input" && key != "json") normalise(inner);
    }
  }
}

Json without_empty(Json request) {
  normalise(request);
  Json turns = Json::array();   // Converse takes two messages of one role as it takes one
  for (const auto& message : request["messages"]) {
    if (turns.empty() || turns.back()["role"] != message["role"]) turns.push_back(message);
    else for (const auto& block : message["content"]) turns.back()["content"].push_back(block);
  }
  request["messages"] = turns;
  for (const char* key : {"system", "inferenceConfig"}) {
    if (request.contains(key) && request[key].empty()) request.erase(key);
  }
  if (request.contains("inferenceConfig") && request["inferenceConfig"].contains("stopSequences") && request["inferenceConfig"]["stopSequences"].empty()) {
    request["inferenceConfig"].erase("stopSequences");
  }
  if (request.contains("toolConfig") && request["toolConfig"].contains("toolChoice") && request["toolConfig"]["toolChoice"].contains("auto")) {
    request["toolConfig"].erase("toolChoice");   // the default
  }
  return request;
}

bool same(const Json& a, const Json& b) { return nlohmann::json::parse(a.dump()) == nlohmann::json::parse(b.dump()); }   // in any order of members

TEST(BedrockRead, RecordedRequestsComeBackAsTheyWere) {
  int exact = 0;
  for (const std::string_view operation : {"converse", "converse-stream"}) {
    for (const auto* one : recorded(operation)) {
      SCOPED_TRACE(one->id);
      const auto request = bedrock_caller().read_chat(one->request);
      ASSERT_TRUE(request) << request.error().message();
      const auto again = bedrock_wire().encode(*request, {model_in(*one), no_quirks()});
      ASSERT_TRUE(again) << again.error().message();
      const Json body = Json::parse(again->body), before = without_empty(Json::parse(one->request));
      EXPECT_EQ(Rules::broken_by(again->body), std::vector<std::string>());
      exact += same(body, before);
      EXPECT_TRUE(same(body, before)) << "was  " << before.dump().substr(0, 1500) << "\nnow  " << body.dump().substr(0, 1500);
    }
  }
  EXPECT_GE(exact, 10);
}

TEST(BedrockRead, EverySetting) {
  const auto request = converse_request(R"({"messages":[{"role":"user","content":[{"text":"x"},{"cachePoint":{"type":"default","ttl":"1h"}}]}],
      "system":[{"text":"s"},{"cachePoint":{"type":"default"}}],"inferenceConfig":{"maxTokens":5,"temperature":0.5,"topP":0.25,"stopSequences":["a"]},
      "toolConfig":{"tools":[{"toolSpec":{"name":"f","description":"d","inputSchema":{"json":{"type":"object"}},"strict":true}},{"cachePoint":{"type":"default"}},
                             {"systemTool":{"name":"nova_grounding"}}],"toolChoice":{"tool":{"name":"f"}}},
      "additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2048},"top_k":9,"other":1},"requestMetadata":{"a":"b"},"serviceTier":{"type":"priority"},
      "outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"name":"n","schema":"{\"type\":\"object\"}"}}}},
      "guardrailConfig":{"guardrailIdentifier":"g"},"performanceConfig":{"latency":"optimized"}})");
  EXPECT_EQ(request.max_tokens, 5);
  EXPECT_EQ(request.temperature, 0.5);
  EXPECT_EQ(request.top_p, 0.25);
  EXPECT_EQ(request.stop, std::vector<std::string>{"a"});
  EXPECT_EQ(request.top_k, 9);
  EXPECT_EQ(request.thinking_budget, 2048);
  EXPECT_EQ(request.show_thinking, true);
  EXPECT_EQ(request.metadata, R"({"a":"b"})");
  EXPECT_EQ(request.service_tier, "priority");
  EXPECT_TRUE(request.include_usage);
  ASSERT_EQ(request.tools.size(), 1u);
  EXPECT_EQ(request.tools[0].strict, true);
  EXPECT_TRUE(request.tools[0].cache);
  ASSERT_EQ(request.server_tools.size(), 1u);
  EXPECT_EQ(request.server_tools[0].kind, llm::ServerTool::Kind::web_search);
  EXPECT_EQ(request.tool_choice->name, "f");
  EXPECT_EQ(request.response_format->schema, R"({"type":"object"})");
  ASSERT_EQ(request.messages.size(), 2u);
  EXPECT_EQ(request.messages[0].role, llm::Role::system);
  EXPECT_TRUE(std::get<llm::CacheMark>(request.messages[1].parts[1]).hour);
  std::vector<std::string> others;
  for (const auto& [name, value] : request.others) others.push_back(name);
  EXPECT_EQ(others, (std::vector<std::string>{"additionalModelRequestFields.other", "guardrailConfig", "performanceConfig"}));
}

TEST(BedrockRead, ContentOfEveryKind) {
  const auto request = converse_request(R"({"messages":[{"role":"user","content":[{"image":{"format":"jpeg","source":{"bytes":"QUJD"}}},
      {"image":{"format":"png","source":{"s3Location":{"uri":"s3://b/k.png"}}}},{"document":{"format":"pdf","name":"d","source":{"bytes":"QUJD"},"citations":{"enabled":true}}},
      {"document":{"name":"t","source":{"text":"plain"},"context":"c"}},{"document":{"name":"u","source":{"content":[{"text":"1"},{"text":"2"}]}}},
      {"video":{"format":"mp4","source":{"s3Location":{"uri":"s3://b/v"}}}},{"audio":{"format":"mp3","source":{"bytes":"QUJD"}}}]},
      {"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"t","signature":"c2ln"}}},{"reasoningContent":{"redactedContent":"AQID"}},
      {"toolUse":{"toolUseId":"c","name":"f","input":{"a": 1}}}]},
      {"role":"user","content":[{"toolResult":{"toolUseId":"c","status":"error","content":[{"json":{"x":1}},{"image":{"format":"gif","source":{"bytes":"QUJD"}}},
      {"searchResult":{"source":"https://e.com","title":"T","content":[{"text":"hit"}],"citations":{"enabled":true}}}]}}]}]})");
  const auto& parts = request.messages[0].parts;
  ASSERT_EQ(parts.size(), 7u);
  EXPECT_EQ(std::get<llm::Image>(parts[0]).media_type, "image/jpeg");
  EXPECT_EQ(std::get<llm::Image>(parts[1]).url, "s3://b/k.png");
  EXPECT_TRUE(std::get<llm::File>(parts[2]).cite);
  EXPECT_EQ(std::get<llm::File>(parts[2]).media_type, "application/pdf");
  EXPECT_EQ(std::get<llm::File>(parts[3]).text, "plain");
  EXPECT_EQ(std::get<llm::File>(parts[3]).context, "c");
  EXPECT_EQ(std::get<llm::File>(parts[4]).text, "1\n2");
  EXPECT_EQ(std::get<llm::File>(parts[5]).url, "s3://b/v");
  EXPECT_EQ(std::get<llm::Audio>(parts[6]).format, "mp3");
  EXPECT_EQ(std::get<llm::Thinking>(request.messages[1].parts[0]).maker, llm::Maker::anthropic);
  EXPECT_TRUE(std::get<llm::Thinking>(request.messages[1].parts[1]).redacted);
  EXPECT_EQ(std::get<llm::ToolCall>(request.messages[1].parts[2]).arguments, R"({"a": 1})");
  const auto& result = std::get<llm::ToolResult>(request.messages[2].parts[0]);
  EXPECT_TRUE(result.is_error);
  EXPECT_EQ(std::get<llm::Text>(result.content[0]).text, R"({"x":1})");
  EXPECT_EQ(std::get<llm::File>(result.content[2]).source, "https://e.com");
}

TEST(BedrockRead, SearchResultsKeepTheirSourceAtAnthropicAndComeBack) {
  const std::string body = R"({"messages":[{"role":"user","content":[{"text":"x"},
      {"searchResult":{"source":"notes/1","title":"T","content":[{"text":"hit"}],"citations":{"enabled":true}}}]}]})";
  const auto there = wire(llm::Dialect::anthropic).encode(converse_request(body), {"claude-sonnet-4-5", no_quirks()});
  ASSERT_TRUE(there);
  EXPECT_EQ(Json::parse(there->body)["messages"][0]["content"][1],
            Json::parse(R"({"type":"search_result","source":"notes/1","title":"T","content":[{"type":"text","text":"hit"}],"citations":{"enabled":true}})"));
  const auto between = caller_dialect(llm::Dialect::anthropic).read_chat(there->body);
  ASSERT_TRUE(between);
  const auto back = bedrock_wire().encode(*between, {"us.anthropic.claude-haiku-4-5-20251001-v1:0", no_quirks()});
  ASSERT_TRUE(back);
  EXPECT_EQ(Json::parse(back->body)["messages"], Json::parse(body)["messages"]);
}

TEST(BedrockRead, WhatTheApiRefuses) {
  struct Case { std::string_view body, param; };
  for (const Case& one : {Case{"{}", "messages"}, Case{R"({"messages":[]})", "messages"}, Case{R"({"messages":{}})", "messages"},
                          Case{R"({"messages":[{"content":[]}]})", "messages[0].role"}, Case{R"({"messages":[{"role":"tool","content":[]}]})", "messages[0].role"},
                          Case{R"({"messages":[{"role":"user"}]})", "messages[0].content"}, Case{R"({"messages":[{"role":"user","content":"x"}]})", "messages[0].content"},
                          Case{R"({"messages":[{"role":"user","content":[{}]}]})", "messages[0].content[0]"},
                          Case{R"({"messages":[{"role":"user","content":[{"text":"a","image":{}}]}]})", "messages[0].content[0]"},
                          Case{R"({"messages":[{"role":"user","content":[{"image":{"format":"bmp","source":{"bytes":"QQ=="}}}]}]})", "messages[0].content[0].image.format"},
                          Case{R"({"messages":[{"role":"user","content":[{"text":"a"}]}],"inferenceConfig":{"maxTokens":0}})", "inferenceConfig.maxTokens"},
                          Case{R"({"messages":[{"role":"user","content":[{"text":"a"}]}],"inferenceConfig":{"temperature":1.5}})", "inferenceConfig.temperature"},
                          Case{R"({"messages":[{"role":"user","content":[{"text":"a"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"f"}}]}})",
                               "toolConfig.tools[0].toolSpec.inputSchema"}}) {
    const auto read = bedrock_caller().read_chat(one.body);
    ASSERT_FALSE(read) << one.body;
    EXPECT_EQ(read.error().code(), Code::bad_request);
    EXPECT_EQ(read.error().param(), one.param) << one.body;
  }
  EXPECT_FALSE(bedrock_caller().read_chat("nonsense"));
}

TEST(BedrockRead, CountTokens) {
  const auto& one = *recorded("count-tokens").front();
  const auto request = bedrock_caller().read_count_tokens(one.request);
  ASSERT_TRUE(request);
  EXPECT_EQ(std::get<llm::Text>(request->messages[0].parts[0]).text, "hello");
  EXPECT_EQ(bedrock_caller().read_count_tokens(R"({"input":{"invokeModel":{"body":"e30="}}})").error().param(), "input.converse");
  EXPECT_EQ(bedrock_caller().write_token_count(7), R"({"inputTokens":7})");
}

TEST(BedrockWrite, RecordedAnswersComeBackAsTheyWere) {
  for (const auto* one : answered("converse")) {
    SCOPED_TRACE(one->id);
    const auto answer = bedrock_wire().decode(one->response);
    ASSERT_TRUE(answer);
    const Json again = Json::parse(bedrock_caller().write_chat({}, *answer, context));
    Json content = one->json["output"]["message"]["content"];
    for (auto& block : content) {
      if (block.contains("toolUse") && block["toolUse"].value("type", "") == "tool_use") block["toolUse"].erase("type");
    }
    EXPECT_TRUE(same(again["output"]["message"]["content"], content)) << again.dump();
    const std::string stop = one->json["stopReason"];
    EXPECT_EQ(again["stopReason"], stop == "guardrail_intervened" ? "content_filtered" : stop);
    EXPECT_EQ(again["usage"]["inputTokens"], one->json["usage"]["inputTokens"]);
    EXPECT_EQ(again["usage"]["totalTokens"], one->json["usage"]["totalTokens"]);
    EXPECT_TRUE(again["metrics"]["latencyMs"].is_number());
  }
}

std::string written(const std::vector<llm::StreamEvent>& events) {
  const auto writer = bedrock_caller().stream_writer({}, context);
  EXPECT_EQ(writer->content_type(), "application/vnd.amazon.eventstream");
  std::string out;
  for (const auto& e : events) writer->write(e, out);
  return out;
}

TEST(BedrockWrite, RecordedStreamsComeBackAsTheyWere) {
  for (const auto* one : answered("converse-stream")) {
    SCOPED_TRACE(one->id);
    const Decoded decoded = decode_pieces({one->response});
    const std::string again = written(decoded.events);
    const Decoded twice = decode_pieces({again});
    EXPECT_EQ(twice.error, "");
    EXPECT_EQ(describe(twice.events), describe(decoded.events));
    // The same blocks: a text's and a citation's beginning is not told apart by neutral events.
    if (one->has("file_in")) continue;
    const auto shape = [](std::string_view bytes) {
      std::string line;
      for (const Event& e : events_of(bytes)) {
        if (e.payload.contains("delta") && e.payload["delta"].value("text", "x").empty()) continue;   // says nothing
        if (e.type == "messageStart" || e.type == "metadata") line += e.type + "\n";
        else line += e.type + " " + e.payload.value("contentBlockIndex", Json()).dump() + "\n";
      }
      return line;
    };
    EXPECT_EQ(shape(again), shape(one->response));
  }
}

TEST(BedrockWrite, AStreamOfEverything) {
  llm::Usage usage;
  usage.input = 10;
  usage.cache_read = 4;
  usage.output = 3;
  const auto frames = events_of(written({event::Started{"id", "m"}, event::ThinkingDelta{0, "hm", ""}, event::ThinkingDelta{0, "", "c2ln", llm::Maker::anthropic},
                                         event::TextDelta{0, "a\"b"}, event::ToolCallStarted{0, 0, "c1", "f"}, event::ToolCallDelta{0, 0, "{\"x\":"},
                                         event::ToolCallDelta{0, 0, "1}"}, event::ToolCallStarted{0, 1, "c2", "g"}, event::ToolCallDelta{0, 1, "{}"},
                                         event::UsageSeen{usage}, event::Finished{0, llm::Finish::tool_calls}, event::Ended{}}));
  std::string log;
  for (const Event& frame : frames) log += frame.type + " " + frame.payload.dump() + "\n";
  EXPECT_EQ(log, R"(messageStart {"role":"assistant"}
contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"hm"}}}
contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"c2ln"}}}
contentBlockStop {"contentBlockIndex":0}
contentBlockDelta {"contentBlockIndex":1,"delta":{"text":"a\"b"}}
contentBlockStop {"contentBlockIndex":1}
contentBlockStart {"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"c1","name":"f"}}}
contentBlockDelta {"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"x\":"}}}
contentBlockDelta {"contentBlockIndex":2,"delta":{"toolUse":{"input":"1}"}}}
contentBlockStop {"contentBlockIndex":2}
contentBlockStart {"contentBlockIndex":3,"start":{"toolUse":{"toolUseId":"c2","name":"g"}}}
contentBlockDelta {"contentBlockIndex":3,"delta":{"toolUse":{"input":"{}"}}}
contentBlockStop {"contentBlockIndex":3}
messageStop {"stopReason":"tool_use"}
metadata {"usage":{"inputTokens":6,"outputTokens":3,"totalTokens":13,"cacheReadInputTokens":4,"cacheWriteInputTokens":0},"metrics":{"latencyMs":0}}
)");
}

// The message an SDK builds of the stream and sends back in the next turn.
Json assembled(std::string_view stream) {
  Json content = Json::array();
  for (const Event& frame : events_of(stream)) {
    if (!frame.payload.contains("contentBlockIndex")) continue;
    const std::size_t index = frame.payload["contentBlockIndex"];
    while (content.size() <= index) content.push_back(Json::object());
    Json& block = content[index];
    if (frame.type == "contentBlockStart") {
      block["toolUse"] = frame.payload["start"]["toolUse"];
      block["toolUse"]["input"] = "";
    }
    if (frame.type == "contentBlockStop" && block.contains("toolUse")) block["toolUse"]["input"] = Json::parse(block["toolUse"]["input"].get<std::string>());
    if (frame.type != "contentBlockDelta") continue;
    const Json& delta = frame.payload["delta"];
    const auto append = [](Json& object, const char* key, const Json& text) {
      if (!object.is_object()) object = Json::object();
      object[key] = object.value(key, "") + text.get<std::string>();
    };
    if (delta.contains("text")) append(block, "text", delta["text"]);
    if (delta.contains("toolUse")) append(block["toolUse"], "input", delta["toolUse"]["input"]);
    if (!delta.contains("reasoningContent")) continue;
    const Json& reasoning = delta["reasoningContent"];
    if (reasoning.contains("redactedContent")) block["reasoningContent"]["redactedContent"] = reasoning["redactedContent"];
    for (const char* key : {"text", "signature"}) {
      if (reasoning.contains(key)) append(block["reasoningContent"]["reasoningText"], key, reasoning[key]);
    }
  }
  return content;
}

std::string described(const std::vector<llm::Part>& parts) {
  std::string out;
  for (const auto& part : parts) {
    if (const auto* text = std::get_if<llm::Text>(&part)) out += "text " + text->text + " " + text->signature + " " + std::to_string(static_cast<int>(text->maker));
    if (const auto* call = std::get_if<llm::ToolCall>(&part)) out += "call " + call->id + " " + call->signature + " " + std::to_string(static_cast<int>(call->maker));
    if (const auto* thought = std::get_if<llm::Thinking>(&part)) {
      out += "thinking " + thought->text + " " + thought->signature + " " + std::to_string(static_cast<int>(thought->maker)) + (thought->redacted ? " redacted" : "");
    }
    out += "\n";
  }
  return out;
}

llm::ChatRequest next_turn(const Json& content) {
  return converse_request(Json{{"messages", Json::array({Json{{"role", "user"}, {"content", Json::array({Json{{"text", "x"}}})}},
                                                         Json{{"role", "assistant"}, {"content", content}}})}}.dump());
}

const std::vector<llm::Part> signed_parts = {
    llm::Thinking{"thought", "c2lnbg==", false, llm::Maker::google}, llm::Thinking{"t2", "c2lnYQ==", false, llm::Maker::anthropic},
    llm::Thinking{"", "AQIDBA==", true, llm::Maker::anthropic},      llm::Thinking{"", "enc rypted", true, llm::Maker::openai},
    llm::Thinking{"", "gAAAAAtok", true, llm::Maker::openai},        llm::Text{"said", {}, "dHh0", llm::Maker::google},
    llm::ToolCall{"c1", "f", "{}", "Y2Fs", llm::Maker::google},      llm::ToolCall{"c2", "f", "{}"}};

TEST(BedrockSignatures, ComeBackFromAWholeAnswer) {
  llm::ChatResponse response;
  response.choices.emplace_back().parts = signed_parts;
  const Json answer = Json::parse(bedrock_caller().write_chat({}, response, context));
  const auto request = next_turn(answer["output"]["message"]["content"]);
  EXPECT_EQ(described(request.messages[1].parts), described(signed_parts));
}

TEST(BedrockSignatures, ComeBackFromAStream) {
  const std::string stream = written({event::Started{}, event::ThinkingDelta{0, "thought", ""}, event::ThinkingDelta{0, "", "c2lnbg==", llm::Maker::google},
                                      event::ThinkingDelta{0, "t2", "c2lnYQ==", llm::Maker::anthropic}, event::ThinkingDelta{0, "", "AQIDBA==", llm::Maker::anthropic, true},
                                      event::ThinkingDelta{0, "", "enc rypted", llm::Maker::openai, true}, event::ThinkingDelta{0, "", "gAAAAAtok", llm::Maker::openai, true},
                                      event::TextDelta{0, "sa"}, event::TextDelta{0, "id"}, event::TextDelta{0, "", "dHh0", llm::Maker::google},
                                      event::ToolCallStarted{0, 0, "c1", "f", "Y2Fs", llm::Maker::google}, event::ToolCallDelta{0, 0, "{}"},
                                      event::ToolCallStarted{0, 1, "c2", "f"}, event::ToolCallDelta{0, 1, "{}"}, event::Finished{0, llm::Finish::tool_calls}, event::Ended{}});
  const auto request = next_turn(assembled(stream));
  EXPECT_EQ(described(request.messages[1].parts), described(signed_parts));
}

// An SDK decodes a blob and encodes it again: what stands there must be base64, and its bytes' only form.
TEST(BedrockSignatures, RedactedContentIsCanonicalBase64) {
  for (const auto& part : signed_parts) {
    llm::ChatResponse response;
    response.choices.emplace_back().parts = {part};
    const Json content = Json::parse(bedrock_caller().write_chat({}, response, context))["output"]["message"]["content"];
    if (!content[0].contains("reasoningContent") || !content[0]["reasoningContent"].contains("redactedContent")) continue;
    const std::string blob = content[0]["reasoningContent"]["redactedContent"];
    ASSERT_TRUE(from_base64(blob));
    EXPECT_EQ(to_base64(*from_base64(blob)), blob);
  }
}

TEST(BedrockSignatures, AnothersProofIsNeverShownToClaude) {
  llm::ChatResponse response;
  response.choices.emplace_back().parts = signed_parts;
  auto request = next_turn(Json::parse(bedrock_caller().write_chat({}, response, context))["output"]["message"]["content"]);
  request.messages.push_back({llm::Role::user, {llm::ToolResult{"c1", {llm::Text{"r"}}}, llm::ToolResult{"c2", {llm::Text{"r"}}}}, {}});
  const Encoded out = encoded(request, haiku);
  for (const std::string_view foreign : {"sluice", "c2lnbg==", "dHh0", "Y2Fs", "enc rypted"}) EXPECT_EQ(out.body.find(foreign), std::string::npos) << foreign;
  EXPECT_NE(out.body.find("c2lnYQ=="), std::string::npos);
  EXPECT_NE(out.body.find("AQIDBA=="), std::string::npos);
}

TEST(BedrockWrite, ErrorsTellTheExceptionToRaise) {
  const auto line = [](Code code) { return bedrock_caller().error_header_lines(Error(code, "m")); };
  EXPECT_EQ(line(Code::bad_request), "x-amzn-errortype: ValidationException\r\n");
  EXPECT_EQ(line(Code::rate_limited), "x-amzn-errortype: ThrottlingException\r\n");
  EXPECT_EQ(line(Code::unauthorized), "x-amzn-errortype: UnrecognizedClientException\r\n");
  EXPECT_EQ(line(Code::over_budget), "x-amzn-errortype: ServiceQuotaExceededException\r\n");
  EXPECT_EQ(line(Code::upstream_timeout), "x-amzn-errortype: ModelTimeoutException\r\n");
  const auto failed = [](int status) {
    const Code code = status == 424 ? Code::upstream_failed : code_of(status);   // as read from Bedrock itself
    return bedrock_caller().error_header_lines(Error(code, "m").answered_with(status));
  };
  EXPECT_EQ(failed(500), "x-amzn-errortype: InternalServerException\r\n");
  EXPECT_EQ(failed(502), "x-amzn-errortype: ServiceUnavailableException\r\n");
  EXPECT_EQ(failed(503), "x-amzn-errortype: ServiceUnavailableException\r\n");
  EXPECT_EQ(failed(529), "x-amzn-errortype: ServiceUnavailableException\r\n");
  EXPECT_EQ(failed(429), "x-amzn-errortype: ThrottlingException\r\n");
  EXPECT_EQ(failed(408), "x-amzn-errortype: ModelTimeoutException\r\n");
  EXPECT_EQ(failed(424), "x-amzn-errortype: ModelErrorException\r\n");
  EXPECT_EQ(bedrock_caller().write_error(Error(Code::bad_request, "a \"b\"")), R"({"message":"a \"b\""})");
  const auto frames = events_of(bedrock_caller().write_error_event(Error(Code::overloaded, "busy"), context));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].message_type, "exception");
  EXPECT_EQ(frames[0].type, "serviceUnavailableException");
  EXPECT_EQ(frames[0].payload.dump(), R"({"message":"busy"})");
}

// Written errors are understood when another gateway of this kind stands before us.
TEST(BedrockWrite, ErrorsSurviveASecondGateway) {
  for (const Code code : {Code::bad_request, Code::unauthorized, Code::forbidden, Code::not_found, Code::rate_limited, Code::upstream_timeout, Code::upstream_failed}) {
    const std::string line = bedrock_caller().error_header_lines(Error(code, "m"));
    const auto read = bedrock_wire().read_failure(http_status(code), error_type(line.substr(18, line.size() - 20)), bedrock_caller().write_error(Error(code, "m")));
    EXPECT_EQ(read.error.code(), code);
  }
}

}  // namespace
}  // namespace sluice::dialects
