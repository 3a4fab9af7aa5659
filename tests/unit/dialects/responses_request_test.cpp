// Requests of the Responses API: read, written again, and written on behalf of callers of chat completions.
#include <gtest/gtest.h>

#include <algorithm>

#include "responses_support.hpp"

namespace sluice::dialects {
namespace {

using namespace responses_tests;

llm::ChatRequest read(std::string_view body) {
  auto request = caller().read_chat(body);
  EXPECT_TRUE(request) << (request ? "" : request.error().message());
  return request ? *request : llm::ChatRequest{};
}
llm::ChatRequest read_input(std::string_view input) { return read(R"({"model":"m","input":)" + std::string(input) + "}"); }
std::string param_of(std::string_view body) {
  const auto request = caller().read_chat(body);
  if (request) return "(taken)";
  EXPECT_EQ(request.error().code(), Code::bad_request);
  return request.error().param();
}

struct Written { Json body; std::vector<std::string> dropped; std::string refused; };
Written encode(const llm::ChatRequest& request, std::string_view model = "gpt-5.2", const Quirks& quirks = no_quirks()) {
  auto encoded = wire().encode(request, {model, quirks});
  if (!encoded) {
    EXPECT_EQ(encoded.error().code(), Code::bad_request);
    return {{}, {}, encoded.error().param()};
  }
  return {Json::parse(encoded->body), encoded->dropped, {}};
}
llm::ChatRequest chat(std::string_view body) {
  auto request = caller_dialect(llm::Dialect::openai).read_chat(body);
  EXPECT_TRUE(request) << (request ? "" : request.error().message());
  return request ? *request : llm::ChatRequest{};
}
bool has(const std::vector<std::string>& names, std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); }

// ---- round trips

// The forms that mean the same brought to one.
Json plain_content(const Json& content, bool assistant) {
  if (content.is_string()) return Json::array({{{"type", assistant ? "output_text" : "input_text"}, {"text", content}}});
  Json out = content;
  for (Json& part : out) {
    for (const char* name : {"annotations", "logprobs", "prompt_cache_breakpoint"}) part.erase(name);
  }
  return out;
}
Json plain_input(const Json& input) {
  if (input.is_string()) return plain_input(Json::array({{{"role", "user"}, {"content", input}}}));
  Json out = Json::array();
  for (Json item : input) {
    if (item.contains("role")) {
      item["type"] = "message";
      item["content"] = plain_content(item["content"], item["role"] == "assistant");
    }
    item.erase("status");
    out.push_back(item);
  }
  return out;
}

TEST(ResponsesRequest, EveryRecordedRequestComesBackFromTheNeutralForm) {
  for (const Exchange* one : recorded()) {
    const Json asked = Json::parse(one->request);
    const auto request = read(one->request);
    const Written again = encode(request, asked.at("model").get<std::string>());
    ASSERT_EQ(again.refused, "") << one->id;
    EXPECT_EQ(plain_input(again.body.at("input")), plain_input(asked.at("input"))) << one->id;
    for (const auto& [name, value] : asked.items()) {
      if (name == "input" || name == "include" || name == "store" || name == "stream") continue;
      if (name == "tools" && value.at(0).contains("function")) continue;   // the client's mistake: OpenAI passes over it
      EXPECT_EQ(again.body.value(name, Json()), value) << one->id << ": " << name;
    }
    EXPECT_EQ(again.body.value("stream", false), asked.value("stream", false)) << one->id;
    EXPECT_EQ(again.body.at("store"), false) << one->id;
    for (const std::string& name : again.dropped) EXPECT_EQ(name, "tools[0].function") << one->id;
    for (const Json& wanted : asked.value("include", Json::array())) {
      const Json given = again.body.value("include", Json::array());
      EXPECT_NE(std::find(given.begin(), given.end(), wanted), given.end()) << one->id << ": " << wanted;
    }
  }
}

TEST(ResponsesRequest, WhatOnlyItsKeeperHasIsRefusedElsewhere) {
  const auto refused = [](std::string_view body) {
    const auto can = caller().translatable(read(body));
    return can ? std::string("(taken)") : can.error().param();
  };
  EXPECT_EQ(refused(R"({"model":"m","input":"a","previous_response_id":"resp_1"})"), "previous_response_id");
  EXPECT_EQ(refused(R"({"model":"m","previous_response_id":"resp_1"})"), "previous_response_id");
  EXPECT_EQ(refused(R"({"model":"m","input":"a","conversation":{"id":"conv_1"}})"), "conversation");
  EXPECT_EQ(refused(R"({"model":"m","prompt":{"id":"pmpt_1"}})"), "prompt");
  EXPECT_EQ(refused(R"({"model":"m","input":"a","background":true})"), "background");
  EXPECT_EQ(refused(R"({"model":"m","input":[{"role":"user","content":"a"},{"type":"item_reference","id":"msg_1"}]})"), "input");
  EXPECT_EQ(refused(R"({"model":"m","input":"a","background":false,"store":true,"truncation":"disabled","previous_response_id":null})"), "(taken)");
}

TEST(ResponsesRequest, OnlyAnExplicitWishToStoreIsReported) {
  EXPECT_TRUE(read(R"({"model":"m","input":"a"})").others.empty());
  EXPECT_TRUE(read(R"({"model":"m","input":"a","store":false,"include":["reasoning.encrypted_content"],"stream_options":{"include_obfuscation":false}})").others.empty());
  ASSERT_EQ(read(R"({"model":"m","input":"a","store":true})").others.size(), 1u);
  EXPECT_EQ(read(R"({"model":"m","input":"a","store":true})").others[0].first, "store");
  EXPECT_EQ(read(R"({"model":"m","input":"a","include":["file_search_call.results"]})").others.at(0).first, "include");
}

// ---- reading

TEST(ResponsesRead, ItemsOfOneTurnAreOneMessage) {
  const auto request = read_input(R"([{"role":"user","content":"Go."},
    {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}],"encrypted_content":"gAAA"},
    {"type":"message","role":"assistant","id":"msg_1","status":"completed","content":[{"type":"output_text","text":"Now.","annotations":[]}]},
    {"type":"function_call","call_id":"c1","name":"f","arguments":"{\"x\":1}"},{"type":"function_call","call_id":"c2","name":"f","arguments":"broken"},
    {"type":"function_call_output","call_id":"c1","output":"one"},
    {"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"two"},{"type":"input_image","image_url":"data:image/PNG;base64,QUJD"}]},
    {"role":"assistant","content":"Done."},{"role":"assistant","content":"Really."}])");
  ASSERT_EQ(request.messages.size(), 6u);
  const auto& turn = request.messages[1];
  EXPECT_EQ(turn.role, llm::Role::assistant);
  ASSERT_EQ(turn.parts.size(), 4u);
  EXPECT_EQ(std::get<llm::Thinking>(turn.parts[0]).text, "a\n\nb");
  EXPECT_EQ(std::get<llm::Text>(turn.parts[1]).text, "Now.");
  EXPECT_EQ(std::get<llm::ToolCall>(turn.parts[2]).arguments, "{\"x\":1}");
  EXPECT_EQ(std::get<llm::ToolCall>(turn.parts[3]).arguments, "{\"arguments\":\"broken\"}");
  const auto& result = std::get<llm::ToolResult>(request.messages[3].parts.at(0));
  EXPECT_EQ(result.call_id, "c2");
  EXPECT_EQ(std::get<llm::Image>(result.content.at(1)).media_type, "image/png");
  EXPECT_EQ(request.messages[5].parts.size(), 1u);   // two messages in a row stay two
}

