// What an answer can hold, and what callers of each dialect see of it: written for them, and read again as their SDKs
// would read it.
#pragma once
#include <gtest/gtest.h>

#include "sluice/dialects/dialect.hpp"
#include "sluice/dialects/wire.hpp"
#include "unit/providers/features/tools.hpp"

namespace sluice::providers::features {

using Answer = llm::ChatResponse;

struct AnswerFeature {
  std::string name;
  std::function<void(Answer&)> put;
  std::function<std::string(const Answer&)> told;
};

template <class Kind>
std::string told_in_answer(const Answer& answer) {
  std::string out;
  for (const llm::Choice& choice : answer.choices) {
    for (const llm::Part& part : choice.parts) {
      if (const auto* one = std::get_if<Kind>(&part)) out += tell(*one) + "; ";
    }
  }
  return out;
}

template <class Kind>
AnswerFeature part_of_answer(std::string name, Kind part) {
  return {std::move(name), [part](Answer& answer) { answer.choices.front().parts.emplace_back(part); }, told_in_answer<Kind>};
}

inline AnswerFeature thought(std::string name, llm::Thinking thinking) {
  const auto put = [thinking](Answer& answer) { answer.choices.front().parts.insert(answer.choices.front().parts.begin(),
      thinking); };
  return {std::move(name), put, told_in_answer<llm::Thinking>};
}

inline std::string told_citations(const Answer& answer) {
  std::string out;
  for (const llm::Part& part : answer.choices.front().parts) {
    const auto* text = std::get_if<llm::Text>(&part);
    if (text == nullptr) continue;
    for (const llm::Citation& one : text->citations) out += one.url + " " + one.title + " " + one.quote + " "
        + std::to_string(one.document) + ";";
  }
  return out;
}
inline AnswerFeature cited(std::string name, llm::Citation citation) {
  return {std::move(name), [citation](Answer& answer) {
      std::get<llm::Text>(answer.choices.front().parts.front()).citations = {citation}; }, told_citations};
}

// Said as a text where there are no refusals.
inline std::string told_refusal(const Answer& answer) {
  return told_in_answer<llm::Refusal>(answer) + "beside " + told_in_answer<llm::Text>(answer);
}

inline AnswerFeature finish(std::string name, llm::Finish reason) {
  return {"end: " + std::move(name), [reason](Answer& answer) { answer.choices.front().finish = reason; },
          [](const Answer& answer) { return std::to_string(static_cast<int>(answer.choices.front().finish)); }};
}

inline AnswerFeature usage(std::string name, std::int64_t llm::Usage::* member, std::int64_t count) {
  return {"usage: " + std::move(name), [=](Answer& answer) { answer.usage.*member = count; },
          [member](const Answer& answer) { return std::to_string(answer.usage.*member); }};
}

inline llm::ToolCall free_call() { return {"call_00001", "shell", "ls -l", "", llm::Maker::unknown, true}; }

inline std::vector<AnswerFeature> parts_of_answers() {
  using llm::Maker;
  const llm::ToolCall call{"call_00001", "weather", R"({"city":"Paris"})"},
      second{"call_00002", "forecast", R"({"city":"Rome"})"};
  llm::Citation page, document;
  page.url = "https://example.com/paris", page.title = "Paris", page.start = 0, page.end = 6;
  document.document = 0, document.title = "Paris", document.quote = "Paris lies on the Seine.", document.start = 0,
      document.end = 6;
  llm::Audio sound{"wav", some_sound};
  sound.id = "audio_1", sound.transcript = "Hello.";
  return {
      {"text", [](Answer& answer) { std::get<llm::Text>(answer.choices.front().parts.front()).text = "Bonjour."; },
          told_in_answer<llm::Text>},
      {"refusal", [](Answer& answer) { answer.choices.front().parts = {llm::Refusal{"No."}}; }, told_refusal},
      part_of_answer("tool call", call),
      {"parallel tool calls", [=](Answer& answer) { answer.choices.front().parts.emplace_back(call),
          answer.choices.front().parts.emplace_back(second); },
       told_in_answer<llm::ToolCall>},
      part_of_answer("call with free text", free_call()),
      thought("thoughts signed by Claude", {"Hm.", "c2lnbmVk", false, Maker::anthropic, {}}),
      thought("thoughts signed by Gemini", {"Hm.", "c2lnbmVk", false, Maker::google, {}}),
      thought("thoughts signed by GPT", {"Hm.", "c2lnbmVk", false, Maker::openai, {}}),
      thought("thoughts without a signature", {"Hm.", "", false, Maker::unknown, {}}),
      thought("redacted thoughts", {"", "c2lnbmVk", true, Maker::anthropic, {}}),
      cited("citation of a page", page),
      cited("citation of a document", document),
      part_of_answer("image", llm::Image{"image/png", pixel, "", ""}),
      part_of_answer("sound", sound),
      part_of_answer("call of a server tool",
          llm::ServerPart{R"({"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{}})",
          llm::Dialect::anthropic}),
  };
}

