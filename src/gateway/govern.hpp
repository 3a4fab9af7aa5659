// May this request be made, and what does it hold of its limits while it is under way. The limits themselves are kept by
// governance::Book; here they meet the request.
#pragma once
#include "gateway/attempt.hpp"
#include "gateway/exchange.hpp"
#include "sluice/governance/book.hpp"

namespace sluice::gateway {

struct Worker;

// Why an attempt may not be made.
struct Denied {
  Error error;
  bool target_only = false;      // the target's own limit: another one may be asked
  bool may_wait = false;         // a rate of the caller's: its turn comes
  std::int64_t wait_us = 0;
};

// Reserves what the attempt at this step may cost and use, at every level at once, begins its record and writes it into the
// journal. Nothing: it may be made. May lower the request's own limit of tokens (on_tight_budget: clamp).
std::optional<Denied> reserve(Exchange& ex, Worker& worker, const Target& target, std::string_view model);

// The attempt has failed: books what it may have cost, if the provider may have run it; gives back the rest. That is an
// estimate, and where a hard budget applies all that was reserved. Tokens are not booked: the ledger has the answer's only.
void settle_failed(Exchange& ex, const Upstream& upstream, const Troubled& troubled);

// A bug has ended the request: an attempt that was under way is booked as one whose answer was lost.
void settle_broken(Exchange& ex);

// What counts where the requests of this caller are counted, for those who ask for their own limits.
governance::Chain scopes_of_caller(const Exchange& ex);

}  // namespace sluice::gateway
