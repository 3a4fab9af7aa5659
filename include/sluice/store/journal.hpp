// The spend journal: a memory-mapped queue between one worker and the store. A record is safe from `kill -9` once
// append() returns (the pages belong to the file, not to the process); the store thread writes it to the database and
// then frees its place. What a crash left behind is brought into the store at the next start (store/recovery.hpp); a
// record is never counted twice, because the request id is the row's key.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "sluice/base/result.hpp"
#include "sluice/store/records.hpp"

namespace sluice::store {

class Journal {
 public:
  virtual ~Journal() = default;
  // The worker's side. No lock, no system call but for every few thousandth record, no allocation when warm. Fails
  // only when the disk is full or gone; then nothing was written.
  virtual Result<> append(const RequestRecord&) = 0;
  // The worker's side, before a request begins: fails when the disk gives no room for the records of the requests under
  // way. Some hundred of them still fit then. Tries again at every call, so it succeeds as soon as there is room.
  virtual Result<> ready() = 0;
  // The store thread's side: up to `most` records not yet taken; they stay on disk until release().
  virtual std::vector<RequestRecord> take(std::size_t most) = 0;
  virtual void release() = 0;   // all taken records are in the database
};

// Opens (or creates) the journal of worker `index` below `directory`, empty: what an earlier process left
// there is for recover().
Result<std::unique_ptr<Journal>> open_journal(const std::filesystem::path& directory, unsigned index);

}  // namespace sluice::store
