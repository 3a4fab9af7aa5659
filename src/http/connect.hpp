// From a new Connection to one that may carry requests: name, TCP, proxy, TLS.
#pragma once
#include <optional>
#include <string>

#include "http/client_pool.hpp"

namespace sluice::http {

// What can end a call's waits from outside; the call's own, looked at by whatever waits for it.
struct Stop {
  bool cancelled = false;
  net::Clock::time_point when = net::Clock::time_point::max();
  const char* what = "";

  // The reason for a wait on `connection` to have ended that is not the network's; empty: none.
  std::optional<Error> reason(const Connection& connection, const std::string& name) const;
};

// Connects `connection` to the shelf's origin. `within` bounds the whole. Each address may take an equal part of the
// time that is left for it and the later ones, but at least 250 ms; the last one all of it. Errors name the step that
// failed: upstream_failed, upstream_timeout, cancelled.
net::Task<Result<>> connect(Connection& connection, Shelf& shelf, net::Resolver& resolver, const Stop& stop,
                            std::chrono::milliseconds within);

// How long the attempt at one of `addresses_left` addresses (this one included) may take.
net::Clock::duration attempt_time(net::Clock::duration left, std::size_t addresses_left);

}  // namespace sluice::http
