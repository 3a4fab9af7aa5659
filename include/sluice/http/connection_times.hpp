// How long a connection to an upstream may take to be made, and may be kept. Pure arithmetic; the clock is the caller's.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sluice/net/socket.hpp"

namespace sluice::http {

// The `timeout` of a Keep-Alive field ("timeout=5, max=100"): how long the peer says it keeps an idle connection.
std::optional<std::chrono::seconds> keep_alive_timeout(std::string_view field);

// When a connection opened at `now` is retired: after ten minutes, give or take a tenth by `random`, so that those
// opened together are not replaced together.
net::Clock::time_point retirement(net::Clock::time_point now, std::uint32_t random);

// Until when a connection that falls idle at `now` may be used again: our own limit or the peer's less one second,
// whichever is shorter, and never past its retirement. Not after `now`: it must be closed.
net::Clock::time_point keep_until(net::Clock::time_point now, std::chrono::milliseconds own_limit,
                                  std::optional<std::chrono::seconds> peers_limit, net::Clock::time_point retire_at);

// How long the attempt at one of `addresses_left` addresses (this one included) may take, when `left` is there for all
// of them: an equal part, but at least 250 ms (a shorter one would give up on a distant server), and never above `left`.
net::Clock::duration attempt_time(net::Clock::duration left, std::size_t addresses_left);

}  // namespace sluice::http
