// There and back: a request written in another dialect, read by that dialect's caller and written in its own again asks
// for the same, but for what was reported as dropped on the way. Answers likewise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "unit/dialects/asked.hpp"
#include "unit/dialects/neutral_events.hpp"
#include "unit/dialects/pairs.hpp"
#include "unit/dialects/said.hpp"

namespace sluice::dialects::pairs_tests {
namespace {

using neutral_events::Decoded;
using neutral_events::decode_pieces;

class RoundTrip : public testing::TestWithParam<Pair> {};

// What each kind of line may be reported as, when it was dropped: the members' names in whichever dialect, in small
// letters. Texts, tools, calls, results, images and files are not among them: they must be said, or refused.
const std::map<std::string, std::vector<std::string>>& reports() {
  static const std::vector<std::string> thoughts = {"reasoning", "reasoning_content", "reasoningcontent", "reasoning_effort",
      "reasoning_config", "thinking", "thought", "thinkingconfig", "effort", "budget_tokens"};
  static const std::vector<std::string> format = {"response_format", "format", "responseschema", "responsejsonschema",
                                                  "responsemimetype", "textformat"};
  static const std::map<std::string, std::vector<std::string>> all = {
      {"thinking", thoughts},
      {"signature", thoughts},
      {"thinks", thoughts},
      {"effort", thoughts},
      {"budget", thoughts},
      {"response_format", format},
      {"response_schema", format},
      {"temperature", {"temperature"}},
      {"top_p", {"top_p", "topp", "p"}},
      {"top_k", {"top_k", "topk", "k"}},
      {"seed", {"seed"}},
      {"frequency_penalty", {"frequency_penalty", "frequencypenalty"}},
      {"presence_penalty", {"presence_penalty", "presencepenalty"}},
      {"max_tokens", {"max_tokens", "max_output_tokens", "maxoutputtokens", "maxtokens"}},
      {"stop", {"stop", "stop_sequences", "stopsequences"}},
      {"tool_choice", {"tool_choice", "toolchoice", "toolconfig"}},
      {"parallel_tool_calls", {"parallel_tool_calls", "disable_parallel_tool_use"}},
      {"strict", {"strict"}},
      {"cache", {"cache_control", "cachepoint"}},
      {"name", {"name"}},
      {"detail", {"detail"}},
      {"error", {"is_error", "status"}},
      {"logprobs", {"logprobs", "responselogprobs"}},
      {"user", {"user", "user_id", "labels"}},
      {"metadata", {"metadata", "requestmetadata", "labels"}},
      {"server", {"messages", "contents", "input", "content", "parts", "server_tools"}},
      {"server_tool", {"tools"}},
  };
  return all;
}

// What changes on the way and is not reported, as nothing that was asked for is lost by it.
struct Change {
  std::string_view kind;
  std::optional<Dialect> provider;   // none: any
  std::string_view text;             // in the line; empty: any
};
constexpr auto changes = std::to_array<Change>({
    {"max_tokens", Dialect::anthropic, "64000"},                // must be said: all that the model can
    {"text", Dialect::anthropic, "JSON object"},                // told to, where there is no json_object
    {"text", Dialect::bedrock, "JSON object"},
    {"tool", Dialect::bedrock, "sluice_answer"},                // the answer's form, asked for by a tool
    {"schema", Dialect::bedrock, "sluice_answer"},
    {"tool_choice", Dialect::bedrock, "2"},
    {"response_format", Dialect::bedrock, ""},
    {"response_schema", Dialect::bedrock, ""},
    {"cache", Dialect::responses, ""},                          // is kept without being asked
    {"signature", std::nullopt, "skip_thought_signature_validator"},   // Google's word for calls that it has not signed
});

// A thought's proof is for its own maker's models; Gemini's stand at texts and calls, which go on without them.
bool foreign_proof(const Line& line, Dialect caller, Dialect provider) {
  return line.kind == "signature" && caller == Dialect::gemini && provider != Dialect::anthropic && provider != Dialect::openai;
}

// With "none" Converse is not told of tools at all: it has no word for it.
bool uncallable(const Line& line, const llm::ChatRequest& request, Dialect provider) {
  const bool none = request.tool_choice && request.tool_choice->kind == llm::ToolChoice::Kind::none;
  return none && provider == Dialect::bedrock && (line.kind == "tool" || line.kind == "schema" || line.kind == "tool_choice");
}

// A document that is plain text is told as text, with its title, where there are no such documents.
bool told_document(const Line& line, const llm::ChatRequest& request) {
  if (line.kind != "text" && line.kind != "result" && line.kind != "file") return false;
  const auto is_text = [](const llm::Part& part) {
    const auto* file = std::get_if<llm::File>(&part);
    return file != nullptr && (!file->text.empty() || file->media_type.starts_with("text/"));
  };
  return std::any_of(request.messages.begin(), request.messages.end(), [&](const llm::Message& message) {
    return std::any_of(message.parts.begin(), message.parts.end(), [&](const llm::Part& part) {
      const auto* result = std::get_if<llm::ToolResult>(&part);
      return is_text(part) || (result != nullptr && std::any_of(result->content.begin(), result->content.end(), is_text));
    });
  });
}

bool known_change(const Line& line, const llm::ChatRequest& request, Dialect provider) {
  if (foreign_proof(line, request.caller, provider) || uncallable(line, request, provider) || told_document(line, request)) {
    return true;
  }
  return std::any_of(changes.begin(), changes.end(), [&](const Change& one) {
    return one.kind == line.kind && one.provider.value_or(provider) == provider && line.text.find(one.text) != line.text.npos;
  });
}

bool reported(const std::string& kind, const std::vector<std::string>& dropped) {
  const auto words = reports().find(kind);
  if (words == reports().end()) return false;
  for (const std::string& path : dropped) {
    std::istringstream members(path);
    for (std::string member; std::getline(members, member, '.');) {
      for (char& c : member) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      if (std::find(words->second.begin(), words->second.end(), member) != words->second.end()) return true;
    }
  }
  return false;
}

// White space aside: several texts may have become one.
std::string bare(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
  return text;
}

// Those of the lines that the others lack.
std::vector<Line> without(std::vector<Line> lines, const std::vector<Line>& others) {
  for (const Line& other : others) {
    auto at = std::find(lines.begin(), lines.end(), other);
    if (at == lines.end() && other.kind == "text") {
      const auto same = [&other](const Line& one) { return one.kind == "text" && bare(one.text) == bare(other.text); };
      at = std::find_if(lines.begin(), lines.end(), same);
    }
    if (at != lines.end()) lines.erase(at);
  }
  return lines;
}

TEST_P(RoundTrip, ARequestComesBackAsItWas) {
  const auto [caller, provider] = GetParam();
  // Google's models are behind OpenAI's dialect as well, and take their proofs back there.
  Provider there = first_provider(provider);
  if (caller == Dialect::gemini && provider == Dialect::openai) there.model = "google/gemini-3-pro-preview";
  const auto recorded = requests_of(caller);
  std::size_t count = 0;
  for (const auto& [exchange, request] : recorded) {
    SCOPED_TRACE(exchange->id);
    if (!caller_dialect(caller).translatable(request)) continue;
    const auto out = wire(provider).encode(request, there.recipient());
    if (!out) continue;   // pairs_request_test has a say in how many these are
    auto between = caller_dialect(provider).read_chat(out->body);
    ASSERT_TRUE(between) << between.error().message() << " @" << between.error().param() << "\n" << out->body.substr(0, 2000);
    between->stream = request.stream;   // in the path, in some dialects
    const auto back = wire(caller).encode(*between, {request.model, first_provider(caller).quirks});
    ASSERT_TRUE(back) << back.error().message() << " @" << back.error().param() << "\n" << out->body.substr(0, 2000);
    auto again = caller_dialect(caller).read_chat(back->body);
    ASSERT_TRUE(again) << again.error().message() << " @" << again.error().param() << "\n" << back->body.substr(0, 2000);
    again->stream = request.stream;
    const auto was = Asked::by(request), is = Asked::by(*again);
    const auto lost = without(was, is), added = without(is, was);
    ++count;
    for (const auto* list : {&lost, &added}) {
      for (const Line& line : *list) {
        if (reported(line.kind, out->dropped) || reported(line.kind, back->dropped)) continue;
        if (known_change(line, request, provider)) continue;
        ADD_FAILURE() << (list == &lost ? "LOST " : "ADDED ") << line.kind << ": " << line.text.substr(0, 300)
                      << testing::PrintToString(out->dropped) << testing::PrintToString(back->dropped);
      }
    }
  }
  EXPECT_GE(count, 8u);
  EXPECT_GE(count * 3, recorded.size() * 2);
}

// From a provider of the one to a caller of the other, as another gateway might be, and back to a caller of the first.
TEST_P(RoundTrip, AnAnswerComesBackAsItWas) {
  const auto [caller, provider] = GetParam();
  const auto recorded = answers_of(provider, false);
  std::size_t count = 0;
  for (const Exchange* one : recorded) {
    SCOPED_TRACE(one->id);
    const auto answer = wire(provider).decode(one->response);
    if (!answer) continue;
    ++count;
    if (is_broken(caller, said_by(*answer)) || is_broken(provider, said_by(*answer))) continue;   // an error on the way
    const auto there = wire(caller).decode(caller_dialect(caller).write_chat({}, *answer, {"id", 1, ""}));
    ASSERT_TRUE(there);
    const auto back = wire(provider).decode(caller_dialect(provider).write_chat({}, *there, {"id", 1, ""}));
    ASSERT_TRUE(back);
    EXPECT_EQ(describe(said_by(*back)), describe(as_told_in(provider, as_told_in(caller, said_by(*answer)))));
  }
  EXPECT_GE(count, 3u);
  EXPECT_GE(count + 1, recorded.size());   // one is an error in truth
}

INSTANTIATE_TEST_SUITE_P(Pairs, RoundTrip, testing::ValuesIn(pairs(false)), name_of);

}  // namespace
}  // namespace sluice::dialects::pairs_tests
