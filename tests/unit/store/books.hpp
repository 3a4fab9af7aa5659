// What the tests of ledger and counters share: a month, counters over it, requests that were served in it.
#pragma once
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "sluice/store/store.hpp"
#include "unit/store/support.hpp"

namespace sluice::store::test {

inline constexpr std::int64_t month = 1'748'736'000;   // June 2025

inline std::int64_t period_end(const Counter&, std::int64_t period) { return period + 30 * 86'400; }

inline RequestRecord served(const std::string& id, std::int64_t seconds, std::int64_t cost) {
  auto r = small_record(id);
  r.at_us = seconds * 1'000'000;
  r.customer = "acme", r.team = "ml", r.key_id = "k", r.account = "production";
  r.target = "main", r.provider = "openai", r.model_served = "gpt-4o";
  r.tags = {"eu"};
  r.attempts.push_back({"main", "openai", "gpt-4o", 200, "", 5, false, cost});
  r.usage.input = 10, r.usage.output = 5;
  r.cost_nano_usd = cost;
  return r;
}

inline Counter counter(std::uint64_t id, Counter::Level level, const std::string& subject,
                       Counter::Measure measure = Counter::Measure::spend) {
  Counter c;
  c.id = id, c.name = "counter " + std::to_string(id), c.level = level, c.subject = subject, c.measure = measure;
  c.period = {config::Period::Unit::month, 1};
  return c;
}

inline Result<> declare(Store& store, const std::vector<Counter>& counters, const std::vector<std::int64_t>& periods) {
  std::vector<Declaration> declarations;
  for (const auto& c : counters) declarations.push_back({&c, periods});
  return store.declare(declarations);
}

// "id@seconds after the month's beginning:amount"
inline std::vector<std::string> values_of(Store& store) {
  std::vector<std::string> out;
  const auto values = store.counter_values(INT64_MIN);
  EXPECT_TRUE(values);
  for (const auto& v : *values)
    out.push_back(std::to_string(v.id) + "@" + std::to_string(v.period - month) + ":" + std::to_string(v.amount));
  return out;
}

inline void execute(const std::filesystem::path& path, const char* sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
  sqlite3_close(db);
}

}  // namespace sluice::store::test
