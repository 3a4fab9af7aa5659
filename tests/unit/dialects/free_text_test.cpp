// Calls of custom tools that a provider made as functions.
#include <gtest/gtest.h>

#include "sluice/dialects/free_text.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects {
namespace {

namespace event = llm::event;

llm::ChatRequest request() {
  llm::ChatRequest out;
  out.tools = {{"patch", "", "", {}, {}, true}, {"f", "", "", {}}};
  return out;
}

// What a provider that knows functions only is asked.
TEST(FreeText, CustomToolsAreFunctionsWithOneText) {
  llm::ChatRequest asked = request();
  asked.tools.front().parameters = R"({"type":"grammar","syntax":"regex","definition":"a+"})";
  asked.messages = {{llm::Role::user, {llm::Text{"x"}}, ""},
                    {llm::Role::assistant, {llm::ToolCall{"call_1", "patch", "say \"hi\"", "", llm::Maker::unknown, true}}, ""},
                    {llm::Role::tool, {llm::ToolResult{"call_1", {llm::Text{"done"}}}}, ""}};
  for (const llm::Dialect dialect : {llm::Dialect::gemini, llm::Dialect::bedrock, llm::Dialect::cohere, llm::Dialect::ollama}) {
    SCOPED_TRACE(llm::to_string(dialect));
    const auto made = wire(dialect).encode(asked, {"anthropic.claude-opus-4-5", no_quirks()});
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_NE(made->body.find("The tool's whole input"), std::string::npos) << made->body;
    EXPECT_NE(made->body.find("Format of the input"), std::string::npos) << made->body;
    const bool text = made->body.find(R"({"input":"say \"hi\""})") != std::string::npos ||
                      made->body.find(R"({\"input\":\"say \\\"hi\\\"\"})") != std::string::npos;
    EXPECT_TRUE(text) << made->body;
    EXPECT_EQ(made->dropped, std::vector<std::string>{"tools.format"});
  }
}

TEST(FreeText, WholeAnswersHaveTheTextOfTheirCalls) {
  llm::ChatResponse answer;
  answer.choices.resize(1);
  answer.choices[0].parts = {llm::ToolCall{"a", "patch", R"({"input":"say \"hi\""})"}, llm::ToolCall{"b", "f", R"({"input":"x"})"},
                             llm::ToolCall{"c", "patch", R"({"other":1})"}};
  FreeText(request()).restore(answer);
  const auto call = [&](std::size_t i) { return std::get<llm::ToolCall>(answer.choices[0].parts.at(i)); };
  EXPECT_TRUE(call(0).custom);
  EXPECT_EQ(call(0).arguments, "say \"hi\"");
  EXPECT_FALSE(call(1).custom);
  EXPECT_EQ(call(1).arguments, R"({"input":"x"})");
  EXPECT_EQ(call(2).arguments, R"({"other":1})");
}

std::string streamed(const std::vector<std::string>& pieces) {
  FreeText restore{request()};
  std::string text;
  const auto tell = [&](llm::StreamEvent e) {
    std::vector<llm::StreamEvent> events = {std::move(e)};
    restore.restore(events);
    for (const auto& one : events) {
      if (const auto* delta = std::get_if<event::ToolCallDelta>(&one)) text += delta->arguments;
      if (const auto* started = std::get_if<event::ToolCallStarted>(&one)) { EXPECT_TRUE(started->custom); }
    }
  };
  tell(event::ToolCallStarted{0, 0, "a", "patch"});
  for (const std::string& piece : pieces) tell(event::ToolCallDelta{0, 0, piece});
  tell(event::Finished{0, llm::Finish::tool_calls});
  return text;
}

TEST(FreeText, AnySplitOfAStreamGivesTheSameText) {
  const std::string arguments = "{ \"input\" : \"a\\n\\\"b\\\\ \\uD83D\\uDE00 \\ud83d\\nq\\u00e9\" }";
  const std::string whole = streamed({arguments});
  EXPECT_EQ(whole, "a\n\"b\\ \xF0\x9F\x98\x80 \xEF\xBF\xBD\nq\xC3\xA9");
  for (std::size_t at = 1; at < arguments.size(); ++at)
    EXPECT_EQ(streamed({arguments.substr(0, at), arguments.substr(at)}), whole) << at;
  std::vector<std::string> bytes;
  for (const char c : arguments) bytes.emplace_back(1, c);
  EXPECT_EQ(streamed(bytes), whole);
}

TEST(FreeText, WhatIsSomethingElseIsToldAsItIs) {
  EXPECT_EQ(streamed({R"({"oth)", R"(er":1})"}), R"({"other":1})");
  EXPECT_EQ(streamed({"{", "}"}), "{}");
  EXPECT_EQ(streamed({R"({"inp)"}), R"({"inp)");
  EXPECT_EQ(streamed({"{}"}), "{}");
}

}  // namespace
}  // namespace sluice::dialects
