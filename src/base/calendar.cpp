#include "sluice/base/calendar.hpp"

#include <date/tz.h>

#include <algorithm>
#include <stdexcept>

namespace sluice {
namespace {

constexpr std::int64_t day_seconds = 86'400;
constexpr std::int64_t earliest = -2'208'988'800, latest = 29'348'006'400;   // the years 1900 and 2900

std::int64_t floor_to(std::int64_t value, std::int64_t step) {
  const std::int64_t rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

std::int64_t first_of(std::int64_t month) {   // months since January 1970
  const std::int64_t of_year = floor_to(month, 12);
  const date::year_month_day day{date::year(static_cast<int>(1970 + of_year / 12)),
                                 date::month(static_cast<unsigned>(month - of_year) + 1), date::day(1)};
  return date::sys_days(day).time_since_epoch().count();
}

}  // namespace

std::optional<TimeZone> TimeZone::find(std::string_view name) {
  if (name == "UTC") return utc();
  try {
    return TimeZone(date::locate_zone(std::string(name)));
  } catch (const std::exception&) {   // the library's way to say that it has no such zone, or no database
    return std::nullopt;
  }
}

TimeZone TimeZone::utc() { return TimeZone(nullptr); }

std::int64_t TimeZone::midnight(std::int64_t day) const {
  if (x_zone == nullptr) return day * day_seconds;
  const date::local_days local{date::days(day)};
  return x_zone->to_sys(local, date::choose::earliest).time_since_epoch().count();
}

Interval TimeZone::period(Unit unit, std::int64_t count, std::int64_t at) const {
  at = std::clamp(at, earliest, latest);
  count = std::max<std::int64_t>(count, 1);
  std::int64_t local = at;
  if (x_zone != nullptr) local += x_zone->get_info(date::sys_seconds(std::chrono::seconds(at))).offset.count();
  const std::int64_t day = floor_to(local, day_seconds) / day_seconds;
  std::int64_t first = 0, next = 0;   // days since 1970
  if (unit == Unit::day || unit == Unit::week) {
    constexpr std::int64_t monday = 4;   // 5 January 1970
    const std::int64_t step = unit == Unit::day ? count : 7 * count, shift = unit == Unit::day ? 0 : monday;
    first = floor_to(day - shift, step) + shift;
    next = first + step;
  } else {
    const date::year_month_day date{date::sys_days(date::days(day))};
    const std::int64_t month = (static_cast<int>(date.year()) - 1970) * 12 + static_cast<std::int64_t>(static_cast<unsigned>(date.month())) - 1;
    const std::int64_t step = unit == Unit::month ? count : 12 * count;
    const std::int64_t begin = floor_to(month, step);
    first = first_of(begin);
    next = first_of(begin + step);
  }
  return {midnight(first), midnight(next)};
}

}  // namespace sluice
