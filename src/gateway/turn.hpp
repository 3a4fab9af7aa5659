// A request that waits for its turn where its key has a queue.
#pragma once
#include "gateway/govern.hpp"

namespace sluice::gateway {

// As reserve(), but what a rate limit refuses waits in line for its turn, for as long as the queue lets it and the caller
// stays.
net::Task<std::optional<Denied>> reserve_in_turn(Exchange& ex, Worker& worker, const Target& target, std::string_view model);

}  // namespace sluice::gateway
