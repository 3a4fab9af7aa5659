// Requests that OpenAI answered: what it billed against what is counted here.
#include "sluice/tokens/chat_tokens.hpp"

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "sluice/json/scan.hpp"
#include "support/traffic.hpp"

namespace {

using namespace sluice;
using namespace sluice::tokens;

// The usage of an answer, wherever it stands in it; 0: none told.
std::int64_t billed_in(const nlohmann::ordered_json& answer) {
  if (answer.contains("response") && answer.at("response").is_object()) return billed_in(answer.at("response"));
  if (!answer.contains("usage") || !answer.at("usage").is_object()) return 0;
  const auto& usage = answer.at("usage");
  return usage.value("prompt_tokens", std::int64_t{0}) + usage.value("input_tokens", std::int64_t{0});
}

std::int64_t billed(const test::Exchange& one) {
  if (!one.streamed()) return billed_in(one.json);
  std::int64_t last = 0;
  std::istringstream lines(one.response);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("data:", 0) != 0) continue;
    const auto event = nlohmann::ordered_json::parse(line.substr(5), nullptr, false);
    if (!event.is_object()) continue;
    if (const std::int64_t told = billed_in(event)) last = told;
  }
  return last;
}

std::string model_of(const test::Exchange& one) {
  const auto model = json::find(one.request, "model");
  const std::string name = model ? json::unquoted(*model).value_or("") : "";
  if (vocabulary_of(name) != Vocabulary::none) return name;
  // The name of a deployment; what it runs is told by the answer or by the recording's name.
  if (one.id.find("gpt-5-nano") != std::string::npos) return "gpt-5-nano";
  return one.id.find("openllmetry-test-chat-content") != std::string::npos ? "gpt-3.5-turbo" : name;
}

InputTokens counted(const test::Exchange& one) {
  const Vocabulary vocabulary = vocabulary_of(model_of(one));
  if (one.operation == "chat.completions") return chat_tokens(vocabulary, one.request);
  if (one.operation == "responses") return responses_tokens(vocabulary, one.request);
  if (one.operation == "completions") return completion_tokens(vocabulary, one.request);
  return embedding_tokens(vocabulary, one.request);
}

// Of OpenAI's models, by OpenAI or Azure, with a usage.
std::vector<const test::Exchange*> billed_exchanges() {
  const std::set<std::string> operations = {"chat.completions", "responses", "completions", "embeddings"};
  return test::exchanges_where([&](const test::Exchange& one) {
    const bool theirs = one.provider == "openai" || one.provider == "azure";
    return theirs && operations.count(one.operation) != 0 && one.status == 200 && !one.request.empty() && billed(one) > 0 &&
           (vocabulary_of(model_of(one)) != Vocabulary::none || one.provider == "openai");
  });
}

bool holds(const test::Exchange& one, std::string_view name) { return json::find(one.request, name).has_value(); }

bool is_plain(const test::Exchange& one) {
  const bool structured = one.request.find("json_schema") != std::string::npos;
  return !holds(one, "tools") && !holds(one, "functions") && !structured;
}

TEST(ChatTokens, PlainTextIsWhatIsBilledOrOneAbove) {
  int compared = 0;
  for (const test::Exchange* one : billed_exchanges()) {
    const InputTokens tokens = counted(*one);
    if (!tokens.only_text || !is_plain(*one) || vocabulary_of(model_of(*one)) == Vocabulary::none) continue;
    ++compared;
    EXPECT_GE(tokens.text, billed(*one)) << one->id;
    EXPECT_LE(tokens.text, billed(*one) + 1) << one->id;
  }
  EXPECT_GE(compared, 14);
}

TEST(ChatTokens, NothingBilledIsMoreThanTheCountUnlessItSaysSo) {
  int compared = 0;
  for (const test::Exchange* one : billed_exchanges()) {
    const InputTokens tokens = counted(*one);
    if (!tokens.only_text) continue;
    ++compared;
    EXPECT_GE(tokens.text, billed(*one)) << one->id;
    EXPECT_LE(tokens.text, 3 * billed(*one) + 150) << one->id;
  }
  EXPECT_GE(compared, 25);
}

InputTokens chat(std::string_view body) { return chat_tokens(Vocabulary::o200k, body); }
InputTokens responses(std::string_view body) { return responses_tokens(Vocabulary::o200k, body); }

