#include "store/sqlite/statement.hpp"

#include <utility>

namespace sluice::store {
namespace {

std::string_view advice(int reason) {
  switch (reason & 0xFF) {
    case SQLITE_FULL: return "; free some space: nothing is lost meanwhile, records wait in the journal";
    case SQLITE_NOTADB: return "; the file is not a database of Sluice: move it away or give another store.path";
    case SQLITE_CORRUPT: return "; restore it from a backup, or move it away to begin anew";
    case SQLITE_CANTOPEN: case SQLITE_READONLY: case SQLITE_PERM:
      return "; look at the owner and permissions of the file and of its directory";
    default: return "";
  }
}

}  // namespace

Error sqlite_error(sqlite3* db, std::string_view what) {
  const int reason = db != nullptr ? sqlite3_extended_errcode(db) : SQLITE_NOMEM;
  std::string message = "store: " + std::string(what) + ": " + (db != nullptr ? sqlite3_errmsg(db) : "out of memory");
  return Error(Code::internal, message.append(advice(reason)));
}

Result<> execute(sqlite3* db, const char* sql, std::string_view what) {
  if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return sqlite_error(db, what);
  return {};
}

Result<Statement> Statement::prepare(sqlite3* db, std::string_view sql) {
  sqlite3_stmt* s = nullptr;
  const auto size = static_cast<int>(sql.size());
  if (sqlite3_prepare_v3(db, sql.data(), size, SQLITE_PREPARE_PERSISTENT, &s, nullptr) != SQLITE_OK)
    return sqlite_error(db, "cannot read the database");
  return Statement(s);
}

Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(x_statement.get(), index, value);
  return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
  const char* data = text.empty() ? "" : text.data();   // a null pointer would bind NULL
  sqlite3_bind_text64(x_statement.get(), index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
  sqlite3_bind_blob64(x_statement.get(), index, bytes.empty() ? "" : bytes.data(), bytes.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind_null(int index) {
  sqlite3_bind_null(x_statement.get(), index);
  return *this;
}

Result<bool> Statement::step() {
  const int result = sqlite3_step(x_statement.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  auto error = sqlite_error(sqlite3_db_handle(x_statement.get()), "database");
  reset();
  return error;
}

Result<> Statement::run() {
  auto stepped = step();
  if (!stepped) return std::move(stepped).error();
  reset();
  return {};
}

std::int64_t Statement::changes() const { return sqlite3_changes(sqlite3_db_handle(x_statement.get())); }

void Statement::reset() { sqlite3_reset(x_statement.get()); }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(x_statement.get(), column); }

std::string Statement::text(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(x_statement.get(), column));
  const int size = sqlite3_column_bytes(x_statement.get(), column);
  return data != nullptr ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

bool Statement::is_null(int column) const { return sqlite3_column_type(x_statement.get(), column) == SQLITE_NULL; }

Result<Transaction> Transaction::begin(sqlite3* db) {
  // IMMEDIATE: a deferred transaction that turns into a writer fails without waiting for busy_timeout.
  auto begun = execute(db, "BEGIN IMMEDIATE", "cannot write");
  if (!begun) return std::move(begun).error();
  return Transaction(db);
}

Transaction::~Transaction() {
  // Some errors have rolled back already; then this one changes nothing.
  if (x_db != nullptr && sqlite3_get_autocommit(x_db) == 0) sqlite3_exec(x_db, "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<> Transaction::commit() {
  auto done = execute(x_db, "COMMIT", "cannot write");
  if (done) x_db = nullptr;
  return done;
}

}  // namespace sluice::store
