// What to do after an attempt failed before anything was shown to the caller. Pure: the failover table of
// docs/architecture.md as functions.
#pragma once
#include <cstdint>
#include <vector>

#include "sluice/config/config.hpp"

namespace sluice::routing {

// How far an attempt came, and what ended it.
enum class Trouble : std::uint8_t {
  not_connected,   // DNS, TCP, TLS, proxy: nothing was sent
  lost,            // sent, then closed or reset without an answer: the provider may have run it
  timeout,         // sent, and no answer (or no first event) in time
  garbled,         // an answer that cannot be read, or a stream that ended before its first event
  refused,         // an error status or an error event
  cancelled,       // the caller left
};

struct Failed {
  Trouble trouble = Trouble::lost;
  int status = 0;               // of a refusal
  bool try_next = false;        // of a refusal: the provider's own fault, or its limits
  bool key_at_fault = false;    // of a refusal: 401, 403, 429
  bool elsewhere = false;       // of a refusal: it has not what another target may have (a stored response); it works
};

enum class Next : std::uint8_t { another_key, same_again, next_target, give_up };

struct Tried {
  std::uint32_t sent = 0;           // attempts of this request that reached a provider, this one included
  std::uint32_t at_this_target = 0; // attempts at this target, this one included
  bool more_keys = false;           // an untried, available key of this target is left
};

Next decide(const Failed&, const Tried&, const config::Failover&, std::uint32_t retry_max_attempts);

// Of several failures the one that tells the caller most: its own mistake before a limit, a limit before a provider's
// fault, that before silence, silence before not having got through. Higher is better; the first of equals stands.
int usefulness(const Failed&);

}  // namespace sluice::routing
