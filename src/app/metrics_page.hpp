// GET /metrics in Prometheus' text form, summed over the workers when asked for.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "sluice/gateway/worker.hpp"
#include "sluice/http/server_connection.hpp"
#include "sluice/store/store_thread.hpp"

namespace sluice::app {

std::string metrics_page(std::span<const gateway::Counters* const> workers, const gateway::Shared& shared,
                         const http::ServerCounters& connections, const store::StoreThread& store);

}  // namespace sluice::app