TEST(ResponsesRead, InstructionsAreTheFirstMessage) {
  const auto request = read(R"({"input":[{"role":"developer","content":"b"},{"role":"user","content":"c"}],"instructions":"a","model":"m"})");
  ASSERT_EQ(request.messages.size(), 3u);
  EXPECT_EQ(request.messages[0].role, llm::Role::system);
  EXPECT_EQ(std::get<llm::Text>(request.messages[0].parts[0]).text, "a");
  EXPECT_TRUE(request.instructions_apart);
  EXPECT_EQ(request.messages[1].role, llm::Role::developer);
}

TEST(ResponsesRead, SettingsHaveTheirNeutralPlaces) {
  const auto request = read(R"({"model":"m","input":"a","max_output_tokens":50,"temperature":0.1,"top_p":0.2,"top_logprobs":3,"include":["message.output_text.logprobs"],
    "reasoning":{"effort":"high","summary":"detailed"},"text":{"verbosity":"high","format":{"type":"json_schema","name":"n","description":"d","schema":{"a":1.0},"strict":true}},
    "parallel_tool_calls":false,"service_tier":"priority","user":"u","safety_identifier":"s","metadata":{"k":"v"},"stream":true,"prompt_cache_key":"p","truncation":"auto",
    "tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"},{"type":"custom","name":"g"}]},
    "tools":[{"type":"function","name":"f","parameters":{"type":"object"},"strict":false},{"type":"custom","name":"g","format":{"type":"grammar","syntax":"lark","definition":"start: x"}},
             {"type":"web_search_preview"},{"type":"mcp","server_label":"l","server_url":"https://x"}]})");
  EXPECT_EQ(request.max_tokens, 50);
  EXPECT_EQ(request.top_logprobs, 3);
  EXPECT_EQ(request.logprobs, true);
  EXPECT_EQ(request.reasoning_effort, "high");
  EXPECT_EQ(request.thinking_detail, "detailed");
  EXPECT_EQ(request.show_thinking, true);
  EXPECT_EQ(request.verbosity, "high");
  EXPECT_EQ(request.response_format->schema, "{\"a\":1.0}");
  EXPECT_EQ(request.response_format->description, "d");
  EXPECT_EQ(request.user, "s");
  EXPECT_EQ(request.metadata, "{\"k\":\"v\"}");
  EXPECT_EQ(request.tool_choice->kind, llm::ToolChoice::Kind::required);
  EXPECT_EQ(request.tool_choice->allowed, (std::vector<std::string>{"f", "g"}));
  ASSERT_EQ(request.tools.size(), 2u);
  EXPECT_TRUE(request.tools[1].custom);
  EXPECT_EQ(request.tools[1].parameters, R"({"type":"grammar","grammar":{"syntax":"lark","definition":"start: x"}})");
  ASSERT_EQ(request.server_tools.size(), 2u);
  EXPECT_EQ(request.server_tools[0].kind, llm::ServerTool::Kind::web_search);
  EXPECT_EQ(request.server_tools[1].kind, llm::ServerTool::Kind::mcp);
  std::vector<std::string> others;
  for (const auto& [name, value] : request.others) others.push_back(name);
  EXPECT_EQ(others, (std::vector<std::string>{"prompt_cache_key", "truncation"}));
}

