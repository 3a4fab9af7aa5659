#include <gtest/gtest.h>

#include "dialects/all.hpp"
#include "support/traffic.hpp"

namespace sluice::dialects {
namespace {

llm::ChatRequest read(std::string_view body) {
  auto request = openai::caller().read_chat(body);
  EXPECT_TRUE(request) << body << "\n" << (request ? "" : request.error().message());
  return request ? *std::move(request) : llm::ChatRequest{};
}
// "param: message"
std::string refused(std::string_view body) {
  const auto request = openai::caller().read_chat(body);
  if (request) return "accepted";
  EXPECT_EQ(request.error().code(), Code::bad_request);
  return request.error().param() + ": " + request.error().message();
}
std::string with(std::string_view members) {
  return R"({"model":"m","messages":[{"role":"user","content":"hi"}],)" + std::string(members) + "}";
}
std::string messages(std::string_view list) { return R"({"model":"m","messages":[)" + std::string(list) + "]}"; }
template <class T>
const T& part(const llm::ChatRequest& request, std::size_t message, std::size_t index = 0) {
  return std::get<T>(request.messages.at(message).parts.at(index));
}

TEST(OpenAiRead, EveryRecordedChatRequestIsTaken) {
  int seen = 0;
  for (const auto* one : test::exchanges_where(
           [](const auto& e) { return test::speaks_openai(e) && e.operation == "chat.completions"; })) {
    if (one->request.empty() || one->status >= 400) continue;
    const auto request = openai::caller().read_chat(one->request);
    if (one->provider != "openai" && !request) continue;   // other services take what OpenAI does not
    ++seen;
    EXPECT_TRUE(request) << one->id << ": " << request.error().message();
  }
  EXPECT_GE(seen, 60);
}

TEST(OpenAiRead, Settings) {
  const auto request = read(with(R"("temperature":0.5,"top_p":1,"n":2,"seed":-7,"stop":"END","max_tokens":10,
      "max_completion_tokens":20,"frequency_penalty":-2,"presence_penalty":2,"user":"u1","reasoning_effort":"low","stream":true,
      "parallel_tool_calls":false,"stream_options":{"include_usage":true})"));
  EXPECT_EQ(request.temperature, 0.5);
  EXPECT_EQ(request.top_p, 1);
  EXPECT_EQ(request.n, 2);
  EXPECT_EQ(request.seed, -7);
  EXPECT_EQ(request.stop, std::vector<std::string>{"END"});
  EXPECT_EQ(request.max_tokens, 20);
  EXPECT_EQ(request.user, "u1");
  EXPECT_EQ(request.reasoning_effort, "low");
  EXPECT_TRUE(request.stream);
  EXPECT_TRUE(request.include_usage);
  EXPECT_EQ(request.parallel_tool_calls, false);
  EXPECT_TRUE(request.others.empty());
}

TEST(OpenAiRead, NullIsAsAbsent) {
  const auto request =
      read(with(R"("temperature":null,"stop":null,"tools":null,"tool_choice":null,"stream":null,"logit_bias":null)"));
  EXPECT_FALSE(request.temperature);
  EXPECT_TRUE(request.others.empty());
}

TEST(OpenAiRead, UnknownMembersAreKeptAsTheyWereWritten) {
  const auto request =
      read(with(R"("logit_bias": {"50256": -100.0}, "store":true,"provider_seed":12345678901234567890)"));
  const std::vector<std::pair<std::string, std::string>> expected{
      {"logit_bias", R"({"50256": -100.0})"}, {"store", "true"}, {"provider_seed", "12345678901234567890"}};
  EXPECT_EQ(request.others, expected);
}

TEST(OpenAiRead, MessagesOfEveryRole) {
  const auto request =
      read(messages(R"({"role":"system","content":"s"},{"role":"developer","content":[{"type":"text","text":"d"}]},
      {"role":"user","content":"u","name":"ann"},
      {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1.0}"}}]},
      {"role":"tool","tool_call_id":"c1","content":"42"},{"role":"assistant","content":"a","refusal":null,"annotations":[]})"));
  ASSERT_EQ(request.messages.size(), 6u);
  EXPECT_EQ(request.messages[0].role, llm::Role::system);
  EXPECT_EQ(part<llm::Text>(request, 1).text, "d");
  EXPECT_EQ(request.messages[2].name, "ann");
  const auto& call = part<llm::ToolCall>(request, 3);
  EXPECT_EQ(call.id + call.name, "c1f");
  EXPECT_EQ(call.arguments, R"({"a": 1.0})");
  const auto& result = part<llm::ToolResult>(request, 4);
  EXPECT_EQ(result.call_id, "c1");
  EXPECT_EQ(std::get<llm::Text>(result.content.at(0)).text, "42");
  EXPECT_TRUE(request.others.empty());
}

TEST(OpenAiRead, PartsOfAUserMessage) {
  const auto request = read(messages(R"({"role":"user","content":[{"type":"text","text":"look"},
      {"type":"image_url","image_url":{"url":"data:image/PNG;base64,aGk=","detail":"low"}},
      {"type":"image_url","image_url":{"url":"https://example.com/a.png"}},
      {"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}},
      {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0="}},
      {"type":"file","file":{"file_id":"file-1"}}]})"));
  const auto& inline_image = part<llm::Image>(request, 0, 1);
  EXPECT_EQ(inline_image.media_type, "image/png");
  EXPECT_EQ(inline_image.base64, "aGk=");
  EXPECT_EQ(inline_image.url, "");
  EXPECT_EQ(inline_image.detail, "low");
  EXPECT_EQ(part<llm::Image>(request, 0, 2).url, "https://example.com/a.png");
  EXPECT_EQ(part<llm::Audio>(request, 0, 3).format, "wav");
  EXPECT_EQ(part<llm::File>(request, 0, 4).media_type, "application/pdf");
  EXPECT_EQ(part<llm::File>(request, 0, 4).name, "a.pdf");
  EXPECT_EQ(part<llm::File>(request, 0, 5).file_id, "file-1");
}

TEST(OpenAiRead, ReasoningInHistoryComesFirstAndKeepsItsSignature) {
  const auto plain = read(messages(R"({"role":"assistant","content":"a","reasoning_content":"because"})"));
  EXPECT_EQ(part<llm::Thinking>(plain, 0, 0).text, "because");
  EXPECT_EQ(part<llm::Text>(plain, 0, 1).text, "a");
  const auto is_signed =
      read(messages(R"({"role":"assistant","content":"a","reasoning_content":"because","reasoning_details":[
      {"type":"reasoning.text","signature":"sig"},{"type":"reasoning.encrypted","data":"xyz"}]})"));
  EXPECT_EQ(part<llm::Thinking>(is_signed, 0, 0).text, "because");
  EXPECT_EQ(part<llm::Thinking>(is_signed, 0, 0).signature, "sig");
  EXPECT_TRUE(part<llm::Thinking>(is_signed, 0, 1).redacted);
  EXPECT_EQ(part<llm::Thinking>(is_signed, 0, 1).signature, "xyz");
}

TEST(OpenAiRead, SignaturesInHistoryAreTheirMakers) {
  const auto request = read(messages(R"({"role":"assistant","content":"a","extra_content":{"google":{"thought_signature":"T"}},"reasoning_details":[
      {"type":"reasoning.text","text":"h","format":"anthropic-claude-v1","index":0},{"type":"reasoning.text","text":"m","format":"anthropic-claude-v1","index":0},
      {"type":"reasoning.text","signature":"S","format":"anthropic-claude-v1","index":0},
      {"type":"reasoning.summary","summary":"sum","id":"rs","format":"openai-responses-v1"},{"type":"reasoning.encrypted","data":"E","id":"rs","format":"openai-responses-v1"},
      {"type":"reasoning.encrypted","data":"G","id":"c1","format":"google-gemini-v1"},{"type":"reasoning.encrypted","data":"L","id":"none","format":"google-gemini-v1"}],
      "tool_calls":[{"id":"c1","function":{"name":"f","arguments":"{}"}},{"id":"c2","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"H"}}},
      {"id":"c3","type":"custom","custom":{"name":"sh","input":"l s"}}]},
      {"role":"tool","tool_call_id":"c1","content":"1"},{"role":"tool","tool_call_id":"c2","content":"2"},{"role":"tool","tool_call_id":"c3","content":"3"})"));
  EXPECT_EQ(part<llm::Thinking>(request, 0, 0).signature, "L");   // of no call that is here
  const auto& claude = part<llm::Thinking>(request, 0, 1);
  EXPECT_EQ(claude.text + "/" + claude.signature, "hm/S");
  EXPECT_EQ(claude.maker, llm::Maker::anthropic);
  const auto& gpt = part<llm::Thinking>(request, 0, 2);
  EXPECT_EQ(gpt.text + "/" + gpt.signature + "/" + gpt.id, "sum/E/rs");
  EXPECT_EQ(gpt.maker, llm::Maker::openai);
  EXPECT_EQ(part<llm::Text>(request, 0, 3).signature, "T");
  EXPECT_EQ(part<llm::ToolCall>(request, 0, 4).signature, "G");
  EXPECT_EQ(part<llm::ToolCall>(request, 0, 5).signature, "H");
  EXPECT_EQ(part<llm::ToolCall>(request, 0, 5).maker, llm::Maker::google);
  EXPECT_TRUE(part<llm::ToolCall>(request, 0, 6).custom);
  EXPECT_EQ(part<llm::ToolCall>(request, 0, 6).arguments, "l s");
  EXPECT_TRUE(request.others.empty());
}

TEST(OpenAiRead, SettingsBeyondTheOldOnes) {
  const auto request = read(with(R"("reasoning":{"effort":"high","exclude":true},"logprobs":true,"top_logprobs":3,"modalities":["text","audio"],
      "audio":{"voice":"a","format":"wav"},"verbosity":"low","service_tier":"flex","metadata":{"k":"v"},"safety_identifier":"u",
      "web_search_options":{"search_context_size":"low"},"prediction":{"type":"content","content":"x"},
      "tools":[{"type":"function","function":{"name":"f"},"cache_control":{"type":"ephemeral","ttl":"1h"}},{"type":"custom","custom":{"name":"g","format":{"type":"text"}}},
      {"type":"code_interpreter","container":{}}],
      "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"f"}},{"type":"custom","custom":{"name":"g"}}]}})"));
  EXPECT_EQ(request.reasoning_effort, "high");
  EXPECT_EQ(request.show_thinking, false);
  EXPECT_EQ(request.top_logprobs, 3);
  EXPECT_EQ(request.modalities.size(), 2u);
  EXPECT_EQ(request.audio_output, R"({"voice":"a","format":"wav"})");
  EXPECT_EQ(request.verbosity + request.service_tier + request.metadata + request.user, R"(lowflex{"k":"v"}u)");
  ASSERT_EQ(request.server_tools.size(), 2u);
  ASSERT_EQ(request.tools.size(), 2u);
  EXPECT_TRUE(request.tools[0].cache->hour);
  EXPECT_TRUE(request.tools[1].custom);
  EXPECT_EQ(request.tool_choice->kind, llm::ToolChoice::Kind::required);
  EXPECT_EQ(request.tool_choice->allowed, (std::vector<std::string>{"f", "g"}));
  EXPECT_EQ(request.others.size(), 1u);   // prediction
  EXPECT_EQ(read(with(R"("reasoning":{"max_tokens":2000})")).thinking_budget, 2000);
  EXPECT_EQ(read(with(R"("reasoning":{"enabled":true})")).thinking_budget, -1);
  EXPECT_EQ(read(with(R"("reasoning":{"enabled":false})")).reasoning_effort, "none");
}

TEST(OpenAiRead, CacheMarksStandBehindTheirParts) {
  const auto request = read(messages(R"({"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"b"}]},
      {"role":"system","content":"s","cache_control":{"type":"ephemeral","ttl":"1h"}})"));
  EXPECT_FALSE(part<llm::CacheMark>(request, 0, 1).hour);
  EXPECT_TRUE(part<llm::CacheMark>(request, 1, 1).hour);
}

TEST(OpenAiRead, FunctionsOfOldAreTools) {
  const auto request = read(R"({"model":"m","functions":[{"name":"f","parameters":{"type":"object"}}],"function_call":{"name":"f"},"messages":[{"role":"user","content":"x"},
      {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{\"a\":1}"}},{"role":"function","name":"f","content":"2"}]})");
  EXPECT_TRUE(request.old_functions);
  EXPECT_EQ(request.tools.at(0).name, "f");
  EXPECT_EQ(request.tool_choice->name, "f");
  EXPECT_EQ(part<llm::ToolCall>(request, 1).id, part<llm::ToolResult>(request, 2).call_id);
}