inline std::vector<AnswerFeature> facts_of_answers() {
  using llm::Finish;
  using llm::Usage;
  AnswerFeature calls_tool = finish("a tool is to be called", Finish::tool_calls);
  calls_tool.put = [](Answer& answer) {
    answer.choices.front().finish = Finish::tool_calls;
    answer.choices.front().parts.emplace_back(llm::ToolCall{"call_00001", "weather", R"({"city":"Paris"})"});
  };
  AnswerFeature hour = usage("written for an hour", &Usage::cache_write_1h, 5);
  hour.told = [](const Answer& answer) { return std::to_string(answer.usage.cache_write_1h) + " and "
      + std::to_string(answer.usage.cache_write_5m); };
  return {
      {"several answers", [](Answer& answer) { answer.choices.push_back({1, {llm::Text{"Hi."}}, Finish::stop}); },
       [](const Answer& answer) { return std::to_string(answer.choices.size()); }},
      {"log probabilities", [](Answer& answer) {
         answer.choices.front().logprobs = R"({"content":[{"token":"Hello.","logprob":-0.5,"bytes":[72,101,108,108,111,46],"top_logprobs":[]}]})";
       }, [](const Answer& answer) { return plain(answer.choices.front().logprobs); }},
      finish("limit of tokens", Finish::length),
      calls_tool,
      finish("content filter", Finish::content_filter),
      finish("refusal", Finish::refusal),
      finish("pause", Finish::pause),
      {"stop sequence that was met", [](Answer& answer) { answer.choices.front().stop_sequence = "END"; },
       [](const Answer& answer) { return answer.choices.front().stop_sequence; }},
      usage("input", &Usage::input, 2000),
      usage("output", &Usage::output, 1000),
      usage("read from the cache", &Usage::cache_read, 5),
      usage("written to the cache", &Usage::cache_write_5m, 5),
      hour,
      usage("reasoning", &Usage::reasoning, 50),
      {"service tier", [](Answer& answer) { answer.service_tier = "priority"; },
          [](const Answer& answer) { return answer.service_tier; }},
  };
}

enum class Seen : unsigned char { exact, translated, left_out };
inline std::string_view word(Seen seen) {
  constexpr std::string_view words[] = {"exact", "translated", "left out"};
  return words[static_cast<std::size_t>(seen)];
}

inline Seen seen(llm::Dialect caller, const AnswerFeature& feature) {
  Chat asked;
  asked.caller = caller;
  asked.model = "m";
  asked.messages.push_back(says(llm::Role::user, "Hello?"));
  asked.tools = {tool("weather"), tool("forecast"), custom_tool()};
  asked.logprobs = true;
  asked.n = 2;
  Answer without;
  without.id = "id-1";
  without.model = "m";
  without.choices.push_back({0, {llm::Text{"Hello."}}, llm::Finish::stop});
  without.usage.input = 100;
  without.usage.output = 80;
  Answer with = without;
  feature.put(with);
  const auto read = [&](const Answer& answer) {
    const std::string body = dialects::caller_dialect(caller).write_chat(asked, answer, {"id-1", 1'700'000'000, ""});
    auto decoded = dialects::wire(caller).decode(body);
    return decoded ? feature.told(*decoded) : "the error " + decoded.error().message();
  };
  const std::string told = read(with);
  if (told == feature.told(with)) return Seen::exact;
  return told == read(without) ? Seen::left_out : Seen::translated;
}

}  // namespace sluice::providers::features
