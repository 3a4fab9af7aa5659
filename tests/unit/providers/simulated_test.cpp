// The simulated provider speaks OpenAI's wire format: what it says is read back by the OpenAI adapter.
#include "sluice/providers/simulated.hpp"

#include <cmath>

#include "unit/dialects/openai_support.hpp"
#include "providers/simulated/sample_json.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::providers {
namespace {

using nlohmann::json;

Script play(llm::Operation operation, std::string_view body, const SimulationSettings& settings = {},
            std::uint64_t count = 7) {
  return simulate(settings, operation, {}, body, count, 1700000000);
}
std::string text_of(const Script& script) {
  std::string out;
  for (const auto& piece : script.pieces) out += piece.bytes;
  return out;
}
json chat(std::string_view body, const SimulationSettings& settings = {}) {
  const Script script = play(llm::Operation::chat, body, settings);
  EXPECT_EQ(script.status, 200) << text_of(script);
  EXPECT_EQ(script.content_type, "application/json");
  return json::parse(text_of(script));
}
std::string ask(std::string_view text, std::string_view more = "") {
  return R"({"model":"sim-1","messages":[{"role":"system","content":"s"},{"role":"user","content":)" +
         json(std::string(text)).dump() + "}]" + std::string(more) + "}";
}
// The events' payloads without the end marker, which must be there.
std::vector<json> events(const Script& script) {
  EXPECT_TRUE(script.content_type.starts_with("text/event-stream"));
  std::vector<json> out;
  std::istringstream lines(text_of(script));
  std::string last;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    last = line;
    if (line != "data: [DONE]") out.push_back(json::parse(line.substr(6)));
  }
  EXPECT_EQ(last, "data: [DONE]");
  return out;
}

TEST(SimulatedChat, EchoesTheLastUserMessage) {
  const json body = chat(ask("Hello there"));
  EXPECT_EQ(body["object"], "chat.completion");
  EXPECT_EQ(body["created"], 1700000000);
  EXPECT_EQ(body["model"], "sim-1");
  EXPECT_EQ(body["choices"][0]["message"]["content"], "Hello there");
  EXPECT_EQ(body["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(body["usage"]["completion_tokens"], 2);
  EXPECT_EQ(body["usage"]["prompt_tokens"], 3 + 3 + 1 + 3 + 2);
}

TEST(SimulatedChat, SaysItsScriptAndCountsAsTold) {
  SimulationSettings settings;
  settings.text = "always this";
  settings.input_tokens = 1000;
  settings.output_tokens = 2000;
  const json body = chat(ask("Hello"), settings);
  EXPECT_EQ(body["choices"][0]["message"]["content"], "always this");
  EXPECT_EQ(body["usage"]["total_tokens"], 3000);
}

TEST(SimulatedChat, IsDeterministicButForTheId) {
  const std::string request = ask("Hi");
  EXPECT_EQ(text_of(play(llm::Operation::chat, request)), text_of(play(llm::Operation::chat, request)));
  EXPECT_NE(text_of(play(llm::Operation::chat, request, {}, 1)), text_of(play(llm::Operation::chat, request, {}, 2)));
}

TEST(SimulatedChat, StreamsTokenByToken) {
  SimulationSettings settings;
  settings.token_latency = std::chrono::milliseconds(5);
  const Script script =
      play(llm::Operation::chat, ask("one two three", R"(,"stream":true,"stream_options":{"include_usage":true})"),
           settings);
  std::string text;
  int waits = 0;
  for (const auto& piece : script.pieces) waits += piece.wait == settings.token_latency;
  EXPECT_EQ(waits, 3);
  EXPECT_EQ(script.pieces.front().wait.count(), 0);
  const auto all = events(script);
  EXPECT_EQ(all.front()["choices"][0]["delta"]["role"], "assistant");
  for (const json& e : all) {
    EXPECT_EQ(e["object"], "chat.completion.chunk");
    if (!e["choices"].empty() && e["choices"][0]["delta"].contains("content"))
      text += e["choices"][0]["delta"]["content"].get<std::string>();
  }
  EXPECT_EQ(text, "one two three");
  EXPECT_EQ(all.back()["choices"], json::array());
  EXPECT_EQ(all.back()["usage"]["completion_tokens"], 3);
}

TEST(SimulatedChat, ItsStreamIsReadByTheMeter) {
  const auto facts = dialects::facts_of(text_of(play(
      llm::Operation::chat, ask("héllo wörld", R"(,"stream":true,"n":2,"stream_options":{"include_usage":true})"))));
  EXPECT_TRUE(facts.begun);
  EXPECT_TRUE(facts.finished);
  EXPECT_EQ(facts.model, "sim-1");
  EXPECT_EQ(facts.text_bytes, 2 * 13);
  ASSERT_TRUE(facts.usage);
  EXPECT_EQ(facts.usage->output, 4);
}

TEST(SimulatedChat, StopAndTokenLimitEndTheText) {
  const json stopped = chat(ask("one two three", R"(,"stop":["thr","two"])"))["choices"][0];
  EXPECT_EQ(stopped["message"]["content"], "one ");
  EXPECT_EQ(stopped["finish_reason"], "stop");
  const json limited = chat(ask("one two three", R"(,"max_tokens":2)"))["choices"][0];
  EXPECT_EQ(limited["message"]["content"], "one two");
  EXPECT_EQ(limited["finish_reason"], "length");
}

TEST(SimulatedChat, SeveralChoicesAllCount) {
  const json body = chat(ask("one two", R"(,"n":3)"));
  EXPECT_EQ(body["choices"].size(), 3u);
  EXPECT_EQ(body["choices"][2]["index"], 2);
  EXPECT_EQ(body["usage"]["completion_tokens"], 6);
}

constexpr std::string_view tools =
    R"(,"tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object",
    "properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":3},"unit":{"enum":["c","f"]}},"required":["city"]}}},
    {"type":"function","function":{"name":"weather_now"}}])";

