#include "store/sqlite/settlement.hpp"

#include <algorithm>
#include <tuple>

#include "store/interrupted.hpp"
#include "store/record_codec.hpp"

namespace sluice::store {
namespace {

constexpr std::size_t interrupted_batch = 256;

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Result<Settlement> Settlement::prepare(sqlite3* db) {
  Settlement made;
  const std::pair<Statement*, std::string_view> texts[] = {
      {&made.x_insert, insert_request},
      {&made.x_keep_open, "INSERT OR REPLACE INTO open_requests (id, record) VALUES (?1, ?2)"},
      {&made.x_forget_open, "DELETE FROM open_requests WHERE id = ?1"},
      {&made.x_open_ids, "SELECT id FROM open_requests"},
      {&made.x_add_charge, "INSERT INTO counter_values (id, period, amount) VALUES (?1, ?2, ?3)"
                           " ON CONFLICT DO UPDATE SET amount = amount + excluded.amount"},
  };
  for (const auto& [statement, text] : texts) {
    auto prepared = Statement::prepare(db, text);
    if (!prepared) return std::move(prepared).error();
    *statement = std::move(*prepared);
  }
  auto tables = LedgerTables::prepare(db);
  if (!tables) return std::move(tables).error();
  made.x_tables = std::move(*tables);
  return made;
}

Result<> Settlement::write(sqlite3* db, std::span<const RequestRecord> records) {
  auto transaction = Transaction::begin(db);
  if (!transaction) return std::move(transaction).error();
  x_ledger.clear(), x_charges.clear();
  auto written = write_all(records);
  if (written) written = transaction->commit();
  if (!written) x_open.reset();   // it has the changes that were rolled back
  return written;
}

Result<> Settlement::write_all(std::span<const RequestRecord> records) {
  if (!x_open) {
    std::unordered_set<std::string> open;
    for (;;) {
      auto row = x_open_ids.step();
      if (!row) return std::move(row).error();
      if (!*row) break;
      open.insert(x_open_ids.text(0));
    }
    x_open_ids.reset();
    x_open = std::move(open);
  }
  auto done = keep_open(records);
  if (!done) return done;
  for (const auto& record : records) {
    if (record.open) continue;
    done = add_row(record);
    if (!done) return done;
  }
  done = x_tables.add(x_ledger);
  if (!done) return done;
  return add_charges();
}

// Most requests begin and end within a batch: of those nothing is kept.
Result<> Settlement::keep_open(std::span<const RequestRecord> records) {
  const auto is_open = [](const RequestRecord& r) { return r.open; };
  if (std::none_of(records.begin(), records.end(), is_open)) return {};
  Ids over;
  for (const auto& record : records)
    if (!record.open) over.insert(record.id);
  for (const auto& record : records) {
    if (!record.open || over.contains(record.id)) continue;
    x_encoded.resize(encoded_size(record));
    encode(record, x_encoded.data());
    auto kept = x_keep_open.bind(1, record.id).bind_blob(2, as_text(x_encoded)).run();
    if (!kept) return kept;
    x_open->insert(record.id);
  }
  return {};
}

Result<> Settlement::add_row(const RequestRecord& record) {
  x_binder.bind(x_insert, record);
  auto written = x_insert.run();
  if (!written) return written;
  if (x_insert.changes() > 0) {
    x_ledger.add(record);
    x_charges.insert(x_charges.end(), record.charges.begin(), record.charges.end());
  }
  return forget_open(record.id);
}

Result<> Settlement::forget_open(const std::string& id) {
  if (x_open->erase(id) == 0) return {};
  return x_forget_open.bind(1, id).run();
}

Result<> Settlement::add_charges() {
  // In the table's order, which also brings together what is added to one value.
  std::sort(x_charges.begin(), x_charges.end(), [](const Charge& a, const Charge& b) {
    return std::tuple(static_cast<std::int64_t>(a.counter), a.period) <
           std::tuple(static_cast<std::int64_t>(b.counter), b.period);
  });
  for (std::size_t i = 0; i < x_charges.size();) {
    auto sum = x_charges[i];
    for (++i; i < x_charges.size() && x_charges[i].counter == sum.counter && x_charges[i].period == sum.period; ++i)
      sum.amount += x_charges[i].amount;
    if (sum.amount == 0) continue;
    x_add_charge.bind(1, static_cast<std::int64_t>(sum.counter)).bind(2, sum.period).bind(3, sum.amount);
    auto added = x_add_charge.run();
    if (!added) return added;
  }
  return {};
}

Result<std::int64_t> Settlement::settle_interrupted(sqlite3* db) {
  auto all = Statement::prepare(db, "SELECT record FROM open_requests");
  if (!all) return std::move(all).error();
  std::vector<RequestRecord> records;
  for (;;) {
    auto row = all->step();
    if (!row) return std::move(row).error();
    if (!*row) break;
    const auto bytes = all->text(0);
    // What cannot be read is of a newer release, and stays for it.
    if (auto record = decode(std::as_bytes(std::span(bytes)))) records.push_back(interrupted(std::move(*record)));
  }
  all->reset();
  x_open.reset();
  for (std::span<const RequestRecord> left = records; !left.empty();) {
    const auto batch = left.first(std::min(left.size(), interrupted_batch));
    auto written = write(db, batch);
    if (!written) return std::move(written).error();
    left = left.subspan(batch.size());
  }
  return static_cast<std::int64_t>(records.size());
}

}  // namespace sluice::store
