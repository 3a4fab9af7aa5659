#include "sluice/governance/scope.hpp"

#include <algorithm>
#include <limits>
#include <thread>

#include "sluice/base/pattern.hpp"

namespace sluice::governance {

std::int64_t Demand::cost(std::int64_t output) const {
  const __int128 whole = static_cast<__int128>(input_cost) + (static_cast<__int128>(output) * output_rate + 999) / 1000;
  return static_cast<std::int64_t>(std::min<__int128>(whole, std::numeric_limits<std::int64_t>::max() / 4));
}

std::int64_t Terms::limit_at(std::int64_t seconds) const {
  std::int64_t in_force = limit;
  for (const Raise& raise : raises) {
    if (raise.from <= seconds && seconds < raise.until) in_force = raise.limit;
  }
  return in_force;
}

std::int64_t Terms::output_reserved(const Demand& demand) const {
  using Reserve = config::Budget::Reserve;
  if (enforcement != config::Budget::Enforcement::hard) return 0;
  if (reserve == Reserve::expected) return std::min(demand.output_expected, demand.output_most);
  if (reserve == Reserve::capped) return std::min(reserve_output, demand.output_most);
  return demand.output_most;
}

bool Tally::counts(const Demand& demand) const {
  if (models.empty()) return true;
  return std::any_of(models.begin(), models.end(), [&demand](const std::string& pattern) {
    return matches(pattern, demand.model);
  });
}

void SpinLock::lock() {
  for (int turns = 0; x_taken.exchange(true, std::memory_order_acquire); ++turns) {
    while (x_taken.load(std::memory_order_relaxed)) {
      // Whoever holds it may have been put to sleep by the system: then spinning only takes its time away.
      if (++turns > 200) {
        std::this_thread::yield();
        turns = 0;
      } else {
        __builtin_ia32_pause();
      }
    }
  }
}

}  // namespace sluice::governance
