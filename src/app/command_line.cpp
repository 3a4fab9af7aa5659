#include "sluice/app/command_line.hpp"

#include <cstdlib>
#include <iostream>
#include <string_view>

#include "sluice/app/audit_command.hpp"
#include "sluice/app/keys_command.hpp"
#include "sluice/app/logs_command.hpp"
#include "sluice/app/spend_command.hpp"

namespace sluice::app {
namespace {

constexpr std::string_view usage = R"(Sluice: one gateway between your applications and every LLM provider.

usage:
  sluice serve [--config FILE]         run the gateway
  sluice check FILE                    validate a configuration: every problem with file:line:column
  sluice keys create|list|revoke|rotate|enable|disable …
                                       manage virtual keys, also while the gateway runs
  sluice logs [--follow] [filters]     read the request log
  sluice audit [--json]                hold the counters of all limits against the ledger
  sluice spend [--by key,model] [--since 30d]
                                       what was spent and used, from the ledger
  sluice health [--url URL]            ask a running gateway whether it is alive (for health checks)
  sluice version

The configuration is config/sluice.yaml unless --config or $SLUICE_CONFIG says otherwise.
`sluice COMMAND --help` tells more. Exit codes: 0 done, 1 refused, 2 could not start.
)";

}  // namespace

std::string default_config() {
  const char* given = std::getenv("SLUICE_CONFIG");
  return given != nullptr && *given != '\0' ? given : "config/sluice.yaml";
}

int run(std::span<const std::string> arguments) {
  if (arguments.empty()) {
    std::cerr << usage;
    return 1;
  }
  const std::string& command = arguments[0];
  auto rest = arguments.subspan(1);
  if (command == "serve") return serve_command(rest, std::cout, std::cerr);
  if (command == "check") return check_command(rest, std::cout, std::cerr);
  if (command == "keys") return keys_command(rest, std::cout, std::cerr);
  if (command == "logs") return logs_command(rest, std::cout, std::cerr);
  if (command == "audit") return audit_command(rest, std::cout, std::cerr);
  if (command == "spend") return spend_command(rest, std::cout, std::cerr);
  if (command == "health") return health_command(rest, std::cout, std::cerr);
  if (command == "version" || command == "--version") {
    std::cout << "sluice " SLUICE_VERSION "\n";
    return 0;
  }
  if (command == "help" || command == "--help" || command == "-h") {
    std::cout << usage;
    return 0;
  }
  std::cerr << "sluice: unknown command '" << command << "'. `sluice --help` lists them.\n";
  return 1;
}

}  // namespace sluice::app