TEST(SimulatedChat, CallsToolsWhenToldTo) {
  const json asked = chat(ask("please call weather for me", tools))["choices"][0];
  EXPECT_EQ(asked["finish_reason"], "tool_calls");
  EXPECT_TRUE(asked["message"]["content"].is_null());
  ASSERT_EQ(asked["message"]["tool_calls"].size(), 1u);
  const json call = asked["message"]["tool_calls"][0];
  EXPECT_EQ(call["function"]["name"], "weather");
  EXPECT_EQ(json::parse(call["function"]["arguments"].get<std::string>()),
            json::parse(R"({"city":"simulated","days":3,"unit":"c"})"));
  EXPECT_EQ(
      chat(ask("hi", std::string(tools) +
                         R"(,"tool_choice":"required")"))["choices"][0]["message"]["tool_calls"][0]["function"]["name"],
      "weather");
  const std::string named = R"(,"tool_choice":{"type":"function","function":{"name":"weather_now"}})";
  EXPECT_EQ(
      chat(ask("hi", std::string(tools) + named))["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"],
      "{}");
}

TEST(SimulatedChat, CallsNoToolsOtherwise) {
  EXPECT_EQ(chat(ask("hi", tools))["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(chat(ask("call weather", std::string(tools) + R"(,"tool_choice":"none")"))["choices"][0]["finish_reason"],
            "stop");
}

TEST(SimulatedChat, CallsSeveralToolsUnlessTold) {
  const std::string text = "call weather and call weather_now";
  EXPECT_EQ(chat(ask(text, tools))["choices"][0]["message"]["tool_calls"].size(), 2u);
  EXPECT_EQ(
      chat(ask(text, std::string(tools) + R"(,"parallel_tool_calls":false)"))["choices"][0]["message"]["tool_calls"]
          .size(),
      1u);
}

TEST(SimulatedChat, AnswersAToolsResultWithText) {
  const json body = chat(R"({"model":"m","messages":[{"role":"user","content":"call weather"},
      {"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"weather","arguments":"{}"}}]},
      {"role":"tool","tool_call_id":"c","content":"sunny"}])" + std::string(tools) + "}");
  EXPECT_EQ(body["choices"][0]["message"]["content"], "sunny");
}

