// Counters that outlast the process: what has been spent or used of each limit in its present period. The store adds the
// charges of a record to them in the transaction that writes its row, so that they are always the sum of the rows.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sluice/config/config.hpp"

namespace sluice::store {

// What is added up, for whom, over which period. Two limits that agree in all of it share one.
struct Counter {
  enum class Level : std::uint8_t { customer, team, key, key_provider, target, tag };
  enum class Measure : std::uint8_t { spend, requests, input_tokens, output_tokens, tokens };

  std::uint64_t id = 0;                // of `name`
  std::string name;                    // "key ml-team-key: spend, 1M, UTC": unique, for people and in the database
  Level level = Level::key;
  std::string subject;                 // the id at that level; of a target "<account>/<target>"
  std::string provider;                // of key_provider: which of its provider entries
  Measure measure = Measure::spend;    // nano-USD, requests or tokens
  std::vector<std::string> models;     // patterns of the model asked of the provider; empty: all
  config::Period period;
  bool rolling = false;                // a window that slides, kept in slices; else the calendar's periods
  std::string time_zone = "UTC";
};

struct CounterValue {
  std::uint64_t id = 0;
  std::int64_t period = 0;             // Unix seconds: the beginning of the period, or of a slice of a sliding window
  std::int64_t amount = 0;
};

// A counter in force. `periods` are the beginnings of its present period, or of the slices that its window has now,
// ascending and at least one; the store knows no calendars. Both must live through the call that takes it.
struct Declaration {
  const Counter* counter = nullptr;
  std::span<const std::int64_t> periods;
};

}  // namespace sluice::store
