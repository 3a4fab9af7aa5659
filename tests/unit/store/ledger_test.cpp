// The ledger, the counters and the audit over them, on SQLite.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "sluice/base/time.hpp"
#include "sluice/store/store.hpp"
#include "unit/store/books.hpp"
#include "unit/store/support.hpp"

namespace sluice::store {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using By = SpendQuery::By;

class StoreBooks : public testing::Test {
 protected:
  std::vector<std::string> spent(const SpendQuery& query) {
    auto rows = store->spend(query);
    EXPECT_TRUE(rows) << rows.error().message();
    std::vector<std::string> out;
    for (const auto& r : *rows)
      out.push_back((r.at != 0 ? std::to_string(r.at) + " " : "") + r.customer + r.team + r.key_id + r.account +
                    r.provider + r.target + r.model + r.tag + ":" + std::to_string(r.sums.requests) + "/" +
                    std::to_string(r.sums.attempts) + "/" + std::to_string(r.sums.cost_nano_usd));
    return out;
  }
  Audit audited() {
    auto audit = store->audit(period_end);
    EXPECT_TRUE(audit);
    return *std::move(audit);
  }

  TemporaryDirectory directory;
  std::filesystem::path path = directory / "s.db";
  std::unique_ptr<Store> store = *open_sqlite(path.string());
};

TEST_F(StoreBooks, BookEachAttemptWhereItWasMadeAndTheRequestWhereItWasServed) {
  ASSERT_TRUE(store->write(std::vector{full_record("a")}));
  EXPECT_THAT(spent({.by = {By::target}}), ElementsAre("openai-primary:1/1/900000000", "a:0/1/87654321"));
  EXPECT_THAT(spent({}), ElementsAre(":1/2/987654321"));
  const auto sums = store->spend({})->at(0).sums;
  EXPECT_EQ(sums.input_tokens, 100);
  EXPECT_EQ(sums.cache_read_tokens, 40);
  EXPECT_EQ(sums.cache_write_tokens, 5);
  EXPECT_EQ(sums.output_tokens, 50);
  EXPECT_EQ(sums.reasoning_tokens, 20);
  EXPECT_EQ(sums.web_searches, 1);
  EXPECT_EQ(sums.estimated, 1);
  EXPECT_EQ(sums.failed, 1);
}

TEST_F(StoreBooks, BookTheWholeCostWhereItWasServedWhenAttemptsCarryNone) {
  auto record = full_record("a");
  for (auto& attempt : record.attempts) attempt.cost_nano_usd = 0;
  ASSERT_TRUE(store->write(std::vector{record}));
  EXPECT_THAT(spent({.by = {By::target}}), ElementsAre("openai-primary:1/1/987654321", "a:0/1/0"));
}

TEST_F(StoreBooks, HaveNoLineForWhatNeverReachedATarget) {
  auto refused = small_record("a");
  refused.status = 401;
  ASSERT_TRUE(store->write(std::vector{refused}));
  EXPECT_THAT(spent({}), IsEmpty());
  EXPECT_TRUE(audited().clean());
}

TEST_F(StoreBooks, AddNothingOfARecordThatIsKnown) {
  ASSERT_TRUE(store->write(std::vector{full_record("a"), full_record("a")}));
  ASSERT_TRUE(store->write(std::vector{full_record("a")}));
  EXPECT_THAT(spent({}), ElementsAre(":1/2/987654321"));
  const auto values = store->counter_values(0);
  ASSERT_TRUE(values);
  ASSERT_EQ(values->size(), 2u);
  EXPECT_EQ((*values)[0].amount + (*values)[1].amount, 987'654'322);
}

TEST_F(StoreBooks, AreAskedByTimeFilterAndGroup) {
  std::vector<RequestRecord> records;
  const std::int64_t times[] = {1'748'736'000, 1'748'736'000 + 3'599, 1'748'736'000 + 3'600, 1'751'328'000};   // June, July
  for (int i = 0; i < 4; ++i) {
    records.push_back(served("r" + std::to_string(i), times[i], i + 1));
    records.back().key_id = i % 2 == 0 ? "even" : "odd";
    records.back().model_served = i == 3 ? "claude" : "gpt-4o";
    records.back().tags = i == 0 ? std::vector<std::string>{"eu", "x"} : std::vector<std::string>{"x"};
  }
  ASSERT_TRUE(store->write(records));
  EXPECT_THAT(spent({.by = {By::key}}), ElementsAre("odd:2/2/6", "even:2/2/4"));
  EXPECT_THAT(spent({.span = SpendQuery::Span::month}), ElementsAre("1748736000 :3/3/6", "1751328000 :1/1/4"));
  EXPECT_THAT(spent({.until = times[3], .span = SpendQuery::Span::hour}),
              ElementsAre("1748736000 :2/2/3", "1748739600 :1/1/3"));
  EXPECT_THAT(spent({.span = SpendQuery::Span::day, .limit = 1}), ElementsAre("1748736000 :3/3/6"));
  EXPECT_THAT(spent({.since = times[2], .until = times[3]}), ElementsAre(":1/1/3"));
  EXPECT_THAT(spent({.key_id = "even", .model = "gpt*", .by = {By::model, By::team}}), ElementsAre("mlgpt-4o:2/2/4"));
  EXPECT_THAT(spent({.by = {By::tag}}), ElementsAre("x:4/4/10", "eu:1/1/1"));
  EXPECT_THAT(spent({.tag = "x", .by = {By::model}}), ElementsAre("gpt-4o:3/3/6", "claude:1/1/4"));
  const auto refused = store->spend({.team = "ml", .tag = "x"});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message(), HasSubstr("not by team"));
}

