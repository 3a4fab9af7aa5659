// What one batch of records changes: rows of the log, the ledger, the counters, and the requests kept open.
#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "sluice/store/records.hpp"
#include "store/ledger.hpp"
#include "store/sqlite/ledger_tables.hpp"
#include "store/sqlite/request_row.hpp"
#include "store/sqlite/statement.hpp"

namespace sluice::store {

class Settlement {
 public:
  Settlement() = default;            // to be assigned before use
  static Result<Settlement> prepare(sqlite3* db);
  Result<> write(sqlite3* db, std::span<const RequestRecord>);   // one transaction
  // Books every open request as interrupted.
  Result<std::int64_t> settle_interrupted(sqlite3* db);

 private:
  using Ids = std::unordered_set<std::string_view>;
  Result<> write_all(std::span<const RequestRecord>);
  Result<> keep_open(std::span<const RequestRecord>);
  Result<> add_row(const RequestRecord&);
  Result<> forget_open(const std::string& id);
  Result<> add_charges();

  Statement x_insert, x_keep_open, x_forget_open, x_open_ids, x_add_charge;
  RequestBinder x_binder;            // of x_insert
  LedgerTables x_tables;
  // The ids in open_requests, so that the many rows that have none cost no look-up; nullopt: not read yet.
  std::optional<std::unordered_set<std::string>> x_open;
  // Of the batch being written.
  Ledger x_ledger;
  std::vector<Charge> x_charges;
  std::vector<std::byte> x_encoded;
};

}  // namespace sluice::store
