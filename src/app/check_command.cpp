#include <ostream>

#include "app/options.hpp"
#include "sluice/app/command_line.hpp"
#include "sluice/config/load.hpp"

namespace sluice::app {
namespace {

constexpr std::string_view usage = R"(usage: sluice check [FILE]

Validates a configuration without starting anything. Every problem is printed with file:line:column, all at once.
Without FILE: $SLUICE_CONFIG, or config/sluice.yaml. Exit code 0: it can be used; 1: it cannot.
)";

}  // namespace

int check_command(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
  Options options = read_options(arguments, {});
  if (options.help) {
    out << usage;
    return 0;
  }
  if (options.problem || options.words.size() > 1) {
    err << "sluice check: " << options.problem.value_or("one FILE at a time") << ". `sluice check --help` tells more.\n";
    return 1;
  }
  std::string file = options.words.empty() ? default_config() : options.words[0];
  auto loaded = config::load_file(file, config::process_environment());
  if (const auto* problems = std::get_if<std::vector<config::Problem>>(&loaded)) {
    err << config::format(*problems);
    err << file << ": " << problems->size() << (problems->size() == 1 ? " problem\n" : " problems\n");
    return 1;
  }
  const auto& good = std::get<config::Loaded>(loaded);
  if (!good.warnings.empty()) err << "warnings:\n" << config::format(good.warnings);
  out << file << ": ok (" << good.config.accounts.size() << " accounts, " << good.config.providers.size() << " providers, "
      << good.config.virtual_keys.size() << " virtual keys)\n";
  return 0;
}

}  // namespace sluice::app