TEST(ResponsesRead, WhatTheProviderDidItselfStaysAsItIs) {
  const auto request = read_input(R"([{"role":"user","content":"a"},{"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search"}},
    {"type":"computer_call","call_id":"c","id":"cu"},{"type":"computer_call_output","call_id":"c","output":{}},{"id":"msg_1"}])");
  ASSERT_EQ(request.messages.size(), 4u);
  EXPECT_EQ(request.messages[1].parts.size(), 2u);
  EXPECT_EQ(std::get<llm::ServerPart>(request.messages[1].parts[0]).raw, R"({"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search"}})");
  EXPECT_EQ(request.messages[2].role, llm::Role::user);
}

TEST(ResponsesRead, FilesImagesAndAudioAreRead) {
  const auto request = read_input(R"([{"role":"user","content":[{"type":"input_text","text":"t","prompt_cache_breakpoint":{"mode":"explicit"}},
    {"type":"input_image","image_url":"https://x/y.png","detail":"low"},{"type":"input_image","file_id":"file-1"},
    {"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,QUJD"},{"type":"input_file","file_url":"https://x/a.pdf"},
    {"type":"input_audio","input_audio":{"data":"QUJD","format":"mp3"}}]}])");
  const auto& parts = request.messages.at(0).parts;
  ASSERT_EQ(parts.size(), 7u);
  EXPECT_TRUE(std::holds_alternative<llm::CacheMark>(parts[1]));
  EXPECT_EQ(std::get<llm::Image>(parts[2]).detail, "low");
  EXPECT_EQ(std::get<llm::File>(parts[3]).file_id, "file-1");
  EXPECT_EQ(std::get<llm::File>(parts[4]).media_type, "application/pdf");
  EXPECT_EQ(std::get<llm::File>(parts[5]).url, "https://x/a.pdf");
  EXPECT_EQ(std::get<llm::Audio>(parts[6]).format, "mp3");
}