TEST(SimulatedChat, StreamsToolCallsInPieces) {
  std::string arguments;
  std::string name;
  for (const json& e :
       events(play(llm::Operation::chat, ask("call weather", std::string(tools) + R"(,"stream":true)")))) {
    const json& delta = e["choices"][0]["delta"];
    if (!delta.contains("tool_calls")) continue;
    name += delta["tool_calls"][0]["function"].value("name", "");
    arguments += delta["tool_calls"][0]["function"]["arguments"].get<std::string>();
  }
  EXPECT_EQ(name, "weather");
  EXPECT_EQ(json::parse(arguments)["days"], 3);
}

TEST(SimulatedChat, JsonModesAnswerWithJson) {
  const auto content = [](std::string_view format) {
    return json::parse(
        chat(ask("hi", ",\"response_format\":" + std::string(format)))["choices"][0]["message"]["content"]
            .get<std::string>());
  };
  EXPECT_EQ(content(R"({"type":"json_object"})"), json::parse(R"({"text":"hi"})"));
  EXPECT_EQ(
      content(
          R"({"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"ok":{"type":"boolean"}}}}})"),
      json::parse(R"({"ok":true})"));
}

TEST(SimulatedChat, AWrongRequestIsRefusedInOpenAisForm) {
  const Script script = play(llm::Operation::chat, R"({"model":"m","messages":[{"role":"user","content":5}]})");
  EXPECT_EQ(script.status, 400);
  EXPECT_EQ(json::parse(text_of(script))["error"]["param"], "messages[0].content");
}

TEST(SimulatedCompletion, RepeatsItsPrompts) {
  const json body = json::parse(
      text_of(play(llm::Operation::completions, R"({"model":"m","prompt":["a b","c"],"n":2,"max_tokens":1})")));
  EXPECT_EQ(body["object"], "text_completion");
  ASSERT_EQ(body["choices"].size(), 4u);
  EXPECT_EQ(body["choices"][0]["text"], "a");
  EXPECT_EQ(body["choices"][0]["finish_reason"], "length");
  EXPECT_EQ(body["choices"][3]["text"], "c");
  EXPECT_EQ(body["choices"][3]["index"], 3);
  EXPECT_EQ(body["usage"]["prompt_tokens"], 3);
}

TEST(SimulatedCompletion, Streams) {
  const Script script = play(llm::Operation::completions,
                             R"({"model":"m","prompt":"a b","stream":true,"stream_options":{"include_usage":true}})");
  const auto all = events(script);
  EXPECT_EQ(all[0]["choices"][0]["text"], "a");
  EXPECT_EQ(all.back()["usage"]["total_tokens"], 4);
  EXPECT_TRUE(dialects::facts_of(text_of(script)).finished);
}

TEST(SimulatedCompletion, WrongRequestsAreRefused) {
  for (const std::string_view body :
       {"", "[]", R"({"model":"m"})", R"({"prompt":"a"})", R"({"model":"m","prompt":5})",
        R"({"model":"m","prompt":[]})", R"({"model":"m","prompt":[{}]})", R"({"model":"m","prompt":"a","n":1000})"}) {
    EXPECT_EQ(play(llm::Operation::completions, body).status, 400) << body;
  }
}

TEST(SimulatedEmbeddings, AreUnitVectorsThatDependOnTheText) {
  const auto vectors = json::parse(
      text_of(play(llm::Operation::embeddings, R"({"model":"m","input":["a","b","a"],"dimensions":64})")))["data"];
  ASSERT_EQ(vectors.size(), 3u);
  for (const json& item : vectors) {
    double square = 0;
    for (const json& x : item["embedding"]) square += x.get<double>() * x.get<double>();
    EXPECT_NEAR(square, 1, 1e-5);
    EXPECT_EQ(item["embedding"].size(), 64u);
  }
  EXPECT_EQ(vectors[0]["embedding"], vectors[2]["embedding"]);
  EXPECT_NE(vectors[0]["embedding"], vectors[1]["embedding"]);
  EXPECT_EQ(vectors[2]["index"], 2);
}

