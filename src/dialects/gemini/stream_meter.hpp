// Watches a streamed answer that is passed through, in either framing (see StreamMeter, ChunkSplitter).
#pragma once
#include <string_view>

#include "dialects/gemini/chunk_splitter.hpp"
#include "dialects/gemini/names.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::gemini {

class GeminiStreamMeter final : public StreamMeter, private ChunkSink {
 public:
  void feed(std::string_view bytes) override;
  void finish() override;

 private:
  void chunk(std::string_view json) override;
  void too_long() override;
  void no_stream() override { x_facts.garbled = true; }
  void see_candidates(std::string_view list);

  // A picture or a piece of speech is one chunk of megabytes, and it may be the last (its finish reason is then not seen).
  ChunkSplitter x_splitter{16 << 20};
  CandidateTally x_tally;
  std::int64_t x_searches = 0;
};

}  // namespace sluice::dialects::gemini
