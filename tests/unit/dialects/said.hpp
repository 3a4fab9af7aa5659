// What an answer says to whoever reads it, in whichever form it came; and what each caller's dialect has no word for.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "dialects/all.hpp"

namespace sluice::dialects::pairs_tests {

struct Said {
  struct Call { std::string name, arguments; };
  struct Choice {
    std::string text, refusal, thinking;
    std::vector<Call> calls;
    llm::Finish finish = llm::Finish::unknown;
  };
  std::vector<Choice> choices;
  std::int64_t input = 0, output = 0, cache_read = 0, reasoning = 0;
  std::string failure;   // the error that came in the stream
  bool ended = false;
};

namespace detail {

// JSON in one form; a custom tool's text as it is.
inline std::string plain_arguments(const std::string& text) {
  const auto json = nlohmann::json::parse(text.empty() ? "{}" : text, nullptr, false);
  return json.is_discarded() ? text : json.dump();
}
inline Said::Choice& choice_at(Said& said, std::int64_t index) {
  const auto at = static_cast<std::size_t>(index);
  if (said.choices.size() <= at) said.choices.resize(at + 1);
  return said.choices[at];
}
inline void take_usage(Said& said, const llm::Usage& usage) {
  said.input = usage.input;
  said.output = usage.output;
  said.cache_read = usage.cache_read;
  said.reasoning = usage.reasoning;
}
inline void finish_calls(Said& said) {
  for (auto& choice : said.choices) {
    for (auto& call : choice.calls) call.arguments = plain_arguments(call.arguments);
  }
}

}  // namespace detail

inline Said said_by(const llm::ChatResponse& answer) {
  Said said;
  for (const llm::Choice& choice : answer.choices) {
    Said::Choice& into = detail::choice_at(said, choice.index);
    into.finish = choice.finish;
    for (const llm::Part& part : choice.parts) {
      if (const auto* text = std::get_if<llm::Text>(&part)) into.text += text->text;
      if (const auto* refusal = std::get_if<llm::Refusal>(&part)) into.refusal += refusal->text;
      if (const auto* thought = std::get_if<llm::Thinking>(&part); thought && !thought->redacted) into.thinking += thought->text;
      if (const auto* audio = std::get_if<llm::Audio>(&part)) into.text += audio->transcript;
      if (const auto* call = std::get_if<llm::ToolCall>(&part)) into.calls.push_back({call->name, call->arguments});
    }
  }
  detail::take_usage(said, answer.usage);
  detail::finish_calls(said);
  said.ended = true;
  return said;
}

inline Said said_by(const std::vector<llm::StreamEvent>& events) {
  namespace event = llm::event;
  Said said;
  const auto at = [&said](std::int64_t choice) -> Said::Choice& { return detail::choice_at(said, choice); };
  for (const auto& e : events) {
    if (const auto* text = std::get_if<event::TextDelta>(&e)) at(text->choice).text += text->text;
    if (const auto* refusal = std::get_if<event::RefusalDelta>(&e)) at(refusal->choice).refusal += refusal->text;
    if (const auto* thought = std::get_if<event::ThinkingDelta>(&e)) {
      if (!thought->redacted) at(thought->choice).thinking += thought->text;
    }
    if (const auto* seen = std::get_if<event::PartSeen>(&e)) {
      if (const auto* audio = std::get_if<llm::Audio>(&seen->part)) at(seen->choice).text += audio->transcript;
    }
    if (const auto* call = std::get_if<event::ToolCallStarted>(&e)) at(call->choice).calls.push_back({call->name, ""});
    if (const auto* piece = std::get_if<event::ToolCallDelta>(&e)) {
      at(piece->choice).calls.at(static_cast<std::size_t>(piece->index)).arguments += piece->arguments;
    }
    if (const auto* finished = std::get_if<event::Finished>(&e)) at(finished->choice).finish = finished->reason;
    if (const auto* used = std::get_if<event::UsageSeen>(&e)) detail::take_usage(said, used->usage);
    if (const auto* failed = std::get_if<event::Failed>(&e)) said.failure = failed->error.message();
    if (std::holds_alternative<event::Ended>(e)) said.ended = true;
  }
  detail::finish_calls(said);
  return said;
}

inline std::string describe(const Said& said) {
  constexpr std::array<std::string_view, 7> finishes = {"stop", "length", "tool_calls", "content_filter", "unknown", "refusal",
      "pause"};
  std::string out;
  for (const auto& choice : said.choices) {
    out += "text     " + choice.text + "\nrefusal  " + choice.refusal + "\nthinking " + choice.thinking + "\n";
    for (const auto& call : choice.calls) out += "call     " + call.name + " " + call.arguments + "\n";
    out += "finish   " + std::string(finishes[static_cast<std::size_t>(choice.finish)]) + "\n";
  }
  out += "usage    " + std::to_string(said.input) + " " + std::to_string(said.cache_read) + " " + std::to_string(said.output) +
      " " + std::to_string(said.reasoning) + "\n";
  return out + (said.failure.empty() ? said.ended ? "ended\n" : "cut\n" : "failed   " + said.failure + "\n");
}

// What a caller's dialect has no word for in an answer. All else must come through.
struct Wordless {
  Dialect caller;
  bool one_choice, no_refusal;   // a refusal is then said as text
  bool no_reasoning_tokens;      // they are counted in the output only
  bool refusal_ends;             // a refusal is told from other text by its kind, and not by the finish reason
  bool broken_is_error;          // what the provider's filter ended, or what has no end, is an error
  bool calls_are_whole;          // a call that an error broke into is not told
  std::vector<std::pair<llm::Finish, llm::Finish>> finishes;   // what is read for what was meant
};
inline const std::vector<Wordless>& wordless() {
  using enum llm::Finish;
  static const std::vector<Wordless> all = {
      {Dialect::openai, false, false, false, false, false, false, {{refusal, content_filter}, {unknown, stop}, {pause, length}}},
      {Dialect::responses, true, false, false, true, false, false, {{pause, length}}},
      {Dialect::anthropic, true, true, false, false, false, false, {{content_filter, refusal}, {unknown, stop}}},
      {Dialect::gemini, false, true, false, false, false, true, {{refusal, content_filter}, {pause, length}}},
      {Dialect::bedrock, true, true, true, false, false, false, {{refusal, content_filter}, {pause, length}}},
      {Dialect::cohere, true, true, false, false, true, false, {{refusal, stop}, {pause, length}}},
  };
  return all;
}

inline const Wordless& wordless_of(Dialect caller) {
  return *std::find_if(wordless().begin(), wordless().end(), [caller](const Wordless& one) { return one.caller == caller; });
}

// Ended by the provider's filter or without an end, and so an error to the dialect's callers. A model that declined in
// words has ended its answer.
inline bool is_broken(Dialect caller, const Said& said) {
  if (said.choices.empty()) return false;
  const Said::Choice& first = said.choices.front();
  const bool silent = first.text.empty() && first.refusal.empty() && first.calls.empty();
  if (caller == Dialect::gemini && silent && first.finish == llm::Finish::unknown) return true;   // a failure there
  if (!wordless_of(caller).broken_is_error) return false;
  return first.finish == llm::Finish::content_filter || first.finish == llm::Finish::unknown ||
      (first.finish == llm::Finish::refusal && first.refusal.empty());
}

// The same as far as the dialect can say it.
inline Said as_told_in(Dialect caller, Said said) {
  const Wordless& limits = wordless_of(caller);
  if (!said.failure.empty()) {
    for (auto& choice : said.choices) {
      if (limits.calls_are_whole && !choice.calls.empty()) choice.calls.pop_back();
      if (limits.no_refusal) choice.text += std::exchange(choice.refusal, {});
    }
    return said;
  }
  if (limits.one_choice && said.choices.size() > 1) said.choices.resize(1);
  if (said.choices.empty()) said.choices.resize(1);
  if (limits.no_reasoning_tokens) said.reasoning = 0;
  for (auto& choice : said.choices) {
    if (limits.no_refusal) choice.text += std::exchange(choice.refusal, {});
    if (limits.refusal_ends && !choice.refusal.empty() && choice.finish == llm::Finish::stop) {
      choice.finish = llm::Finish::refusal;
    }
    for (const auto& [meant, read] : limits.finishes) {
      if (choice.finish != meant) continue;
      choice.finish = read;
      break;
    }
  }
  return said;
}

}  // namespace sluice::dialects::pairs_tests
