// How much of something has been used in the present period, and how much is held by requests under way. Plain values:
// whoever shares one locks it. Amounts are nano-USD, tokens or requests.
#pragma once
#include <cstdint>
#include <variant>
#include <vector>

#include "sluice/base/calendar.hpp"
#include "sluice/config/config.hpp"
#include "sluice/governance/moment.hpp"

namespace sluice::governance {

inline constexpr std::int64_t never = INT64_MAX;
// Microseconds to wait for a place among requests at once: nobody knows how long those take.
inline constexpr std::int64_t wait_for_a_place = 1'000'000;

// A period of the calendar. What is held or settled counts in the period that its request began in.
class CalendarWindow {
 public:
  CalendarWindow(TimeZone zone, TimeZone::Unit unit, std::int64_t count) : x_zone(zone), x_unit(unit), x_count(count) {}

  // Goes on to the period that the moment lies in; never back.
  void roll(Moment now);
  std::int64_t used() const { return x_used; }
  std::int64_t held() const { return x_held; }
  // Which period the amount counts in: to be given back to settle().
  std::int64_t hold(std::int64_t amount) { x_held += amount; return x_period.begin; }
  void settle(std::int64_t period, std::int64_t held, std::int64_t used);
  void restore(std::int64_t period, std::int64_t used);
  std::int64_t resets_at() const { return x_period.end; }    // Unix seconds
  // When `amount` more will fit, Unix microseconds.
  std::int64_t fits_at(std::int64_t, std::int64_t) const { return x_period.end * 1'000'000; }
  Interval period() const { return x_period; }
  Interval period_at(std::int64_t seconds) const { return x_zone.period(x_unit, x_count, seconds); }

 private:
  TimeZone x_zone;
  TimeZone::Unit x_unit;
  std::int64_t x_count;
  Interval x_period;
  std::int64_t x_used = 0, x_held = 0;
};

// A window that slides, kept in slices of a sixtieth of its length, at least a second: what was used counts until the last
// moment of its slice is out of the window, so that no stretch of the window's length ever holds more than the limit, and
// what was used is free again up to one slice later than to the moment.
class SlidingWindow {
 public:
  explicit SlidingWindow(std::int64_t seconds);

  void roll(Moment now);
  std::int64_t used() const { return x_used; }
  std::int64_t held() const { return x_held; }
  std::int64_t hold(std::int64_t amount) { x_held += amount; return x_newest * x_slice; }
  void settle(std::int64_t period, std::int64_t held, std::int64_t used);
  void restore(std::int64_t period, std::int64_t used);
  std::int64_t resets_at() const;   // when all that is used now will be free
  // When `amount` more will fit, Unix microseconds; where what is held keeps it out, when all that is used now is free.
  std::int64_t fits_at(std::int64_t amount, std::int64_t limit) const;
  std::int64_t seconds() const { return x_seconds; }
  Interval period_at(std::int64_t seconds) const;   // whole slices: what the window covers at that moment
  std::int64_t slice_seconds() const { return x_slice; }
  std::vector<std::int64_t> slices_at(std::int64_t at) const;   // Unix seconds: where those of the window at that time begin

 private:
  std::int64_t& slot(std::int64_t index) { return x_ring[static_cast<std::size_t>(index) % x_ring.size()]; }
  std::int64_t slot(std::int64_t index) const { return x_ring[static_cast<std::size_t>(index) % x_ring.size()]; }
  bool inside(std::int64_t index) const { return index <= x_newest && index >= x_oldest; }
  std::int64_t gone_at(std::int64_t index) const { return (index + 1) * x_slice + x_seconds; }   // Unix seconds

  std::int64_t x_seconds;              // the window's length
  std::int64_t x_slice;                // seconds
  std::int64_t x_oldest = 0, x_newest = 0;   // indices of slices: the first that counts, the one that is now
  std::int64_t x_used = 0, x_held = 0;
  std::vector<std::int64_t> x_ring;
};

// The length of a sliding period in seconds. A month is 30 days, a year 365.
std::int64_t seconds_of(const config::Period& period);
// s, m and h slide always, the others where `rolling` says so.
bool slides(const config::Period& period, bool rolling);
TimeZone::Unit calendar_unit(config::Period::Unit unit);   // of d, w, M and Y

// A sliding rate: the generic cell rate algorithm (ITU-T I.371) with a burst of the whole limit. It is one time, before
// which nothing is owed. What is taken and given back later leaves it as if that had never been taken: no more is given back
// than is still owed of it, or a request that took much and used little would let others have twice what flowed off.
class Rate {
 public:
  Rate(std::int64_t limit, std::int64_t seconds);

  bool fits(std::int64_t amount, Moment now) const;
  // Which taking it was: to be given to give_back(), unless it is for good.
  std::int64_t take(std::int64_t amount, Moment now, bool for_good = false);
  // So much of that taking was too much, or, negative, too little.
  void give_back(std::int64_t taking, std::int64_t amount, Moment now);
  std::int64_t left(Moment now) const;                             // how much would fit
  std::int64_t fits_in_us(std::int64_t amount, Moment now) const;  // microseconds until it fits; `never`: it never does
  std::int64_t full_in_us(Moment now) const;                       // until all of it is there again
  std::int64_t limit() const { return x_limit; }
  bool same(const Rate& other) const { return x_limit == other.x_limit && x_step == other.x_step; }

 private:
  // In units of a microsecond times the limit, in which each of the limit's parts is a whole number.
  using Wide = __int128;
  Wide at(Moment now) const { return static_cast<Wide>(now.steady_us) * x_limit; }
  Wide owed(Moment now) const { return x_owed > at(now) ? x_owed - at(now) : 0; }
  // The least that was owed since the taking before this one; both ascend.
  struct Low { std::int64_t taking; Wide owed; };
  void keep_low(Wide owed);

  std::int64_t x_limit;
  std::int64_t x_step;     // what one costs: the period in microseconds
  Wide x_owed = 0;         // the theoretical arrival time
  std::int64_t x_takings = 0;
  std::vector<Low> x_lows;
};

}  // namespace sluice::governance
