// `sluice audit`: holds the counters of all limits against the ledger, and the ledger against the request log.
#pragma once
#include <iosfwd>
#include <span>
#include <string>

namespace sluice::app {

// The exit code: 0 nothing differs, 1 something does (or the arguments are refused), 2 the store cannot be read.
int audit_command(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);

}  // namespace sluice::app
