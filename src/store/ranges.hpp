// The values of one counter as ranges of whole slots, so that each can be compared with lines of the ledger.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sluice/store/audit.hpp"

namespace sluice::store {

// What a counter says of the slots from `begin` to the next range's begin; the last range has no end.
struct Range { std::int64_t begin = 0, period = 0, says = 0; };

// `values`: this counter's, by period; those before `since` are left out. Values that share a slot become one range;
// times from `since` on for which there is no value become ranges that say nothing was counted.
std::vector<Range> ranges_of(const Counter& counter, std::int64_t since, std::span<const CounterValue> values,
                             const PeriodEnd& period_end);

}  // namespace sluice::store
