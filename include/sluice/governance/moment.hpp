// The two clocks that limits go by.
#pragma once
#include <cstdint>

namespace sluice::governance {

// Calendar periods and sliding budgets go by the wall's clock, which may be set back: what has been spent stays spent
// then. Rates go by one that only moves forward.
struct Moment {
  std::int64_t unix_us = 0;
  std::int64_t steady_us = 0;
  std::int64_t seconds() const { return unix_us / 1'000'000; }

  static Moment now();
};

}  // namespace sluice::governance
