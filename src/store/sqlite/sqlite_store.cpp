#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <utility>
#include <unistd.h>

#include "sluice/base/time.hpp"
#include "sluice/store/store.hpp"
#include "store/sqlite/administration_tables.hpp"
#include "store/sqlite/audit.hpp"
#include "store/sqlite/counter_table.hpp"
#include "store/sqlite/key_row.hpp"
#include "store/sqlite/log_query.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/settlement.hpp"
#include "store/sqlite/spend_select.hpp"
#include "store/sqlite/statement.hpp"

namespace sluice::store {
namespace {

constexpr std::int64_t values_kept_days = 400;

class SqliteStore final : public Store {
 public:
  struct Statements {
    Statement keys, key, add, replace, remove, change, expire, mark, checkpoint;
  };

  SqliteStore(Database db, Statements statements, Settlement settlement)
      : x_db(std::move(db)), x_statements(std::move(statements)), x_settlement(std::move(settlement)) {}

  Result<> write(std::span<const RequestRecord> records) override {
    return x_settlement.write(x_db.get(), records);
  }
  Result<std::int64_t> settle_interrupted() override { return x_settlement.settle_interrupted(x_db.get()); }
  Result<> declare(std::span<const Declaration> counters) override { return declare_counters(x_db.get(), counters); }
  Result<std::vector<CounterValue>> counter_values(std::int64_t since) override {
    return read_counter_values(x_db.get(), since);
  }
  Result<std::vector<SpendRow>> spend(const SpendQuery& query) override { return select_spend(x_db.get(), query); }
  Result<Audit> audit(const PeriodEnd& period_end) override { return audit_books(x_db.get(), period_end); }

  Result<std::vector<LogRow>> find(const LogQuery& query) override {
    const LogSelect select(query);
    auto statement = Statement::prepare(x_db.get(), select.sql());
    if (!statement) return std::move(statement).error();
    select.bind(*statement);
    std::vector<LogRow> rows;
    for (;;) {
      auto row = statement->step();
      if (!row) return std::move(row).error();
      if (!*row) return rows;
      rows.push_back(read_request(*statement));
    }
  }

  Result<std::vector<StoredKey>> keys() override {
    std::vector<StoredKey> found;
    for (;;) {
      auto row = x_statements.keys.step();
      if (!row) return std::move(row).error();
      if (!*row) break;
      found.push_back(read_key(x_statements.keys));
    }
    x_statements.keys.reset();
    return found;
  }

  Result<std::optional<StoredKey>> key(const std::string& id) override {
    auto row = x_statements.key.bind(1, id).step();
    if (!row) return std::move(row).error();
    auto found = *row ? std::optional(read_key(x_statements.key)) : std::nullopt;
    x_statements.key.reset();
    return found;
  }

  Result<> add_key(const StoredKey& key) override {
    auto stored = write_key(x_statements.add, key);
    if (!stored && (sqlite3_extended_errcode(x_db.get()) & 0xFF) == SQLITE_CONSTRAINT)
      return Error(Code::bad_request, "a virtual key \"" + key.id + "\" (or one of the same text) exists already");
    return stored;
  }

  Result<> replace_key(const StoredKey& key) override {
    auto stored = write_key(x_statements.replace, key);
    if (stored && sqlite3_changes(x_db.get()) == 0) return Error(Code::not_found, "no virtual key \"" + key.id + "\"");
    return stored;
  }

  Result<bool> remove_key(const std::string& id) override {
    auto removed = x_statements.remove.bind(1, id).run();
    if (!removed) return std::move(removed).error();
    return sqlite3_changes(x_db.get()) > 0;
  }

  Result<std::int64_t> change_counter() override {
    auto row = x_statements.change.step();
    if (!row) return std::move(row).error();
    const auto counter = x_statements.change.integer(0);
    x_statements.change.reset();
    return counter;
  }

  Result<std::int64_t> expire(std::int64_t before_us, std::size_t most) override {
    auto expired = expire_values();
    if (!expired) return std::move(expired).error();
    auto transaction = Transaction::begin(x_db.get());
    if (!transaction) return std::move(transaction).error();
    auto& s = x_statements.expire;
    auto done = s.bind(1, before_us).bind(2, static_cast<std::int64_t>(most)).run();
    const auto removed = s.changes();
    if (done && removed > 0) done = x_statements.mark.bind(1, before_us).run();
    if (done) done = transaction->commit();
    if (!done) return std::move(done).error();
    return removed;
  }

