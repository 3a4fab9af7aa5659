// OpenAI callers served by Anthropic: recorded Anthropic answers become answers that OpenAI's clients read, member by
// member (pairs_answer_test has what they mean).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <sstream>

#include "sluice/dialects/dialect.hpp"
#include "unit/dialects/anthropic_support.hpp"

namespace sluice::dialects::anthropic_tests {
namespace {

constexpr std::string_view model = "claude-sonnet-4-20250514";

std::string finish_name(const std::string& stop_reason) {
  switch (expected_finish(stop_reason)) {
    case llm::Finish::tool_calls: return "tool_calls";
    case llm::Finish::length: return "length";
    case llm::Finish::pause: return "length";
    case llm::Finish::content_filter: return "content_filter";
    case llm::Finish::refusal: return "content_filter";
    default: return "stop";
  }
}

void expect_usage(const Json& usage, const llm::Usage& expected) {
  EXPECT_EQ(usage.at("prompt_tokens"), expected.input);
  EXPECT_EQ(usage.at("completion_tokens"), expected.output);
  EXPECT_EQ(usage.at("total_tokens"), expected.input + expected.output);
  EXPECT_EQ(usage.at("prompt_tokens_details").at("cached_tokens"), expected.cache_read);
  EXPECT_EQ(usage.at("completion_tokens_details").at("reasoning_tokens"), expected.reasoning);
}

TEST(AnthropicForOpenAiCallers, RecordedAnswersAreValidOpenAiAnswers) {
  for (const test::Exchange& exchange : messages()) {
    SCOPED_TRACE(exchange.id);
    const auto decoded = anthropic::wire().decode(exchange.response);
    ASSERT_TRUE(decoded);
    const Json answer = Json::parse(openai::caller().write_chat({}, *decoded, {"unused", 1700000000, {}}));
    const Json said = Json::parse(exchange.response);

    EXPECT_EQ(answer.at("id"), said.at("id"));
    EXPECT_EQ(answer.at("object"), "chat.completion");
    EXPECT_EQ(answer.at("created"), 1700000000);
    EXPECT_EQ(answer.at("model"), said.at("model"));
    ASSERT_EQ(answer.at("choices").size(), 1u);
    const Json& choice = answer["choices"][0];
    EXPECT_EQ(choice.at("index"), 0);
    EXPECT_EQ(choice.at("finish_reason"), finish_name(said.at("stop_reason")));
    const Json& message = choice.at("message");
    EXPECT_EQ(message.at("role"), "assistant");

    std::string text;
    Json calls = Json::array();
    for (const Json& block : said.at("content")) {
      if (block.at("type") == "text") text += block.at("text");
      if (block.at("type") == "tool_use") calls.push_back(block);
    }
    EXPECT_EQ(message.at("content"), text.empty() && !calls.empty() ? Json() : Json(text));
    ASSERT_EQ(message.value("tool_calls", Json::array()).size(), calls.size());
    for (std::size_t i = 0; i < calls.size(); ++i) {
      const Json& call = message["tool_calls"][i];
      EXPECT_EQ(call.at("id"), calls[i].at("id"));
      EXPECT_EQ(call.at("type"), "function");
      EXPECT_EQ(call.at("function").at("name"), calls[i].at("name"));
      EXPECT_EQ(Json::parse(call.at("function").at("arguments").get<std::string>()), calls[i].at("input"));
    }
    expect_usage(answer.at("usage"), decoded->usage);
  }
}

// The chunks of an OpenAI stream; fails the test unless it ends in [DONE], once.
std::vector<Json> chunks_of(const std::string& sse) {
  std::vector<Json> chunks;
  bool done = false;
  std::istringstream lines(sse);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    EXPECT_FALSE(done) << line;
    EXPECT_TRUE(line.starts_with("data: ")) << line;
    if (line == "data: [DONE]") done = true;
    else chunks.push_back(Json::parse(line.substr(6)));
  }
  EXPECT_TRUE(done);
  return chunks;
}

// What an SDK puts together from the chunks.
struct Assembled {
  std::string role, content, finish_reason;
  std::vector<Sum::Tool> tools;
  std::optional<Json> usage;
  int finishes = 0;
};

Assembled assemble(const std::vector<Json>& chunks, const Sum& sum) {
  Assembled all;
  for (const Json& chunk : chunks) {
    EXPECT_EQ(chunk.at("id"), sum.id);
    EXPECT_EQ(chunk.at("model"), sum.model);
    EXPECT_EQ(chunk.at("object"), "chat.completion.chunk");
    if (chunk.at("choices").empty()) {
      all.usage = chunk.at("usage");
      continue;
    }
    const Json& choice = chunk["choices"].at(0);
    const Json& delta = choice.at("delta");
    EXPECT_EQ(choice.at("index"), 0);
    all.role += text_or_empty(delta, "role");
    all.content += text_or_empty(delta, "content");
    for (const Json& call : delta.value("tool_calls", Json::array())) {
      const std::size_t index = call.at("index");
      if (index == all.tools.size()) {
        EXPECT_EQ(call.at("type"), "function");
        all.tools.push_back({call.at("id"), call.at("function").at("name"), ""});
      }
      all.tools.at(index).arguments += text_or_empty(call.at("function"), "arguments");
    }
    if (choice.at("finish_reason").is_null()) continue;
    all.finish_reason = choice["finish_reason"];
    ++all.finishes;
  }
  return all;
}

TEST(AnthropicForOpenAiCallers, RecordedStreamsAreValidOpenAiStreams) {
  for (const test::Exchange& exchange : streams()) {
    SCOPED_TRACE(exchange.id);
    const Decoded decoded = decode_pieces({exchange.response});
    const Sum sum = sum_of(decoded.events);
    llm::ChatRequest request;
    request.stream = request.include_usage = true;
    const auto writer = openai::caller().stream_writer(request, {"unused", 1700000000, {}});
    std::string sse;
    for (const auto& event : decoded.events) writer->write(event, sse);

    const Assembled all = assemble(chunks_of(sse), sum);
    EXPECT_EQ(all.role, "assistant");
    EXPECT_EQ(all.content, sum.text);
    EXPECT_EQ(all.finishes, 1);
    const std::size_t reason = exchange.response.rfind("\"stop_reason\":\"") + 15;
    EXPECT_EQ(all.finish_reason,
              finish_name(exchange.response.substr(reason, exchange.response.find('"', reason) - reason)));
    ASSERT_EQ(all.tools.size(), sum.tools.size());
    for (std::size_t i = 0; i < sum.tools.size(); ++i) {
      EXPECT_EQ(all.tools[i].id, sum.tools[i].id);
      EXPECT_EQ(all.tools[i].name, sum.tools[i].name);
      EXPECT_EQ(all.tools[i].arguments, sum.tools[i].arguments);
    }
    ASSERT_TRUE(all.usage);
    expect_usage(*all.usage, sum.usage);
  }
}

// The answer to a tool loop with thinking comes back with the next request, signature and all.
TEST(AnthropicForOpenAiCallers, ThinkingSurvivesTheRoundTrip) {
  const std::string body =
      R"({"type":"message","id":"m","model":"c","stop_reason":"tool_use","content":[)"
      R"({"type":"thinking","thinking":"hm","signature":"c2ln"},{"type":"redacted_thinking","data":"xyz"},)"
      R"({"type":"tool_use","id":"toolu_1","name":"f","input":{"a":1}}]})";
  const auto decoded = anthropic::wire().decode(body);
  ASSERT_TRUE(decoded);
  const Json answer = Json::parse(openai::caller().write_chat({}, *decoded, {"id", 1, {}}));
  const Json next = {{"model", "gpt-4o"},
                     {"reasoning_effort", "low"},
                     {"messages",
                      {{{"role", "user"}, {"content", "x"}},
                       answer["choices"][0]["message"],
                       {{"role", "tool"}, {"tool_call_id", "toolu_1"}, {"content", "ok"}}}}};
  const auto read = openai::caller().read_chat(next.dump());
  ASSERT_TRUE(read) << read.error().message();
  const auto encoded = anthropic::wire().encode(*read, {model, no_quirks()});
  ASSERT_TRUE(encoded) << encoded.error().message();
  const Json request = Json::parse(encoded->body);
  EXPECT_EQ(request["messages"][1]["content"], Json::parse(body)["content"]);
  EXPECT_TRUE(request.contains("thinking"));
}

}  // namespace
}  // namespace sluice::dialects::anthropic_tests
