// What an attempt may use at most: tokens of the request, tokens of the answer, and what both cost at one target. Pure.
#pragma once
#include "gateway/exchange.hpp"
#include "sluice/governance/demand.hpp"

namespace sluice::gateway {

struct Bound {
  governance::Demand demand;
  bool priced = false;      // false: no price is known, and the demand is of tokens only
};

// Inexact: as if the model's whole context came into it, which costs a few hundred instructions. Exact: as close as can be
// told without asking the provider. Neither is ever less than what is billed, but for what docs/budgets.md says.
Bound bound_of(const Exchange& ex, const Upstream& upstream, std::string_view model, bool exact);

// The most tokens that the answer may have by what the request says, each choice; nothing: it says nothing.
std::optional<std::int64_t> stated_output(const Exchange& ex);

// The request with this limit instead of its own; each choice. Nothing: its operation knows no such limit.
std::optional<std::string> with_output_limit(const Exchange& ex, std::int64_t tokens);

}  // namespace sluice::gateway
