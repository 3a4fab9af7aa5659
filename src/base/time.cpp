#include "sluice/base/time.hpp"

#include <chrono>
#include <cstdio>

namespace sluice {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

template <class Unit>
std::int64_t since_epoch() {
  return std::chrono::duration_cast<Unit>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Takes exactly `count` digits from the front; below zero: there are none.
int take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return -1;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, std::string_view one_of) {
  if (text.empty() || one_of.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> take_date(std::string_view& text) {
  const int year = take_digits(text, 4);
  if (year < 0 || !take(text, "-")) return std::nullopt;
  const int month = take_digits(text, 2);
  if (month < 0 || !take(text, "-")) return std::nullopt;
  const int day = take_digits(text, 2);
  if (day < 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return std::int64_t{sys_days{date}.time_since_epoch().count()} * 86400;
}

std::optional<std::int64_t> take_clock(std::string_view& text) {
  const int hour = take_digits(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ":")) return std::nullopt;
  const int minute = take_digits(text, 2);
  if (minute < 0 || minute > 59 || !take(text, ":")) return std::nullopt;
  const int second = take_digits(text, 2);
  if (second < 0 || second > 60) return std::nullopt;
  if (take(text, ".")) {
    if (take_digits(text, 1) < 0) return std::nullopt;
    while (take_digits(text, 1) >= 0) {}
  }
  return hour * 3600 + minute * 60 + second;
}

// Seconds that local time is ahead of UTC.
std::optional<std::int64_t> take_offset(std::string_view& text) {
  if (take(text, "Zz")) return 0;
  const bool behind = !text.empty() && text[0] == '-';
  if (!take(text, "+-")) return std::nullopt;
  const int hours = take_digits(text, 2);
  if (hours < 0 || hours > 23 || !take(text, ":")) return std::nullopt;
  const int minutes = take_digits(text, 2);
  if (minutes < 0 || minutes > 59) return std::nullopt;
  const std::int64_t offset = hours * 3600 + minutes * 60;
  return behind ? -offset : offset;
}

// Writes "2027-01-01T00:00:00".
std::string date_and_clock(std::int64_t seconds) {
  const auto day = std::chrono::floor<days>(std::chrono::seconds{seconds});
  const std::chrono::year_month_day date{sys_days{day}};
  const int rest = static_cast<int>(seconds - std::int64_t{day.count()} * 86400);
  char text[64];
  const int size = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), rest / 3600,
                                 rest / 60 % 60, rest % 60);
  return std::string(text, static_cast<std::size_t>(size));
}

}  // namespace

std::int64_t unix_seconds() { return since_epoch<std::chrono::seconds>(); }
std::int64_t unix_us() { return since_epoch<std::chrono::microseconds>(); }

std::optional<std::int64_t> parse_rfc3339(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !take(text, "Tt ")) return std::nullopt;
  const auto clock = take_clock(text);
  if (!clock) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return *date + *clock - *offset;
}

std::string format_rfc3339(std::int64_t seconds) { return date_and_clock(seconds) + 'Z'; }

std::string format_rfc3339_us(std::int64_t us) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(std::chrono::microseconds{us}).count();
  char fraction[16];
  const int size = std::snprintf(fraction, sizeof fraction, ".%06dZ", static_cast<int>(us - seconds * 1'000'000));
  return date_and_clock(seconds).append(fraction, static_cast<std::size_t>(size));
}

}  // namespace sluice
