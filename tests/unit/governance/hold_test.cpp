// From being held to being settled, whatever comes in between.
#include "sluice/governance/hold.hpp"

#include <gmock/gmock.h>

#include "unit/governance/chains.hpp"

namespace sluice::governance {
namespace {

using namespace test;
using testing::ElementsAre;

struct HoldTest : testing::Test {
  Standing standing(Scope& of, std::size_t which = 0, Moment now = at(start)) {
    Scope* const one[] = {&of};
    return book.standings(one, now).at(which);
  }
  void spend(Scope& scope, std::int64_t cost, Moment now = at(start)) {
    Hold hold;
    ASSERT_EQ(book.reserve({&scope}, costs(cost), now, hold).verdict, Verdict::held);
    hold.settle({cost, 0, 0}, now);
    hold.finish();
  }
  Book book;
};

TEST_F(HoldTest, ASecondAttemptIsNoOtherRequestToItsOwnerButIsToItsTarget) {
  const config::Limited limits = limited({budget(100)}, {requests(10, {Unit::day, 1}), requests(10, {Unit::minute, 1}), concurrent(3)});
  Scope& key = book.scope(Level::key, "k", "", limits);
  Scope& first = book.scope(Level::target, "a/first", "", limits);
  Scope& second_one = book.scope(Level::target, "a/second", "", limits);
  Hold hold;
  ASSERT_EQ(book.reserve({&key, &first}, costs(10), at(start), hold).verdict, Verdict::held);
  EXPECT_EQ(standing(first, 3).held, 1);
  hold.settle({3, 0, 0}, at(start));
  EXPECT_EQ(standing(first, 3).held, 0) << "its place at the target is free";
  EXPECT_EQ(standing(key, 3).held, 1);
  Demand again = costs(20);
  again.first = false;
  ASSERT_EQ(book.reserve({&key, &second_one}, again, at(start), hold).verdict, Verdict::held);
  EXPECT_EQ(standing(key, 0).held, 20);
  hold.settle({15, 0, 0}, at(start));
  hold.finish();
  EXPECT_EQ(standing(key, 0).used, 18);
  EXPECT_EQ(standing(first, 0).used, 3);
  EXPECT_EQ(standing(second_one, 0).used, 15);
  for (std::size_t rate : {1u, 2u}) {
    EXPECT_EQ(standing(key, rate).used, 1);
    EXPECT_EQ(standing(first, rate).used, 1);
    EXPECT_EQ(standing(second_one, rate).used, 1);
  }
  for (Scope* scope : {&key, &first, &second_one}) EXPECT_EQ(standing(*scope, 3).held, 0);
}

TEST_F(HoldTest, ASecondAttemptCountsAtLimitsOfItsModelThatTheFirstDidNotCountIn) {
  config::RateLimit of_claude = requests(1, {Unit::day, 1});
  of_claude.models = {"claude-*"};
  Scope& key = book.scope(Level::key, "k", "", limited({}, {of_claude}));
  for (const Verdict verdict : {Verdict::held, Verdict::refused}) {
    Hold hold;
    Demand demand = costs(0);
    ASSERT_EQ(book.reserve({&key}, demand, at(start), hold).verdict, Verdict::held);
    hold.settle({}, at(start));
    demand.first = false;
    demand.model = "claude-sonnet";
    EXPECT_EQ(book.reserve({&key}, demand, at(start), hold).verdict, verdict);
    hold.settle({}, at(start));
    hold.finish();
  }
}

TEST_F(HoldTest, ARefusedSecondAttemptLeavesWhatTheFirstUsed) {
  Scope& key = book.scope(Level::key, "k", "", limited({budget(100)}, {concurrent(1)}));
  Hold hold;
  ASSERT_EQ(book.reserve({&key}, costs(60), at(start), hold).verdict, Verdict::held);
  hold.settle({60, 0, 0}, at(start));
  Demand again = costs(60);
  again.first = false;
  EXPECT_EQ(book.reserve({&key}, again, at(start), hold).verdict, Verdict::refused);
  EXPECT_EQ(standing(key, 1).held, 1);
  hold.finish();
  EXPECT_EQ(standing(key).used, 60);
  EXPECT_EQ(standing(key, 1).held, 0);
  EXPECT_EQ(book.holds_leaked(), 0u);
}

TEST_F(HoldTest, ChargesAreWhatIsHeldAndThenWhatWasUsed) {
  Scope& key = book.scope(Level::key, "k", "", limited({budget(100, {Unit::day, 1})}, {requests(9, {Unit::day, 1}), requests(9, {Unit::second, 1})}));
  const std::int64_t midnight = start - day / 2;
  const std::uint64_t money = key.tallies[0]->counter, asked = key.tallies[1]->counter;
  Hold hold;
  std::vector<store::Charge> charges;
  ASSERT_EQ(book.reserve({&key}, costs(70), at(start), hold).verdict, Verdict::held);
  hold.charges(charges, 70);
  EXPECT_THAT(charges, ElementsAre(store::Charge{money, midnight, 70}, store::Charge{asked, midnight, 1}));
  hold.settle({20, 0, 0}, at(start));
  Demand again = costs(30);
  again.first = false;
  ASSERT_EQ(book.reserve({&key}, again, at(start + day), hold).verdict, Verdict::held);
  hold.charges(charges, 30);
  EXPECT_THAT(charges, ElementsAre(store::Charge{money, midnight, 20}, store::Charge{asked, midnight, 1}, store::Charge{money, midnight + day, 30}));
  hold.settle({5, 0, 0}, at(start + day));
  hold.finish();
  hold.charges(charges);
  EXPECT_THAT(charges, ElementsAre(store::Charge{money, midnight, 20}, store::Charge{asked, midnight, 1}, store::Charge{money, midnight + day, 5}));
}

TEST_F(HoldTest, SettlingAfterThePeriodHasRolledCountsInThePeriodItBeganIn) {
  Scope& key = book.scope(Level::key, "k", "", limited({budget(100, {Unit::day, 1})}));
  Hold hold;
  ASSERT_EQ(book.reserve({&key}, costs(100), at(start), hold).verdict, Verdict::held);
  spend(key, 7, at(start + day));
  hold.settle({100, 0, 0}, at(start + day));
  hold.finish();
  EXPECT_EQ(standing(key, 0, at(start + day)).used, 7);
  EXPECT_EQ(standing(key, 0, at(start + day)).held, 0);
}

TEST_F(HoldTest, WhatNobodySettlesIsBookedAndCountedAsLeaked) {
  Scope& key = book.scope(Level::key, "k", "", limited({budget(100)}, {concurrent(1)}));
  for (const bool finished : {false, true}) {
    Hold hold;
    ASSERT_EQ(book.reserve({&key}, costs(30), at(start), hold).verdict, Verdict::held);
    if (finished) hold.finish();
  }
  EXPECT_EQ(standing(key).used, 60);
  EXPECT_EQ(standing(key).held, 0);
  EXPECT_EQ(standing(key, 1).held, 0);
  EXPECT_EQ(book.holds_leaked(), 2u);
  EXPECT_EQ(book.holds_open(), 0);
}

TEST_F(HoldTest, GrowsWhileThereIsMoneyAndStopsWhereABudgetSaysSo) {
  config::Budget stopping = budget(100);
  stopping.reserve = config::Budget::Reserve::capped;
  stopping.reserve_output = 10;
  for (const bool stops : {true, false}) {
    Book fresh;
    stopping.stops_streams = stops;
    Scope& key = fresh.scope(Level::key, "k", "", limited({stopping}));
    Scope* const one[] = {&key};
    Hold hold;
    ASSERT_EQ(fresh.reserve({&key}, answers(500), at(start), hold).verdict, Verdict::held);
    EXPECT_EQ(hold.stops(), stops);
    EXPECT_TRUE(hold.grow(5));
    EXPECT_EQ(fresh.standings(one, at(start))[0].held, 10);
    EXPECT_TRUE(hold.grow(100));
    EXPECT_EQ(fresh.standings(one, at(start))[0].held, 100);
    EXPECT_EQ(hold.grow(101), !stops);
    EXPECT_EQ(fresh.standings(one, at(start))[0].held, stops ? 100 : 101);
    hold.settle({100, 0, 100}, at(start));
    hold.finish();
    EXPECT_EQ(fresh.standings(one, at(start))[0].held, 0);
  }
}

TEST_F(HoldTest, TokensOfARateAreSettledToWhatTheyCameTo) {
  Scope& key = book.scope(Level::key, "k", "", limited({}, {tokens(1000, {Unit::minute, 1})}));
  Demand demand = costs(0);
  demand.input_tokens = 100;
  demand.output_tokens = 900;
  Hold hold;
  ASSERT_EQ(book.reserve({&key}, demand, at(start), hold).verdict, Verdict::held);
  Hold refused;
  EXPECT_EQ(book.reserve({&key}, demand, at(start), refused).refusal.retry_us, 60 * second);
  hold.settle({0, 100, 50}, at(start));
  hold.finish();
  EXPECT_EQ(standing(key).used, 150);
}

TEST_F(HoldTest, WarningsComeOnceForEachThresholdAndPeriod) {
  config::Budget warning = budget(100, {Unit::day, 1});
  warning.warn_at = {50, 80};
  Scope& key = book.scope(Level::key, "k", "", limited({warning}));
  const auto told = [&] {
    std::vector<std::uint32_t> percents;
    for (const Notice& notice : book.take_notices()) percents.push_back(notice.percent);
    return percents;
  };
  spend(key, 49);
  EXPECT_THAT(told(), ElementsAre());
  spend(key, 1);
  EXPECT_THAT(told(), ElementsAre(50));
  spend(key, 49);
  EXPECT_THAT(told(), ElementsAre(80));
  Hold hold;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(book.reserve({&key}, costs(2), at(start), hold).verdict, Verdict::refused);
  book.scope(Level::key, "k", "", limited({warning}));
  EXPECT_EQ(book.reserve({&key}, costs(2), at(start), hold).verdict, Verdict::refused);
  EXPECT_THAT(told(), ElementsAre(99));
  spend(key, 80, at(start + day));
  EXPECT_THAT(told(), ElementsAre(50, 80));
}

TEST_F(HoldTest, WhatIsUsedStaysOverAReloadAndOverBeingTakenAwayForAWhile) {
  const config::Limited limits = limited({budget(100)}, {tokens(1000, {Unit::minute, 1}), concurrent(2)});
  Scope& key = book.scope(Level::key, "k", "", limits);
  spend(key, 30);
  Hold hold;
  ASSERT_EQ(book.reserve({&key}, costs(40), at(start), hold).verdict, Verdict::held);
  config::Limited less = limits;
  less.budgets[0].max_spend = 50;
  EXPECT_EQ(&book.scope(Level::key, "k", "", less), &key);
  EXPECT_EQ(standing(key).limit, 50);
  EXPECT_EQ(standing(key).used, 30);
  EXPECT_EQ(standing(key).held, 40);
  EXPECT_EQ(standing(key, 2).held, 1);
  book.scope(Level::key, "k", "", {});
  hold.settle({35, 0, 0}, at(start));
  hold.finish();
  book.scope(Level::key, "k", "", limits);
  EXPECT_EQ(standing(key).used, 65);
  EXPECT_EQ(standing(key, 2).held, 0);
}

TEST_F(HoldTest, CountersAreTakenBackFromTheStore) {
  config::Budget rolling = budget(100, {Unit::day, 1});
  rolling.rolling = true;
  Scope& key = book.scope(Level::key, "k", "", limited({budget(100, {Unit::day, 1}), rolling}));
  const store::CounterValue values[] = {{key.tallies[0]->counter, start - day / 2, 40}, {key.tallies[0]->counter, start - day, 9},
                                        {key.tallies[1]->counter, start - day / 2, 30}, {12345, start, 1}};
  book.restore(values, at(start));
  EXPECT_EQ(standing(key, 0).used, 40);
  EXPECT_EQ(standing(key, 1).used, 30);
}

TEST_F(HoldTest, LearnsTheLengthThat95Of100AnswersDidNotExceed) {
  for (int i = 1; i < 20; ++i) book.learn_output("k", "m", i);
  EXPECT_EQ(book.expected_output("k", "m", 777), 777) << "too few";
  book.learn_output("k", "m", 20);
  EXPECT_EQ(book.expected_output("k", "m", 777), 19);
  for (int i = 1; i <= 128; ++i) book.learn_output("k", "m", i <= 28 ? 5 : i - 28);
  EXPECT_EQ(book.expected_output("k", "m", 777), 94) << "the last 128 count";
  EXPECT_EQ(book.expected_output("k", "other", 777), 777);
}

}  // namespace
}  // namespace sluice::governance
