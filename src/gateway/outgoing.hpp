// The body of a request as one target takes it.
#pragma once
#include <string>
#include <string_view>

#include "gateway/attempt.hpp"
#include "sluice/providers/provider.hpp"

namespace sluice::gateway {

// `body` views into the caller's request or into `changed`: it is not moved once written.
struct Outgoing { std::string changed; std::string_view body; };

// The caller's own bytes where possible. A refusal is about this target only; one that is about the request itself has
// `callers_fault`.
Result<> write_body(Exchange& ex, Attempt& attempt, const providers::Call& call, Outgoing& out, bool& callers_fault);

}  // namespace sluice::gateway
