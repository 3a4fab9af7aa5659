#include "sluice/store/store_thread.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <ctime>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "sluice/store/recovery.hpp"
#include "unit/store/support.hpp"

namespace sluice::store {
namespace {

using namespace test;
using namespace std::chrono_literals;

// What the scripted store saw and is told to do; outlives it.
struct Script {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> written;
  std::vector<std::size_t> batches;
  int refusals = 0;               // this many writes fail first
  int refused = 0, idled = 0, expired = 0;
  std::int64_t counter = 1, expire_before = 0;
  std::int64_t old_rows = 0;

  bool wait(auto condition) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, 20s, condition);
  }
};

class ScriptedStore final : public Store {
 public:
  explicit ScriptedStore(Script& script) : x_script(script) {}
  Result<> write(std::span<const RequestRecord> records) override {
    const std::lock_guard guard(x_script.mutex);
    x_script.changed.notify_all();
    if (x_script.refusals > 0) {
      --x_script.refusals, ++x_script.refused;
      return Error(Code::internal, "disk full");
    }
    x_script.batches.push_back(records.size());
    for (const auto& r : records) x_script.written.push_back(r.id);
    return {};
  }
  Result<std::int64_t> settle_interrupted() override { return 0; }
  Result<> declare(std::span<const Declaration>) override { return {}; }
  Result<std::vector<CounterValue>> counter_values(std::int64_t) override { return std::vector<CounterValue>{}; }
  Result<std::vector<SpendRow>> spend(const SpendQuery&) override { return std::vector<SpendRow>{}; }
  Result<Audit> audit(const PeriodEnd&) override { return Audit{}; }
  Result<std::vector<LogRow>> find(const LogQuery&) override { return std::vector<LogRow>{}; }
  Result<std::vector<StoredKey>> keys() override { return std::vector<StoredKey>{}; }
  Result<std::optional<StoredKey>> key(const std::string&) override { return std::optional<StoredKey>(); }
  Result<> add_key(const StoredKey&) override { return {}; }
  Result<> replace_key(const StoredKey&) override { return {}; }
  Result<bool> remove_key(const std::string&) override { return true; }
  Result<std::vector<Entity>> entities() override { return std::vector<Entity>{}; }
  Result<std::vector<AdminToken>> tokens() override { return std::vector<AdminToken>{}; }
  Result<> apply(const Change&) override { return {}; }
  Result<std::vector<LoggedChange>> changes(const ChangeQuery&) override { return std::vector<LoggedChange>{}; }
  Result<std::int64_t> change_counter() override {
    const std::lock_guard guard(x_script.mutex);
    return x_script.counter;
  }
  Result<std::int64_t> expire(std::int64_t before, std::size_t most) override {
    const std::lock_guard guard(x_script.mutex);
    const auto removed = std::min(x_script.old_rows, static_cast<std::int64_t>(most));
    x_script.old_rows -= removed;
    x_script.expire_before = before;
    ++x_script.expired;
    x_script.changed.notify_all();
    return removed;
  }
  void idle() override {
    const std::lock_guard guard(x_script.mutex);
    ++x_script.idled;
    x_script.changed.notify_all();
  }

 private:
  Script& x_script;
};

class StoreThreadTest : public testing::Test {
 protected:
  std::unique_ptr<Journal> open(unsigned index) { return std::move(*open_journal(directory.path(), index)); }
  std::unique_ptr<StoreThread> start(std::vector<Journal*> journals, StoreThread::Options options = {}) {
    options.flush_every = 5ms;
    return std::make_unique<StoreThread>(std::make_unique<ScriptedStore>(script), std::move(journals), options);
  }

  TemporaryDirectory directory;
  Script script;
  std::unique_ptr<Journal> journal = open(0);
};

TEST_F(StoreThreadTest, WritesWhatWasAppendedBeforeAFlush) {
  const auto thread = start({journal.get()});
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(journal->append(small_record(std::to_string(i))));
  EXPECT_TRUE(thread->flush());
  EXPECT_EQ(script.written.size(), 1000u);
  EXPECT_EQ(thread->rows_written(), 1000u);
  for (const auto size : script.batches) EXPECT_LE(size, 1024u);
}

TEST_F(StoreThreadTest, WritesByItselfBeforeLong) {
  const auto thread = start({journal.get()});
  ASSERT_TRUE(journal->append(small_record("a")));
  EXPECT_TRUE(script.wait([this] { return script.written.size() == 1; }));
}

TEST_F(StoreThreadTest, CountsNoRowForWhatIsStillOpen) {
  const auto thread = start({journal.get()});
  auto open = small_record("a");
  open.open = true;
  ASSERT_TRUE(journal->append(open));
  ASSERT_TRUE(journal->append(small_record("a")));
  EXPECT_TRUE(thread->flush());
  EXPECT_EQ(script.written.size(), 2u);
  EXPECT_EQ(thread->rows_written(), 1u);
}