TEST(SimulatedEmbeddings, Base64HoldsTheSameFloats) {
  const auto embedding = [](std::string_view format) {
    return json::parse(
        text_of(play(llm::Operation::embeddings, R"({"model":"m","input":"a","dimensions":5,"encoding_format":")" +
                                                     std::string(format) + "\"}")))["data"][0]["embedding"];
  };
  const std::string bytes = test::detail::decode_base64(embedding("base64").get<std::string>());
  ASSERT_EQ(bytes.size(), 20u);
  for (std::size_t i = 0; i < 5; ++i) {
    float value = 0;
    std::memcpy(&value, bytes.data() + 4 * i, 4);
    EXPECT_EQ(value, embedding("float")[i].get<float>());
  }
}

TEST(SimulatedEmbeddings, TakesTokensAndCountsThem) {
  const json body = json::parse(text_of(play(llm::Operation::embeddings, R"({"model":"m","input":[[1,2,3],[4]]})")));
  EXPECT_EQ(body["data"].size(), 2u);
  EXPECT_EQ(body["usage"]["prompt_tokens"], 4);
  EXPECT_EQ(body["data"][0]["embedding"].size(), 1536u);
}

TEST(SimulatedEmbeddings, WrongRequestsAreRefused) {
  for (const std::string_view body : {R"({"model":"m"})", R"({"model":"m","input":""})", R"({"model":"m","input":[]})",
                                      R"({"model":"m","input":[""]})", R"({"model":"m","input":"a","dimensions":0})",
                                      R"({"model":"m","input":"a","encoding_format":"hex"})"}) {
    EXPECT_EQ(play(llm::Operation::embeddings, body).status, 400) << body;
  }
}

TEST(SimulatedErrors, FailTheirShareEvenly) {
  SimulationSettings settings;
  settings.error_rate = 0.25;
  settings.error_status = 429;
  int failed = 0;
  for (std::uint64_t count = 0; count < 100; ++count) {
    const Script script = play(llm::Operation::chat, ask("hi"), settings, count);
    if (script.status == 200) continue;
    ++failed;
    EXPECT_EQ(script.retry_after, "1");
    EXPECT_EQ(dialects::openai_wire().read_failure(script.status, {}, text_of(script)).error.name(), "rate_limit_exceeded");
  }
  EXPECT_EQ(failed, 25);
  settings.error_rate = 1;
  EXPECT_EQ(play(llm::Operation::embeddings, "", settings, 0).status, 429);
}

TEST(SampleJson, FitsItsSchema) {
  const auto sample = [](std::string_view schema) { return json::parse(simulated::sample_json(schema, "t")); };
  EXPECT_EQ(
      sample(
          R"({"type":"object","properties":{"a":{"type":["null","number"]},"b":{"type":"array","items":{"const":5},"minItems":2},
      "c":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/E"}]}},"$defs":{"E":{"enum":["x"]}}})"),
      json::parse(R"({"a":1.0,"b":[5,5],"c":"x"})"));
  EXPECT_EQ(sample(R"({"type":"integer","exclusiveMinimum":5,"multipleOf":4})"), 8);
  EXPECT_EQ(sample(R"({"type":"string","minLength":4})"), "txxx");
  EXPECT_EQ(
      sample(
          R"({"allOf":[{"type":"object","properties":{"a":{"type":"boolean"}}},{"properties":{"b":{"type":"null"}}}]})"),
      json::parse(R"({"a":true,"b":null})"));
}

TEST(SampleJson, HostileSchemasEnd) {
  for (const std::string_view schema :
       {"", "[]", "5", R"({"$ref":"#"})", R"({"$ref":"#/a/b/c"})",
        R"({"type":"array","items":{"$ref":"#"},"minItems":1000000000})",
        R"({"type":"object","properties":{"a":{"$ref":"#"},"b":{"$ref":"#"}},"required":["a","b"]})",
        R"({"type":"string","minLength":1e18})", R"({"type":"integer","minimum":1e300})",
        R"({"allOf":[{"$ref":"#"},{"$ref":"#"}]})"}) {
    const std::string value = simulated::sample_json(schema, "t");
    EXPECT_FALSE(json::accept(value) == false) << schema;
    EXPECT_LT(value.size(), 1'000'000u) << schema;
  }
}

}  // namespace
}  // namespace sluice::providers
