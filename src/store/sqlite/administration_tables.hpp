// The tables entities, admin_tokens and changes.
#pragma once
#include <vector>

#include "sluice/store/store.hpp"
#include "store/sqlite/statement.hpp"

namespace sluice::store {

extern const char* const create_administration_tables;   // and the columns that keys have for it

Result<std::vector<Entity>> read_entities(sqlite3* db);
Result<std::vector<AdminToken>> read_tokens(sqlite3* db);
Result<> apply_change(sqlite3* db, const Change&);
Result<std::vector<LoggedChange>> read_changes(sqlite3* db, const ChangeQuery&);

}  // namespace sluice::store
