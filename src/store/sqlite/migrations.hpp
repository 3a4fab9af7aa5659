// The schema, as numbered steps. The number of the last step taken is the file's user_version.
#pragma once
#include <sqlite3.h>

#include "sluice/base/result.hpp"

namespace sluice::store {

// Brings the database to this program's schema. Refuses a newer one, and files of other programs.
Result<> migrate(sqlite3* db);
// The same checks without changing anything: an older schema is refused too.
Result<> check_schema(sqlite3* db);

}  // namespace sluice::store
