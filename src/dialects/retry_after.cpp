#include "dialects/retry_after.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace sluice::dialects {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds longest = std::chrono::hours(24 * 7);

milliseconds clamped(double ms) {
  if (!(ms > 0)) return milliseconds(0);
  return ms >= static_cast<double>(longest.count()) ? longest : milliseconds(static_cast<std::int64_t>(std::ceil(ms)));
}

// A plain decimal number at the front of the text, which is moved behind it.
std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(value) || value < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<double> unit_in_ms(std::string_view& text) {
  struct Unit { std::string_view name; double ms; };
  static constexpr std::array<Unit, 6> units{
      {{"ms", 1}, {"us", 0.001}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}}};
  for (const Unit& unit : units) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return unit.ms;
  }
  return std::nullopt;
}

std::optional<std::int64_t> digits(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0 || text.empty()) return std::nullopt;
  return value;
}

std::optional<milliseconds> until(std::int64_t unix_ms, const http::Fields& headers) {
  const auto now = read_http_date(headers.get(http::FieldName::date));
  if (!now) return std::nullopt;
  return clamped(static_cast<double>(unix_ms) - static_cast<double>(*now) * 1000);
}

std::optional<milliseconds> stated(const http::Fields& headers) {
  std::optional<milliseconds> wait;
  std::string_view ms = headers.get("retry-after-ms");
  if (const auto number = take_number(ms); number && ms.empty()) wait = clamped(*number);
  const std::string_view text = headers.get(http::FieldName::retry_after);
  std::string_view rest = text;
  std::optional<milliseconds> other;
  if (const auto seconds = take_number(rest); seconds && rest.empty()) other = clamped(*seconds * 1000);
  else if (const auto date = read_http_date(text)) other = until(*date * 1000, headers);
  return other ? std::max(*other, wait.value_or(*other)) : wait;
}

std::optional<milliseconds> limit_reset(const http::Fields& headers) {
  const auto requests = read_duration(headers.get("x-ratelimit-reset-requests"));
  const auto tokens = read_duration(headers.get("x-ratelimit-reset-tokens"));
  const bool no_requests = headers.get("x-ratelimit-remaining-requests") == "0";
  const bool no_tokens = headers.get("x-ratelimit-remaining-tokens") == "0";
  if (no_requests && no_tokens && requests && tokens) return std::max(*requests, *tokens);
  if (no_requests && requests) return requests;
  if (no_tokens && tokens) return tokens;
  // A request too large for what remains of a limit leaves both above zero: the sooner is worth a try.
  if (requests && tokens) return std::min(*requests, *tokens);
  if (requests || tokens) return requests ? requests : tokens;
  const auto at = digits(headers.get("x-ratelimit-reset"));   // OpenRouter: Unix milliseconds
  if (at && *at > 1'000'000'000'000) return until(*at, headers);
  return std::nullopt;
}

}  // namespace

std::optional<milliseconds> retry_after(int status, const http::Fields& headers) {
  const auto wait = stated(headers);
  if (wait || status != 429) return wait;
  return limit_reset(headers);
}

std::optional<milliseconds> read_duration(std::string_view text) {
  if (text.empty() || text.size() > 64) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    if (text.empty()) {
      total += *number * 1000;
      break;
    }
    const auto unit = unit_in_ms(text);
    if (!unit) return std::nullopt;
    total += *number * *unit;
  }
  return clamped(total);
}

std::optional<std::int64_t> read_http_date(std::string_view text) {
  static constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || text.substr(25) != " GMT" || text.substr(3, 2) != ", ") return std::nullopt;
  const auto day = digits(text.substr(5, 2)), year = digits(text.substr(12, 4));
  const auto hour = digits(text.substr(17, 2)), minute = digits(text.substr(20, 2)),
             second = digits(text.substr(23, 2));
  const std::size_t month = months.find(text.substr(8, 3));
  if (!day || !year || !hour || !minute || !second || month == months.npos || month % 3 != 0) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(month / 3 + 1)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const std::chrono::sys_days days = date;
  return days.time_since_epoch().count() * 86400LL + *hour * 3600 + *minute * 60 + *second;
}

}  // namespace sluice::dialects
