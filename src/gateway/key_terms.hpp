// What a virtual key may do besides the models it may ask for: endpoints, networks, tags. Pure.
#pragma once
#include "gateway/exchange.hpp"

namespace sluice::gateway {

// Refuses endpoints and networks that are not its own (403), and tags that cannot be
// read (400). Sets record.customer and record.tags.
Result<> check_terms(Exchange& ex);

}  // namespace sluice::gateway
