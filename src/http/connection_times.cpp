#include "sluice/http/connection_times.hpp"

#include <algorithm>
#include <charconv>

#include "sluice/base/text.hpp"

namespace sluice::http {

std::optional<std::chrono::seconds> keep_alive_timeout(std::string_view field) {
  constexpr std::string_view wanted = "timeout=";
  while (!field.empty()) {
    const std::size_t comma = field.find(',');
    const std::string_view item = trim(field.substr(0, comma));
    field.remove_prefix(comma == std::string_view::npos ? field.size() : comma + 1);
    if (!iequals(item.substr(0, wanted.size()), wanted)) continue;
    std::uint32_t seconds = 0;
    const char* const last = item.data() + item.size();
    const auto [end, failed] = std::from_chars(item.data() + wanted.size(), last, seconds);
    if (failed != std::errc() || end != last) return std::nullopt;
    return std::chrono::seconds(seconds);
  }
  return std::nullopt;
}

net::Clock::time_point retirement(net::Clock::time_point now, std::uint32_t random) {
  constexpr std::chrono::milliseconds shortest = std::chrono::minutes(9);
  constexpr std::chrono::milliseconds spread = std::chrono::minutes(2);
  return now + shortest + std::chrono::milliseconds(random % static_cast<std::uint32_t>(spread.count() + 1));
}

net::Clock::time_point keep_until(net::Clock::time_point now, std::chrono::milliseconds own_limit,
                                  std::optional<std::chrono::seconds> peers_limit, net::Clock::time_point retire_at) {
  std::chrono::milliseconds limit = own_limit;
  // The peer counts from when it sent, we from when we read; a second less keeps us on the safe side of that race.
  if (peers_limit) limit = std::min<std::chrono::milliseconds>(limit, *peers_limit - std::chrono::seconds(1));
  return std::min(now + std::max(limit, std::chrono::milliseconds(0)), retire_at);
}

net::Clock::duration attempt_time(net::Clock::duration left, std::size_t addresses_left) {
  constexpr net::Clock::duration least = std::chrono::milliseconds(250);
  if (addresses_left <= 1) return left;
  return std::min(left, std::max(least, left / static_cast<net::Clock::rep>(addresses_left)));
}

}  // namespace sluice::http
