// Calendar periods in the time zones of the IANA database (the system's, /usr/share/zoneinfo). Seconds are Unix seconds.
// Thread-safe; the database is read once.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace date { class time_zone; }

namespace sluice {

// From `begin` up to and without `end`.
struct Interval {
  std::int64_t begin = 0, end = 0;
  bool holds(std::int64_t at) const { return begin <= at && at < end; }
};

class TimeZone {
 public:
  static std::optional<TimeZone> find(std::string_view name);   // nothing: there is no such zone
  static TimeZone utc();

  // Days, weeks (from Monday), months and years begin at midnight as this zone's clocks show it, or, where they skip
  // midnight, at the first moment of the day; where they go back over it, at the first of the two. Several of them are
  // counted from 1970 (weeks: from Monday, 5 January 1970), so that three months are the quarters of a year. `at` is
  // brought into the years 1900 to 2900.
  enum class Unit : std::uint8_t { day, week, month, year };
  Interval period(Unit unit, std::int64_t count, std::int64_t at) const;

 private:
  explicit TimeZone(const date::time_zone* zone) : x_zone(zone) {}
  std::int64_t midnight(std::int64_t day) const;   // days are counted from 1 January 1970
  std::int64_t day_at(std::int64_t at) const;

  const date::time_zone* x_zone;   // nullptr: UTC, which needs no database
};

}  // namespace sluice