TEST(ResponsesRead, WhatTheApiRefusesIsRefused) {
  EXPECT_EQ(param_of("{"), "");
  EXPECT_EQ(param_of(R"({"input":"a"})"), "model");
  EXPECT_EQ(param_of(R"({"model":"m"})"), "input");
  EXPECT_EQ(param_of(R"({"model":"m","input":5})"), "input");
  EXPECT_EQ(param_of(R"({"model":"m","input":[]})"), "input");
  EXPECT_EQ(param_of(R"({"model":"m","input":[5]})"), "input[0]");
  EXPECT_EQ(param_of(R"({"model":"m","input":[{"role":"tool","content":"a"}]})"), "input[0].role");
  EXPECT_EQ(param_of(R"({"model":"m","input":[{"role":"user","content":[{"type":"text","text":"a"}]}]})"), "input[0].content[0].type");
  EXPECT_EQ(param_of(R"({"model":"m","input":[{"type":"function_call","name":"f","arguments":"{}"}]})"), "input[0].call_id");
  EXPECT_EQ(param_of(R"({"model":"m","input":[{"type":"function_call_output","call_id":"c"}]})"), "input[0].output");
  EXPECT_EQ(param_of(R"({"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"data:x"}]}]})"), "input[0].content[0].image_url");
  EXPECT_EQ(param_of(R"({"model":"m","input":"a","temperature":3})"), "temperature");
  EXPECT_EQ(param_of(R"({"model":"m","input":"a","reasoning":{"effort":"much"}})"), "reasoning.effort");
  EXPECT_EQ(param_of(R"({"model":"m","input":"a","tools":[{"type":"function"}]})"), "tools[0].name");
  EXPECT_EQ(param_of(R"({"model":"m","input":"a","tools":[{"name":"f"}]})"), "tools[0].type");
  EXPECT_EQ(param_of(R"({"model":"m","input":"a","tool_choice":"maybe"})"), "tool_choice");
  EXPECT_EQ(param_of(R"({"model":"m","input":"a","text":{"format":{"type":"json_schema","name":"n"}}})"), "text.format.schema");
}

// ---- on behalf of others

TEST(ResponsesEncode, AChatRequestIsAskedForWithoutBeingKept) {
  const Written written = encode(chat(R"({"model":"x","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":[{"type":"text","text":"a json"},
    {"type":"image_url","image_url":{"url":"https://x/y.png","detail":"low"}},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,QUJD"}}]},
    {"role":"assistant","content":"b","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\":1.0}"}}]},
    {"role":"tool","tool_call_id":"c1","content":"r"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],
    "tool_choice":"required","max_completion_tokens":100,"reasoning_effort":"low","stream":true,"response_format":{"type":"json_object"},"user":"u"})"));
  EXPECT_EQ(written.refused, "");
  EXPECT_TRUE(written.dropped.empty());
  EXPECT_EQ(written.body, Json::parse(R"({"model":"gpt-5.2","instructions":"Be kind.","store":false,"stream":true,"max_output_tokens":100,
    "include":["reasoning.encrypted_content"],"reasoning":{"effort":"low"},"text":{"format":{"type":"json_object"}},"user":"u","tool_choice":"required",
    "tools":[{"type":"function","name":"f","parameters":{"type":"object"},"strict":false}],
    "input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"a json"},{"type":"input_image","image_url":"https://x/y.png","detail":"low"},
      {"type":"input_file","file_data":"data:application/pdf;base64,QUJD","filename":"a.pdf"}]},
      {"type":"message","role":"assistant","content":[{"type":"output_text","text":"b"}]},
      {"type":"function_call","call_id":"c1","name":"f","arguments":"{\"x\":1.0}"},{"type":"function_call_output","call_id":"c1","output":"r"}]})"));
}

TEST(ResponsesEncode, WhatCannotBeSaidIsReported) {
  llm::ChatRequest request = chat(R"({"model":"x","messages":[{"role":"user","content":"a"}],"stop":["x"],"seed":5,"frequency_penalty":1,"presence_penalty":0,
    "logit_bias":{"1":2},"temperature":0.5,"top_p":1,"max_tokens":5})");
  request.top_k = 3;
  Quirks thinker;
  thinker.refuses = {"temperature", "top_p"};
  const Written written = encode(request, "m", thinker);
  for (const char* name : {"stop", "seed", "frequency_penalty", "logit_bias", "temperature", "max_tokens", "top_k"}) EXPECT_TRUE(has(written.dropped, name)) << name;
  EXPECT_EQ(written.dropped.size(), 7u);
  EXPECT_EQ(written.body.at("max_output_tokens"), 16);
  EXPECT_FALSE(written.body.contains("temperature"));
}

