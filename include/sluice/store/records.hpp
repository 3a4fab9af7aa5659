// What is written down about one request: one row of the log and, through its cost, of the ledger.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sluice/llm/usage.hpp"

namespace sluice::store {

// One try at one target.
struct AttemptRecord {
  std::string target, provider, model;
  int status = 0;                 // the provider's HTTP status; 0: none came
  std::string error;              // why it was given up; empty: it served the request
  std::int64_t duration_us = 0;
  bool may_have_run = false;      // sent in full and then lost: the provider may have charged for it
  std::int64_t cost_nano_usd = 0; // what is booked for it; the request's cost is the sum over its attempts
};

// What a request adds to one counter (store/counters.hpp) in the period that it began in.
struct Charge {
  std::uint64_t counter = 0;
  std::int64_t period = 0;        // Unix seconds of its beginning
  std::int64_t amount = 0;        // nano-USD, tokens or requests

  friend bool operator==(const Charge&, const Charge&) = default;
};

// One request: as it stands once it is over, or, `open`, what is put into the journal before a provider is asked: what it
// may come to at most. A later record of the same id takes the place of an open one; one that has none is what a crash
// left, and is booked as it stands.
struct RequestRecord {
  std::string id;                 // as in x-request-id; the row's key
  bool open = false;
  std::int64_t at_us = 0;         // arrival, Unix microseconds
  std::string key_id, account, team, customer;   // empty: none
  std::vector<std::string> tags;  // of the key and of the request; sorted, each once
  std::string operation;          // "chat", "models" …
  std::string dialect;
  std::string model_asked, model_served;
  std::string target, provider;   // that served; empty: none
  bool stream = false;
  int status = 0;                 // as the caller saw it; 499: the caller left
  std::string error;              // machine-readable name, empty when it went well
  std::string error_message;
  std::vector<AttemptRecord> attempts;
  llm::Usage usage;
  std::int64_t cost_nano_usd = 0;
  bool priced = false;            // false: no price is known for the model (cost is 0 and must not be read as free)
  std::string price_version;
  std::int64_t first_byte_us = 0; // arrival to the first byte of the answer leaving
  std::int64_t total_us = 0;      // arrival to the end
  std::int64_t gateway_us = 0;    // of total: not spent waiting for an upstream or the client
  std::int64_t bytes_in = 0, bytes_out = 0;
  std::string cache = "none";     // none | hit | miss
  std::vector<std::string> dropped;   // request fields that could not be translated
  std::string peer;
  std::vector<Charge> charges;    // on every counter that counts it
};

}  // namespace sluice::store
