#include "sluice/app/spend_command.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "app/store_access.hpp"
#include "app/table.hpp"
#include "sluice/admin/spend_json.hpp"
#include "sluice/base/money.hpp"
#include "sluice/base/time.hpp"

namespace sluice::app {
namespace {

constexpr std::string_view usage = R"(usage: sluice spend [--by key,model] [--since 30d] [--until TIME] [filters] [--json] [--config FILE]

Prints what was spent and used, from the ledger, which outlives the request log. Reads only; right beside a running gateway
(what its journal holds is written within a second).

  --by LIST      what to tell apart: customer, team, key, account, provider, target, model, tag, and one of hour, day, month
  --since TIME   2027-01-01T00:00:00Z, or a span before now: 24h, 30d. Widened to whole quarters of an hour
  --until TIME   the same; exclusive
  --customer C, --team T, --key K, --account A, --provider P, --target T, --model 'gpt-4o*', --tag G
                 only of that
  --json         an array of objects; amounts as integer nano-dollars and as decimal strings

examples:
  sluice spend --by team,month
  sluice spend --by key,model --since 7d --team ml
)";

using store::SpendQuery;

// Sentences of the API end with a full stop, those of the options do not.
int complain(std::ostream& err, std::string why) {
  if (why.ends_with('.')) why.pop_back();
  err << "sluice spend: " << why << ". `sluice spend --help` tells more.\n";
  return 1;
}

Result<SpendQuery> query_of(const Options& options) {
  SpendQuery query;
  const auto now = unix_seconds();
  const std::pair<const char*, std::optional<std::int64_t>*> moments[] = {{"--since", &query.since}, {"--until", &query.until}};
  for (const auto& [name, moment] : moments) {
    const auto* given = options.value(name);
    if (given == nullptr) continue;
    *moment = parse_moment(*given, now, -1);
    if (!*moment) return Error(Code::bad_request, std::string(name) + " \"" + *given + "\" is neither a time (2027-01-01T00:00:00Z) nor a span (30d)");
  }
  const std::pair<const char*, std::optional<std::string>*> filters[] = {
      {"--customer", &query.customer}, {"--team", &query.team},         {"--key", &query.key_id}, {"--account", &query.account},
      {"--provider", &query.provider}, {"--target", &query.target},     {"--model", &query.model}, {"--tag", &query.tag}};
  for (const auto& [name, filter] : filters)
    if (const auto* given = options.value(name)) *filter = *given;
  if (const auto* by = options.value("--by")) {
    auto grouped = admin::group_spend(query, *by);
    if (!grouped) return std::move(grouped).error();
  }
  return query;
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return out;
}

std::vector<std::string> numbers(const store::SpendSums& sums) {
  return {std::to_string(sums.requests), std::to_string(sums.failed), std::to_string(sums.input_tokens), std::to_string(sums.output_tokens), "$" + usd(sums.cost_nano_usd)};
}

std::string table_of(const std::vector<store::SpendRow>& rows, const SpendQuery& query) {
  std::vector<std::string> head;
  if (query.span != SpendQuery::Span::all) head.emplace_back("FROM (UTC)");
  for (const auto by : query.by) head.push_back(upper(admin::name_of(by)));
  const std::size_t named = head.size();
  for (const char* name : {"REQUESTS", "FAILED", "INPUT", "OUTPUT", "COST"}) head.emplace_back(name);
  Table table(head);
  store::SpendSums total;
  for (const store::SpendRow& row : rows) {
    std::vector<std::string> line;
    if (query.span != SpendQuery::Span::all) line.push_back(format_rfc3339(row.at).substr(0, 16));
    for (const auto by : query.by) line.push_back(admin::value_of(row, by).empty() ? "-" : admin::value_of(row, by));
    for (std::string& number : numbers(row.sums)) line.push_back(std::move(number));
    table.add(std::move(line));
    total += row.sums;
  }
  const bool doubled = std::find(query.by.begin(), query.by.end(), SpendQuery::By::tag) != query.by.end();
  if (rows.size() > 1 && named > 0 && !doubled) {   // a request with two tags would count twice
    std::vector<std::string> line(named);
    line.front() = "total";
    for (std::string& number : numbers(total)) line.push_back(std::move(number));
    table.add(std::move(line));
  }
  return table.text();
}

}  // namespace

int spend_command(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
  constexpr std::string_view with_value[] = {"--config", "--by", "--since", "--until", "--customer", "--team", "--key", "--account", "--provider", "--target", "--model", "--tag"};
  constexpr std::string_view flags[] = {"--json"};
  const auto flagged = read_flagged(arguments, with_value, flags);
  if (flagged.options.help) {
    out << usage;
    return 0;
  }
  if (flagged.options.problem) return complain(err, *flagged.options.problem);
  if (!flagged.options.words.empty()) return complain(err, "'" + flagged.options.words[0] + "' is no option");
  auto query = query_of(flagged.options);
  if (!query) return complain(err, query.error().message());
  auto opened = open_store(flagged.options, true);
  if (const auto* refusal = std::get_if<Refusal>(&opened)) {
    err << refusal->text;
    return refusal->exit_code;
  }
  auto rows = std::get<Opened>(opened).store->spend(*query);
  if (!rows) {
    err << "sluice spend: " << rows.error().message() << "\n";
    return rows.error().code() == Code::internal ? 2 : 1;
  }
  if (flagged.has("--json")) {
    auto list = nlohmann::ordered_json::array();
    for (const store::SpendRow& row : *rows) list.push_back(admin::spend_json(row, *query));
    out << list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  } else {
    out << table_of(*rows, *query);
  }
  out.flush();
  return out ? 0 : 2;
}

}  // namespace sluice::app
