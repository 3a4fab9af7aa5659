// Plays what the simulated provider wrote down, as if it came from a server.
#pragma once
#include <memory>

#include "gateway/exchange.hpp"
#include "sluice/http/client.hpp"

namespace sluice::gateway {

struct Worker;
std::unique_ptr<http::ClientCall> make_simulated_call(const Exchange& ex, Worker& worker, const Upstream& upstream, bool verbatim);

}  // namespace sluice::gateway
