// `sluice keys`: makes and changes virtual keys in the store, also while a gateway runs on it.
#pragma once
#include <iosfwd>
#include <span>
#include <string>

namespace sluice::app {

// The exit code. A new key's text is all that goes to `out` then, so that KEY=$(sluice keys create …) works.
int keys_command(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);

}  // namespace sluice::app
