// Limits, moments and demands as the tests of this module write them.
#pragma once
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "sluice/governance/book.hpp"

namespace sluice::governance::test {

using What = Refusal::What;
using Unit = config::Period::Unit;

constexpr std::int64_t second = 1'000'000, day = 86'400;
constexpr std::int64_t start = 1'699'999'200 / day * day + 12 * 3600;   // noon of 14 November 2023, UTC

inline Moment at(std::int64_t seconds, std::int64_t us = 0) { return {seconds * second + us, seconds * second + us}; }

inline config::Budget budget(std::int64_t limit, config::Period reset = {Unit::month, 1}) {
  config::Budget made;
  made.max_spend = limit;
  made.reset = reset;
  return made;
}

inline config::RateLimit requests(std::int64_t most, config::Period reset) {
  config::RateLimit made;
  made.max_requests = most;
  made.reset = reset;
  return made;
}

inline config::RateLimit tokens(std::int64_t most, config::Period reset) {
  config::RateLimit made;
  made.max_tokens = most;
  made.reset = reset;
  return made;
}

inline config::RateLimit concurrent(std::int64_t most) {
  config::RateLimit made;
  made.max_concurrent = most;
  return made;
}

inline config::Limited limited(std::vector<config::Budget> budgets, std::vector<config::RateLimit> rates = {}) {
  config::Limited made;
  made.budgets = std::move(budgets);
  made.rate_limits = std::move(rates);
  return made;
}

// Of a request whose cost is known: the input's.
inline Demand costs(std::int64_t cost) {
  Demand demand;
  demand.model = "gpt-4o";
  demand.input_cost = cost;
  demand.exact = true;
  return demand;
}

// An answer of `most` tokens at a nano-dollar each.
inline Demand answers(std::int64_t most) {
  Demand demand = costs(0);
  demand.output_rate = 1000;
  demand.output_most = most;
  demand.output_expected = most;
  return demand;
}

}  // namespace sluice::governance::test
