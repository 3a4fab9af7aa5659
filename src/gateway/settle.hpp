// What a request cost, written down once, whatever became of it.
#pragma once
#include <optional>
#include <string_view>

#include "gateway/exchange.hpp"

namespace sluice::gateway {

struct Worker;

// Usage from the bytes seen, where the provider told none: a token is taken as four bytes of text; where a hard budget
// applies, the request's tokens are counted if they can be.
llm::Usage estimate(const Exchange& ex, std::int64_t output_bytes);

// Of sound, by its length.
llm::Usage estimate_speech(const Exchange& ex, std::string_view content_type, std::int64_t bytes);

// Prices the usage, completes the record and puts it into the journal. Called before the last byte of an answer is
// written, so that an answer a caller has seen whole is never missing from the ledger. Later calls do nothing.
void settle(Exchange& ex, Worker& worker, const Upstream* served_by, const llm::Usage& usage, int status);
// The same for a request nobody served: nothing was used.
void settle_refused(Exchange& ex, Worker& worker, int status, const Error& error);

}  // namespace sluice::gateway
