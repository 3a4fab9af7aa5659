#include "dialects/bedrock/usage.hpp"

#include <algorithm>
#include <cstdint>

#include "sluice/json/scan.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::bedrock {
namespace {

// Keeps sums far from overflow whatever the provider says; no answer has a trillion tokens.
constexpr std::int64_t most_tokens = 1'000'000'000'000;

std::int64_t count(std::string_view raw) { return std::clamp<std::int64_t>(json::to_integer(raw).value_or(0), 0, most_tokens); }

struct Counts {
  std::int64_t input = 0, output = 0, total = -1, read = 0, written = 0, written_1h = 0;
  bool seen = false;
};

void see_details(std::string_view list, Counts& counts) {
  json::each_element(list, [&counts](std::string_view detail) {
    const auto ttl = json::find(detail, "ttl"), tokens = json::find(detail, "inputTokens");
    if (ttl && tokens && *ttl == "\"1h\"") counts.written_1h = std::min(counts.written_1h + count(*tokens), most_tokens);
  });
}

}  // namespace

std::optional<llm::Usage> read_usage(std::string_view raw) {
  Counts counts;
  // cacheReadInputTokenCount and cacheWriteInputTokenCount are older names of the same numbers, sent beside the newer.
  json::each_member(raw, [&counts](std::string_view key, std::string_view value) {
    if (key == "inputTokens") counts.input = count(value), counts.seen = true;
    else if (key == "outputTokens") counts.output = count(value), counts.seen = true;
    else if (key == "totalTokens") counts.total = count(value);
    else if (key == "cacheReadInputTokens" || key == "cacheReadInputTokenCount") counts.read = std::max(counts.read, count(value));
    else if (key == "cacheWriteInputTokens" || key == "cacheWriteInputTokenCount") counts.written = std::max(counts.written, count(value));
    else if (key == "cacheDetails") see_details(value, counts);
  });
  if (!counts.seen) return std::nullopt;
  llm::Usage usage;
  // Cached tokens stand beside the input. Where the provider's own total says that they are in it, they are.
  const bool inside = counts.total == counts.input + counts.output && counts.read + counts.written <= counts.input;
  usage.input = inside ? counts.input : counts.input + counts.read + counts.written;
  usage.cache_read = counts.read;
  usage.cache_write_1h = std::min(counts.written_1h, counts.written);
  usage.cache_write_5m = counts.written - usage.cache_write_1h;
  usage.output = counts.output;
  return usage;
}

std::optional<llm::Usage> usage_in_answer(std::string_view body) {
  std::optional<llm::Usage> usage;
  json::each_member(body, [&usage](std::string_view key, std::string_view value) {
    if (key == "usage") {
      usage = read_usage(value);
    } else if (key == "inputTextTokenCount" && json::to_integer(value)) {
      usage.emplace().input = count(value);
    }
  });
  return usage;
}

void append_usage(std::string& out, const llm::Usage& usage) {
  const std::int64_t written = usage.cache_write_5m + usage.cache_write_1h;
  const auto member = [&out](std::string_view name, std::int64_t value) {
    out += name;
    json::append_integer(out, value);
  };
  member("{\"inputTokens\":", std::max<std::int64_t>(usage.input - usage.cache_read - written, 0));
  member(",\"outputTokens\":", usage.output);
  member(",\"totalTokens\":", usage.input + usage.output);
  if (usage.cache_read > 0 || written > 0) {
    member(",\"cacheReadInputTokens\":", usage.cache_read);
    member(",\"cacheWriteInputTokens\":", written);
  }
  if (usage.cache_write_1h > 0) {
    member(",\"cacheDetails\":[{\"ttl\":\"1h\",\"inputTokens\":", usage.cache_write_1h);
    if (usage.cache_write_5m > 0) member("},{\"ttl\":\"5m\",\"inputTokens\":", usage.cache_write_5m);
    out += "}]";
  }
  out += '}';
}

}  // namespace sluice::dialects::bedrock
