// `sluice logs`: prints the request log as a table or as JSON lines, and follows it.
#pragma once
#include <iosfwd>
#include <span>
#include <string>

namespace sluice::app {

// The exit code. With --follow it returns when `out` takes no more.
int logs_command(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);

}  // namespace sluice::app