TEST(ResponsesEncode, MarksForAPromptCacheItDoesNotHaveAreReported) {
  llm::ChatRequest request = chat(R"({"model":"x","messages":[{"role":"user","content":"a"}]})");
  request.messages[0].parts.emplace_back(llm::CacheMark{});
  request.tools = {{"f", "", "", {}, llm::CacheMark{}}};
  EXPECT_EQ(encode(request).dropped, (std::vector<std::string>{"cache_control"}));
}

TEST(ResponsesEncode, ImagesKeptByAProviderAreForItsOwnCallers) {
  llm::ChatRequest request = chat(R"({"model":"x","messages":[{"role":"user","content":"a"}]})");
  llm::Image image;
  image.file_id = "file-1";
  request.messages[0].parts = {image};
  EXPECT_EQ(encode(request).body.at("input").at(0).at("content").at(0), Json::parse(R"({"type":"input_image","file_id":"file-1"})"));
  request.caller = llm::Dialect::anthropic;
  EXPECT_EQ(encode(request).refused, "messages[0].content");
  request.messages[0].parts = {llm::File{"video/mp4", "QUJD", "", "", ""}};
  EXPECT_EQ(encode(request).refused, "messages[0].content");
}

TEST(ResponsesEncode, AModelIsAskedOnlyForWhatItTakes) {
  const auto request = chat(R"({"model":"x","messages":[{"role":"user","content":"a"}],"temperature":0.5,"reasoning_effort":"high"})");
  Quirks plain_one, thinker, still_when_told, still_unasked;
  plain_one.reasoning_request.clear();
  thinker.refuses = {"temperature", "top_p", "logprobs", "top_logprobs"};
  thinker.efforts = {"minimal", "low", "medium", "high"};
  still_when_told.sampling_efforts = {"none"};
  still_unasked.sampling_efforts = {"unasked", "none"};
  const Written plain = encode(request, "m", plain_one);
  EXPECT_EQ(plain.body.at("temperature"), 0.5);
  EXPECT_FALSE(plain.body.contains("include") || plain.body.contains("reasoning"));
  EXPECT_EQ(plain.dropped, (std::vector<std::string>{"reasoning_effort"}));
  EXPECT_EQ(encode(request).body.at("temperature"), 0.5);
  for (const Quirks* one : {&thinker, &still_when_told, &still_unasked}) {
    const Written written = encode(request, "m", *one);
    EXPECT_FALSE(written.body.contains("temperature"));
    EXPECT_EQ(written.dropped, (std::vector<std::string>{"temperature"}));
  }
  const auto none = chat(R"({"model":"x","messages":[{"role":"user","content":"a"}],"temperature":0.5,"reasoning_effort":"none"})");
  EXPECT_EQ(encode(none, "m", still_when_told).body.at("temperature"), 0.5);   // does not reason, and so may vary
  EXPECT_EQ(encode(none, "m", thinker).body.at("reasoning").at("effort"), "minimal");
  EXPECT_TRUE(has(encode(none, "m", thinker).dropped, "reasoning_effort"));
  const auto chances = chat(R"({"model":"x","messages":[{"role":"user","content":"a"}],"top_p":1,"logprobs":true,"top_logprobs":2})");
  for (const Quirks* one : {&thinker, &still_when_told}) {
    const Written written = encode(chances, "m", *one);
    EXPECT_EQ(written.dropped, (std::vector<std::string>{"logprobs", "top_logprobs"}));   // a top_p of 1 is what it does anyway
    EXPECT_EQ(written.body.at("include").size(), 1u);
    EXPECT_FALSE(written.body.contains("top_logprobs") || written.body.contains("top_p"));
  }
  EXPECT_EQ(encode(chances, "m", still_unasked).body.at("top_logprobs"), 2);
}

