// The ledger's tables spend and tag_spend: adding lines to them, and reading them.
#pragma once
#include <functional>

#include "store/ledger.hpp"
#include "store/sqlite/statement.hpp"

namespace sluice::store {

class LedgerTables {
 public:
  LedgerTables() = default;          // to be assigned before use
  static Result<LedgerTables> prepare(sqlite3* db);
  Result<> add(const Ledger&);       // inside a transaction

 private:
  Statement x_spend, x_tag_spend;
};

// Every line of slots from `since` on, in no promised order.
Result<> read_spend(sqlite3* db, std::int64_t since, const std::function<void(const LedgerLine&)>& each);
Result<> read_tag_spend(sqlite3* db, std::int64_t since, const std::function<void(const LedgerLine&)>& each);

}  // namespace sluice::store
