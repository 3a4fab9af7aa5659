#include "dialects/anthropic/usage.hpp"

#include <algorithm>
#include <limits>

#include "sluice/json/scan.hpp"

namespace sluice::dialects::anthropic {
namespace {

// Keeps sums far from overflow whatever the provider says; no answer has a trillion tokens.
constexpr std::int64_t most_tokens = 1'000'000'000'000;

void take(std::string_view raw, std::int64_t& into) {
  const auto value = json::to_integer(raw);
  if (value) into = std::clamp<std::int64_t>(*value, 0, most_tokens);
}

}  // namespace

void UsageCount::see(std::string_view usage) {
  json::each_member(usage, [this](std::string_view key, std::string_view raw) {
    if (key == "iterations") see_iterations(raw);
    else see_count(key, raw);
  });
}

void UsageCount::see_count(std::string_view key, std::string_view raw) {
  if (key == "input_tokens") {
    take(raw, x_input);
    x_seen = true;
  } else if (key == "output_tokens") {
    take(raw, x_output);
    x_seen = true;
  } else if (key == "cache_read_input_tokens") {
    take(raw, x_cache_read);
  } else if (key == "cache_creation_input_tokens") {
    take(raw, x_cache_write);
  } else if (key == "cache_creation") {
    see_cache_creation(raw);
  } else if (key == "output_tokens_details") {
    if (const auto thinking = json::find(raw, "thinking_tokens")) take(*thinking, x_thinking);
  } else if (key == "server_tool_use") {
    if (const auto searches = json::find(raw, "web_search_requests")) take(*searches, x_web_searches);
  }
}

void UsageCount::see_cache_creation(std::string_view object) {
  json::each_member(object, [this](std::string_view key, std::string_view raw) {
    if (key == "ephemeral_5m_input_tokens") take(raw, x_cache_write_5m);
    else if (key == "ephemeral_1h_input_tokens") take(raw, x_cache_write_1h);
  });
}

// The summary made in a compaction is a call of its own, billed and only listed here (docs: Compaction, "Understanding
// usage"). The other kinds are either in the main counts already or another model's.
void UsageCount::see_iterations(std::string_view array) {
  llm::Usage sum;
  json::each_element(array, [&sum](std::string_view iteration) {
    const auto type = json::find(iteration, "type");
    if (!type || *type != "\"compaction\"") return;
    UsageCount one;
    json::each_member(iteration, [&one](std::string_view key, std::string_view raw) { one.see_count(key, raw); });
    const llm::Usage used = one.total();
    const auto add = [](std::int64_t& to, std::int64_t more) { to = std::min(to + more, most_tokens); };
    add(sum.input, used.input);
    add(sum.cache_read, used.cache_read);
    add(sum.cache_write_5m, used.cache_write_5m);
    add(sum.cache_write_1h, used.cache_write_1h);
    add(sum.output, used.output);
    add(sum.reasoning, used.reasoning);
  });
  x_compaction = sum;
}

llm::Usage UsageCount::total() const {
  llm::Usage usage;
  // Only message_start splits the cache writes by term; the total in message_delta may be larger. What is not said to
  // be for an hour was written for five minutes, the default.
  const std::int64_t written = std::max(x_cache_write, std::min(x_cache_write_5m + x_cache_write_1h, most_tokens));
  usage.cache_write_1h = std::min(x_cache_write_1h, written);
  usage.cache_write_5m = written - usage.cache_write_1h;
  usage.cache_read = x_cache_read;
  usage.input = x_input + x_cache_read + written;
  usage.output = std::max(x_output, x_thinking);
  usage.reasoning = x_thinking;
  usage.web_searches = x_web_searches;

  usage.input += x_compaction.input;
  usage.cache_read += x_compaction.cache_read;
  usage.cache_write_5m += x_compaction.cache_write_5m;
  usage.cache_write_1h += x_compaction.cache_write_1h;
  usage.output += x_compaction.output;
  usage.reasoning += x_compaction.reasoning;
  return usage;
}

}  // namespace sluice::dialects::anthropic
