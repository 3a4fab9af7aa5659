#include "sluice/governance/moment.hpp"

#include <chrono>

#include "sluice/base/time.hpp"

namespace sluice::governance {

Moment Moment::now() {
  const auto steady = std::chrono::steady_clock::now().time_since_epoch();
  return {sluice::unix_us(), std::chrono::duration_cast<std::chrono::microseconds>(steady).count()};
}

}  // namespace sluice::governance
