// The audit of store/audit.hpp over the tables.
#pragma once
#include "sluice/store/audit.hpp"
#include "store/sqlite/statement.hpp"

namespace sluice::store {

Result<Audit> audit_books(sqlite3* db, const PeriodEnd& period_end);

}  // namespace sluice::store
