// What an earlier process left, brought into the store before the first request, so that counters are complete when they
// are loaded: the records in its journal, and the requests that were under way when it ended.
#pragma once
#include <cstdint>
#include <filesystem>

#include "sluice/base/result.hpp"
#include "sluice/store/store.hpp"

namespace sluice::store {

struct Recovered {
  std::int64_t replayed = 0;      // records found in the journal, those of requests under way included
  std::int64_t interrupted = 0;   // requests without an end: booked at what they may have cost at most
};

// Once at start, on any thread, before or after this process opens its journals and before the first request. Fails when
// another process holds the journal or the database refuses; then what is not in the database is still in the journal,
// and calling it again in the next process goes on where it stopped.
Result<Recovered> recover(const std::filesystem::path& journal_directory, Store& store);

}  // namespace sluice::store