TEST(ChatTokens, CountsMessagesNamesAndParts) {
  const std::string_view plain = R"({"model":"gpt-4o","messages":[{"role":"user","content":"Hello world"}]})";
  EXPECT_EQ(chat(plain).text, 3 + 1 + 2 + 3);
  EXPECT_TRUE(chat(plain).only_text);
  EXPECT_EQ(chat(R"({"messages":[{"role":"user","name":"world","content":[{"type":"text","text":"Hello"}]}]})").text,
            3 + 1 + 1 + 1 + 1 + 3);
  EXPECT_EQ(chat(R"({"messages":[{"role":"assistant","content":null,"refusal":"Hello"}]})").text, 3 + 1 + 1 + 3);
}

TEST(ChatTokens, ResolvesEscapesInNamesAndTexts) {
  const std::string_view hidden = R"({"mess\u0061ges":[{"\u0072ole":"us\u0065r","c\u006fntent":"Hello w\u006frld"}]})";
  EXPECT_EQ(chat(hidden).text, 3 + 1 + 2 + 3);
  EXPECT_EQ(chat(R"({"messages":[{"role":"user","content":"Hello","content":"Hello"}]})").text, 3 + 1 + 2 + 3);
}

TEST(ChatTokens, SaysWhatIsNotOnlyText) {
  for (const char* body : {
           R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]})",
           R"({"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{}}]}]})",
           R"({"messages":[{"role":"assistant","audio":{"id":"a"}}]})",
           R"({"messages":[{"role":"user","content":7}]})",
           R"({"messages":[],"tools":[{"type":"web_search"}]})",
           R"({"messages":[],"web_search_options":{}})",
           R"({"messages":[)", "", "[]"})
    EXPECT_FALSE(chat(body).only_text) << body;
  for (const char* body : {
           R"({"input":[{"role":"user","content":[{"type":"input_image"}]}]})",
           R"({"input":[{"type":"item_reference","id":"a"}]})",
           R"({"input":[{"type":"reasoning","encrypted_content":"x"}]})",
           R"({"input":"a","previous_response_id":"r"})",
           R"({"input":"a","conversation":"c"})",
           R"({"input":"a","tools":[{"type":"file_search"}]})"})
    EXPECT_FALSE(responses(body).only_text) << body;
  EXPECT_TRUE(responses(R"({"input":"a","previous_response_id":null,"prompt":null})").only_text);
}

TEST(ChatTokens, CountsDefinitionsCallsAndResults) {
  const std::int64_t bare = chat(R"({"messages":[{"role":"user","content":"a"}]})").text;
  const std::string_view call = R"({"messages":[{"role":"user","content":"a","tool_calls":[
      {"id":"1","type":"function","function":{"name":"world","arguments":"{}"}}]}]})";
  EXPECT_GT(chat(call).text, bare + 3);
  const std::string_view tools = R"({"messages":[{"role":"user","content":"a"}],
      "tools":[{"type":"function","function":{"name":"f","parameters":{"enum":["a","b","c"]}}}]})";
  EXPECT_GT(chat(tools).text, bare + 64);
  EXPECT_TRUE(chat(tools).only_text);
  EXPECT_EQ(chat(R"({"messages":[{"role":"user","content":"a"}],"tools":[],"response_format":{"type":"text"}})").text, bare);
  const InputTokens output = responses(R"({"input":[{"type":"function_call_output","call_id":"c","output":"Hello world"}]})");
  EXPECT_EQ(output.text, 3 + 2 + 3);
  EXPECT_TRUE(output.only_text);
}

TEST(ChatTokens, CountsInstructionsAndPlainInput) {
  EXPECT_EQ(responses(R"({"input":"Hello world","instructions":"Hello"})").text, 4 + 2 + 4 + 1 + 3);
}

TEST(ChatTokens, CountsEveryFormOfAPrompt) {
  const auto embedding = [](std::string_view body) { return embedding_tokens(Vocabulary::cl100k, body); };
  EXPECT_EQ(embedding(R"({"input":"Hello world"})").text, 2);
  EXPECT_EQ(embedding(R"({"input":["Hello world","Hello"]})").text, 3);
  EXPECT_EQ(embedding(R"({"input":[1, 2, 3]})").text, 3);
  EXPECT_EQ(embedding(R"({"input":[[1,2],[3]]})").text, 3);
  EXPECT_FALSE(embedding(R"({"input":[[1,"a"]]})").only_text);
  EXPECT_EQ(completion_tokens(Vocabulary::cl100k, R"({"prompt":"Hello world","suffix":"Hello"})").text, 3);
}

}  // namespace