TEST(OpenAiRead, AFunctionOfOldMayAnswerNothing) {
  const auto request = read(messages(R"({"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},)"
                                     R"({"role":"function","name":"f","content":null})"));
  EXPECT_TRUE(part<llm::ToolResult>(request, 1).content.empty());
}

TEST(OpenAiRead, BrokenArgumentsOfAnEarlierCallBecomeAnObject) {
  const auto arguments = [](std::string_view text) {
    return part<llm::ToolCall>(
               read(messages(R"({"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":)" +
                             std::string(text) + "}}]}")),
               0)
        .arguments;
  };
  EXPECT_EQ(arguments(R"("")"), "{}");
  EXPECT_EQ(arguments(R"("{\"a\":")"), R"({"arguments":"{\"a\":"})");
  EXPECT_EQ(arguments(R"("[1]")"), R"({"arguments":"[1]"})");
}

TEST(OpenAiRead, ToolsKeepTheirSchemaAsWritten) {
  const auto request = read(with(R"("tools":[{"type":"function","function":{"name":"f","description":"d","strict":true,
      "parameters":{"z":1.50,"a":{"b":1e3}}}}],"tool_choice":{"type":"function","function":{"name":"f"}})"));
  ASSERT_EQ(request.tools.size(), 1u);
  EXPECT_EQ(request.tools[0].parameters, R"({"z":1.50,"a":{"b":1e3}})");
  EXPECT_EQ(request.tools[0].strict, true);
  EXPECT_EQ(request.tool_choice->kind, llm::ToolChoice::Kind::named);
  EXPECT_EQ(request.tool_choice->name, "f");
  EXPECT_EQ(read(with(R"("tool_choice":"required")")).tool_choice->kind, llm::ToolChoice::Kind::required);
}

