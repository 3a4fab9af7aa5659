#include "store/ranges.hpp"

#include <algorithm>

#include "store/ledger.hpp"

namespace sluice::store {

std::vector<Range> ranges_of(const Counter& counter, std::int64_t since, std::span<const CounterValue> values,
                             const PeriodEnd& period_end) {
  std::vector<Range> ranges;
  auto covered = slot_of(since);
  for (const auto& value : values) {
    if (value.period < since) continue;
    const auto begin = slot_of(value.period);
    if (begin > covered) ranges.push_back({covered, covered, 0});
    if (begin >= covered) ranges.push_back({begin, value.period, 0});
    ranges.back().says += value.amount;
    covered = std::max(covered, slot_of(period_end(counter, value.period) + slot_seconds - 1));
  }
  ranges.push_back({covered, covered, 0});
  return ranges;
}

}  // namespace sluice::store