TEST(ResponsesEncode, AJsonObjectIsAskedForInAWordItMustHear) {
  llm::ChatRequest request = chat(R"({"model":"x","messages":[{"role":"system","content":"Say JSON."},{"role":"user","content":"a"}]})");
  request.caller = llm::Dialect::gemini;
  request.response_format = llm::ResponseFormat{llm::ResponseFormat::Kind::json_object, "", "", {}};
  const Json input = encode(request).body.at("input");   // the instructions are not in it
  ASSERT_EQ(input.size(), 2u);
  EXPECT_EQ(input.at(0).at("role"), "system");
  EXPECT_NE(input.at(0).dump().find("JSON"), std::string::npos);
  request.messages[1].parts = {llm::Text{"a, as json"}};
  EXPECT_EQ(encode(request).body.at("input").size(), 1u);
}

TEST(ResponsesEncode, SchemasOfThoseWhoHaveThemEnforcedAreStrict) {
  llm::ChatRequest request = chat(R"({"model":"x","messages":[{"role":"user","content":"a"}]})");
  request.response_format = llm::ResponseFormat{llm::ResponseFormat::Kind::json_schema, "a b",
      R"({"type":"object","properties":{},"additionalProperties":false,"required":[]})", {}};
  EXPECT_FALSE(encode(request).body.at("text").at("format").contains("strict"));
  request.caller = llm::Dialect::anthropic;
  const Json format = encode(request).body.at("text").at("format");
  EXPECT_EQ(format.at("strict"), true);
  EXPECT_EQ(format.at("name"), "a_b");
}

TEST(ResponsesEncode, BudgetsBecomeEfforts) {
  llm::ChatRequest request = chat(R"({"model":"x","messages":[{"role":"user","content":"a"}]})");
  const auto effort = [&](std::int64_t budget) {
    request.thinking_budget = budget;
    return encode(request).body.value("reasoning", Json::object()).value("effort", "");
  };
  EXPECT_EQ(effort(0), "none");
  EXPECT_EQ(effort(1024), "low");
  EXPECT_EQ(effort(4096), "medium");
  EXPECT_EQ(effort(32000), "high");
  EXPECT_EQ(effort(-1), "");
  request.show_thinking = true;
  EXPECT_EQ(encode(request).body.at("reasoning").at("summary"), "auto");
}

TEST(ResponsesEncode, QuirksAreKept) {
  Quirks quirks;
  quirks.refuses = {"parallel_tool_calls", "text.verbosity", "include"};
  quirks.renames = {{"max_output_tokens", "max_tokens"}};
  quirks.developer_role = false;
  quirks.strict_tools = false;
  quirks.json_schema = false;
  quirks.efforts = {"low", "high"};
  const Written written = encode(read(R"({"model":"m","input":[{"role":"developer","content":"d"},{"role":"user","content":"a"}],"max_output_tokens":20,"parallel_tool_calls":false,
    "tools":[{"type":"function","name":"f","parameters":{},"strict":true}],"text":{"verbosity":"low","format":{"type":"json_schema","name":"n","schema":{}}},"reasoning":{"effort":"xhigh"}})"),
                                 "m", quirks);
  EXPECT_EQ(written.body.at("max_tokens"), 20);
  EXPECT_EQ(written.body.at("input").at(0).at("role"), "system");
  EXPECT_EQ(written.body.at("tools").at(0).at("strict"), false);
  EXPECT_EQ(written.body.at("reasoning").at("effort"), "high");
  EXPECT_EQ(written.body.at("text"), Json::parse(R"({"format":{"type":"json_object"}})"));
  EXPECT_FALSE(written.body.contains("parallel_tool_calls") || written.body.contains("include"));
  for (const char* name : {"parallel_tool_calls", "text.verbosity", "tools.strict", "text.format"}) EXPECT_TRUE(has(written.dropped, name)) << name;
}

