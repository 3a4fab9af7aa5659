// From the first event (or the whole answer) to the last byte. Nothing fails over any more.
#pragma once
#include "gateway/attempt.hpp"

namespace sluice::gateway {

// Shows the caller what was started, and settles.
net::Task<> relay(Exchange& ex, Worker& worker, Started& started);

}  // namespace sluice::gateway