TEST(OpenAiRead, ResponseFormats) {
  const auto request = read(with(
      R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}})"));
  EXPECT_EQ(request.response_format->kind, llm::ResponseFormat::Kind::json_schema);
  EXPECT_EQ(request.response_format->schema, R"({"type":"object"})");
  EXPECT_EQ(read(with(R"("response_format":{"type":"json_object"})")).response_format->kind,
            llm::ResponseFormat::Kind::json_object);
}

struct Refusal { std::string body, param; };

TEST(OpenAiRead, WrongRequestsNameTheFieldAtFault) {
  const std::vector<Refusal> cases{
      {R"({"messages":[{"role":"user","content":"x"}]})", "model"},
      {R"({"model":5,"messages":[]})", "model"},
      {R"({"model":"m"})", "messages"},
      {R"({"model":"m","messages":[]})", "messages"},
      {R"({"model":"m","messages":{}})", "messages"},
      {messages("5"), "messages[0]"},
      {messages("{}"), "messages[0].role"},
      {messages(R"({"role":"king","content":"x"})"), "messages[0].role"},
      {messages(R"({"role":"user","content":"x"},{"role":"user"})"), "messages[1].content"},
      {messages(R"({"role":"user","content":"x"},{"role":"user","content":5})"), "messages[1].content"},
      {messages(R"({"role":"user","content":["x"]})"), "messages[0].content[0]"},
      {messages(R"({"role":"user","content":[{"type":"video"}]})"), "messages[0].content[0].type"},
      {messages(R"({"role":"user","content":[{"type":"text","text":7}]})"), "messages[0].content[0].text"},
      {messages(R"({"role":"user","content":[{"type":"image_url","image_url":"x"}]})"),
       "messages[0].content[0].image_url"},
      {messages(R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"ftp://x"}}]})"),
       "messages[0].content[0].image_url.url"},
      {messages(R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png,x"}}]})"),
       "messages[0].content[0].image_url.url"},
      {messages(R"({"role":"system","content":[{"type":"image_url","image_url":{"url":"https://x"}}]})"),
       "messages[0].content[0].type"},
      {messages(R"({"role":"tool","content":"x"})"), "messages[0].tool_call_id"},
      {messages(R"({"role":"assistant"})"), "messages[0].content"},
      {messages(R"({"role":"assistant","tool_calls":[{"id":"c","type":"function"}]})"),
       "messages[0].tool_calls[0].function"},
      {messages(R"({"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":{}}}]})"),
       "messages[0].tool_calls[0].function.arguments"},
      {with(R"("temperature":"hot")"), "temperature"},
      {with(R"("temperature":2.1)"), "temperature"},
      {with(R"("top_p":-1)"), "top_p"},
      {with(R"("n":0)"), "n"},
      {with(R"("n":1.5)"), "n"},
      {with(R"("max_tokens":0)"), "max_tokens"},
      {with(R"("max_tokens":"9")"), "max_tokens"},
      {with(R"("stream":"yes")"), "stream"},
      {with(R"("stop":["a","b","c","d","e"])"), "stop"},
      {with(R"("stop":[1])"), "stop[0]"},
      {with(R"("tools":[{"type":"function"}])"), "tools[0].function"},
      {with(R"("tools":[{}])"), "tools[0].type"},
      {with(R"("tools":[{"type":"function","function":{"name":"a b"}}])"), "tools[0].function.name"},
      {with(R"("tools":[{"type":"function","function":{"name":"f","parameters":[]}}])"),
       "tools[0].function.parameters"},
      {with(R"("tool_choice":"maybe")"), "tool_choice"},
      {with(R"("tool_choice":5)"), "tool_choice"},
      {with(R"("response_format":{"type":"xml"})"), "response_format.type"},
      {with(R"("response_format":{"type":"json_schema"})"), "response_format.json_schema"},
      {with(R"("reasoning_effort":"heroic")"), "reasoning_effort"},
      {with(R"("stream_options":{"include_usage":1})"), "stream_options.include_usage"},
  };
  for (const Refusal& one : cases) {
    const std::string got = refused(one.body);
    EXPECT_EQ(got.substr(0, got.find(": ")), one.param) << one.body << "\n" << got;
  }
}

TEST(OpenAiRead, RefusesInOpenAisWords) {
  EXPECT_EQ(refused(messages(R"({"role":"user","content":5})")),
            "messages[0].content: Invalid type for 'messages[0].content': expected one of a string or array of "
            "objects, but got a number instead.");
  EXPECT_EQ(refused(R"({"model":"m"})"), "messages: Missing required parameter: 'messages'.");
}

TEST(OpenAiRead, WhatIsNoJsonObjectIsRefused) {
  for (const std::string_view body : {"", "[]", "null", "{", "{\"model\":\"m\"} x", "\xff", R"({"model":"\xff"})"}) {
    EXPECT_NE(refused(body), "accepted") << body;
  }
  EXPECT_NE(refused(std::string(100'000, '[')), "accepted");
}

TEST(OpenAiRead, AnEscapedKeyIsTheKey) {
  EXPECT_EQ(read("{\"mod\\u0065l\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}").model, "m");
}

}  // namespace
}  // namespace sluice::dialects
