// `sluice spend`: what was spent and used, from the ledger.
#pragma once
#include <iosfwd>
#include <span>
#include <string>

namespace sluice::app {

int spend_command(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);   // the exit code

}  // namespace sluice::app