TEST_F(StoreThreadTest, DrainsEveryWorkerWhenItEnds) {
  const auto second = open(1);
  {
    const auto thread = start({journal.get(), second.get()});
    for (int i = 0; i < 500; ++i) {
      ASSERT_TRUE(journal->append(small_record("a" + std::to_string(i))));
      ASSERT_TRUE(second->append(small_record("b" + std::to_string(i))));
    }
  }
  EXPECT_EQ(script.written.size(), 1000u);
  EXPECT_TRUE(journal->take(1).empty());
}

TEST_F(StoreThreadTest, LosesAndDoublesNothingWhileTheDatabaseRefuses) {
  script.refusals = 1'000'000;
  const auto thread = start({journal.get()});
  std::set<std::string> appended;
  for (int i = 0; i < 600; ++i) {
    ASSERT_TRUE(journal->append(small_record(std::to_string(i))));
    appended.insert(std::to_string(i));
  }
  EXPECT_FALSE(thread->flush());
  EXPECT_FALSE(thread->writable());
  {
    const std::lock_guard guard(script.mutex);
    script.refusals = 0;
  }
  ASSERT_TRUE(script.wait([this] { return script.written.size() == 600; }));
  EXPECT_TRUE(thread->flush());
  EXPECT_TRUE(thread->writable());
  EXPECT_EQ(std::set<std::string>(script.written.begin(), script.written.end()), appended);
  EXPECT_EQ(script.written.size(), 600u);
}

TEST_F(StoreThreadTest, LeavesToTheNextStartWhatTheDatabaseRefusedToTheEnd) {
  script.refusals = 1'000'000;
  {
    const auto thread = start({journal.get()});
    for (int i = 0; i < 300; ++i) ASSERT_TRUE(journal->append(small_record(std::to_string(i))));
    EXPECT_FALSE(thread->flush());
  }
  journal.reset();
  script.refusals = 0;   // no other thread is left
  journal = open(0);
  ScriptedStore store(script);
  const auto recovered = recover(directory.path(), store);
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->replayed, 300);
  EXPECT_EQ(script.written.size(), 300u);
}

TEST_F(StoreThreadTest, TellsOfChangesByOthers) {
  std::promise<void> told;
  StoreThread::Options options;
  options.keys_changed = [&told, once = false]() mutable {
    if (!std::exchange(once, true)) told.set_value();
  };
  const auto thread = start({journal.get()}, options);
  {
    const std::lock_guard guard(script.mutex);
    ++script.counter;
  }
  EXPECT_EQ(told.get_future().wait_for(20s), std::future_status::ready);
}

TEST_F(StoreThreadTest, RemovesOldRowsInBatchesOnceRetentionIsSet) {
  script.old_rows = 1700;
  const auto thread = start({journal.get()});
  EXPECT_EQ(script.expired, 0);
  thread->set_retain(3600s);
  EXPECT_TRUE(script.wait([this] { return script.old_rows == 0; }));
  const std::int64_t cutoff = (static_cast<std::int64_t>(std::time(nullptr)) - 3600) * 1'000'000;
  const std::lock_guard guard(script.mutex);
  EXPECT_NEAR(static_cast<double>(script.expire_before), static_cast<double>(cutoff), 30e6);
}

TEST_F(StoreThreadTest, KeepsHouseWhenNothingIsWritten) {
  const auto thread = start({journal.get()});
  ASSERT_TRUE(journal->append(small_record("a")));
  EXPECT_TRUE(script.wait([this] { return script.idled == 1; }));
}

TEST_F(StoreThreadTest, WritesToARealDatabase) {
  const auto path = (directory / "s.db").string();
  auto store = open_sqlite(path);
  ASSERT_TRUE(store);
  {
    StoreThread thread(std::move(*store), {journal.get()}, {});
    for (int i = 0; i < 2000; ++i) ASSERT_TRUE(journal->append(full_record(std::to_string(i))));
  }
  auto reader = open_sqlite(path, true);
  ASSERT_TRUE(reader);
  LogQuery all;
  all.limit = 10'000;
  EXPECT_EQ((*reader)->find(all)->size(), 2000u);
}

TEST_F(StoreThreadTest, SeveralWorkersAppendWhileItWrites) {
  const auto second = open(1);
  const auto thread = start({journal.get(), second.get()});
  const auto work = [](Journal& mine, char name) {
    for (int i = 0; i < 5000; ++i)
      if (!mine.append(full_record(name + std::to_string(i)))) return;
  };
  std::thread a(work, std::ref(*journal), 'a'), b(work, std::ref(*second), 'b');
  a.join(), b.join();
  EXPECT_TRUE(thread->flush());
  EXPECT_EQ(std::set<std::string>(script.written.begin(), script.written.end()).size(), 10'000u);
  EXPECT_EQ(script.written.size(), 10'000u);
}

}  // namespace
}  // namespace sluice::store