TEST(ResponsesEncode, ReasoningGoesBackToItsMakerOnly) {
  llm::ChatRequest request = chat(R"({"model":"x","messages":[{"role":"user","content":"a"}]})");
  llm::Message turn;
  turn.role = llm::Role::assistant;
  turn.parts = {llm::Thinking{"", "gAAA", true, llm::Maker::openai, "rs_1"}, llm::Thinking{"Hm.", "c2ln", false, llm::Maker::anthropic},
                llm::ToolCall{"c", "f", "{}", "Z29v", llm::Maker::google}};
  request.messages.push_back(turn);
  const Written written = encode(request);
  ASSERT_EQ(written.body.at("input").size(), 3u);
  EXPECT_EQ(written.body.at("input").at(1), Json::parse(R"({"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAA"})"));
  EXPECT_EQ(written.body.dump().find("c2ln"), std::string::npos);
  EXPECT_EQ(written.body.dump().find("Z29v"), std::string::npos);
  EXPECT_TRUE(has(written.dropped, "messages.reasoning_content"));
}

TEST(ResponsesEncode, CustomToolsAndTheirResultsKeepTheirForm) {
  const std::string body = R"({"model":"gpt-5.2","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"a"}]},
    {"type":"custom_tool_call","call_id":"c","name":"g","input":"select 1"},{"type":"custom_tool_call_output","call_id":"c","output":"1"}],
    "tools":[{"type":"custom","name":"g","format":{"type":"grammar","syntax":"lark","definition":"x"}}],"tool_choice":{"type":"custom","name":"g"}})";
  const Json asked = Json::parse(body), again = encode(read(body)).body;
  for (const char* name : {"input", "tools", "tool_choice"}) EXPECT_EQ(again.at(name), asked.at(name)) << name;
}

TEST(ResponsesEncode, NamesOfACallersOwnMembersCannotBreakOut) {
  const std::string body = R"({"model":"m","input":"a","x\",\"store\":true,\"y":1,"reasoning":{"z\u0000\":2,\"":3}})";
  const Written written = encode(read(body));
  EXPECT_EQ(written.body.at("store"), false);
  EXPECT_EQ(written.body.at("x\",\"store\":true,\"y"), 1);
  const Written nameless = encode(read(R"({"model":"m","input":"a","reasoning":{"":1,"effort":"low"},"stream_options":{"":2}})"));
  EXPECT_EQ(nameless.body.at("reasoning"), Json::parse(R"({"effort":"low"})"));
  EXPECT_EQ(nameless.dropped, (std::vector<std::string>{"reasoning", "stream_options"}));
}

TEST(ResponsesEncode, CallIdsAreMadeToFit) {
  llm::ChatRequest request = chat(R"({"model":"x","messages":[{"role":"user","content":"a"}]})");
  const std::string id(70, 'x');
  llm::Message turn, result;
  turn.role = llm::Role::assistant;
  turn.parts = {llm::ToolCall{id, "f", "{}"}, llm::ToolCall{"", "f", "{}"}};
  result.role = llm::Role::tool;
  result.parts = {llm::ToolResult{id, {llm::Text{"1"}}}, llm::ToolResult{"", {llm::Text{"2"}}}};
  request.messages.insert(request.messages.end(), {turn, result});
  const Json input = encode(request).body.at("input");
  ASSERT_EQ(input.size(), 5u);
  EXPECT_EQ(input[1].at("call_id"), input[3].at("call_id"));
  EXPECT_EQ(input[2].at("call_id"), input[4].at("call_id"));
  EXPECT_NE(input[1].at("call_id"), input[2].at("call_id"));
  EXPECT_LE(input[1].at("call_id").get<std::string>().size(), 64u);
}

TEST(ResponsesEncode, SearchIsAskedForWhoeverAsksOtherToolsAreRefused) {
  llm::ChatRequest request = chat(R"({"model":"x","messages":[{"role":"user","content":"a"}]})");
  request.server_tools = {{llm::ServerTool::Kind::web_search, "web_search", R"({"type":"web_search_20250305","name":"web_search","allowed_domains":["x.org"],"max_uses":3})", llm::Dialect::anthropic}};
  const Written written = encode(request);
  EXPECT_EQ(written.body.at("tools"), Json::parse(R"([{"type":"web_search","filters":{"allowed_domains":["x.org"]}}])"));
  EXPECT_EQ(written.dropped, (std::vector<std::string>{"tools.max_uses"}));
  request.server_tools = {{llm::ServerTool::Kind::web_fetch, "web_fetch", "{}", llm::Dialect::anthropic}};
  EXPECT_EQ(encode(request).refused, "tools");
  request.server_tools.clear();
  request.n = 2;
  EXPECT_EQ(encode(request).refused, "n");
}

}  // namespace
}  // namespace sluice::dialects
