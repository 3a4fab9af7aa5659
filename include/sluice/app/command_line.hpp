// The program's commands. Exit codes: 0 done, 1 refused (bad configuration, bad arguments), 2 could not start.
#pragma once
#include <iosfwd>
#include <span>
#include <string>

namespace sluice::app {

int run(std::span<const std::string> arguments);

// Each takes the arguments behind its name.
int serve_command(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);
int check_command(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);
int health_command(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);

// --config FILE if given, else $SLUICE_CONFIG, else config/sluice.yaml.
std::string default_config();

}  // namespace sluice::app
