// What a request used, as its provider counted it, brought to one meaning: a total and the parts inside it, so that no
// token is ever priced twice. Dialects differ (Anthropic counts cached tokens beside the input, OpenAI inside it;
// xAI leaves reasoning out of the output): each meter translates into this.
#pragma once
#include <cstdint>
#include <optional>

namespace sluice::llm {

struct Usage {
  std::int64_t input = 0;            // all input tokens, the cached and audio ones included
  std::int64_t cache_read = 0;       // part of input: read from the provider's prompt cache
  std::int64_t cache_write_5m = 0;   // part of input: written to it for five minutes (or for the provider's only term)
  std::int64_t cache_write_1h = 0;   // part of input: written to it for an hour
  std::int64_t input_audio = 0;      // part of input
  std::int64_t output = 0;           // all output tokens, reasoning and audio included
  std::int64_t reasoning = 0;        // part of output
  std::int64_t output_audio = 0;     // part of output
  std::int64_t web_searches = 0;     // calls, not tokens
  std::int64_t search_units = 0;     // Cohere's unit of reranking
  std::optional<std::int64_t> reported_cost_nano_usd;  // where the provider states it (OpenRouter, Perplexity)
  bool estimated = false;            // no usage came; these are counted from the bytes seen

  friend bool operator==(const Usage&, const Usage&) = default;
};

}  // namespace sluice::llm
