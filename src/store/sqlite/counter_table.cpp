#include "store/sqlite/counter_table.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "store/recount.hpp"
#include "store/sqlite/ledger_tables.hpp"
#include "store/sqlite/request_row.hpp"

namespace sluice::store {
namespace {

constexpr std::array<std::string_view, 6> level_names{"customer", "team", "key", "key_provider", "target", "tag"};
constexpr std::array<std::string_view, 5> measure_names{"spend", "requests", "input_tokens", "output_tokens", "tokens"};
constexpr std::array<std::string_view, 7> unit_names{"second", "minute", "hour", "day", "week", "month", "year"};

template <class Enum, std::size_t n>
Enum named(const std::array<std::string_view, n>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  return static_cast<Enum>(found == names.end() ? 0 : found - names.begin());
}

template <class Enum, std::size_t n>
std::string_view name_of(const std::array<std::string_view, n>& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

struct Changes { std::vector<const Declaration*> begun; std::vector<std::int64_t> ended; };

// Against what was in force before.
Result<Changes> compare(sqlite3* db, std::span<const Declaration> declared) {
  std::unordered_map<std::uint64_t, const Declaration*> missing;
  missing.reserve(declared.size());
  for (const auto& declaration : declared) missing.emplace(declaration.counter->id, &declaration);
  auto in_force = Statement::prepare(db, "SELECT id FROM counters WHERE in_force");
  if (!in_force) return std::move(in_force).error();
  Changes changes;
  for (;;) {
    auto row = in_force->step();
    if (!row) return std::move(row).error();
    if (!*row) break;
    const auto id = in_force->integer(0);
    if (missing.erase(static_cast<std::uint64_t>(id)) == 0) changes.ended.push_back(id);
  }
  changes.begun.reserve(missing.size());
  for (const auto& [id, declaration] : missing) changes.begun.push_back(declaration);
  // In the table's order, so that its pages are filled one after the other.
  std::sort(changes.begun.begin(), changes.begun.end(), [](const Declaration* a, const Declaration* b) {
    return static_cast<std::int64_t>(a->counter->id) < static_cast<std::int64_t>(b->counter->id);
  });
  return changes;
}

Result<> remember(sqlite3* db, const Changes& changes) {
  auto insert = Statement::prepare(
      db, "INSERT OR REPLACE INTO counters (id, name, level, subject, provider, measure, models, period_count,"
          " period_unit, rolling, time_zone, in_force, since) VALUES (?,?,?,?,?,?,?,?,?,?,?,1,?)");
  if (!insert) return std::move(insert).error();
  for (const auto* declaration : changes.begun) {
    const auto& c = *declaration->counter;
    const auto models = names_to_json(c.models);
    insert->bind(1, static_cast<std::int64_t>(c.id)).bind(2, c.name).bind(3, name_of(level_names, c.level));
    insert->bind(4, c.subject).bind(5, c.provider).bind(6, name_of(measure_names, c.measure)).bind(7, models);
    insert->bind(8, c.period.count).bind(9, name_of(unit_names, c.period.unit)).bind(10, std::int64_t{c.rolling});
    insert->bind(11, c.time_zone).bind(12, declaration->periods.front());
    auto inserted = insert->run();
    if (!inserted) return inserted;
  }
  auto end = Statement::prepare(db, "UPDATE counters SET in_force = 0 WHERE id = ?1");
  if (!end) return std::move(end).error();
  for (const auto id : changes.ended) {
    auto ended = end->bind(1, id).run();
    if (!ended) return ended;
  }
  return {};
}

// What the ledger has of their periods takes the place of what they may have had when they were in force before.
Result<> count_begun(sqlite3* db, const Changes& changes) {
  Recount recount;
  for (const auto* declaration : changes.begun) recount.add(*declaration->counter, declaration->periods);
  const auto each = [&recount](const LedgerLine& line) { recount.count(line); };
  Result<> read;
  if (recount.wants_spend()) read = read_spend(db, recount.since(), each);
  if (read && recount.wants_tags()) read = read_tag_spend(db, recount.since(), each);
  if (!read) return read;
  auto clear = Statement::prepare(db, "DELETE FROM counter_values WHERE id = ?1 AND period >= ?2");
  if (!clear) return std::move(clear).error();
  auto insert = Statement::prepare(db, "INSERT INTO counter_values (id, period, amount) VALUES (?1, ?2, ?3)");
  if (!insert) return std::move(insert).error();
  for (std::size_t i = 0; i < changes.begun.size(); ++i) {
    const auto id = static_cast<std::int64_t>(changes.begun[i]->counter->id);
    const auto periods = changes.begun[i]->periods;
    auto done = clear->bind(1, id).bind(2, periods.front()).run();
    const auto amounts = recount.amounts(i);
    for (std::size_t k = 0; done && k < amounts.size(); ++k)
      if (amounts[k] != 0) done = insert->bind(1, id).bind(2, periods[k]).bind(3, amounts[k]).run();
    if (!done) return done;
  }
  return {};
}

}  // namespace

Result<> declare_counters(sqlite3* db, std::span<const Declaration> declared) {
  auto changes = compare(db, declared);
  if (!changes) return std::move(changes).error();
  if (changes->begun.empty() && changes->ended.empty()) return {};
  auto transaction = Transaction::begin(db);
  if (!transaction) return std::move(transaction).error();
  auto done = remember(db, *changes);
  if (done && !changes->begun.empty()) done = count_begun(db, *changes);
  if (!done) return done;
  return transaction->commit();
}

Result<std::vector<CounterValue>> read_counter_values(sqlite3* db, std::int64_t since) {
  auto s = Statement::prepare(
      db, "SELECT id, period, amount FROM counter_values WHERE period >= ?1 ORDER BY id, period");
  if (!s) return std::move(s).error();
  s->bind(1, since);
  std::vector<CounterValue> values;
  for (;;) {
    auto row = s->step();
    if (!row) return std::move(row).error();
    if (!*row) return values;
    values.push_back({static_cast<std::uint64_t>(s->integer(0)), s->integer(1), s->integer(2)});
  }
}

Result<std::vector<CounterInForce>> read_counters(sqlite3* db) {
  auto s = Statement::prepare(db, "SELECT id, name, level, subject, provider, measure, models, period_count,"
                                  " period_unit, rolling, time_zone, since FROM counters WHERE in_force");
  if (!s) return std::move(s).error();
  std::vector<CounterInForce> counters;
  for (;;) {
    auto row = s->step();
    if (!row) return std::move(row).error();
    if (!*row) return counters;
    auto& [c, since] = counters.emplace_back();
    c.id = static_cast<std::uint64_t>(s->integer(0)), c.name = s->text(1);
    c.level = named<Counter::Level>(level_names, s->text(2)), c.subject = s->text(3), c.provider = s->text(4);
    c.measure = named<Counter::Measure>(measure_names, s->text(5)), c.models = names_from_json(s->text(6));
    c.period = {named<config::Period::Unit>(unit_names, s->text(8)), s->integer(7)};
    c.rolling = s->integer(9) != 0, c.time_zone = s->text(10), since = s->integer(11);
  }
}

Result<> expire_counter_values(sqlite3* db, std::int64_t before) {
  auto transaction = Transaction::begin(db);
  if (!transaction) return std::move(transaction).error();
  for (const auto text : {
           "DELETE FROM counter_values WHERE period < ?1 AND period <"
           " (SELECT max(period) FROM counter_values AS later WHERE later.id = counter_values.id)",
           // The periods before are no longer there to be compared with the ledger.
           "UPDATE counters SET since = (SELECT min(period) FROM counter_values WHERE counter_values.id = counters.id)"
           " WHERE since < ?1 AND EXISTS (SELECT 1 FROM counter_values WHERE counter_values.id = counters.id)"}) {
    auto s = Statement::prepare(db, text);
    if (!s) return std::move(s).error();
    auto done = s->bind(1, before).run();
    if (!done) return done;
  }
  return transaction->commit();
}

}  // namespace sluice::store
