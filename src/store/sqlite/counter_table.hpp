// The tables counters and counter_values: definitions as they were declared, and what has been counted.
#pragma once
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "sluice/store/counters.hpp"
#include "store/sqlite/statement.hpp"

namespace sluice::store {

Result<> declare_counters(sqlite3* db, std::span<const Declaration>);
Result<std::vector<CounterValue>> read_counter_values(sqlite3* db, std::int64_t since);   // by id, then period

// `since`: the values of periods from then on are whole.
struct CounterInForce { Counter counter; std::int64_t since = 0; };
Result<std::vector<CounterInForce>> read_counters(sqlite3* db);

// Removes values of periods that began before; each counter keeps its last. Inside no transaction.
Result<> expire_counter_values(sqlite3* db, std::int64_t before);

}  // namespace sluice::store
