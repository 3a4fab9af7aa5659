// Limits as the configuration has them, made into tallies.
#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "sluice/governance/scope.hpp"

namespace sluice::governance {

store::Counter counter_of(Level level, std::string_view subject, std::string_view provider, const config::Budget& budget);
store::Counter counter_of(Level level, std::string_view subject, std::string_view provider, const config::RateLimit& limit,
                          store::Counter::Measure measure);

// Calls each(measure, limit) for what a rate limit says of requests and tokens.
template <class Each>
void each_measure(const config::RateLimit& limit, Each each) {
  using Measure = store::Counter::Measure;
  if (limit.max_requests) each(Measure::requests, *limit.max_requests);
  if (limit.max_input_tokens) each(Measure::input_tokens, *limit.max_input_tokens);
  if (limit.max_output_tokens) each(Measure::output_tokens, *limit.max_output_tokens);
  if (limit.max_tokens) each(Measure::tokens, *limit.max_tokens);
}

// Fresh ones, with nothing used.
std::vector<std::unique_ptr<Tally>> tallies_of(Level level, std::string_view subject, std::string_view provider, const config::Limited& limits);

// Whether what has been used of `old` has been used of `fresh`.
bool same_tally(const Tally& old, const Tally& fresh);

}  // namespace sluice::governance
