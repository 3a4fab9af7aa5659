#include "dialects/openai/encode.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "dialects/caller_words.hpp"
#include "dialects/openai/encode_messages.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::openai {
namespace {

constexpr std::size_t most_stops = 4;

std::string number(double value) {
  std::array<char, 32> digits;
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), std::isfinite(value) ? value : 0.0);
  return {digits.data(), written.ptr};
}

std::string list_of(const std::vector<std::string>& texts, std::size_t most) {
  std::string list = "[";
  for (std::size_t i = 0; i < std::min(texts.size(), most); ++i) {
    if (i > 0) list += ',';
    json::append_quoted(list, texts[i]);
  }
  return list + "]";
}

void put_sampling(const llm::ChatRequest& asked, Members& members) {
  if (asked.max_tokens) members.put_integer("max_tokens", *asked.max_tokens);
  if (asked.temperature) members.put_number("temperature", *asked.temperature, 1);
  if (asked.top_p) members.put_number("top_p", *asked.top_p, 1);
  if (asked.top_k) members.put_integer("top_k", *asked.top_k);
  if (asked.frequency_penalty) members.put_number("frequency_penalty", *asked.frequency_penalty, 0);
  if (asked.presence_penalty) members.put_number("presence_penalty", *asked.presence_penalty, 0);
  if (asked.seed) members.put_integer("seed", *asked.seed);
  if (!asked.stop.empty() && members.put("stop", list_of(asked.stop, most_stops)) && asked.stop.size() > most_stops) members.drop("stop");
  if (asked.logprobs != true) return;
  const bool told = members.put("logprobs", "true");
  if (!asked.top_logprobs) return;
  if (told) members.put_integer("top_logprobs", *asked.top_logprobs);
  else members.drop("top_logprobs");
}

// Of other APIs' tiers only those that mean the same.
void put_service_tier(const llm::ChatRequest& asked, Members& members) {
  static constexpr std::array<std::string_view, 5> known{"auto", "default", "flex", "priority", "scale"};
  std::string_view tier = asked.service_tier;
  if (tier.empty()) return;
  if (tier == "standard_only" || tier == "standard") tier = "default";   // Anthropic, Gemini
  if (std::find(known.begin(), known.end(), tier) == known.end()) return members.drop("service_tier");
  if (members.refuses("service_tier") && (tier == "auto" || tier == "default")) return;
  members.put_text("service_tier", tier);
}

void put_output(const llm::ChatRequest& asked, Members& members) {
  const bool only_text = asked.modalities.empty() || (asked.modalities.size() == 1 && asked.modalities.front() == "text");
  if (!only_text) members.put("modalities", list_of(asked.modalities, 8));
  if (!asked.audio_output.empty()) members.put("audio", asked.audio_output);
  if (!asked.verbosity.empty()) members.put_text("verbosity", asked.verbosity);
  put_service_tier(asked, members);
  if (!asked.user.empty()) members.put_text("user", asked.user);
  if (!asked.metadata.empty() && asked.metadata != "{}") members.put("metadata", asked.metadata);
}

// A value that asks for nothing is not missed.
bool asks_for_nothing(std::string_view name, std::string_view value) {
  if (value == "null" || value == "{}" || value == "[]") return true;
  return (name == "store" || name == "background" || name == "logprobs") && value == "false";
}

// What cannot be left out: the answer would be to another question.
bool decides(std::string_view name) {
  static constexpr std::array<std::string_view, 6> names{"previous_response_id", "conversation", "background", "prompt",
                                                         "cachedContent", "container"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Members of another API that mean the same here.
bool is_shared(llm::Dialect caller, std::string_view name) {
  static constexpr std::array<std::string_view, 6> names{"store", "prompt_cache_key", "prompt_cache_retention",
                                                         "safety_identifier", "logit_bias", "prediction"};
  if (caller == llm::Dialect::openai) return name.find_first_of(".[") == name.npos;
  return caller == llm::Dialect::responses && std::find(names.begin(), names.end(), name) != names.end();
}

Result<> put_others(const llm::ChatRequest& asked, Members& members) {
  for (const auto& [name, value] : asked.others) {
    if (asks_for_nothing(name, value)) continue;
    if (is_shared(asked.caller, name)) {
      members.put(name, value);
    } else if (decides(name)) {
      return Error(Code::bad_request, "This provider cannot be asked with '" + name + "'.").about(name);
    } else {
      members.drop(name);
    }
  }
  return {};
}

}  // namespace

bool Members::refuses(std::string_view path) const {
  static constexpr std::array<std::string_view, 4> sampling{"temperature", "top_p", "logprobs", "top_logprobs"};
  if (!x_samples && std::find(sampling.begin(), sampling.end(), path) != sampling.end()) return true;
  return std::find(x_quirks.refuses.begin(), x_quirks.refuses.end(), path) != x_quirks.refuses.end();
}

void Members::drop(std::string_view name) { x_dropped.add(caller_word(x_caller, name)); }

bool Members::put(std::string_view name, std::string_view raw) {
  if (refuses(name)) {
    drop(name);
    return false;
  }
  std::string_view theirs = name;
  for (const auto& [ours, other] : x_quirks.renames) {
    if (ours == name) theirs = other;
  }
  x_body += ',';
  json::append_quoted(x_body, theirs);
  x_body += ':';
  x_body += raw;
  return true;
}

void Members::put_text(std::string_view name, std::string_view text) { put(name, json::quoted(text)); }
void Members::put_number(std::string_view name, double value, double usual) {
  if (!refuses(name) || value != usual) put(name, number(value));
}
void Members::put_integer(std::string_view name, std::int64_t value) { put(name, std::to_string(value)); }

Result<Encoded> encode(const llm::ChatRequest& asked, const Recipient& to) {
  Dropped dropped;
  Encoded out;
  std::string rest;
  Members members(rest, to.quirks, asked.caller, dropped, effort_sent(asked, to.quirks));
  const std::string instructions = put_response_format(asked, members);
  auto messages = encode_messages(asked, to, instructions, dropped);
  if (!messages) return std::move(messages).error();
  if (asked.n && *asked.n > 1) {
    if (members.refuses("n")) {
      return Error(Code::bad_request, "This model gives one answer to a request.").about(std::string(caller_word(asked.caller, "n")));
    }
    members.put_integer("n", *asked.n);
  }
  put_sampling(asked, members);
  if (auto tools = put_tools(asked, members); !tools) return std::move(tools).error();
  put_reasoning(asked, members);
  put_output(asked, members);
  if (auto others = put_others(asked, members); !others) return std::move(others).error();
  if (asked.stream) rest += to.quirks.stream_usage ? R"(,"stream":true,"stream_options":{"include_usage":true})" : ",\"stream\":true";

  out.body.reserve(messages->size() + rest.size() + 64);
  out.body += "{\"model\":";
  json::append_quoted(out.body, to.model);
  out.body.append(",\"messages\":[").append(*messages).append("]").append(rest) += '}';
  out.dropped = dropped.take();
  return out;
}

}  // namespace sluice::dialects::openai
