// Before anything is sent: who calls, what is asked for, and which targets may serve it. No I/O.
#pragma once
#include "gateway/exchange.hpp"

namespace sluice::gateway {

struct Worker;

// Sets ex.key and ex.account, or refuses: 401, 403.
Result<> identify(Exchange& ex);
// The key a request presents, checked; nullptr for an open gateway.
Result<const auth::Key*> caller_of(const Snapshot& snapshot, const http::Request& request, std::int64_t now_seconds);
// The same, remembering it with the connection: most present the same key again, and comparing is cheaper than hashing.
Result<const auth::Key*> known_caller_of(const Snapshot& snapshot, http::Request& request, std::int64_t now_seconds);

// Sets ex.facts and ex.plan, or refuses: 400, 403, 404, and 429 when all targets are cooling down.
Result<> choose_targets(Exchange& ex, Worker& worker);

}  // namespace sluice::gateway
