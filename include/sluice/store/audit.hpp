// The books checked against each other: every counter against the ledger, the ledger against the rows of the log.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sluice/store/counters.hpp"
#include "sluice/store/spend.hpp"

namespace sluice::store {

// Unix seconds: the end (exclusive) of the counter's period, or slice, that begins at `period`. The store knows no
// calendars and no time zones.
using PeriodEnd = std::function<std::int64_t(const Counter&, std::int64_t period)>;

struct Audit {
  // `says` stands in the books, `should` is what it was made from comes to.
  struct Difference { std::string name; std::int64_t period = 0, says = 0, should = 0; };
  std::vector<Difference> counters;   // by the counter's name; slices shorter than a slot are compared as whole slots
  std::vector<Difference> ledger;     // "spend …" or "tag_spend …", the line's names and the column; `period`: its slot
  std::int64_t counters_checked = 0, values_checked = 0, lines_checked = 0, rows_checked = 0;
  std::int64_t rows_since = 0;        // Unix seconds: from here on all rows of the log are there, and are compared
  SpendSums ledger_sums, row_sums;    // of all lines and rows from then on; equal when nothing differs

  bool clean() const { return counters.empty() && ledger.empty(); }
};

}  // namespace sluice::store
