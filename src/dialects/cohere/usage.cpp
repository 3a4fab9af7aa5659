#include "dialects/cohere/usage.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "dialects/object_writer.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::cohere {
namespace {

constexpr std::int64_t most_units = 100'000'000;   // no request uses more: what is stated beyond it counts as not stated

// The schema has counts as floats (cohere-python, types/usage_tokens.py), and some answers write them so.
std::optional<std::int64_t> to_count(std::string_view raw) {
  double value = 0;
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
  if (error != std::errc() || end != raw.data() + raw.size() || !std::isfinite(value)) return std::nullopt;
  if (value < 0 || value > static_cast<double>(most_units)) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

struct Counts {
  std::optional<std::int64_t> input, output;
  std::int64_t images = 0, texts = 0, reasoning = 0, searches = 0;
};

void read_counts(std::string_view raw, Counts& into) {
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    const auto count = to_count(value);
    if (!count) return;
    if (key == "input_tokens") into.input = count;
    else if (key == "output_tokens") into.output = count;
    else if (key == "image_tokens") into.images = *count;
    else if (key == "text_tokens") into.texts = *count;
    else if (key == "reasoning_tokens") into.reasoning = *count;
    else if (key == "search_units") into.searches = *count;
  });
}

// Images are counted beside the texts, unless the texts are stated as well: then both are parts of the input.
std::int64_t input_of(const Counts& counts) {
  const std::int64_t input = counts.input.value_or(0);
  return counts.texts > 0 ? std::max(input, counts.texts + counts.images) : input + counts.images;
}

}  // namespace

std::optional<llm::Usage> read_usage(std::string_view raw) {
  Counts billed, tokens;
  std::int64_t cached = 0;
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "billed_units") read_counts(value, billed);
    else if (key == "tokens") read_counts(value, tokens);
    else if (key == "cached_tokens") cached = to_count(value).value_or(0);
  });
  const bool paid = billed.input || billed.output || billed.searches > 0 || billed.images > 0;
  const Counts& counts = paid ? billed : tokens;
  if (!paid && !tokens.input && !tokens.output) return std::nullopt;
  llm::Usage usage;
  usage.input = input_of(counts);
  usage.output = counts.output.value_or(0);
  usage.search_units = billed.searches;
  // Both are of the unbilled counts and may be larger than what is paid: a part never exceeds its whole.
  usage.cache_read = std::min(cached, usage.input);
  usage.reasoning = std::min(std::max(tokens.reasoning, billed.reasoning), usage.output);
  return usage;
}

std::optional<llm::Usage> usage_of(std::string_view body) {
  for (const std::string_view name : {"usage", "meta"}) {
    if (const auto near_end = json::find_from_end(body, name)) {
      if (auto told = read_usage(*near_end)) return told;
    }
  }
  std::optional<llm::Usage> usage;
  json::each_member(body, [&](std::string_view key, std::string_view value) {
    if (key != "usage" && key != "meta") return;
    if (auto told = read_usage(value)) usage = told;
  });
  return usage;
}

void append_usage(std::string& out, const llm::Usage& usage) {
  ObjectWriter billed, tokens, all;
  if (usage.search_units > 0) billed.integer("search_units", usage.search_units);
  billed.integer("input_tokens", usage.input);
  billed.integer("output_tokens", usage.output);
  tokens.integer("input_tokens", usage.input);
  tokens.integer("output_tokens", usage.output);
  if (usage.reasoning > 0) tokens.integer("reasoning_tokens", usage.reasoning);
  all.raw("billed_units", billed.take());
  all.raw("tokens", tokens.take());
  if (usage.cache_read > 0) all.integer("cached_tokens", usage.cache_read);
  out += all.take();
}

}  // namespace sluice::dialects::cohere
