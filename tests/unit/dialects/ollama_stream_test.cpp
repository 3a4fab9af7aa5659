// Ollama's answers: recorded and otherwise, streamed and whole, errors, usage, embeddings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "dialects/all.hpp"
#include "support/traffic.hpp"
#include "unit/dialects/neutral_events.hpp"

namespace sluice::dialects::ollama_tests {
namespace {

using namespace neutral_events;
using llm::Operation;
using testing::HasSubstr;

const Wire& it() { return ollama::wire(); }
const test::Exchange& recorded() { return test::exchange("ollama-api-chat-langchaingo-testwiththink-0"); }

std::vector<Json> lines_of(const std::string& text) {
  std::vector<Json> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('{')) found.push_back(Json::parse(line));
  }
  return found;
}

std::string line_of(Json json) { return json.dump() + "\n"; }
std::string done_line(Json more = Json::object()) {
  Json line = {{"model", "m"}, {"created_at", "2025-08-20T13:47:57.2Z"}, {"message", {{"role", "assistant"}, {"content", ""}}}, {"done", true}, {"done_reason", "stop"}};
  line.update(more);
  return line_of(line);
}

TEST(OllamaRecorded, StreamAtEverySplit) {
  EXPECT_TRUE(it().streams("application/x-ndjson", true));
  EXPECT_FALSE(it().streams("application/json", true));
  const std::string& text = recorded().response;
  const Decoded whole = decode_pieces(it(), {text});
  ASSERT_EQ(whole.error, "");
  const std::string expected = describe(whole.events);
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < text.size(); ++i) bytes.push_back(std::string_view(text).substr(i, 1));
  EXPECT_EQ(describe(decode_pieces(it(), bytes).events), expected);
  for (std::size_t at = 1; at < text.size(); at += at < 500 ? 1 : 61) {
    const std::string_view all = text;
    ASSERT_EQ(describe(decode_pieces(it(), {all.substr(0, at), all.substr(at)}).events), expected) << at;
  }
}

TEST(OllamaRecorded, StreamAddsUpToWhatWasSent) {
  const auto lines = lines_of(recorded().response);
  std::string expected;
  for (const Json& line : lines) expected += line.at("message").at("content").get<std::string>();
  const Sum sum = sum_of(decode_pieces(it(), {recorded().response}).events);
  EXPECT_EQ(sum.text, expected);
  EXPECT_EQ(sum.model, "gemma3:1b");
  EXPECT_THAT(sum.finishes, testing::ElementsAre(llm::Finish::stop));
  EXPECT_TRUE(sum.ended);
  ASSERT_TRUE(sum.usage);
  EXPECT_EQ(sum.usage->input, lines.back().at("prompt_eval_count"));
  EXPECT_EQ(sum.usage->output, lines.back().at("eval_count"));
  for (const std::size_t size : {std::size_t{1}, std::size_t{1000}, recorded().response.size()}) {
    const StreamMeter::Facts facts = facts_of(it(), recorded().response, size);
    EXPECT_TRUE(facts.begun && facts.finished && facts.done && !facts.garbled && !facts.failure);
    EXPECT_EQ(facts.usage, sum.usage);
    EXPECT_EQ(facts.model, sum.model);
    EXPECT_EQ(facts.text_bytes, static_cast<std::int64_t>(sum.text.size()));
    EXPECT_EQ(facts.events, static_cast<std::int64_t>(lines.size()));
  }
}

// /api/generate is not asked by us; its stream is metered all the same.
TEST(OllamaRecorded, GenerateStreamIsMetered) {
  const auto& exchange = test::exchange("ollama-api-generate-langchaingo-testclient-generatestream-0");
  const StreamMeter::Facts facts = facts_of(it(), exchange.response);
  const auto lines = lines_of(exchange.response);
  std::size_t bytes = 0;
  for (const Json& line : lines) bytes += line.at("response").get<std::string>().size();
  EXPECT_EQ(facts.text_bytes, static_cast<std::int64_t>(bytes));
  EXPECT_EQ(facts.usage->output, lines.back().at("eval_count"));
}

TEST(OllamaRecorded, ErrorIsAText) {
  const auto& exchange = test::exchange("ollama-api-chat-openinference-test-chat-error-records-model-name-0");
  const Failure failure = it().read_failure(exchange.status, {}, exchange.response);
  EXPECT_EQ(failure.error.message(), "model 'nonexistent-model:latest' not found");
  EXPECT_EQ(failure.error.name(), "model_not_found");
  EXPECT_EQ(failure.error.code(), Code::not_found);
  EXPECT_FALSE(failure.try_next);
}

TEST(OllamaRecorded, Embeddings) {
  const auto& exchange = test::exchange("ollama-embeddings-langchaingo-testcreateembedding-0");
  EXPECT_FALSE(it().failure_in_success(Operation::embeddings, {}, exchange.response));
  const auto answer = it().decode_embedding(exchange.response);
  ASSERT_TRUE(answer) << answer.error().message();
  const Json said = lines_of(exchange.response).at(0);
  ASSERT_EQ(answer->vectors.size(), 1u);
  EXPECT_EQ(Json::parse(answer->vectors[0]), said.at("embeddings").at(0));
  EXPECT_EQ(answer->usage.input, 4);
  EXPECT_EQ(answer->usage.output, 0);
  EXPECT_EQ(it().usage_of(Operation::embeddings, exchange.response)->input, 4);
}

