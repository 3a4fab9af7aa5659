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
    : x_slice(std::max<std::int64_t>(1, (seconds + 59) / 60)), x_slices((seconds + x_slice - 1) / x_slice),
      x_ring(static_cast<std::size_t>(x_slices) + 1) {}

void SlidingWindow::roll(Moment now) {
  const std::int64_t newest = now.seconds() / x_slice;
  if (newest <= x_newest) return;   // also where the clock was set back
  if (newest - x_newest > x_slices) {
    std::fill(x_ring.begin(), x_ring.end(), 0);
    x_used = 0;
  } else {
    for (std::int64_t index = x_newest + 1; index <= newest; ++index) x_used -= std::exchange(slot(index), 0);
  }
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
  for (std::int64_t index = at / x_slice - x_slices; index <= at / x_slice; ++index) begins.push_back(index * x_slice);
  return begins;
}

std::int64_t SlidingWindow::resets_at() const {
  for (std::int64_t index = x_newest; index >= oldest() && index >= 0; --index) {
    if (slot(index) != 0) return gone_at(index);
  }
  return x_newest * x_slice;
}

std::int64_t SlidingWindow::fits_at(std::int64_t amount, std::int64_t limit) const {
  std::int64_t left = x_used + x_held;
  for (std::int64_t index = std::max<std::int64_t>(0, oldest()); index <= x_newest; ++index) {
    left -= slot(index);
    if (left <= limit - amount) return gone_at(index) * 1'000'000;
  }
  return never;
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

Rate::Rate(std::int64_t limit, std::int64_t seconds) : x_limit(std::max<std::int64_t>(limit, 0)), x_step(seconds * 1'000'000) {}

bool Rate::fits(std::int64_t amount, Moment now) const {
  if (x_limit == 0) return false;
  const Wide owed = std::max(x_owed, at(now)) + static_cast<Wide>(amount) * x_step;
  return owed - at(now) <= static_cast<Wide>(x_limit) * x_step;
}

void Rate::take(std::int64_t amount, Moment now) {
  x_owed = std::max(x_owed, at(now)) + static_cast<Wide>(amount) * x_step;
}

std::int64_t Rate::left(Moment now) const {
  if (x_limit == 0) return 0;
  const Wide owed = std::max<Wide>(x_owed - at(now), 0);
  return static_cast<std::int64_t>(std::max<Wide>((static_cast<Wide>(x_limit) * x_step - owed) / x_step, 0));
}

std::int64_t Rate::fits_in_us(std::int64_t amount, Moment now) const {
  if (amount > x_limit || x_limit == 0) return never;
  const Wide over = std::max(x_owed, at(now)) + static_cast<Wide>(amount) * x_step - at(now) - static_cast<Wide>(x_limit) * x_step;
  if (over <= 0) return 0;
  return static_cast<std::int64_t>((over + x_limit - 1) / x_limit);
}

std::int64_t Rate::full_in_us(Moment now) const {
  if (x_limit == 0) return never;
  const Wide owed = std::max<Wide>(x_owed - at(now), 0);
  return static_cast<std::int64_t>((owed + x_limit - 1) / x_limit);
}

}  // namespace sluice::governance
