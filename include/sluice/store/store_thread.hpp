// The one thread that writes the database: drains every worker's journal into it in batches (256 rows or 250 ms: what
// waits is safe in the journal), watches for keys changed by another process, and removes log rows past their time.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <chrono>
#include <vector>

#include "sluice/store/journal.hpp"
#include "sluice/store/store.hpp"

namespace sluice::store {

class StoreThread {
 public:
  struct Options {
    std::chrono::milliseconds flush_every{250};
    std::optional<std::chrono::seconds> retain;   // of log rows
    std::function<void()> keys_changed;           // called on this thread when another process changed the store
  };
  // Takes ownership of the store; the journals must outlive this.
  StoreThread(std::unique_ptr<Store> store, std::vector<Journal*> journals, Options options);
  // Drains, writes, joins. What the database refuses now stays in the journal for the next start.
  ~StoreThread();

  bool writable() const;                          // the last write succeeded; false makes /readyz fail
  std::uint64_t rows_written() const;
  // Returns when all appended before the call is in the database; false: the database refused, and the records wait in
  // the journal. Any thread, not from keys_changed.
  bool flush();
  void set_retain(std::optional<std::chrono::seconds>);

 private:
  struct Self;
  std::unique_ptr<Self> x_self;
};

}  // namespace sluice::store