// Arguments are an object, the index sits inside `function`, done_reason is "stop" with calls.
TEST(OllamaOddities, CallsComeWholeAndEndWithStop) {
  const std::string call = R"({"model":"m","created_at":"2025-08-20T13:47:57.1Z","message":{"role":"assistant","content":"","thinking":"hm","tool_calls":[{"function":{"index":0,"name":"f","arguments":{"a": 1.50, "b":"\u00e4"}}},{"id":"x","function":{"index":1,"name":"g","arguments":{}}}]},"done":false})";
  const std::string stream = call + "\n" + done_line({{"prompt_eval_count", 3}, {"eval_count", 2}});
  const Decoded decoded = decode_pieces(it(), {stream});
  ASSERT_EQ(decoded.error, "");
  const Sum sum = sum_of(decoded.events);
  EXPECT_EQ(sum.thinking, "hm");
  ASSERT_EQ(sum.tools.size(), 2u);
  EXPECT_EQ(sum.tools[0].name, "f");
  EXPECT_EQ(sum.tools[0].arguments, "{\"a\": 1.50, \"b\":\"\\u00e4\"}");   // as written
  EXPECT_TRUE(sum.tools[0].id.starts_with("call_"));
  EXPECT_EQ(sum.tools[1].id, "x");
  EXPECT_THAT(sum.finishes, testing::ElementsAre(llm::Finish::tool_calls));
  expect_same_at_every_split(it(), stream);

  Json whole = Json::parse(call);
  whole.update({{"done", true}, {"done_reason", "stop"}, {"eval_count", 2}});
  const auto answer = it().decode(whole.dump());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->choices.at(0).finish, llm::Finish::tool_calls);
  EXPECT_EQ(answer->created, 1755697677);
  const auto& first = std::get<llm::ToolCall>(answer->choices[0].parts.at(1));
  EXPECT_EQ(Json::parse(first.arguments), Json::parse(R"({"a":1.5,"b":"ä"})"));
  EXPECT_EQ(first.id, sum.tools[0].id);
}

// The last object lacks prompt_eval_count in 9 of 45.
TEST(OllamaOddities, UsageWithoutPromptCountIsAnEstimate) {
  const Sum sum = sum_of(decode_pieces(it(), {done_line({{"eval_count", 7}})}).events);
  ASSERT_TRUE(sum.usage);
  EXPECT_EQ(sum.usage->input, 0);
  EXPECT_EQ(sum.usage->output, 7);
  EXPECT_TRUE(sum.usage->estimated);
  EXPECT_FALSE(sum_of(decode_pieces(it(), {done_line()}).events).usage);
  EXPECT_FALSE(sum_of(decode_pieces(it(), {done_line({{"prompt_eval_count", 3}, {"eval_count", 7}})}).events).usage->estimated);
}

TEST(OllamaStreams, ReasonsOfTheEnd) {
  const auto finish = [](const char* reason) { return sum_of(decode_pieces(it(), {done_line({{"done_reason", reason}})}).events).finishes.at(0); };
  EXPECT_EQ(finish("stop"), llm::Finish::stop);
  EXPECT_EQ(finish("length"), llm::Finish::length);
  EXPECT_EQ(finish("load"), llm::Finish::stop);
  EXPECT_EQ(finish("unload"), llm::Finish::stop);
  EXPECT_EQ(finish("new"), llm::Finish::unknown);
  EXPECT_EQ(finish(""), llm::Finish::stop);   // done, and why is not said
}

TEST(OllamaStreams, AnErrorInside) {
  const std::string text = line_of({{"model", "m"}, {"message", {{"content", "a"}}}, {"done", false}});
  const std::string stream = text + "{\"error\":\"model runner has unexpectedly stopped\"}\n";
  const Decoded decoded = decode_pieces(it(), {stream});
  EXPECT_THAT(describe(decoded.events), HasSubstr("failed 500 model runner has unexpectedly stopped"));
  EXPECT_TRUE(facts_of(it(), stream).failure);
  const auto first = facts_of(it(), "{\"error\":\"no\"}\n");
  EXPECT_TRUE(first.failure && !first.begun);
  EXPECT_TRUE(it().failure_in_success(Operation::chat, {}, R"({"error":"no"})"));
  EXPECT_FALSE(it().failure_in_success(Operation::chat, {}, R"({"model":"m","message":{"content":"x"},"done":true})"));
}

TEST(OllamaStreams, BrokenAndCutOnesAreErrors) {
  const std::string text = line_of({{"model", "m"}, {"message", {{"content", "a"}}}, {"done", false}});
  for (const std::string& broken : {std::string(), text, text + "nonsense\n", std::string("[1]\n"), text + "{\"message\":{\"content\":\"\\x\"}}\n",
                                    text + R"({"message":{"tool_calls":[{]}})" "\n"}) {
    EXPECT_NE(decode_pieces(it(), {broken}).error, "") << broken;
  }
  EXPECT_TRUE(facts_of(it(), "<html>\n").garbled);
  EXPECT_FALSE(facts_of(it(), text).finished);
  EXPECT_EQ(decode_pieces(it(), {done_line().substr(0, done_line().size() - 1)}).error, "");   // the last line end may lack
  for (const std::string_view bad : {"", "{}", "[]", R"({"message":"x"})", R"({"message":{"content":)"}) EXPECT_FALSE(it().decode(bad)) << bad;
}

TEST(OllamaStreams, LogProbabilitiesAreAsOpenAiHasThem) {
  const std::string line = line_of({{"model", "m"}, {"message", {{"content", "a"}}}, {"logprobs", {{{"token", "a"}, {"logprob", -0.5}}}}, {"done", false}});
  EXPECT_THAT(describe(decode_pieces(it(), {line + done_line()}).events), HasSubstr(R"(text "a"{"content":[{"logprob":-0.5,"token":"a"}]})"));
}

}  // namespace
}  // namespace sluice::dialects::ollama_tests
