// The directory of all workers' segments, shared by the journals of one process: one lock against a second gateway,
// one row of sequence numbers, and the files that an earlier process left.
#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "sluice/base/result.hpp"

namespace sluice::store {

class JournalDirectory {
 public:
  // The open directory of this process, or a new one: created (mode 0700), locked, its leftovers listed. Refused when
  // another process holds it. Any thread.
  static Result<std::shared_ptr<JournalDirectory>> open(const std::filesystem::path& path);
  ~JournalDirectory();
  JournalDirectory(const JournalDirectory&) = delete;
  JournalDirectory& operator=(const JournalDirectory&) = delete;

  std::filesystem::path next_file(unsigned worker);          // "<worker>-<n>.seg", n never used before
  // Files of earlier processes in the order they were made; given out once, to the first that asks.
  std::vector<std::filesystem::path> take_leftovers();

 private:
  JournalDirectory(std::filesystem::path path, int lock);
  void list();

  std::filesystem::path x_path;
  int x_lock;
  std::atomic<std::uint64_t> x_next{1};
  std::vector<std::filesystem::path> x_leftovers;
};

}  // namespace sluice::store
