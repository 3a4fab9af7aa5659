#include "sluice/app/audit_command.hpp"

#include <nlohmann/json.hpp>
#include <ostream>

#include "app/store_access.hpp"
#include "sluice/base/money.hpp"
#include "sluice/base/time.hpp"
#include "sluice/governance/book.hpp"

namespace sluice::app {
namespace {

constexpr std::string_view usage = R"(usage: sluice audit [--json] [--config FILE]

Recomputes every counter of every budget and limit from the ledger, and the ledger from the rows of the request log that
are still kept, and prints each difference. Reads only; right beside a running gateway (what its journal holds is written
within a second). After a crash start the gateway first: it books what was under way.

Exit code 0: nothing differs. 1: something does. 2: the store cannot be read.
)";

using Json = nlohmann::ordered_json;

Json to_json(const std::vector<store::Audit::Difference>& differences) {
  Json list = Json::array();
  for (const auto& one : differences) list.push_back({{"name", one.name}, {"period", format_rfc3339(one.period)}, {"says", one.says}, {"should_be", one.should}});
  return list;
}

Json to_json(const store::Audit& audit) {
  return {{"clean", audit.clean()},
          {"counters", audit.counters_checked},
          {"values", audit.values_checked},
          {"ledger_lines", audit.lines_checked},
          {"rows", audit.rows_checked},
          {"rows_since", format_rfc3339(audit.rows_since)},
          {"spent_nano_usd", audit.ledger_sums.cost_nano_usd},
          {"requests", audit.ledger_sums.requests},
          {"counters_differing", to_json(audit.counters)},
          {"ledger_differing", to_json(audit.ledger)}};
}

void print(std::ostream& out, std::string_view what, const std::vector<store::Audit::Difference>& differences) {
  for (const auto& one : differences) {
    out << what << " " << one.name << ", from " << format_rfc3339(one.period) << ": it says " << one.says << ", and should be " << one.should
        << " (" << (one.says > one.should ? "+" : "") << one.says - one.should << ")\n";
  }
}

void print(std::ostream& out, const store::Audit& audit) {
  print(out, "counter", audit.counters);
  print(out, "ledger", audit.ledger);
  out << audit.values_checked << " values of " << audit.counters_checked << " counters, " << audit.lines_checked << " lines of the ledger and "
      << audit.rows_checked << " rows of the log compared: " << audit.ledger_sums.requests << " requests, $" << usd(audit.ledger_sums.cost_nano_usd)
      << ". " << (audit.clean() ? "Nothing differs." : std::to_string(audit.counters.size() + audit.ledger.size()) + " differences.") << "\n";
}

}  // namespace

int audit_command(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
  constexpr std::string_view with_value[] = {"--config"};
  constexpr std::string_view flags[] = {"--json"};
  const auto flagged = read_flagged(arguments, with_value, flags);
  if (flagged.options.help) {
    out << usage;
    return 0;
  }
  if (flagged.options.problem || !flagged.options.words.empty()) {
    err << "sluice audit: " << flagged.options.problem.value_or("no argument is taken but --json and --config FILE") << ". `sluice audit --help` tells more.\n";
    return 1;
  }
  auto opened = open_store(flagged.options, true);
  if (const auto* refusal = std::get_if<Refusal>(&opened)) {
    err << refusal->text;
    return refusal->exit_code;
  }
  auto audit = std::get<Opened>(opened).store->audit(governance::period_end);
  if (!audit) {
    err << "sluice audit: " << audit.error().message() << "\n";
    return 2;
  }
  if (flagged.has("--json")) out << to_json(*audit).dump() << "\n";
  else print(out, *audit);
  out.flush();
  return audit->clean() ? 0 : 1;
}

}  // namespace sluice::app
