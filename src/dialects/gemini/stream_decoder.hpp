// A streamed answer, in either framing, as neutral events. Used by one stream, on one thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/gemini/answer.hpp"
#include "dialects/gemini/chunk_splitter.hpp"
#include "dialects/gemini/names.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::gemini {

// Chunks of several candidates may interleave. Why one stopped is told at the end of the stream: older models state STOP
// with every chunk, and a filter may follow. A function call comes whole and becomes one start and one delta. What
// comes after an error is not read.
class GeminiStreamDecoder final : public StreamDecoder, private ChunkSink {
 public:
  Result<> feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) override;
  Result<> finish(std::vector<llm::StreamEvent>& out) override;

 private:
  struct State {
    std::int64_t index = 0, calls = 0;
    std::string text;                       // so far, for the ranges of citations
    std::string grounding, citations;       // as last told: repeated with every chunk by some models
    Stop stop = Stop::none;                 // the last reason told
    std::string reason, message;            // raw, of one that is no end of an answer
    bool said = false;                      // something came that is not only a thought
  };

  void chunk(std::string_view json) override;
  void too_long() override { fail("a chunk is too long"); }
  void no_stream() override { fail("it is no stream of the API"); }

  void start(const Chunk& chunk);
  void candidate(const Candidate& candidate);
  void part(State& state, std::string_view raw);
  void call(State& state, const PartView& view);
  void text(State& state, const PartView& view);
  void cite(State& state, const Candidate& candidate);
  void see_usage(std::string_view raw);
  bool nothing_came() const;
  State* state_of(std::int64_t index);
  void fail(std::string_view what);

  ChunkSplitter x_splitter{32 << 20};   // pictures come whole in one chunk
  std::vector<llm::StreamEvent>* x_out = nullptr;   // while feed() runs
  std::optional<Error> x_error;
  std::vector<State> x_states;          // of the candidates, in the order they began
  CandidateTally x_tally;
  CallNumbers x_numbers;
  std::string x_usage, x_model;         // x_usage: raw, as last told
  std::int64_t x_searches = 0;
  bool x_started = false, x_over = false;
};

}  // namespace sluice::dialects::gemini
