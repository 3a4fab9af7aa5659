#include "store/sqlite/audit.hpp"

#include <algorithm>
#include <memory>

#include "store/ranges.hpp"
#include "store/recount.hpp"
#include "store/sqlite/counter_table.hpp"
#include "store/sqlite/ledger_tables.hpp"
#include "store/sqlite/request_row.hpp"

namespace sluice::store {
namespace {

// All that is read until it goes is of one moment.
class ReadTransaction {
 public:
  explicit ReadTransaction(sqlite3* db) : x_db(db) {}
  ~ReadTransaction() { sqlite3_exec(x_db, "ROLLBACK", nullptr, nullptr, nullptr); }
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;
  Result<> begin() { return execute(x_db, "BEGIN", "cannot read"); }

 private:
  sqlite3* x_db;
};

// Every counter with what it says, and what the ledger comes to.
class CounterAudit {
 public:
  Result<> prepare(sqlite3* db, const PeriodEnd& period_end) {
    auto counters = read_counters(db);
    if (!counters) return std::move(counters).error();
    auto values = read_counter_values(db, INT64_MIN);
    if (!values) return std::move(values).error();
    x_counters = std::move(*counters);
    x_ranges.resize(x_counters.size()), x_begins.resize(x_counters.size());
    for (std::size_t i = 0; i < x_counters.size(); ++i) {
      const auto& [counter, since] = x_counters[i];
      const auto mine = values_of(*values, counter.id);
      x_values += static_cast<std::int64_t>(mine.size());
      x_ranges[i] = ranges_of(counter, since, mine, period_end);
      for (const auto& range : x_ranges[i]) x_begins[i].push_back(range.begin);
      x_recount.add(counter, x_begins[i]);
    }
    return {};
  }

  void count(const LedgerLine& line) { x_recount.count(line); }

  void report(Audit& audit) const {
    audit.counters_checked = static_cast<std::int64_t>(x_counters.size());
    audit.values_checked = x_values;
    for (std::size_t i = 0; i < x_counters.size(); ++i) {
      const auto should = x_recount.amounts(i);
      for (std::size_t k = 0; k < should.size(); ++k) {
        const auto& range = x_ranges[i][k];
        if (range.says == should[k]) continue;
        audit.counters.push_back({x_counters[i].counter.name, range.period, range.says, should[k]});
      }
    }
  }

 private:
  // Of all values, in their table's order.
  static std::span<const CounterValue> values_of(const std::vector<CounterValue>& all, std::uint64_t id) {
    const auto before = [](const CounterValue& value, std::uint64_t other) {
      return static_cast<std::int64_t>(value.id) < static_cast<std::int64_t>(other);
    };
    const auto first = std::lower_bound(all.begin(), all.end(), id, before);
    auto last = first;
    while (last != all.end() && last->id == id) ++last;
    return {first, last};
  }

  std::vector<CounterInForce> x_counters;
  std::vector<std::vector<Range>> x_ranges;
  std::vector<std::vector<std::int64_t>> x_begins;
  std::int64_t x_values = 0;
  Recount x_recount;
};

std::string name_of(const LedgerLine& line) {
  if (!line.tag.empty()) return "tag_spend " + line.tag + " " + line.provider + " " + line.model;
  std::string name = "spend";
  for (const auto* part :
       {&line.customer, &line.team, &line.key_id, &line.account, &line.target, &line.provider, &line.model})
    name.append(" ").append(part->empty() ? "-" : *part);
  return name;
}

void compare(Audit& audit, const LedgerLine& line, const SpendSums& says, const SpendSums& should) {
  for (const auto& [column, sum] : spend_columns) {
    if (says.*sum == should.*sum) continue;
    audit.ledger.push_back({name_of(line) + " " + column, line.slot, says.*sum, should.*sum});
  }
}

Result<std::int64_t> rows_since(sqlite3* db) {
  auto s = Statement::prepare(db, "SELECT at_us FROM marks WHERE name = 'rows_since'");
  if (!s) return std::move(s).error();
  auto row = s->step();
  if (!row) return std::move(row).error();
  if (!*row) return INT64_MIN;
  return slot_of(s->integer(0) / 1'000'000 + slot_seconds);   // the first slot that is whole
}

}  // namespace

Result<Audit> audit_books(sqlite3* db, const PeriodEnd& period_end) {
  ReadTransaction transaction(db);
  auto done = transaction.begin();
  if (!done) return std::move(done).error();
  Audit audit;
  CounterAudit counters;
  done = counters.prepare(db, period_end);
  if (!done) return std::move(done).error();
  auto since = rows_since(db);
  if (!since) return std::move(since).error();
  const bool all_rows = *since == INT64_MIN;
  audit.rows_since = all_rows ? 0 : *since;

  Ledger rows;
  done = read_rows(db, all_rows ? *since : *since * 1'000'000, [&](const RequestRecord& record) {
    ++audit.rows_checked;
    rows.add(record);
  });
  if (!done) return std::move(done).error();

  Ledger::Lines left = rows.lines(), tags_left = rows.tag_lines();
  for (const auto& [key, line] : left) audit.row_sums += line.sums;
  const auto check = [&](Ledger::Lines& made, const LedgerLine& line) {
    counters.count(line);
    if (line.slot < *since) return;
    ++audit.lines_checked;
    if (line.tag.empty()) audit.ledger_sums += line.sums;
    const auto found = made.find(key_of(line));
    compare(audit, line, line.sums, found == made.end() ? SpendSums{} : found->second.sums);
    if (found != made.end()) made.erase(found);
  };
  done = read_spend(db, INT64_MIN, [&](const LedgerLine& line) { check(left, line); });
  if (done) done = read_tag_spend(db, INT64_MIN, [&](const LedgerLine& line) { check(tags_left, line); });
  if (!done) return std::move(done).error();
  for (const auto* missing : {&left, &tags_left})
    for (const auto& [key, line] : *missing) compare(audit, line, {}, line.sums);
  counters.report(audit);
  return audit;
}

}  // namespace sluice::store
