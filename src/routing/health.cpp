#include "sluice/routing/health.hpp"

#include <algorithm>

namespace sluice::routing {
namespace {
using namespace std::chrono_literals;
constexpr std::uint32_t failures_tolerated = 2;
constexpr std::chrono::nanoseconds first_wait = 1s, longest_wait = 60s, probe_lasts = 5s;
}  // namespace

void Health::cool_down(Instant until) {
  std::int64_t at = stamp(until), seen = x_cooling_until.load(std::memory_order_relaxed);
  while (seen < at && !x_cooling_until.compare_exchange_weak(seen, at, std::memory_order_relaxed)) {}
}

Instant Health::cooling_until() const {
  return Instant(Instant::duration(x_cooling_until.load(std::memory_order_relaxed)));
}

void Health::failed(Instant now) {
  std::uint32_t failures = x_failures.fetch_add(1, std::memory_order_relaxed) + 1;
  if (failures <= failures_tolerated) return;
  std::uint32_t doublings = std::min(failures - failures_tolerated - 1, 6u);
  auto wait = std::min(first_wait * (1 << doublings), longest_wait);
  x_failing_until.store(stamp(now + wait), std::memory_order_relaxed);
}

void Health::succeeded() {
  if (x_failures.load(std::memory_order_relaxed) == 0) return;
  x_failures.store(0, std::memory_order_relaxed);
  x_failing_until.store(0, std::memory_order_relaxed);
}

bool Health::failing(Instant now) {
  std::int64_t until = x_failing_until.load(std::memory_order_relaxed);
  if (until == 0) return false;
  if (stamp(now) < until) return true;
  return !x_failing_until.compare_exchange_strong(until, stamp(now + probe_lasts), std::memory_order_relaxed);
}

std::shared_ptr<Health> HealthBook::of(const std::string& id) {
  std::lock_guard lock(x_mutex);
  std::shared_ptr<Health>& health = x_health[id];
  if (!health) health = std::make_shared<Health>();
  return health;
}

}  // namespace sluice::routing
