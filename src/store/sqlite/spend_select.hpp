// A SpendQuery as a SELECT over the ledger.
#pragma once
#include <vector>

#include "sluice/store/spend.hpp"
#include "store/sqlite/statement.hpp"

namespace sluice::store {

Result<std::vector<SpendRow>> select_spend(sqlite3* db, const SpendQuery& query);

}  // namespace sluice::store
