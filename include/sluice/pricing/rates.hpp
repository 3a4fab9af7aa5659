// What a model's tokens cost.
#pragma once
#include <cstdint>

namespace sluice::pricing {

// Nano-USD per 1000 tokens (searches, requests: per 1000 of them). Rates a provider does not have apart are those of
// the tokens they are part of.
struct Rates {
  std::int64_t input = 0, cache_read = 0, cache_write_5m = 0, cache_write_1h = 0, input_audio = 0;
  std::int64_t output = 0, reasoning = 0, output_audio = 0;
  std::int64_t web_search = 0, request = 0;
};

}  // namespace sluice::pricing