TEST_F(StoreBooks, CountForANewCounterWhatItsPeriodHasAlreadyCost) {
  auto before = served("a", month - 1, 1), first = served("b", month, 10), later = served("c", month + 90'000, 100);
  later.model_served = "claude";
  ASSERT_TRUE(store->write(std::vector{before, first, later}));
  using Level = Counter::Level;
  using Measure = Counter::Measure;
  const std::vector<Counter> counters{
      counter(1, Level::customer, "acme"), counter(2, Level::team, "ml"), counter(3, Level::key, "k"),
      counter(4, Level::target, "production/main"), counter(5, Level::tag, "eu"), counter(6, Level::key, "other"),
      counter(7, Level::key, "k", Measure::requests), counter(8, Level::key, "k", Measure::tokens), [] {
        auto c = counter(9, Level::key_provider, "k");
        c.provider = "openai", c.models = {"claude*"};
        return c;
      }(), [] {
        auto c = counter(10, Level::key_provider, "k");
        c.provider = "anthropic";
        return c;
      }()};
  ASSERT_TRUE(declare(*store, counters, {month}));
  EXPECT_THAT(values_of(*store), ElementsAre("1@0:110", "2@0:110", "3@0:110", "4@0:110", "5@0:110", "7@0:2", "8@0:30",
                                             "9@0:100"));
  EXPECT_TRUE(audited().clean());
  // What comes now is charged; declaring again changes nothing.
  auto next = served("d", month + 90'001, 5);
  for (std::uint64_t id : {1, 2, 3, 4, 5}) next.charges.push_back({id, month, 5});
  next.charges.push_back({7, month, 1}), next.charges.push_back({8, month, 15});
  ASSERT_TRUE(store->write(std::vector{next}));
  ASSERT_TRUE(declare(*store, counters, {month}));
  EXPECT_THAT(values_of(*store), ElementsAre("1@0:115", "2@0:115", "3@0:115", "4@0:115", "5@0:115", "7@0:3", "8@0:45",
                                             "9@0:100"));
  const auto audit = audited();
  EXPECT_TRUE(audit.clean());
  EXPECT_EQ(audit.counters_checked, 10);
  EXPECT_EQ(audit.rows_checked, 4);
  EXPECT_EQ(audit.ledger_sums.cost_nano_usd, 116);
  EXPECT_EQ(audit.ledger_sums, audit.row_sums);
}

TEST_F(StoreBooks, CountAgainForACounterThatWasNotInForceForAWhile) {
  const std::vector counters{counter(1, Counter::Level::key, "k")};
  ASSERT_TRUE(declare(*store, counters, {month}));
  auto charged = served("a", month + 1, 3);
  charged.charges = {{1, month, 3}};
  ASSERT_TRUE(store->write(std::vector{charged}));
  ASSERT_TRUE(declare(*store, {}, {month}));
  ASSERT_TRUE(store->write(std::vector{served("b", month + 2, 4)}));
  EXPECT_TRUE(audited().clean()) << "what is not in force is not looked at";
  EXPECT_THAT(values_of(*store), ElementsAre("1@0:3"));
  ASSERT_TRUE(declare(*store, counters, {month}));
  EXPECT_THAT(values_of(*store), ElementsAre("1@0:7"));
}

TEST_F(StoreBooks, CountAWholeSlotWhereAWindowBeginsInsideIt) {
  const std::int64_t slot = month + 10 * slot_seconds;
  ASSERT_TRUE(store->write(
      std::vector{served("a", slot - 1, 1), served("b", slot, 10), served("c", slot + slot_seconds, 100)}));
  auto sliding = counter(1, Counter::Level::key, "k");
  sliding.rolling = true;
  ASSERT_TRUE(declare(*store, {sliding}, {slot + 300, slot + 600, slot + 900, slot + 1200}));
  EXPECT_THAT(values_of(*store), ElementsAre("1@" + std::to_string(slot + 600 - month) + ":10",
                                             "1@" + std::to_string(slot + 1200 - month) + ":100"));
  const auto audit = store->audit([](const Counter&, std::int64_t period) { return period + 300; });
  ASSERT_TRUE(audit);
  EXPECT_TRUE(audit->clean());
}

TEST_F(StoreBooks, FindWhatDoesNotAgree) {
  ASSERT_TRUE(declare(*store, {counter(1, Counter::Level::key, "k")}, {month}));
  std::vector<RequestRecord> records;
  for (int i = 0; i < 3; ++i) {
    records.push_back(served("r" + std::to_string(i), month + i * 3000, 10));
    records.back().charges = {{1, month, 10}};
  }
  ASSERT_TRUE(store->write(records));
  ASSERT_TRUE(audited().clean());
  execute(path, "UPDATE counter_values SET amount = amount + 7");
  auto audit = audited();
  ASSERT_EQ(audit.counters.size(), 1u);
  EXPECT_EQ(audit.counters[0].name, "counter 1");
  EXPECT_EQ(audit.counters[0].period, month);
  EXPECT_EQ(audit.counters[0].says, 37);
  EXPECT_EQ(audit.counters[0].should, 30);
  EXPECT_THAT(audit.ledger, IsEmpty());

  execute(path, "UPDATE counter_values SET amount = amount - 7; DELETE FROM requests WHERE id = 'r1';"
                "DELETE FROM tag_spend WHERE slot = 1748736000");
  audit = audited();
  EXPECT_THAT(audit.counters, IsEmpty());
  std::vector<std::string> found;
  for (const auto& d : audit.ledger) found.push_back(d.name + "@" + std::to_string(d.period - month) + " " +
                                                     std::to_string(d.says) + "/" + std::to_string(d.should));
  EXPECT_THAT(found, testing::IsSupersetOf({"spend acme ml k production main openai gpt-4o cost_nano_usd@2700 10/0",
                                            "tag_spend eu openai gpt-4o cost_nano_usd@0 0/10"}));
  EXPECT_NE(audit.ledger_sums, audit.row_sums);
}

TEST_F(StoreBooks, FindAPeriodThatACounterMissed) {
  ASSERT_TRUE(declare(*store, {counter(1, Counter::Level::key, "k")}, {month}));
  auto first = served("a", month, 1), uncharged = served("b", period_end({}, month) + 5, 2);
  first.charges = {{1, month, 1}};
  ASSERT_TRUE(store->write(std::vector{first, uncharged}));
  const auto audit = audited();
  ASSERT_EQ(audit.counters.size(), 1u);
  EXPECT_EQ(audit.counters[0].period, period_end({}, month));
  EXPECT_EQ(audit.counters[0].should, 2);
}

TEST_F(StoreBooks, OutliveTheRows) {
  std::vector<RequestRecord> records;
  for (int i = 0; i < 40; ++i) records.push_back(served("r" + std::to_string(i), month + i * 600, 1));
  ASSERT_TRUE(store->write(records));
  const auto removed = store->expire((month + 7'000) * 1'000'000, 100);
  ASSERT_TRUE(removed);
  EXPECT_EQ(*removed, 12);
  EXPECT_THAT(spent({}), ElementsAre(":40/40/40"));
  const auto audit = audited();
  EXPECT_TRUE(audit.clean());
  EXPECT_EQ(audit.rows_since, month + 7'200);
  EXPECT_EQ(audit.rows_checked, 28);
}

TEST_F(StoreBooks, KeepValuesForFourHundredDaysAndTheLastOfEach) {
  const auto now = unix_seconds(), old = now - 402 * 86'400, kept = now - 398 * 86'400;
  auto record = served("a", now, 1);
  record.charges = {{1, old - 5, 1}, {1, old, 1}, {1, kept, 1}, {2, old, 1}};
  ASSERT_TRUE(store->write(std::vector{record}));
  ASSERT_TRUE(store->expire(0, 1));
  std::vector<std::pair<std::uint64_t, std::int64_t>> left;
  const auto values = store->counter_values(INT64_MIN);
  ASSERT_TRUE(values);
  for (const auto& v : *values) left.emplace_back(v.id, v.period);
  EXPECT_THAT(left, ElementsAre(std::pair(1u, kept), std::pair(2u, old)));
}

TEST_F(StoreBooks, AreTheSameHoweverTheRecordsAreBatched) {
  std::mt19937 random(11);
  std::vector<RequestRecord> records;
  for (int i = 0; i < 600; ++i) {
    records.push_back(full_record("r" + std::to_string(i)));
    auto& r = records.back();
    r.at_us += static_cast<std::int64_t>(random() % 4000) * 1'000'000;
    r.key_id = "k" + std::to_string(random() % 5), r.target = "t" + std::to_string(random() % 3);
    r.charges = {{random() % 7, month, static_cast<std::int64_t>(random() % 100)}, {random() % 7, month, 1}};
  }
  const auto other = *open_sqlite((directory / "other.db").string());
  for (const auto& r : records) ASSERT_TRUE(other->write({&r, 1}));
  ASSERT_TRUE(store->write(records));
  const auto all = [](Store& s) {
    std::vector<std::string> lines = values_of(s);
    for (const auto by : {By::tag, By::target, By::key}) {   // each alone: lines of tags know no targets and keys
      const auto rows = s.spend({.by = {by, By::provider, By::model}, .span = SpendQuery::Span::hour});
      for (const auto& row : *rows)
        for (const auto& [name, sum] : spend_columns)
          lines.push_back(std::to_string(row.at) + row.tag + row.target + row.key_id + row.model + name + "=" +
                          std::to_string(row.sums.*sum));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  };
  EXPECT_EQ(all(*store), all(*other));
}

TEST_F(StoreBooks, TakeAHundredThousandCounters) {
  std::vector<Counter> counters;
  for (std::uint64_t i = 0; i < 100'000; ++i)
    counters.push_back(counter(i * 0x9E3779B97F4A7C15u, Counter::Level::key, "key-" + std::to_string(i)));
  ASSERT_TRUE(declare(*store, counters, {month}));
  ASSERT_TRUE(declare(*store, counters, {month}));
  EXPECT_EQ(audited().counters_checked, 100'000);
}

}  // namespace
}  // namespace sluice::store
