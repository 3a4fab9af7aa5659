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
  net::Clock::time_point phase = net::Clock::time_point::max();   // by which the present step of connecting must end

  net::Clock::time_point next() const { return when < phase ? when : phase; }

  // The reason for a wait on `connection` to have ended that is not the network's; empty: none.
  std::optional<Error> reason(const Connection& connection, const std::string& name) const;
};

// Connects `connection` to the shelf's origin. `within` bounds the whole; attempt_time() each address. Errors name the step that
// failed: upstream_failed, upstream_timeout, cancelled.
net::Task<Result<>> connect(Connection& connection, Shelf& shelf, net::Resolver& resolver, Stop& stop,
                            std::chrono::milliseconds within);

}  // namespace sluice::http
