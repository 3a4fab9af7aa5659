#include "sluice/store/recovery.hpp"

#include "store/journal_directory.hpp"
#include "store/replay.hpp"

namespace sluice::store {
namespace {

constexpr std::size_t batch_rows = 256;

Result<std::int64_t> replay(JournalDirectory& directory, Store& store) {
  Replay leftovers(directory.take_leftovers());
  std::int64_t replayed = 0;
  for (;;) {
    std::vector<RequestRecord> records;
    leftovers.take(records, batch_rows);
    if (!records.empty()) {
      auto written = store.write(records);
      if (!written) return std::move(written).error();
    }
    leftovers.release();   // also of files without any record
    if (records.empty()) return replayed;
    replayed += static_cast<std::int64_t>(records.size());
  }
}

}  // namespace

Result<Recovered> recover(const std::filesystem::path& journal_directory, Store& store) {
  auto directory = JournalDirectory::open(journal_directory);
  if (!directory) return std::move(directory).error();
  auto replayed = replay(**directory, store);
  if (!replayed) return std::move(replayed).error();
  auto interrupted = store.settle_interrupted();
  if (!interrupted) return std::move(interrupted).error();
  return Recovered{*replayed, *interrupted};
}

}  // namespace sluice::store
