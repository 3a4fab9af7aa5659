#include "dialects/openai/usage.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "sluice/json/scan.hpp"

namespace sluice::dialects::openai {
namespace {

// No request uses more: what a broken or hostile service states beyond it counts as not stated.
constexpr std::int64_t most_tokens = 100'000'000;

std::optional<double> to_number(std::string_view raw) {
  double value = 0;
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
  if (error != std::errc() || end != raw.data() + raw.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

// Some services write counts as floats (12.0); null, text and negative numbers count as not stated.
std::optional<std::int64_t> to_count(std::string_view raw) {
  if (const auto whole = json::to_integer(raw)) {
    if (*whole < 0 || *whole > most_tokens) return std::nullopt;
    return *whole;
  }
  const auto number = to_number(raw);
  if (!number || *number < 0 || *number > static_cast<double>(most_tokens)) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

std::optional<std::int64_t> usd_to_nano(std::string_view raw) {
  const auto usd = to_number(raw);
  if (!usd || *usd < 0 || *usd > 1e6) return std::nullopt;
  return std::llround(*usd * 1e9);
}

// The numbers as stated, under one name each.
struct Stated {
  std::optional<std::int64_t> prompt, completion, total;
  std::int64_t cached = 0, cache_write = 0, input_audio = 0, reasoning = 0, output_audio = 0, searches = 0;
  std::optional<std::int64_t> cost, upstream_cost, ticks;
  bool own_key = false;   // OpenRouter's is_byok: the model's own price is billed by the provider, not in `cost`
};

void take(std::optional<std::int64_t>& into, std::string_view raw) {
  if (const auto count = to_count(raw)) into = count;
}
void take(std::int64_t& into, std::string_view raw) {
  if (const auto count = to_count(raw)) into = std::max(into, *count);
}

void read_prompt_details(Stated& stated, std::string_view raw) {
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "cached_tokens") take(stated.cached, value);
    else if (key == "cache_write_tokens") take(stated.cache_write, value);
    else if (key == "audio_tokens") take(stated.input_audio, value);
  });
}

void read_completion_details(Stated& stated, std::string_view raw) {
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "reasoning_tokens") take(stated.reasoning, value);
    else if (key == "audio_tokens") take(stated.output_audio, value);
  });
}

// A number at OpenRouter, an object with total_cost at Perplexity.
void read_cost(Stated& stated, std::string_view raw) {
  if (json::kind_of(raw) == json::Kind::object) {
    if (const auto total = json::find(raw, "total_cost")) stated.cost = usd_to_nano(*total);
  } else {
    stated.cost = usd_to_nano(raw);
  }
}

// What only some services say.
void read_rare_member(Stated& stated, std::string_view key, std::string_view value) {
  if (key == "prompt_cache_hit_tokens" || key == "num_cached_tokens" || key == "cached_tokens")
    take(stated.cached, value);
  else if (key == "prompt_audio_tokens" || key == "audio_prompt_tokens") take(stated.input_audio, value);
  else if (key == "reasoning_tokens") take(stated.reasoning, value);
  else if (key == "cost") read_cost(stated, value);
  else if (key == "is_byok") stated.own_key = value == "true";
  else if (key == "cost_in_usd_ticks") take(stated.ticks, value);
  else if (key == "num_search_queries") take(stated.searches, value);
  else if (key == "cost_details") {
    if (const auto cost = json::find(value, "upstream_inference_cost")) stated.upstream_cost = usd_to_nano(*cost);
  } else if (key == "server_tool_use_details" || key == "server_tool_use") {
    if (const auto searches = json::find(value, "web_search_requests")) take(stated.searches, *searches);
  }
}

void read_member(Stated& stated, std::string_view key, std::string_view value) {
  if (key == "prompt_tokens" || key == "input_tokens") take(stated.prompt, value);
  else if (key == "completion_tokens" || key == "output_tokens") take(stated.completion, value);
  else if (key == "total_tokens") take(stated.total, value);
  else if (key == "prompt_tokens_details" || key == "input_tokens_details" || key == "input_token_details") read_prompt_details(stated, value);
  else if (key == "completion_tokens_details" || key == "output_tokens_details") read_completion_details(stated, value);
  else read_rare_member(stated, key, value);
}

// The total tells what a service left out of its two counts: xAI its reasoning, Mistral its audio input, Gemini's
// OpenAI-compatible answers the thoughts (billed as output).
void add_left_out(const Stated& stated, llm::Usage& usage) {
  const std::int64_t missing = stated.total.value_or(0) - usage.input - usage.output;
  if (missing <= 0) return;
  if (!stated.completion && stated.reasoning == 0) usage.input += missing;   // embeddings that state only a total
  else if (missing == stated.input_audio && missing != stated.reasoning) usage.input += missing;
  else usage.output += missing;
}

std::optional<std::int64_t> cost_of(const Stated& stated) {
  if (stated.cost) return *stated.cost + (stated.own_key ? stated.upstream_cost.value_or(0) : 0);
  // xAI's tick is 10^-10 US dollars. Its models on Azure always state 0, and are not free.
  if (stated.ticks && *stated.ticks > 0) return (*stated.ticks + 5) / 10;
  return std::nullopt;
}

}  // namespace

std::optional<llm::Usage> read_usage(std::string_view raw) {
  Stated stated;
  if (!json::each_member(raw, [&](std::string_view key, std::string_view value) { read_member(stated, key, value); })) {
    return std::nullopt;
  }
  if (!stated.prompt && !stated.completion && !stated.total) return std::nullopt;
  llm::Usage usage;
  usage.input = stated.prompt.value_or(0);
  usage.output = stated.completion.value_or(0);
  add_left_out(stated, usage);
  // Grok on Azure states more cached tokens than prompt tokens: the parts never exceed their whole.
  usage.cache_read = std::min(stated.cached, usage.input);
  usage.cache_write_5m = std::min(stated.cache_write, usage.input - usage.cache_read);
  usage.input_audio = std::min(stated.input_audio, usage.input);
  usage.reasoning = std::min(stated.reasoning, usage.output);
  usage.output_audio = std::min(stated.output_audio, usage.output - usage.reasoning);
  usage.web_searches = stated.searches;
  usage.reported_cost_nano_usd = cost_of(stated);
  return usage;
}

std::optional<llm::Usage> usage_in_answer(std::string_view body) {
  // Nearly always it stands near the end, behind the long parts.
  if (const auto near_end = json::find_from_end(body, "usage")) {
    if (const auto told = read_usage(*near_end)) return told;
  }
  std::optional<llm::Usage> usage, groq;
  json::each_member(body, [&](std::string_view key, std::string_view value) {
    if (key == "usage") {
      usage = read_usage(value);
    } else if (key == "x_groq") {
      if (const auto inner = json::find(value, "usage")) groq = read_usage(*inner);
    }
  });
  return usage ? usage : groq;
}

}  // namespace sluice::dialects::openai
