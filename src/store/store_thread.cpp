#include "sluice/store/store_thread.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "sluice/base/time.hpp"

namespace sluice::store {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t batch_records = 1024;   // two of a request
constexpr std::size_t expire_rows = 500;
constexpr std::chrono::milliseconds watch_every{200};       // for keys changed by another process
constexpr std::chrono::milliseconds idle_after{1000};       // nothing written: housekeeping
constexpr std::chrono::seconds expire_every{60};
constexpr std::chrono::milliseconds first_wait{100}, longest_wait{5000};   // after a failed write, doubling


}  // namespace

struct StoreThread::Self {
  std::unique_ptr<Store> store;
  std::vector<Journal*> journals;
  Options options;

  std::mutex mutex;                    // for the four below
  std::condition_variable wake, passed;
  bool stopping = false;
  std::uint64_t passes_asked = 0, passes_done = 0;
  bool last_pass_clean = true;

  std::atomic<bool> writable{true};
  std::atomic<std::uint64_t> rows{0};
  std::atomic<std::int64_t> retain_seconds{-1};

  // Of the thread alone.
  std::vector<std::vector<RequestRecord>> pending;   // per journal: taken, not yet written
  std::chrono::milliseconds wait_after_failure{0};
  Clock::time_point next_watch{}, next_expiry{}, last_write{};
  std::optional<std::int64_t> seen_change;
  bool housekept = true;
  std::thread thread;

  void run();
  bool drain();
  bool write_batch(std::size_t journal);
  void watch_keys(Clock::time_point now);
  void remove_old(Clock::time_point now);
  void housekeep(Clock::time_point now);
};

void StoreThread::Self::run() {
  std::unique_lock lock(mutex);
  for (;;) {
    const auto wait = std::max(options.flush_every, wait_after_failure);
    wake.wait_for(lock, wait, [this] { return stopping || passes_asked > passes_done; });
    const bool last = stopping;
    const auto asked = passes_asked;
    lock.unlock();
    const bool clean = drain();
    if (!last) {
      const auto now = Clock::now();
      watch_keys(now);
      if (clean) remove_old(now), housekeep(now);
    }
    lock.lock();
    passes_done = std::max(passes_done, asked);
    last_pass_clean = clean;
    passed.notify_all();
    if (last) return;
  }
}

// Writes all there is. False: the database refused; the records stay in the journal and in `pending`.
bool StoreThread::Self::drain() {
  for (std::size_t i = 0; i < journals.size(); ++i) {
    for (;;) {
      if (pending[i].empty()) pending[i] = journals[i]->take(batch_records);
      if (pending[i].empty()) break;
      if (!write_batch(i)) return false;
    }
    // Nothing was taken: also frees what ended in unreadable frames.
    journals[i]->release();
  }
  return true;
}

bool StoreThread::Self::write_batch(std::size_t journal) {
  auto& batch = pending[journal];
  const auto written = store->write(batch);
  writable.store(written.has_value(), std::memory_order_relaxed);
  if (!written) {
    wait_after_failure = std::clamp(wait_after_failure * 2, first_wait, longest_wait);
    return false;
  }
  wait_after_failure = std::chrono::milliseconds{0};
  journals[journal]->release();
  const auto settled = std::count_if(batch.begin(), batch.end(), [](const RequestRecord& r) { return !r.open; });
  rows.fetch_add(static_cast<std::uint64_t>(settled), std::memory_order_relaxed);
  batch.clear();
  last_write = Clock::now();
  housekept = false;
  return true;
}

void StoreThread::Self::watch_keys(Clock::time_point now) {
  if (!options.keys_changed || now < next_watch) return;
  next_watch = now + watch_every;
  const auto counter = store->change_counter();
  if (!counter) return;
  const bool changed = seen_change && *seen_change != *counter;
  seen_change = *counter;
  if (changed) options.keys_changed();
}

void StoreThread::Self::remove_old(Clock::time_point now) {
  const auto seconds = retain_seconds.load(std::memory_order_relaxed);
  if (seconds < 0 || now < next_expiry) return;
  const auto removed = store->expire(sluice::unix_us() - seconds * 1'000'000, expire_rows);
  // While there is more, one batch a pass: new records are written in between.
  const bool more = removed && *removed == static_cast<std::int64_t>(expire_rows);
  next_expiry = more ? now : now + expire_every;
  if (removed && *removed > 0) last_write = now, housekept = false;
}

void StoreThread::Self::housekeep(Clock::time_point now) {
  if (housekept || now - last_write < idle_after) return;
  store->idle();
  housekept = true;
}

StoreThread::StoreThread(std::unique_ptr<Store> store, std::vector<Journal*> journals, Options options)
    : x_self(std::make_unique<Self>()) {
  x_self->store = std::move(store);
  x_self->journals = std::move(journals);
  x_self->pending.resize(x_self->journals.size());
  x_self->options = std::move(options);
  if (const auto counter = x_self->store->change_counter()) x_self->seen_change = *counter;
  set_retain(x_self->options.retain);
  x_self->thread = std::thread([self = x_self.get()] { self->run(); });
}

StoreThread::~StoreThread() {
  {
    const std::lock_guard guard(x_self->mutex);
    x_self->stopping = true;
  }
  x_self->wake.notify_all();
  x_self->thread.join();
}

bool StoreThread::writable() const { return x_self->writable.load(std::memory_order_relaxed); }
std::uint64_t StoreThread::rows_written() const { return x_self->rows.load(std::memory_order_relaxed); }

bool StoreThread::flush() {
  std::unique_lock lock(x_self->mutex);
  // A pass under way may have begun before the call's records: the next one counts.
  const auto mine = ++x_self->passes_asked;
  x_self->wake.notify_all();
  x_self->passed.wait(lock, [&] { return x_self->passes_done >= mine; });
  return x_self->last_pass_clean;
}

void StoreThread::set_retain(std::optional<std::chrono::seconds> retain) {
  x_self->retain_seconds.store(retain ? std::int64_t{retain->count()} : -1, std::memory_order_relaxed);
}

}  // namespace sluice::store
