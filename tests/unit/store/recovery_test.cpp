// What a crash leaves: requests still open, batches half done, files of an older release.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <map>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

#include "sluice/store/journal.hpp"
#include "sluice/store/recovery.hpp"
#include "sluice/store/store.hpp"
#include "sluice/store/store_thread.hpp"
#include "unit/store/books.hpp"
#include "unit/store/support.hpp"

namespace sluice::store {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

RequestRecord opening(const std::string& id, std::int64_t seconds, std::int64_t reserved) {
  auto r = served(id, seconds, reserved);
  r.open = true;
  r.attempts.clear();
  r.status = 0;
  r.charges = {{1, month, reserved}};
  return r;
}

RequestRecord settled(const std::string& id, std::int64_t seconds, std::int64_t cost) {
  auto r = served(id, seconds, cost);
  r.charges = {{1, month, cost}};
  return r;
}

class Recovery : public testing::Test {
 protected:
  std::int64_t cost() {
    const auto rows = store->spend({});
    return rows->empty() ? 0 : rows->at(0).sums.cost_nano_usd;
  }
  std::vector<LogRow> rows() { return *store->find({.limit = 10'000, .newest_first = false}); }

  TemporaryDirectory directory;
  std::filesystem::path path = directory / "s.db";
  std::unique_ptr<Store> store = *open_sqlite(path.string());
};

TEST_F(Recovery, AnOpenRequestIsNoRowUntilItsEnd) {
  ASSERT_TRUE(store->write(std::vector{opening("a", month, 50), opening("b", month, 60), settled("b", month, 6)}));
  EXPECT_EQ(rows().size(), 1u);
  EXPECT_EQ(cost(), 6);
  ASSERT_TRUE(store->write(std::vector{settled("a", month, 5)}));
  EXPECT_EQ(cost(), 11);
  EXPECT_THAT(values_of(*store), ElementsAre("1@0:11"));
  EXPECT_EQ(*store->settle_interrupted(), 0);
}

TEST_F(Recovery, BooksWhatWasUnderWayAsReserved) {
  ASSERT_TRUE(store->write(std::vector{opening("a", month, 50)}));
  ASSERT_TRUE(store->write(std::vector{opening("a", month, 70)}));   // the later one stands
  store = *open_sqlite(path.string());
  EXPECT_EQ(*store->settle_interrupted(), 1);
  const auto found = rows();
  ASSERT_EQ(found.size(), 1u);
  const auto& row = found[0].record;
  EXPECT_EQ(row.status, 0);
  EXPECT_EQ(row.error, "interrupted");
  EXPECT_EQ(row.error_message,
            "The gateway was stopped while this request was under way; what it may have cost at most is booked.");
  EXPECT_TRUE(row.usage.estimated);
  EXPECT_EQ(row.cost_nano_usd, 70);
  EXPECT_EQ(cost(), 70);
  EXPECT_THAT(values_of(*store), ElementsAre("1@0:70"));
  EXPECT_EQ(*store->settle_interrupted(), 0);
}

TEST_F(Recovery, AnOpenRequestWhoseRowIsThereAddsNothing) {
  ASSERT_TRUE(store->write(std::vector{settled("a", month, 5)}));
  ASSERT_TRUE(store->write(std::vector{opening("a", month, 70)}));   // replayed in another batch than its end
  ASSERT_TRUE(store->settle_interrupted());
  EXPECT_EQ(rows().size(), 1u);
  EXPECT_EQ(cost(), 5);
}

TEST_F(Recovery, ACleanStopLeavesNothing) {
  {
    const auto journal = *open_journal(directory / "journal", 0);
    StoreThread thread(*open_sqlite(path.string()), {journal.get()}, {});
    ASSERT_TRUE(journal->append(opening("a", month, 50)));
    ASSERT_TRUE(thread.flush());
    ASSERT_TRUE(journal->append(settled("a", month, 5)));
  }
  const auto recovered = recover(directory / "journal", *store);
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->replayed, 0);
  EXPECT_EQ(recovered->interrupted, 0);
  EXPECT_EQ(cost(), 5);
}

TEST_F(Recovery, WorksBesideTheJournalsOfThisProcess) {
  {
    const auto earlier = *open_journal(directory / "journal", 0);
    ASSERT_TRUE(earlier->append(settled("a", month, 5)));
    ASSERT_TRUE(earlier->append(opening("b", month, 50)));
  }
  const auto journal = *open_journal(directory / "journal", 0);
  const auto recovered = recover(directory / "journal", *store);
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->replayed, 2);
  EXPECT_EQ(recovered->interrupted, 1);
  EXPECT_EQ(cost(), 55);
  EXPECT_THAT(journal->take(10), IsEmpty());
}

// A child opens, writes, settles as a gateway does, and confirms each end on a pipe until it is killed at a moment of
// chance. Every request must be booked once: those confirmed at their cost, the one or two under way as reserved.
TEST_F(Recovery, BooksEveryRequestOnceWhenTheProcessIsKilled) {
  std::mt19937 random(std::random_device{}());
  for (int round = 0; round < 5; ++round) {
    TemporaryDirectory here;
    const std::string database = here / "s.db";
    int confirmations[2];
    ASSERT_EQ(::pipe(confirmations), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto journal = open_journal(here / "journal", 0);
      auto own = open_sqlite(database);
      if (!journal || !own) ::_exit(1);
      for (std::uint32_t i = 0;; ++i) {
        const auto id = "r" + std::to_string(i);
        if (!(*journal)->append(opening(id, month + i, 100))) ::_exit(1);
        if (i % 7 == 6) {   // the store thread's part, in between
          const auto taken = (*journal)->take(5);
          if (!(*own)->write(taken)) ::_exit(1);
          (*journal)->release();
        }
        if (!(*journal)->append(settled(id, month + i, 1))) ::_exit(1);
        if (::write(confirmations[1], &i, sizeof i) != sizeof i) ::_exit(1);
      }
    }
    ::close(confirmations[1]);
    const auto wanted = std::uniform_int_distribution<std::uint32_t>(0, 300)(random);
    std::uint32_t last = 0, confirmed = 0;
    while (confirmed <= wanted && ::read(confirmations[0], &last, sizeof last) == sizeof last) ++confirmed;
    ::kill(child, SIGKILL);
    while (::read(confirmations[0], &last, sizeof last) == sizeof last) ++confirmed;
    ::close(confirmations[0]);
    ::waitpid(child, nullptr, 0);
    ASSERT_GT(confirmed, wanted) << "the child got that far";

    store = *open_sqlite(database);
    const auto recovered = recover(here / "journal", *store);
    ASSERT_TRUE(recovered) << recovered.error().message();
    std::int64_t ended = 0, interrupted = 0;
    for (const auto& row : rows()) ++(row.record.error == "interrupted" ? interrupted : ended);
    EXPECT_GE(ended, confirmed);
    EXPECT_LE(ended, std::int64_t{confirmed} + 1);
    EXPECT_LE(interrupted, 1);
    EXPECT_EQ(recovered->interrupted, interrupted);
    EXPECT_EQ(cost(), ended + 100 * interrupted);
    EXPECT_THAT(values_of(*store), ElementsAre("1@0:" + std::to_string(ended + 100 * interrupted)));
  }
}

// Random openings, ends, batches and crashes (a batch written but not released, a connection lost, a restart) against a
// plain reference.
TEST_F(Recovery, AgreesWithAPlainReferenceWhateverHappens) {
  std::mt19937 random(23);
  std::map<std::string, std::int64_t> under_way, booked;   // id: reserved, cost
  std::vector<RequestRecord> queue;                        // the journal: what is not released yet
  std::size_t made = 0;
  ASSERT_TRUE(declare(*store, {counter(1, Counter::Level::key, "k"), counter(2, Counter::Level::tag, "eu")}, {month}));
  const auto with_tag = [](RequestRecord r) {
    r.charges.push_back({2, month, r.cost_nano_usd});
    return r;
  };
  for (int step = 0; step < 4000; ++step) {
    const auto dice = random() % 100;
    const auto amount = static_cast<std::int64_t>(random() % 1000);
    const auto when = month + static_cast<std::int64_t>(random() % 20'000);
    if (dice < 40) {
      const auto id = "r" + std::to_string(made++);
      queue.push_back(with_tag(opening(id, when, amount)));
      under_way[id] = amount;
    } else if (dice < 80 && !under_way.empty()) {
      const auto chosen = std::next(under_way.begin(), static_cast<std::ptrdiff_t>(random() % under_way.size()));
      queue.push_back(with_tag(settled(chosen->first, when, amount)));
      booked[chosen->first] = amount;
      under_way.erase(chosen);
    } else if (dice < 97) {
      const auto batch = std::span(queue).first(std::min<std::size_t>(queue.size(), random() % 9));
      ASSERT_TRUE(store->write(batch));
      if (random() % 4 != 0) queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(batch.size()));
    } else {
      store = *open_sqlite(path.string());
      while (!queue.empty()) {
        const auto size = std::min<std::size_t>(queue.size(), 1 + random() % 9);
        ASSERT_TRUE(store->write(std::span(queue).first(size)));
        queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(size));
      }
      const auto interrupted = store->settle_interrupted();
      ASSERT_TRUE(interrupted);
      booked.insert(under_way.begin(), under_way.end());
      under_way.clear();
      std::int64_t sum = 0;
      for (const auto& [id, cost] : booked) sum += cost;
      ASSERT_EQ(cost(), sum) << step;
      const auto values = store->counter_values(0);
      ASSERT_TRUE(values);
      for (const auto& value : *values) ASSERT_EQ(value.amount, sum) << step;
    }
  }
  const auto audit = store->audit(period_end);
  ASSERT_TRUE(audit);
  EXPECT_TRUE(audit->clean());
  EXPECT_GT(booked.size(), 500u);
}

TEST(Migration, MakesTheLedgerFromTheRowsOfTheReleaseBefore) {
  TemporaryDirectory directory;
  const auto path = directory / "s.db";
  {
    const auto store = *open_sqlite(path.string());
    std::vector<RequestRecord> records{full_record("a"), served("b", month, 7), small_record("c")};
    for (auto& record : records) {
      record.customer.clear(), record.tags.clear(), record.charges.clear(), record.usage.search_units = 0;
      for (auto& attempt : record.attempts) attempt.cost_nano_usd = 0;
    }
    ASSERT_TRUE(store->write(records));
  }
  execute(path,
          "DROP TABLE spend; DROP TABLE tag_spend; DROP TABLE counters; DROP TABLE counter_values;"
          "DROP TABLE open_requests; DROP TABLE marks; ALTER TABLE requests DROP COLUMN customer; ALTER TABLE requests DROP COLUMN tags;"
          "ALTER TABLE requests DROP COLUMN search_units;"
          "DROP TABLE entities;DROP TABLE admin_tokens;DROP TABLE changes;ALTER TABLE virtual_keys DROP COLUMN settings;ALTER TABLE virtual_keys DROP COLUMN previous_sha256;ALTER TABLE virtual_keys DROP COLUMN previous_until;"
          "PRAGMA user_version = 1");
  EXPECT_FALSE(open_sqlite(path.string(), true)) << "reading alone does not migrate";
  const auto store = open_sqlite(path.string());
  ASSERT_TRUE(store) << store.error().message();
  const auto rows = (*store)->spend({});
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->at(0).sums.requests, 2);
  EXPECT_EQ(rows->at(0).sums.attempts, 3);
  EXPECT_EQ(rows->at(0).sums.cost_nano_usd, 987'654'328);
  const auto audit = (*store)->audit(period_end);
  ASSERT_TRUE(audit);
  EXPECT_TRUE(audit->clean());
  EXPECT_EQ(audit->rows_checked, 3);
}

}  // namespace
}  // namespace sluice::store