  Result<std::vector<Entity>> entities() override { return read_entities(x_db.get()); }
  Result<std::vector<AdminToken>> tokens() override { return read_tokens(x_db.get()); }
  Result<> apply(const Change& change) override { return apply_change(x_db.get(), change); }
  Result<std::vector<LoggedChange>> changes(const ChangeQuery& query) override { return read_changes(x_db.get(), query); }

  void idle() override {
    auto row = x_statements.checkpoint.step();   // failing does no harm: the next commit or close does it
    x_statements.checkpoint.reset();
    static_cast<void>(row);
  }

 private:
  Result<> write_key(Statement& s, const StoredKey& key) {
    std::string models;
    bind_key(s, key, models);
    return s.run();
  }

  // Once a day: it walks all values.
  Result<> expire_values() {
    const auto day = sluice::unix_seconds() / 86'400;
    if (day == x_values_expired_on) return {};
    auto expired = expire_counter_values(x_db.get(), (day - values_kept_days) * 86'400);
    if (expired) x_values_expired_on = day;
    return expired;
  }

  Database x_db;   // before the statements: they go first
  Statements x_statements;
  Settlement x_settlement;
  std::int64_t x_values_expired_on = 0;
};

// The file exists afterwards, readable by nobody else. SQLite gives its side files the same mode. One that exists is
// not even opened: closing it would drop the locks that other connections of this process hold on it
// (sqlite.org/howtocorrupt 2.2), and the next `sluice keys` would take itself for the last user and remove the WAL from
// under us.
Result<> create_file(const std::filesystem::path& path) {
  std::error_code failed;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failed);
  if (failed)
    return Error(Code::internal, "store: cannot create " + path.parent_path().string() + ": " + failed.message());
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0 && errno == EEXIST && ::access(path.c_str(), R_OK | W_OK) == 0) return {};
  if (fd < 0) return Error(Code::internal, "store: cannot write " + path.string() + ": " + std::strerror(errno));
  ::close(fd);
  return {};
}

Result<Database> open_database(const std::string& path, bool read_only) {
  sqlite3* handle = nullptr;
  // Read-only users too may have to make the WAL's index, so only the connection is kept from writing.
  const int result = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database db(handle);
  if (result != SQLITE_OK) return sqlite_error(handle, "cannot open " + path);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 5000);
  const char* settings = read_only ? "PRAGMA query_only = 1;"
                                   : "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                                     "PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;";
  auto set = execute(handle, settings, "cannot use " + path);
  if (!set) return std::move(set).error();
  return db;
}

Result<SqliteStore::Statements> prepare_all(sqlite3* db) {
  SqliteStore::Statements made;
  const std::pair<Statement*, std::string_view> texts[] = {
      {&made.keys, select_keys},
      {&made.key, select_key},
      {&made.add, insert_key},
      {&made.replace, update_key},
      {&made.remove, "DELETE FROM virtual_keys WHERE id = ?1"},
      {&made.change, "PRAGMA data_version"},
      // The newest row stays, so that row numbers never begin again under somebody who follows the log.
      {&made.expire, "DELETE FROM requests WHERE row IN (SELECT row FROM requests WHERE at_us < ?1"
                     " AND row < (SELECT max(row) FROM requests) ORDER BY at_us LIMIT ?2)"},
      {&made.mark, "INSERT INTO marks (name, at_us) VALUES ('rows_since', ?1)"
                   " ON CONFLICT DO UPDATE SET at_us = max(at_us, excluded.at_us)"},
      {&made.checkpoint, "PRAGMA wal_checkpoint(PASSIVE)"},
  };
  for (const auto& [statement, text] : texts) {
    auto prepared = Statement::prepare(db, text);
    if (!prepared) return std::move(prepared).error();
    *statement = std::move(*prepared);
  }
  return made;
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(const std::string& path, bool read_only) {
  std::error_code unreadable;
  if (read_only && !std::filesystem::exists(path, unreadable))
    return Error(Code::not_found, "store: there is no " + path + " yet; it is made when the gateway first starts");
  if (!read_only) {
    auto created = create_file(path);
    if (!created) return std::move(created).error();
  }
  auto db = open_database(path, read_only);
  if (!db) return std::move(db).error();
  auto fit = read_only ? check_schema(db->get()) : migrate(db->get());
  if (!fit) return std::move(fit).error();
  auto statements = prepare_all(db->get());
  if (!statements) return std::move(statements).error();
  auto settlement = Settlement::prepare(db->get());
  if (!settlement) return std::move(settlement).error();
  return std::unique_ptr<Store>(
      std::make_unique<SqliteStore>(std::move(*db), std::move(*statements), std::move(*settlement)));
}

}  // namespace sluice::store
