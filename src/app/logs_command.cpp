#include "sluice/app/logs_command.hpp"

#include <algorithm>
#include <charconv>
#include <ostream>
#include <thread>

#include "app/log_lines.hpp"
#include "app/store_access.hpp"
#include "sluice/base/time.hpp"

namespace sluice::app {
namespace {

constexpr std::string_view usage = R"(usage: sluice logs [--follow] [filters] [--limit N] [--json] [--config FILE]

Prints the last requests, the newest at the end. The log is read while the gateway runs or not.

  --follow         go on with new requests as they are written
  --limit N        how many (default 50); with --follow: how many earlier ones first
  --key ID         of this virtual key
  --model M        asked for or served; '*' stands for anything
  --provider P     served by this provider
  --status S       answered with this status
  --errors         only those that failed
  --since T        a time (2026-01-31T12:00:00Z) or a span back (30s, 15m, 1h, 7d)
  --request ID     one request by its x-request-id, or the end of it that the table shows
  --json           one JSON object a line, with everything that is kept

Columns: model asked→served; input/output tokens with the cached ones in brackets, '~' where they are estimated; time to
the first byte and to the end; ×2: attempts. A cost of '-' means that nothing was booked: no attempt cost
anything, or no price is known.

examples:
  sluice logs --follow --key ml-team-key
  sluice logs --errors --since 1h
  sluice logs --json --limit 1000 | jq -s 'map(.cost_nano_usd // 0) | add / 1e9'
)";

constexpr std::chrono::milliseconds look_every{250};
constexpr std::size_t follow_batch = 1000;

std::optional<std::int64_t> whole(const std::string& text) {
  std::int64_t value = 0;
  const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || stop != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::optional<std::string> text_option(const Options& options, std::string_view name) {
  const auto* value = options.value(name);
  return value != nullptr ? std::optional(*value) : std::nullopt;
}

Result<store::LogQuery> query_of(const Flagged& flagged) {
  const auto& options = flagged.options;
  const auto bad = [](std::string why) { return Error(Code::bad_request, std::move(why)); };
  store::LogQuery query;
  query.limit = 50;
  query.key_id = text_option(options, "--key");
  query.model = text_option(options, "--model");
  query.provider = text_option(options, "--provider");
  query.request_id = text_option(options, "--request");
  query.errors_only = flagged.has("--errors");
  if (const auto* limit = options.value("--limit")) {
    const auto count = whole(*limit);
    if (!count) return bad("--limit takes a number, not \"" + *limit + "\"");
    query.limit = static_cast<std::size_t>(*count);
  }
  if (const auto* status = options.value("--status")) {
    const auto code = whole(*status);
    if (!code || *code > 999) return bad("--status takes an HTTP status such as 429, not \"" + *status + "\"");
    query.status = static_cast<int>(*code);
  }
  if (const auto* since = options.value("--since")) {
    const auto moment = parse_moment(*since, unix_seconds(), -1);
    if (!moment) return bad("--since \"" + *since + "\" is neither a time (2026-01-31T12:00:00Z) nor a span (1h)");
    query.since_us = *moment * 1'000'000;
  }
  return query;
}

class Printer {
 public:
  Printer(std::ostream& out, bool json) : x_out(out), x_json(json) {}
  void print(const store::RequestRecord& record) {
    if (!x_json && !x_begun) x_out << log_head();
    x_begun = true;
    if (x_json) x_out << log_json(record) << '\n';
    else x_out << log_line(record);
  }
  // False: nobody reads any more.
  bool flush() { return static_cast<bool>(x_out.flush()); }

 private:
  std::ostream& x_out;
  bool x_json, x_begun = false;
};

// Rows in the order of writing from `last` on, until the reader is gone.
Result<> follow(store::Store& store, store::LogQuery query, std::int64_t last, Printer& printer) {
  query.newest_first = false;
  query.limit = follow_batch;
  while (printer.flush()) {
    query.after_row = last;
    auto rows = store.find(query);
    if (!rows) return std::move(rows).error();
    for (const auto& row : *rows) printer.print(row.record), last = row.row;
    if (rows->empty()) std::this_thread::sleep_for(look_every);
  }
  return {};
}

Result<> print_log(store::Store& store, const store::LogQuery& query, bool following, Printer& printer) {
  std::int64_t last = 0;
  if (following) {   // what is written from now on; a filter may hide the newest row, so it is asked for without one
    store::LogQuery newest;
    newest.limit = 1, newest.by_row = true;
    auto found = store.find(newest);
    if (!found) return std::move(found).error();
    if (!found->empty()) last = found->front().row;
  }
  auto rows = store.find(query);
  if (!rows) return std::move(rows).error();
  std::reverse(rows->begin(), rows->end());
  for (const auto& row : *rows)
    if (!following || row.row <= last) printer.print(row.record);
  if (!following) return printer.flush(), Result<>();
  return follow(store, query, last, printer);
}

}  // namespace

int logs_command(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
  constexpr std::string_view with_value[] = {"--config",   "--limit",  "--key",   "--model",
                                             "--provider", "--status", "--since", "--request"};
  constexpr std::string_view flags[] = {"--json", "--follow", "--errors"};
  const auto flagged = read_flagged(arguments, with_value, flags);
  if (flagged.options.help) {
    out << usage;
    return 0;
  }
  auto query = query_of(flagged);
  std::string problem;
  if (flagged.options.problem) problem = *flagged.options.problem;
  else if (!flagged.options.words.empty()) problem = "unexpected \"" + flagged.options.words[0] + "\"";
  else if (!query) problem = query.error().message();
  if (!problem.empty()) {
    err << "sluice logs: " << problem << ". `sluice logs --help` tells more.\n";
    return 1;
  }
  auto opened = open_store(flagged.options, true);
  if (const auto* refusal = std::get_if<Refusal>(&opened)) {
    err << refusal->text;
    return refusal->exit_code;
  }
  Printer printer(out, flagged.has("--json"));
  const auto done = print_log(*std::get<Opened>(opened).store, *query, flagged.has("--follow"), printer);
  if (!done) {
    err << "sluice logs: " << done.error().message() << "\n";
    return 2;
  }
  return 0;
}

}  // namespace sluice::app
