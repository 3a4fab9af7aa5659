#include "sluice/base/calendar.hpp"

#include <date/date.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "support/places.hpp"

namespace sluice {
namespace {

using Unit = TimeZone::Unit;

constexpr std::int64_t hour = 3600, day = 86'400;
constexpr Unit units[] = {Unit::day, Unit::week, Unit::month, Unit::year};

TimeZone zone(const char* name) { return TimeZone::find(name).value(); }

// "2024-03-31 01:00:00", UTC.
std::int64_t utc(const std::string& text) {
  std::istringstream in(text);
  date::sys_seconds at;
  in >> date::parse("%F %T", at);
  if (in.fail()) throw std::invalid_argument(text);
  return at.time_since_epoch().count();
}

std::string shown(std::int64_t at) { return date::format("%F %T", date::sys_seconds(std::chrono::seconds(at))); }

void expect_period(const char* name, Unit unit, std::int64_t count, const char* at, const char* begin, const char* end) {
  const Interval period = zone(name).period(unit, count, utc(at));
  EXPECT_EQ(shown(period.begin), begin) << name << " at " << at;
  EXPECT_EQ(shown(period.end), end) << name << " at " << at;
}

TEST(Calendar, KnowsTheZonesOfTheDatabaseAndNoOthers) {
  EXPECT_TRUE(TimeZone::find("UTC"));
  EXPECT_TRUE(TimeZone::find("Europe/Berlin"));
  EXPECT_TRUE(TimeZone::find("America/Argentina/Ushuaia"));
  for (const char* name : {"", "Berlin", "Europe/Nowhere", "../etc/passwd", "Europe", "europe/berlin"}) EXPECT_FALSE(TimeZone::find(name)) << name;
}

TEST(Calendar, MonthsEndWhenTheyDo) {
  expect_period("UTC", Unit::month, 1, "2023-01-31 23:59:59", "2023-01-01 00:00:00", "2023-02-01 00:00:00");
  expect_period("UTC", Unit::month, 1, "2023-02-01 00:00:00", "2023-02-01 00:00:00", "2023-03-01 00:00:00");
  expect_period("UTC", Unit::month, 1, "2023-04-30 12:00:00", "2023-04-01 00:00:00", "2023-05-01 00:00:00");
  expect_period("UTC", Unit::month, 1, "2023-12-31 23:59:59", "2023-12-01 00:00:00", "2024-01-01 00:00:00");
}

TEST(Calendar, FebruaryHasTwentyNineDaysInLeapYears) {
  const auto days = [](const char* at) {
    const Interval month = TimeZone::utc().period(Unit::month, 1, utc(at));
    return (month.end - month.begin) / day;
  };
  EXPECT_EQ(days("2024-02-10 00:00:00"), 29);
  EXPECT_EQ(days("2023-02-10 00:00:00"), 28);
  EXPECT_EQ(days("2000-02-10 00:00:00"), 29);
  EXPECT_EQ(days("2100-02-10 00:00:00"), 28);
  expect_period("UTC", Unit::day, 1, "2024-02-29 12:00:00", "2024-02-29 00:00:00", "2024-03-01 00:00:00");
  expect_period("UTC", Unit::year, 1, "2100-06-01 00:00:00", "2100-01-01 00:00:00", "2101-01-01 00:00:00");
}

TEST(Calendar, DaysAreShorterAndLongerWhereClocksAreChanged) {
  expect_period("Europe/Berlin", Unit::day, 1, "2024-03-31 12:00:00", "2024-03-30 23:00:00", "2024-03-31 22:00:00");
  expect_period("Europe/Berlin", Unit::day, 1, "2024-10-27 12:00:00", "2024-10-26 22:00:00", "2024-10-27 23:00:00");
  expect_period("America/New_York", Unit::day, 1, "2024-03-10 12:00:00", "2024-03-10 05:00:00", "2024-03-11 04:00:00");
  expect_period("America/New_York", Unit::day, 1, "2024-11-03 12:00:00", "2024-11-03 04:00:00", "2024-11-04 05:00:00");
  expect_period("America/New_York", Unit::month, 1, "2024-03-01 04:59:59", "2024-02-01 05:00:00", "2024-03-01 05:00:00");
  expect_period("America/New_York", Unit::month, 1, "2024-03-01 05:00:00", "2024-03-01 05:00:00", "2024-04-01 04:00:00");
}

TEST(Calendar, ClocksAreChangedAlsoAfterTheTablesOfTheDatabaseEnd) {
  expect_period("Europe/Berlin", Unit::month, 1, "2045-07-15 00:00:00", "2045-06-30 22:00:00", "2045-07-31 22:00:00");
  expect_period("America/New_York", Unit::day, 1, "2096-12-01 12:00:00", "2096-12-01 05:00:00", "2096-12-02 05:00:00");
  expect_period("Europe/London", Unit::day, 1, "2101-08-01 12:00:00", "2101-07-31 23:00:00", "2101-08-01 23:00:00");
}

TEST(Calendar, ADayWhoseMidnightIsSkippedBeginsWithItsFirstMoment) {
  expect_period("America/Sao_Paulo", Unit::day, 1, "2018-11-04 12:00:00", "2018-11-04 03:00:00", "2018-11-05 02:00:00");
  expect_period("America/Sao_Paulo", Unit::day, 1, "2018-11-04 02:59:59", "2018-11-03 03:00:00", "2018-11-04 03:00:00");
  expect_period("Africa/Cairo", Unit::day, 1, "2023-04-28 12:00:00", "2023-04-27 22:00:00", "2023-04-28 21:00:00");
  expect_period("Asia/Beirut", Unit::day, 1, "2024-03-31 12:00:00", "2024-03-30 22:00:00", "2024-03-31 21:00:00");
}

TEST(Calendar, ADayWhoseMidnightComesTwiceBeginsWithTheFirst) {
  // In Havana one o'clock was followed by midnight; in St John's one past midnight by one past eleven of the day before.
  expect_period("America/Havana", Unit::day, 1, "2024-11-03 04:30:00", "2024-11-03 04:00:00", "2024-11-04 05:00:00");
  expect_period("America/Havana", Unit::day, 1, "2024-11-03 05:30:00", "2024-11-03 04:00:00", "2024-11-04 05:00:00");
  for (const char* at : {"2010-11-07 02:30:30", "2010-11-07 02:31:30", "2010-11-07 03:40:00"}) {
    expect_period("America/St_Johns", Unit::day, 1, at, "2010-11-07 02:30:00", "2010-11-08 03:30:00");
  }
}

TEST(Calendar, ZonesOfHalfAndQuarterHours) {
  expect_period("Asia/Kolkata", Unit::day, 1, "2024-05-01 18:29:59", "2024-04-30 18:30:00", "2024-05-01 18:30:00");
  expect_period("Asia/Kathmandu", Unit::month, 1, "2024-05-31 18:15:00", "2024-05-31 18:15:00", "2024-06-30 18:15:00");
  const Interval shorter = zone("Australia/Lord_Howe").period(Unit::day, 1, utc("2024-10-06 00:00:00"));
  EXPECT_EQ(shorter.end - shorter.begin, 24 * hour - hour / 2);
  const Interval longer = zone("Australia/Lord_Howe").period(Unit::day, 1, utc("2024-04-07 00:00:00"));
  EXPECT_EQ(longer.end - longer.begin, 24 * hour + hour / 2);
}

TEST(Calendar, TheDayThatSamoaLeftOut) {
  expect_period("Pacific/Apia", Unit::day, 1, "2011-12-30 09:59:59", "2011-12-29 10:00:00", "2011-12-30 10:00:00");
  expect_period("Pacific/Apia", Unit::day, 1, "2011-12-30 10:00:00", "2011-12-30 10:00:00", "2011-12-31 10:00:00");
  expect_period("Pacific/Apia", Unit::month, 1, "2011-12-30 10:00:00", "2011-12-01 10:00:00", "2011-12-31 10:00:00");
}

TEST(Calendar, WeeksBeginOnMonday) {
  expect_period("UTC", Unit::week, 1, "2024-01-07 23:59:59", "2024-01-01 00:00:00", "2024-01-08 00:00:00");
  expect_period("UTC", Unit::week, 1, "2024-01-08 00:00:00", "2024-01-08 00:00:00", "2024-01-15 00:00:00");
  expect_period("UTC", Unit::week, 1, "1970-01-04 00:00:00", "1969-12-29 00:00:00", "1970-01-05 00:00:00");
  expect_period("UTC", Unit::week, 2, "1970-01-18 23:59:59", "1970-01-05 00:00:00", "1970-01-19 00:00:00");
}

TEST(Calendar, SeveralUnitsAreCountedFrom1970) {
  expect_period("UTC", Unit::day, 2, "1970-01-02 12:00:00", "1970-01-01 00:00:00", "1970-01-03 00:00:00");
  expect_period("UTC", Unit::day, 2, "1969-12-31 12:00:00", "1969-12-30 00:00:00", "1970-01-01 00:00:00");
  expect_period("UTC", Unit::month, 3, "2024-05-20 00:00:00", "2024-04-01 00:00:00", "2024-07-01 00:00:00");
  expect_period("UTC", Unit::month, 5, "1969-12-01 00:00:00", "1969-08-01 00:00:00", "1970-01-01 00:00:00");
  expect_period("UTC", Unit::year, 10, "2024-05-20 00:00:00", "2020-01-01 00:00:00", "2030-01-01 00:00:00");
  expect_period("UTC", Unit::year, 100, "2024-05-20 00:00:00", "1970-01-01 00:00:00", "2070-01-01 00:00:00");
  expect_period("UTC", Unit::day, 0, "2024-05-20 01:00:00", "2024-05-20 00:00:00", "2024-05-21 00:00:00");
}

TEST(Calendar, MomentsOfNoUseAreBroughtIntoTheYears1900To2900) {
  for (const std::int64_t at : {INT64_MIN, INT64_MAX}) {
    for (const char* name : {"UTC", "Europe/Berlin"}) {
      const Interval period = zone(name).period(Unit::month, 1, at);
      EXPECT_LT(period.begin, period.end);
      EXPECT_EQ(shown(period.begin + 10 * day).substr(0, 4), at < 0 ? "1900" : "2900") << name;
    }
  }
}

struct Row { std::string text, zone; Unit unit = Unit::day; std::int64_t count = 0, at = 0, begin = 0, end = 0; };

std::vector<Row> table() {
  std::ifstream in(test::source_root() / "tests/unit/base/calendar_periods.csv");
  std::vector<Row> rows;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream fields(line);
    Row row;
    row.text = line;
    char unit = 0, comma = 0;
    std::getline(fields, row.zone, ',');
    fields >> unit >> comma >> row.count >> comma >> row.at >> comma >> row.begin >> comma >> row.end;
    row.unit = unit == 'd' ? Unit::day : unit == 'w' ? Unit::week : unit == 'M' ? Unit::month : Unit::year;
    if (!fields.fail()) rows.push_back(std::move(row));
  }
  return rows;
}

TEST(Calendar, AgreesWithPythonsZoneinfo) {
  const auto rows = table();
  ASSERT_GT(rows.size(), 250u);
  for (const Row& row : rows) {
    const Interval period = zone(row.zone.c_str()).period(row.unit, row.count, row.at);
    EXPECT_EQ(period.begin, row.begin) << row.text << "  " << shown(period.begin) << ", not " << shown(row.begin);
    EXPECT_EQ(period.end, row.end) << row.text << "  " << shown(period.end) << ", not " << shown(row.end);
  }
}

TEST(Calendar, PeriodsHoldTheirMomentsAndTileWithoutGapOrOverlap) {
  std::mt19937_64 dice(20240229);
  const char* names[] = {"UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/St_Johns", "Africa/Cairo", "Asia/Beirut",
                         "Asia/Gaza", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kwajalein", "Africa/Casablanca", "Asia/Tehran", "Europe/Dublin"};
  for (int turn = 0; turn < 4000; ++turn) {
    const char* name = names[dice() % std::size(names)];
    const TimeZone where = zone(name);
    const Unit unit = units[dice() % 4];
    const auto count = static_cast<std::int64_t>(dice() % 4 == 0 ? dice() % 40 + 1 : 1);
    const std::int64_t at = static_cast<std::int64_t>(dice() % (150ull * 365 * day)) - 100'000'000;
    const Interval period = where.period(unit, count, at);
    const auto what = [&] { return std::string(name) + ", unit " + std::to_string(static_cast<int>(unit)) + " x " + std::to_string(count) + " at " + shown(at); };
    ASSERT_TRUE(period.holds(at)) << what() << ": " << shown(period.begin) << " to " << shown(period.end);
    const Interval next = where.period(unit, count, period.end), before = where.period(unit, count, period.begin - 1);
    const Interval first = where.period(unit, count, period.begin), last = where.period(unit, count, period.end - 1);
    ASSERT_EQ(next.begin, period.end) << what();
    ASSERT_EQ(before.end, period.begin) << what();
    for (const Interval& same : {first, last}) ASSERT_TRUE(same.begin == period.begin && same.end == period.end) << what();
  }
}

}  // namespace
}  // namespace sluice
