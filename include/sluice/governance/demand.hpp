// What one attempt may use, and what became of asking for it. Values.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/store/counters.hpp"

namespace sluice::governance {

using Level = store::Counter::Level;

// Money in nano-USD, at the dearest rates that can come into it.
struct Demand {
  std::string_view model;             // that the provider is asked for: what is paid, and what a limit on models goes by
  std::int64_t input_cost = 0;        // of the request and of fees, at most
  std::int64_t output_rate = 0;       // of the answer, per thousand tokens
  std::int64_t output_most = 0;       // tokens: as long as the answer may be, all choices together
  std::int64_t output_expected = 0;   // tokens: as long as 95 of 100 such answers were
  std::int64_t choices = 1;
  std::int64_t input_tokens = 0, output_tokens = 0;   // what limits on tokens are charged beforehand
  bool exact = false;                 // nothing closer can be found out about the request
  bool first = true;                  // the request's first attempt: later ones count as another request only at targets and where none before did

  std::int64_t cost(std::int64_t output) const;
};

// What an attempt came to.
struct Used {
  std::int64_t cost = 0;              // nano-USD
  std::int64_t input = 0, output = 0; // tokens
};

// Why it was refused: the first limit that does not admit it.
struct Refusal {
  enum class What : std::uint8_t { spend, requests, input_tokens, output_tokens, tokens, concurrent };
  What what = What::spend;
  Level level = Level::key;
  std::string subject;                // "ml-team-key"
  std::vector<std::string> models;    // that the limit is about; empty: all
  std::int64_t limit = 0, used = 0, held = 0, asked = 0;
  std::int64_t resets_at = 0;         // Unix seconds; 0: it does not (concurrency)
  std::int64_t retry_us = 0;          // until it may be admitted; `never` (window.hpp): not as it is
  bool soft = false;
};

enum class Verdict : std::uint8_t {
  held,      // and the hold says what
  refused,   // nothing is held
  inexact,   // nothing is held: what is left is so little that it matters to ask with an exact demand
};

struct Outcome {
  Verdict verdict = Verdict::held;
  Refusal refusal;
  std::int64_t clamp_output = 0;      // tokens a choice may have at most, so that it fits; 0: as many as asked
};

// A warning for people, of a budget.
struct Notice {
  enum class What : std::uint8_t { threshold, exhausted };
  What what = What::threshold;
  Level level = Level::key;
  std::string subject;
  std::uint32_t percent = 0;          // that was reached; of what is exhausted: that is used
  std::int64_t used = 0, limit = 0;   // nano-USD
  std::int64_t resets_at = 0;         // Unix seconds
};

}  // namespace sluice::governance
