// From the first event (or the whole answer) to the last byte. Nothing fails over any more.
#pragma once
#include "gateway/attempt.hpp"

namespace sluice::gateway {

// Shows the caller what the attempt began, and settles. Waits for the provider and for the caller.
net::Task<> relay(Exchange& ex, Worker& worker, Attempt& attempt);

}  // namespace sluice::gateway
