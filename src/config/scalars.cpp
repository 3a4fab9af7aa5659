#include "config/scalars.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

namespace sluice::config {
namespace {

Error must_be(std::string what) { return {Code::bad_request, std::move(what)}; }

bool digit(char c) { return c >= '0' && c <= '9'; }

// The digits at the front, taken off the text.
std::string_view take_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && digit(text[count])) ++count;
  const auto digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

bool to_number(std::string_view digits, std::int64_t& out) {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return !digits.empty() && error == std::errc{} && end == digits.data() + digits.size();
}

bool to_double(std::string_view text, double& out) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || !(digit(text[0]) || text[0] == '-' || text[0] == '.')) return false;
  if (text[0] == '-' && (text.size() < 2 || !(digit(text[1]) || text[1] == '.'))) return false;  // "-inf", "-nan"
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size() && std::isfinite(out);
}

// Decimal text times ten to the power of `places`, exactly.
Result<std::int64_t> parse_decimal(std::string_view text, std::size_t places) {
  if (text.starts_with('-')) return must_be("must not be negative");
  const auto whole = take_digits(text);
  std::string_view fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = take_digits(text);
    if (fraction.empty()) return must_be("must be an amount in US dollars such as 12.50");
  }
  std::int64_t exponent = 0;   // as JSON's writers put small numbers
  if (!whole.empty() && (text.starts_with('e') || text.starts_with('E'))) {
    text.remove_prefix(1);
    const bool down = text.starts_with('-');
    if (down || text.starts_with('+')) text.remove_prefix(1);
    if (!to_number(take_digits(text), exponent) || exponent > 30) return must_be("must be an amount in US dollars such as 12.50");
    if (down) exponent = -exponent;
  }
  if (whole.empty() || !text.empty()) return must_be("must be an amount in US dollars such as 12.50");
  std::string digits(whole);
  digits.append(fraction);
  std::int64_t shift = static_cast<std::int64_t>(places) - static_cast<std::int64_t>(fraction.size()) + exponent;
  for (; shift < 0 && digits.ends_with('0'); ++shift) digits.pop_back();
  if (digits.empty()) digits = "0", shift = 0;
  if (shift < 0) return must_be("has more than " + std::to_string(places) + " digits after the point");
  digits.append(static_cast<std::size_t>(shift), '0');
  std::int64_t scaled = 0;
  if (!to_number(digits, scaled)) return must_be("is too large an amount");
  return scaled;
}

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<Unit, 10> size_units{{{"", 1},
                                           {"B", 1},
                                           {"KiB", 1ull << 10},
                                           {"MiB", 1ull << 20},
                                           {"GiB", 1ull << 30},
                                           {"TiB", 1ull << 40},
                                           {"kB", 1000},
                                           {"MB", 1000'000},
                                           {"GB", 1000'000'000},
                                           {"TB", 1000'000'000'000}}};

constexpr std::array<Unit, 5> duration_units{
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};

struct PeriodUnit {
  std::string_view name;
  Period::Unit unit;
  std::int64_t most;
};
constexpr std::int64_t century_days = 36'525;
constexpr std::array<PeriodUnit, 7> period_units{{{"s", Period::Unit::second, century_days * 86'400},
                                                  {"m", Period::Unit::minute, century_days * 1440},
                                                  {"h", Period::Unit::hour, century_days * 24},
                                                  {"d", Period::Unit::day, century_days},
                                                  {"w", Period::Unit::week, century_days / 7},
                                                  {"M", Period::Unit::month, 1200},
                                                  {"Y", Period::Unit::year, 100}}};

}  // namespace

bool looks_like_number(std::string_view text) {
  double number = 0;
  return to_double(text, number);
}

Result<bool> parse_bool(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return must_be("must be true or false");
}

Result<std::int64_t> parse_whole(std::string_view text) {
  std::int64_t number = 0;
  if (text.starts_with('-') && looks_like_number(text)) return must_be("must not be negative");
  std::string_view rest = text;
  const auto digits = take_digits(rest);
  if (digits.empty() || !rest.empty()) return must_be("must be a whole number");
  if (!to_number(digits, number)) return must_be("is too large a number");
  return number;
}

Result<Milliseconds> parse_duration(std::string_view text) {
  const auto wrong = [] { return must_be("must be a duration such as 200ms, 30s, 15m or 1h"); };
  std::string_view unit = text;
  const auto digits = take_digits(unit);
  if (unit == "M" || unit == "w" || unit == "Y")
    return must_be("is too long a duration: use ms, s, m (minutes), h or d");
  std::int64_t count = 0;
  if (digits.empty()) return wrong();
  for (const auto& known : duration_units) {
    if (unit != known.name) continue;
    const auto factor = static_cast<std::int64_t>(known.factor);
    if (!to_number(digits, count) || count > 100'000 * 86'400'000ll / factor) return must_be("is too long a duration");
    return Milliseconds{count * factor};
  }
  return wrong();
}

Result<Period> parse_period(std::string_view text) {
  std::string_view unit = text;
  const auto digits = take_digits(unit);
  for (const auto& known : period_units) {
    if (unit != known.name || digits.empty()) continue;
    std::int64_t count = 0;
    if (!to_number(digits, count) || count > known.most) return must_be("is too long a period");
    if (count == 0) return must_be("must be longer than zero");
    return Period{known.unit, count};
  }
  return must_be("must be a period such as 30s, 15m, 1h, 1d, 1w, 1M (month) or 1Y");
}

Result<std::uint64_t> parse_size(std::string_view text) {
  std::string_view unit = text;
  const auto digits = take_digits(unit);
  for (const auto& known : size_units) {
    if (unit != known.name || digits.empty()) continue;
    std::int64_t count = 0;
    if (!to_number(digits, count) || static_cast<std::uint64_t>(count) > (1ull << 50) / known.factor)
      return must_be("is too large a size");
    return static_cast<std::uint64_t>(count) * known.factor;
  }
  return must_be("must be a size such as 65536, 32KiB, 32MiB or 10GiB");
}

Result<double> parse_weight(std::string_view text) {
  double weight = 0;
  if (!to_double(text, weight)) return must_be("must be a number");
  if (weight < 0 || std::signbit(weight)) return must_be("must not be negative");
  if (weight > 1e9) return must_be("must be at most 1000000000");
  return weight;
}

Result<double> parse_share(std::string_view text) {
  double share = 0;
  if (!to_double(text, share) || share < 0 || share > 1) return must_be("must be a number from 0 to 1");
  return share;
}

Result<std::int64_t> parse_usd(std::string_view text) { return parse_decimal(text, 9); }

Result<std::int64_t> parse_usd_per_million(std::string_view text) { return parse_decimal(text, 6); }

Result<std::int64_t> parse_usd_each(std::string_view text) {
  constexpr std::int64_t thousand = 1000;
  auto nano = parse_usd(text);
  if (nano && *nano > INT64_MAX / thousand) return must_be("is too large an amount");
  if (nano) *nano *= thousand;
  return nano;
}

Result<std::int64_t> parse_time(std::string_view text) {
  const auto wrong = [] { return must_be("must be a time such as 2027-01-01T00:00:00Z"); };
  // 2027-01-01T00:00:00[.fraction](Z|+hh:mm|-hh:mm)
  constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd";
  if (text.size() < shape.size() + 1) return wrong();
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] == 'd' ? !digit(text[i]) : text[i] != shape[i]) return wrong();
  const auto at = [&](std::size_t from, std::size_t count) {
    std::int64_t number = 0;
    to_number(text.substr(from, count), number);
    return static_cast<int>(number);
  };
  const std::chrono::year_month_day date{std::chrono::year{at(0, 4)},
                                         std::chrono::month{static_cast<unsigned>(at(5, 2))},
                                         std::chrono::day{static_cast<unsigned>(at(8, 2))}};
  if (!date.ok() || at(11, 2) > 23 || at(14, 2) > 59 || at(17, 2) > 59)
    return must_be("is no date and time that exists");
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  const std::int64_t seconds = days * 86'400 + at(11, 2) * 3600 + at(14, 2) * 60 + at(17, 2);
  std::string_view rest = text.substr(shape.size());
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    if (take_digits(rest).empty()) return wrong();
  }
  if (rest == "Z") return seconds;
  const bool offset = rest.size() == 6 && (rest[0] == '+' || rest[0] == '-') && digit(rest[1]) && digit(rest[2]) &&
                      rest[3] == ':' && digit(rest[4]) && digit(rest[5]);
  if (!offset) return wrong();
  const std::int64_t east =
      ((rest[1] - '0') * 10 + (rest[2] - '0')) * 3600 + ((rest[4] - '0') * 10 + (rest[5] - '0')) * 60;
  return rest[0] == '+' ? seconds - east : seconds + east;
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto wrong = [] {
    return must_be("must be an address and port such as 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080");
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong();
  std::int64_t port = 0;
  std::string host(text.substr(0, colon));
  if (!parse_whole(text.substr(colon + 1)) || !to_number(text.substr(colon + 1), port) || port > 65'535) return wrong();
  if (host == "localhost") host = "127.0.0.1";
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    if (inet_pton(AF_INET6, host.c_str(), bytes.data()) != 1) return wrong();
  } else if (inet_pton(AF_INET, host.c_str(), bytes.data()) != 1) {
    return wrong();
  }
  return Endpoint{std::move(host), static_cast<std::uint16_t>(port)};
}

Result<Network> parse_network(std::string_view text) {
  const auto wrong = [] { return must_be("must be a network such as 10.0.0.0/8 or 2001:db8::/32, or one address"); };
  const auto slash = text.find('/');
  const std::string address(text.substr(0, slash));
  constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};   // RFC 4291, 2.5.5.2
  Network network;
  const bool v4 = inet_pton(AF_INET, address.c_str(), network.address.data() + mapped.size()) == 1;
  if (v4) std::copy(mapped.begin(), mapped.end(), network.address.begin());
  else if (inet_pton(AF_INET6, address.c_str(), network.address.data()) != 1) return wrong();
  std::int64_t bits = v4 ? 32 : 128;
  const std::int64_t most = bits;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    if (!parse_whole(digits) || !to_number(digits, bits) || bits > most) return wrong();
  }
  network.bits = static_cast<unsigned>(v4 ? bits + 96 : bits);
  return network;
}

}  // namespace sluice::config
