#include "sluice/base/calendar.hpp"

#include <date/tz.h>

#include <algorithm>
#include <stdexcept>

namespace sluice {
namespace {

constexpr std::int64_t day_seconds = 86'400;
constexpr std::int64_t earliest = -2'208'988'800, latest = 29'348'006'400;   // the years 1900 and 2900
constexpr std::int64_t tables_end = 2'145'916'800;   // 2038
constexpr std::int64_t first_monday = 4;              // 5 January 1970

std::int64_t floor_to(std::int64_t value, std::int64_t step) {
  const std::int64_t rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

std::int64_t floor_divide(std::int64_t value, std::int64_t step) { return floor_to(value, step) / step; }

date::year_month_day date_of(std::int64_t day) { return date::sys_days(date::days(day)); }
std::int64_t day_of(date::year_month_day date) { return date::sys_days(date).time_since_epoch().count(); }

// Days, weeks, months or years since 1970.
std::int64_t number_of(TimeZone::Unit unit, std::int64_t day) {
  const std::int64_t year = static_cast<int>(date_of(day).year()) - 1970;
  switch (unit) {
    case TimeZone::Unit::day: return day;
    case TimeZone::Unit::week: return floor_divide(day - first_monday, 7);
    case TimeZone::Unit::month: return year * 12 + static_cast<std::int64_t>(static_cast<unsigned>(date_of(day).month())) - 1;
    case TimeZone::Unit::year: return year;
  }
  return day;
}

std::int64_t first_day(TimeZone::Unit unit, std::int64_t number) {
  if (unit == TimeZone::Unit::day) return number;
  if (unit == TimeZone::Unit::week) return number * 7 + first_monday;
  const std::int64_t month = unit == TimeZone::Unit::month ? number : number * 12, year = floor_divide(month, 12);
  return day_of({date::year(static_cast<int>(1970 + year)), date::month(static_cast<unsigned>(month - year * 12) + 1), date::day(1)});
}

// The library reads the tables of the database, which end with 2037, and not the rule that holds from then on. Rules are
// about the Sundays of months, so a day before 2038 on whose year's months the weekdays fall alike says what holds: how
// many days to go from this day to that one.
std::int64_t to_stand_in(std::int64_t day) {
  const date::year_month_day date = date_of(day);
  const date::month since = date.month() < date::March ? date::January : date::March;   // leap days make no difference within
  const auto weekday = [since](date::year year) { return date::weekday(date::sys_days(year / since / 1)); };
  date::year year{2037};
  while (weekday(year) != weekday(date.year())) --year;
  return day_of(year / since / 1) - day_of(date.year() / since / 1);
}

bool beyond_tables(const date::sys_info& info, std::int64_t at) {
  const std::int64_t since = info.begin.time_since_epoch().count();
  return at >= tables_end && since >= tables_end - 366 * day_seconds && since < tables_end;
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
  const auto first = [this](std::int64_t of) {
    return x_zone->to_sys(date::local_days(date::days(of)), date::choose::earliest).time_since_epoch().count();
  };
  const std::int64_t at = first(day);
  if (!beyond_tables(x_zone->get_info(date::sys_seconds(std::chrono::seconds(at))), at)) return at;
  const std::int64_t away = to_stand_in(day);
  return first(day + away) - away * day_seconds;
}

std::int64_t TimeZone::day_at(std::int64_t at) const {
  if (x_zone == nullptr) return floor_divide(at, day_seconds);
  const auto info = [this](std::int64_t of) { return x_zone->get_info(date::sys_seconds(std::chrono::seconds(of))); };
  date::sys_info here = info(at);
  if (beyond_tables(here, at)) here = info(at + to_stand_in(floor_divide(at, day_seconds)) * day_seconds);
  return floor_divide(at + here.offset.count(), day_seconds);
}

Interval TimeZone::period(Unit unit, std::int64_t count, std::int64_t at) const {
  at = std::clamp(at, earliest, latest);
  count = std::max<std::int64_t>(count, 1);
  std::int64_t number = floor_to(number_of(unit, day_at(at)), count);
  Interval period{midnight(first_day(unit, number)), midnight(first_day(unit, number + count))};
  while (at >= period.end) {   // the clocks have gone back over midnight, and the day has already begun
    number += count;
    period = {period.end, midnight(first_day(unit, number + count))};
  }
  return period;
}

}  // namespace sluice
