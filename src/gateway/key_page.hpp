// GET /v1/key: what a key can find out about itself.
#pragma once
#include <string>

#include "gateway/exchange.hpp"

namespace sluice::gateway {

// After identify(). 404 where the gateway is open and there is no key.
Result<std::string> key_page(const Exchange& ex, const governance::Book& book);

}  // namespace sluice::gateway
