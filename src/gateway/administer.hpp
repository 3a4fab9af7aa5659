// A request below /admin: handed over to the thread that administers, its answer waited for.
#pragma once
#include "gateway/exchange.hpp"
#include "sluice/gateway/worker.hpp"

namespace sluice::gateway {

net::Task<> administer(Exchange& ex, Worker& worker);

}  // namespace sluice::gateway
