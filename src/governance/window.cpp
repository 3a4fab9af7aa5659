#include "sluice/governance/window.hpp"

#include <algorithm>
#include <utility>

namespace sluice::governance {

void CalendarWindow::roll(Moment now) {
  const std::int64_t at = now.seconds();
  if (at < x_period.end) return;   // also where the clock was set back
  x_period = x_zone.period(x_unit, x_count, at);
  x_used = x_held = 0;
}

void CalendarWindow::settle(std::int64_t period, std::int64_t held, std::int64_t used) {
  if (period != x_period.begin) return;   // its period is over, and the store has it
  x_held -= held;
  x_used += used;
}

void CalendarWindow::restore(std::int64_t period, std::int64_t used) {
  if (period == x_period.begin) x_used += used;
}

SlidingWindow::SlidingWindow(std::int64_t seconds)
    : x_seconds(seconds), x_slice(std::max<std::int64_t>(1, (seconds + 59) / 60)),
      x_ring(static_cast<std::size_t>((seconds + x_slice - 1) / x_slice) + 1) {}

Interval SlidingWindow::period_at(std::int64_t seconds) const {
  const std::int64_t newest = seconds / x_slice, oldest = std::max<std::int64_t>(0, seconds - x_seconds) / x_slice;
  return {oldest * x_slice, (newest + 1) * x_slice};
}

void SlidingWindow::roll(Moment now) {
  const Interval covered = period_at(now.seconds());
  const std::int64_t newest = covered.end / x_slice - 1, oldest = covered.begin / x_slice;
  if (newest < x_newest) return;   // the clock was set back
  if (oldest > x_newest) {
    if (x_used != 0) std::fill(x_ring.begin(), x_ring.end(), 0);
    x_used = 0;
  } else {
    for (; x_oldest < oldest; ++x_oldest) x_used -= std::exchange(slot(x_oldest), 0);
  }
  x_oldest = std::max(x_oldest, oldest);
  x_newest = newest;
}

void SlidingWindow::settle(std::int64_t period, std::int64_t held, std::int64_t used) {
  x_held -= held;
  restore(period, used);
}

void SlidingWindow::restore(std::int64_t period, std::int64_t used) {
  const std::int64_t index = period / x_slice;
  if (!inside(index)) return;
  slot(index) += used;
  x_used += used;
}

std::vector<std::int64_t> SlidingWindow::slices_at(std::int64_t at) const {
  std::vector<std::int64_t> begins;
  const Interval covered = period_at(at);
  for (std::int64_t begin = covered.begin; begin < covered.end; begin += x_slice) begins.push_back(begin);
  return begins;
}

std::int64_t SlidingWindow::resets_at() const {
  for (std::int64_t index = x_newest; index >= x_oldest; --index) {
    if (slot(index) != 0) return gone_at(index);
  }
  return x_newest * x_slice;
}

std::int64_t SlidingWindow::fits_at(std::int64_t amount, std::int64_t limit) const {
  std::int64_t left = x_used + x_held;
  for (std::int64_t index = x_oldest; index <= x_newest; ++index) {
    left -= slot(index);
    if (left <= limit - amount) return gone_at(index) * 1'000'000;
  }
  return resets_at() * 1'000'000;
}

std::int64_t seconds_of(const config::Period& period) {
  constexpr std::int64_t lengths[] = {1, 60, 3600, 86'400, 604'800, 30 * 86'400, 365 * 86'400};
  return period.count * lengths[static_cast<std::size_t>(period.unit)];
}

bool slides(const config::Period& period, bool rolling) { return rolling || period.unit <= config::Period::Unit::hour; }

TimeZone::Unit calendar_unit(config::Period::Unit unit) {
  switch (unit) {
    case config::Period::Unit::week: return TimeZone::Unit::week;
    case config::Period::Unit::month: return TimeZone::Unit::month;
    case config::Period::Unit::year: return TimeZone::Unit::year;
    default: return TimeZone::Unit::day;
  }
}

}  // namespace sluice::governance
