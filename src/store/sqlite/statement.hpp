// The few calls of SQLite that the store needs, with owners for its handles and its errors as Results.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sqlite3.h>

#include "sluice/base/result.hpp"

namespace sluice::store {

struct CloseDatabase { void operator()(sqlite3* db) const { sqlite3_close_v2(db); } };
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

// "store: WHAT: reason", with advice where the reason is one that operators meet.
Error sqlite_error(sqlite3* db, std::string_view what);
Result<> execute(sqlite3* db, const char* sql, std::string_view what);

// A prepared statement, kept. Text bound to it must outlive the step.
class Statement {
 public:
  Statement() = default;             // to be assigned before use
  static Result<Statement> prepare(sqlite3* db, std::string_view sql);

  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::string_view text);
  Statement& bind_blob(int index, std::string_view bytes);
  Statement& bind_null(int index);

  Result<bool> step();               // true: a row stands ready
  Result<> run();                    // to the end, then ready for the next use
  void reset();
  std::int64_t changes() const;      // rows that the last run() changed

  std::int64_t integer(int column) const;
  std::string text(int column) const;
  bool is_null(int column) const;

 private:
  struct Finalize { void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); } };
  explicit Statement(sqlite3_stmt* s) : x_statement(s) {}
  std::unique_ptr<sqlite3_stmt, Finalize> x_statement;
};

// BEGIN IMMEDIATE … COMMIT; rolled back unless committed.
class Transaction {
 public:
  static Result<Transaction> begin(sqlite3* db);
  Transaction(Transaction&& other) noexcept : x_db(std::exchange(other.x_db, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<> commit();

 private:
  explicit Transaction(sqlite3* db) : x_db(db) {}
  sqlite3* x_db;
};

}  // namespace sluice::store
