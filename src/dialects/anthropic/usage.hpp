// Anthropic's token counts brought to ours.
#pragma once
#include <cstdint>
#include <string_view>

#include "sluice/llm/usage.hpp"

namespace sluice::dialects::anthropic {

// Counts come in message_start and again in message_delta, cumulative, some fields only in one of them: a later field
// replaces an earlier one, and nothing is ever added up over events. Used by one thread.
class UsageCount {
 public:
  // A raw `usage` object. Members that are absent, null or no number leave what was known.
  void see(std::string_view usage);
  bool seen() const { return x_seen; }
  llm::Usage total() const;

 private:
  void see_count(std::string_view key, std::string_view raw);
  void see_cache_creation(std::string_view object);
  void see_iterations(std::string_view array);

  std::int64_t x_input = 0, x_cache_read = 0, x_cache_write = 0, x_cache_write_1h = 0, x_cache_write_5m = 0;
  std::int64_t x_output = 0, x_thinking = 0, x_web_searches = 0;
  llm::Usage x_compaction;   // billed, and left out of the other counts
  bool x_seen = false;
};

}  // namespace sluice::dialects::anthropic
