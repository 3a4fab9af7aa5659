// How many rows of the request log those without a valid key may cause. Anyone who reaches the port could fill the disk
// with them. Of one worker, on its thread.
#pragma once
#include <algorithm>
#include <chrono>

namespace sluice::gateway {

class RefusalRows {
 public:
  using Clock = std::chrono::steady_clock;

  // False: the row is left out.
  bool take(Clock::time_point now) {
    const auto next = std::max(x_paid_until, now) + between;
    if (next - now > burst * between) return false;
    x_paid_until = next;
    return true;
  }

 private:
  static constexpr Clock::duration between = std::chrono::milliseconds(100);
  static constexpr int burst = 100;
  Clock::time_point x_paid_until{};
};

}  // namespace sluice::gateway
