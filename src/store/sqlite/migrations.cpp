#include "store/sqlite/migrations.hpp"

#include <array>
#include <string>

#include "store/ledger.hpp"
#include "store/sqlite/administration_tables.hpp"
#include "store/sqlite/ledger_tables.hpp"
#include "store/sqlite/request_row.hpp"
#include "store/sqlite/statement.hpp"

namespace sluice::store {
namespace {

constexpr std::int64_t application_id = 0x534C4345;   // "SLCE"

const std::array steps{
    // 1. `row` is the order of writing, which `sluice logs --follow` goes by. Amounts are nano-USD, times microseconds.
    "PRAGMA application_id = 1397506885;"
    "CREATE TABLE requests ("
    " row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at_us INTEGER NOT NULL, key_id TEXT NOT NULL,"
    " account TEXT NOT NULL, team TEXT NOT NULL, operation TEXT NOT NULL, dialect TEXT NOT NULL,"
    " model_asked TEXT NOT NULL, model_served TEXT NOT NULL, target TEXT NOT NULL, provider TEXT NOT NULL,"
    " stream INTEGER NOT NULL, status INTEGER NOT NULL, error TEXT NOT NULL, error_message TEXT NOT NULL,"
    " attempts TEXT NOT NULL, input_tokens INTEGER NOT NULL, cache_read_tokens INTEGER NOT NULL,"
    " cache_write_5m_tokens INTEGER NOT NULL, cache_write_1h_tokens INTEGER NOT NULL,"
    " input_audio_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, reasoning_tokens INTEGER NOT NULL,"
    " output_audio_tokens INTEGER NOT NULL, web_searches INTEGER NOT NULL, reported_cost_nano_usd INTEGER,"
    " estimated INTEGER NOT NULL, cost_nano_usd INTEGER NOT NULL, priced INTEGER NOT NULL, price_version TEXT NOT NULL,"
    " first_byte_us INTEGER NOT NULL, total_us INTEGER NOT NULL, gateway_us INTEGER NOT NULL,"
    " bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL, cache TEXT NOT NULL, dropped TEXT NOT NULL,"
    " peer TEXT NOT NULL);"
    // One index only: each costs a tenth of writing a row, and the other filters of `sluice logs` walk this one.
    "CREATE INDEX requests_by_time ON requests (at_us);"
    "CREATE TABLE virtual_keys ("
    " id TEXT PRIMARY KEY NOT NULL, sha256 BLOB NOT NULL UNIQUE, hint TEXT NOT NULL, account TEXT NOT NULL,"
    " team TEXT NOT NULL, models TEXT NOT NULL, enabled INTEGER NOT NULL, expires_at INTEGER,"
    " created_at INTEGER NOT NULL, from_config INTEGER NOT NULL) WITHOUT ROWID;",
    // 2. Times are Unix seconds but for the marks'. The ledger begins with what the rows have (fill_ledger).
    "ALTER TABLE requests ADD COLUMN customer TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE requests ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';"
    "ALTER TABLE requests ADD COLUMN search_units INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE spend ("
    " slot INTEGER NOT NULL, customer TEXT NOT NULL, team TEXT NOT NULL, key_id TEXT NOT NULL, account TEXT NOT NULL,"
    " provider TEXT NOT NULL, target TEXT NOT NULL, model_served TEXT NOT NULL, requests INTEGER NOT NULL,"
    " attempts INTEGER NOT NULL, input_tokens INTEGER NOT NULL, cache_read_tokens INTEGER NOT NULL,"
    " cache_write_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, reasoning_tokens INTEGER NOT NULL,"
    " web_searches INTEGER NOT NULL, cost_nano_usd INTEGER NOT NULL, estimated INTEGER NOT NULL,"
    " failed INTEGER NOT NULL, PRIMARY KEY (slot, key_id, target, model_served, account, provider, team, customer))"
    " WITHOUT ROWID;"
    "CREATE TABLE tag_spend ("
    " slot INTEGER NOT NULL, tag TEXT NOT NULL, model_served TEXT NOT NULL, provider TEXT NOT NULL,"
    " requests INTEGER NOT NULL, attempts INTEGER NOT NULL, input_tokens INTEGER NOT NULL,"
    " cache_read_tokens INTEGER NOT NULL, cache_write_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL,"
    " reasoning_tokens INTEGER NOT NULL, web_searches INTEGER NOT NULL, cost_nano_usd INTEGER NOT NULL,"
    " estimated INTEGER NOT NULL, failed INTEGER NOT NULL, PRIMARY KEY (slot, tag, model_served, provider))"
    " WITHOUT ROWID;"
    "CREATE TABLE counters ("
    " id INTEGER PRIMARY KEY, name TEXT NOT NULL, level TEXT NOT NULL, subject TEXT NOT NULL, provider TEXT NOT NULL,"
    " measure TEXT NOT NULL, models TEXT NOT NULL, period_count INTEGER NOT NULL, period_unit TEXT NOT NULL,"
    " rolling INTEGER NOT NULL, time_zone TEXT NOT NULL, in_force INTEGER NOT NULL, since INTEGER NOT NULL);"
    "CREATE TABLE counter_values ("
    " id INTEGER NOT NULL, period INTEGER NOT NULL, amount INTEGER NOT NULL, PRIMARY KEY (id, period)) WITHOUT ROWID;"
    "CREATE TABLE open_requests (id TEXT PRIMARY KEY NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;"
    // 'rows_since': all rows of requests that came from then on are there.
    "CREATE TABLE marks (name TEXT PRIMARY KEY NOT NULL, at_us INTEGER NOT NULL) WITHOUT ROWID;",
    // 3.
    create_administration_tables,
};
constexpr std::int64_t ledger_step = 2;

Result<std::int64_t> pragma(sqlite3* db, std::string_view sql) {
  auto statement = Statement::prepare(db, sql);
  if (!statement) return std::move(statement).error();
  auto row = statement->step();
  if (!row) return std::move(row).error();
  return *row ? statement->integer(0) : 0;
}

// The file's schema number, once it is known to be ours.
Result<std::int64_t> schema_version(sqlite3* db) {
  auto version = pragma(db, "PRAGMA user_version");
  if (!version) return version;
  auto owner = pragma(db, "PRAGMA application_id");
  if (!owner) return owner;
  auto tables = pragma(db, "SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables;
  if (*owner != application_id && (*owner != 0 || *tables != 0))
    return Error(Code::internal, "store: the file is another program's database; give another store.path");
  if (*version > static_cast<std::int64_t>(steps.size()) || *version < 0)
    return Error(Code::internal, "store: the database has schema " + std::to_string(*version) +
                                     ", this program knows up to " + std::to_string(steps.size()) +
                                     "; use the newer release that wrote it");
  return version;
}

// Makes the ledger from the rows there are.
Result<> fill_ledger(sqlite3* db) {
  Ledger ledger;
  auto read = read_rows(db, 0, [&ledger](const RequestRecord& record) { ledger.add(record); });
  if (!read) return read;
  auto tables = LedgerTables::prepare(db);
  if (!tables) return std::move(tables).error();
  return tables->add(ledger);
}

}  // namespace

Result<> migrate(sqlite3* db) {
  auto version = schema_version(db);
  if (!version) return std::move(version).error();
  if (*version == static_cast<std::int64_t>(steps.size())) return {};
  auto transaction = Transaction::begin(db);
  if (!transaction) return std::move(transaction).error();
  version = schema_version(db);   // another process may have been first
  if (!version) return std::move(version).error();
  for (auto step = static_cast<std::size_t>(*version); step < steps.size(); ++step) {
    auto done = execute(db, steps[step], "cannot create the tables");
    if (!done) return done;
    const auto mark = "PRAGMA user_version = " + std::to_string(step + 1);
    done = execute(db, mark.c_str(), "cannot create the tables");
    if (!done) return done;
  }
  if (*version < ledger_step) {   // after the last step: rows are read with all their columns
    auto filled = fill_ledger(db);
    if (!filled) return filled;
  }
  return transaction->commit();
}

Result<> check_schema(sqlite3* db) {
  auto version = schema_version(db);
  if (!version) return std::move(version).error();
  if (*version < static_cast<std::int64_t>(steps.size()))
    return Error(Code::internal,
                 "store: the database is of an older release; start the gateway once to bring it up to date");
  return {};
}

}  // namespace sluice::store
