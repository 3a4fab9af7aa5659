// What is asked of the answer.
#pragma once
#include "unit/providers/features/tools.hpp"

namespace sluice::providers::features {

// A member of the request and a usual value of it.
template <class Member, class Value>
Feature setting(std::string name, Member member, Value value, Ability needs = Ability::talk) {
  return {std::move(name), [=](Chat& chat, const Column&) { chat.*member = value; },
      [=](const Chat& chat) { return tell(chat.*member); }, needs};
}

inline Feature with(std::function<void(Chat&)> prepare, Feature feature) {
  feature.prepare = std::move(prepare);
  return feature;
}

// A member that has no neutral place, in the words of one dialect's callers or another's.
inline Feature other(std::string name, llm::Dialect caller, std::string member, llm::Dialect other_caller,
    std::string other_member, std::string value) {
  Feature feature;
  feature.name = std::move(name);
  feature.caller = caller;
  feature.other_caller = other_caller;
  feature.put = [=](Chat& chat, const Column&) { chat.others.emplace_back(chat.caller == caller ? member : other_member,
      value); };
  feature.told = [=](const Chat& chat) {
    std::string out;
    for (const auto& [key, raw] : chat.others) {
      if (key == member || key == other_member) out += plain(raw) + ";";
    }
    return out;
  };
  return feature;
}

inline std::string told_format(const Chat& chat) {
  if (!chat.response_format) return "text";
  const llm::ResponseFormat& format = *chat.response_format;
  return std::to_string(static_cast<int>(format.kind)) + " " + plain(format.schema);
}
inline Feature format(std::string name, llm::ResponseFormat asked) {
  return {std::move(name), [asked](Chat& chat, const Column&) { chat.response_format = asked; }, told_format};
}

inline Feature modalities(std::string name, std::vector<std::string> kinds, std::string audio, Ability needs) {
  return {std::move(name), [=](Chat& chat, const Column&) { chat.modalities = kinds, chat.audio_output = audio; },
          [](const Chat& chat) { return tell(chat.modalities) + " " + plain(chat.audio_output); }, needs};
}

inline std::vector<Feature> sampling() {
  return {
      setting("max_tokens", &Chat::max_tokens, 100),
      setting("temperature", &Chat::temperature, 0.5),
      setting("top_p", &Chat::top_p, 0.5),
      setting("top_k", &Chat::top_k, 40),
      setting("frequency penalty", &Chat::frequency_penalty, 0.5),
      setting("presence penalty", &Chat::presence_penalty, 0.5),
      setting("seed", &Chat::seed, 7),
      setting("stop sequences", &Chat::stop, std::vector<std::string>{"END"}),
      setting("n > 1", &Chat::n, 2),
      setting("logprobs", &Chat::logprobs, true),
      with([](Chat& chat) { chat.logprobs = true; }, setting("top_logprobs", &Chat::top_logprobs, 3)),
      other("logit_bias", llm::Dialect::openai, "logit_bias", llm::Dialect::responses, "logit_bias", R"({"50256":-100})"),
  };
}

inline std::string told_not_thinking(const Chat& chat) {
  return chat.reasoning_effort == "none" || chat.thinking_budget == 0 ? "does not think" : "thinks";
}

// Where nothing is said of it the answer has none.
inline Feature shown(std::string name, bool wanted) {
  Feature feature = setting(std::move(name), &Chat::show_thinking, wanted, Ability::think);
  feature.told = [](const Chat& chat) { return tell(chat.show_thinking.value_or(false)); };
  feature.prepare = [](Chat& chat) { chat.reasoning_effort = "high"; };
  feature.given = [wanted](const dialects::Quirks& quirks) { return quirks.shows_thoughts == wanted; };
  return feature;
}

// A model that cannot be asked to think is not known to.
inline Feature no_reasoning() {
  Feature feature = setting("no reasoning", &Chat::reasoning_effort, std::string("none"), Ability::muse);
  feature.told = told_not_thinking;
  feature.given = [](const dialects::Quirks& quirks) { return quirks.reasoning_request.empty() && quirks.efforts.empty(); };
  return feature;
}

inline std::vector<Feature> thinking_settings() {
  using enum Ability;
  const auto shows = [](Chat& chat) { chat.reasoning_effort = "high", chat.show_thinking = true; };
  return {
      setting("reasoning effort", &Chat::reasoning_effort, std::string("high"), think),
      no_reasoning(),
      setting("thinking budget", &Chat::thinking_budget, 2048, count),
      shown("thoughts in the answer", true),
      shown("thoughts not in the answer", false),
      with(shows, setting("thoughts in detail", &Chat::thinking_detail, std::string("detailed"), think)),
  };
}

inline std::vector<Feature> output() {
  using enum Ability;
  using Kind = llm::ResponseFormat::Kind;
  using llm::Dialect;
  return {
      format("JSON mode", {Kind::json_object, "", "", std::nullopt}),
      format("JSON Schema", {Kind::json_schema, "city", of_city, true}),
      modalities("spoken answer", {"text", "audio"}, R"({"voice":"alloy","format":"pcm16"})", speak),
      modalities("drawn answer", {"text", "image"}, "", draw),
      setting("verbosity", &Chat::verbosity, std::string("low"), think),
      setting("service tier: flex", &Chat::service_tier, std::string("flex"), think),
      setting("user", &Chat::user, std::string("u-1")),
      setting("metadata", &Chat::metadata, std::string(R"({"job":"j-1"})")),
      other("prompt cache key", Dialect::openai, "prompt_cache_key", Dialect::responses, "prompt_cache_key", R"("k-1")"),
      other("answer kept by the provider", Dialect::openai, "store", Dialect::responses, "store", "true"),
      other("answer kept before", Dialect::responses, "previous_response_id", Dialect::responses, "previous_response_id",
          R"("resp_1")"),
      other("safety settings", Dialect::gemini, "safetySettings", Dialect::openai, "safety_settings",
            R"([{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_NONE"}])"),
      other("prediction", Dialect::openai, "prediction", Dialect::responses, "prediction",
          R"({"type":"content","content":"Yes."})"),
      setting("stream", &Chat::stream, true),
  };
}

}  // namespace sluice::providers::features
