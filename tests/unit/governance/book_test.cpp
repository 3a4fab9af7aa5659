// What becomes of a demand, limit by limit.
#include "sluice/governance/book.hpp"

#include <gtest/gtest.h>

#include "unit/governance/chains.hpp"

namespace sluice::governance {
namespace {

using namespace test;
using Enforcement = config::Budget::Enforcement;

struct BookTest : testing::Test {
  Scope& scope(Level level, const char* subject, const config::Limited& limits) { return book.scope(level, subject, "", limits); }
  Outcome reserve(const Chain& chain, const Demand& demand, Hold& hold, Moment now = at(start)) { return book.reserve(chain, demand, now, hold); }
  Verdict probe(const Chain& chain, const Demand& demand, Moment now = at(start)) {
    Hold hold;
    const Verdict verdict = reserve(chain, demand, hold, now).verdict;
    hold.settle({}, now);
    hold.finish();
    return verdict;
  }
  void spend(const Chain& chain, std::int64_t cost, Moment now = at(start)) {
    Hold hold;
    ASSERT_EQ(reserve(chain, costs(cost), hold, now).verdict, Verdict::held);
    hold.settle({cost, 0, 0}, now);
    hold.finish();
  }
  Standing standing(Scope& of, std::size_t which = 0, Moment now = at(start)) {
    Scope* const one[] = {&of};
    return book.standings(one, now).at(which);
  }

  Book book;
};

TEST_F(BookTest, ReservesTheWorstCaseAndBooksWhatItCameTo) {
  Scope& key = scope(Level::key, "k", limited({budget(100)}));
  Hold hold;
  EXPECT_EQ(reserve({&key}, answers(80), hold).verdict, Verdict::held);
  EXPECT_EQ(standing(key).held, 80);
  EXPECT_EQ(book.holds_open(), 1);
  EXPECT_EQ(probe({&key}, answers(21)), Verdict::refused);
  hold.settle({30, 5, 25}, at(start));
  hold.finish();
  EXPECT_EQ(standing(key).held, 0);
  EXPECT_EQ(standing(key).used, 30);
  EXPECT_EQ(book.holds_open(), 0);
  EXPECT_EQ(book.holds_leaked(), 0u);
  EXPECT_EQ(probe({&key}, answers(70)), Verdict::held);
  EXPECT_EQ(probe({&key}, answers(71)), Verdict::refused);
}

TEST_F(BookTest, HoldsAtEveryLevelOrAtNone) {
  const Level levels[] = {Level::customer, Level::team, Level::key, Level::target, Level::tag};
  for (std::size_t tight = 0; tight < std::size(levels); ++tight) {
    Book fresh;
    Chain chain;
    for (std::size_t i = 0; i < std::size(levels); ++i) {
      const std::string subject = "s" + std::to_string(i);
      chain.push_back(&fresh.scope(levels[i], subject, "", limited({budget(i >= tight ? 9 : 100)}, {concurrent(5)})));
    }
    Hold hold;
    const Outcome outcome = fresh.reserve(chain, costs(10), at(start), hold);
    ASSERT_EQ(outcome.verdict, Verdict::refused);
    EXPECT_EQ(outcome.refusal.level, levels[tight]) << "the first of the chain that refuses";
    EXPECT_EQ(outcome.refusal.subject, "s" + std::to_string(tight));
    EXPECT_TRUE(hold.empty());
    for (const Standing& each : fresh.standings(std::span<Scope* const>(chain.data(), chain.size()), at(start))) EXPECT_EQ(each.used + each.held, 0);
    EXPECT_EQ(fresh.refusals(), 1u);
    EXPECT_EQ(fresh.holds_open(), 0);
  }
}

TEST_F(BookTest, ARefusalSaysWhatWasLeftAndWhenMoreFits) {
  Scope& key = scope(Level::key, "k", limited({budget(100, {Unit::day, 1})}));
  spend({&key}, 40);
  Hold under_way, hold;
  reserve({&key}, costs(50), under_way);
  const Refusal refusal = reserve({&key}, costs(11), hold).refusal;
  EXPECT_EQ(refusal.what, What::spend);
  EXPECT_EQ(refusal.limit, 100);
  EXPECT_EQ(refusal.used, 40);
  EXPECT_EQ(refusal.held, 50);
  EXPECT_EQ(refusal.asked, 11);
  EXPECT_EQ(refusal.resets_at, start + day / 2);
  EXPECT_EQ(refusal.retry_us, day / 2 * second);
  EXPECT_FALSE(refusal.soft);
  EXPECT_EQ(reserve({&key}, costs(101), hold).refusal.retry_us, never);
  under_way.settle({50, 0, 0}, at(start));
  under_way.finish();
}

TEST_F(BookTest, ZeroDeniesEverything) {
  for (const config::Limited& none : {limited({budget(0)}), limited({}, {requests(0, {Unit::minute, 1})}), limited({}, {requests(0, {Unit::day, 1})}),
                                      limited({}, {concurrent(0)}), limited({}, {tokens(0, {Unit::hour, 1})})}) {
    Book fresh;
    Hold hold;
    const Outcome outcome = fresh.reserve({&fresh.scope(Level::key, "k", "", none)}, costs(0), at(start), hold);
    EXPECT_EQ(outcome.verdict, Verdict::refused);
    EXPECT_EQ(outcome.refusal.retry_us, never);
  }
}

TEST_F(BookTest, AnInexactDemandIsAskedForAgainWhereItMatters) {
  Scope& key = scope(Level::key, "k", limited({budget(100'000)}));
  Demand rough = costs(1'563);
  rough.exact = false;
  EXPECT_EQ(probe({&key}, rough), Verdict::inexact);
  EXPECT_EQ(standing(key).held, 0);
  rough.input_cost = 1'562;   // 64 of them fit
  EXPECT_EQ(probe({&key}, rough), Verdict::held);
  rough.input_cost = 1'000'000;
  EXPECT_EQ(probe({&key}, rough), Verdict::inexact) << "it may be less in truth";
}

TEST_F(BookTest, ClampsAnAnswerToWhatFitsTheTightestBudget) {
  config::Budget clamping = budget(100);
  clamping.clamps = true;
  Scope& key = scope(Level::key, "k", limited({clamping}));
  config::Budget tighter = clamping;
  tighter.max_spend = 70;
  Scope& team = scope(Level::team, "t", limited({tighter}));
  Demand demand = answers(400);
  demand.input_cost = 9;
  demand.choices = 2;
  Hold hold;
  const Outcome outcome = reserve({&team, &key}, demand, hold);
  EXPECT_EQ(outcome.verdict, Verdict::held);
  EXPECT_EQ(outcome.clamp_output, 30) << "of each choice";
  EXPECT_EQ(standing(team).held, 69);
  EXPECT_EQ(standing(key).held, 69);
  demand.input_cost = 1;
  Hold other;
  const Refusal refusal = reserve({&team, &key}, demand, other).refusal;
  EXPECT_EQ(refusal.level, Level::team);
  EXPECT_LT(refusal.retry_us, never) << "next month it is clamped again";
  hold.settle({}, at(start));
  hold.finish();
}

TEST_F(BookTest, ASoftBudgetLetsInWhateverFindsSomethingLeft) {
  config::Budget soft = budget(100, {Unit::day, 1});
  soft.enforcement = Enforcement::soft;
  Scope& key = scope(Level::key, "k", limited({soft}));
  spend({&key}, 99);
  spend({&key}, 500);
  Hold hold;
  const Refusal refusal = reserve({&key}, costs(1000), hold).refusal;
  EXPECT_TRUE(refusal.soft);
  EXPECT_EQ(refusal.used, 599);
  EXPECT_EQ(refusal.retry_us, day / 2 * second) << "though it is more than the limit";
}

TEST_F(BookTest, ABudgetThatObservesRefusesNothingAndCountsAll) {
  config::Budget observed = budget(100);
  observed.enforcement = Enforcement::observe;
  Scope& key = scope(Level::key, "k", limited({observed}));
  spend({&key}, 300);
  spend({&key}, 300);
  EXPECT_EQ(standing(key).used, 600);
}

TEST_F(BookTest, LimitsOnModelsCountWhatTheProviderIsAskedFor) {
  config::Budget some = budget(100);
  some.models = {"gpt-4*", "claude-*"};
  Scope& key = scope(Level::key, "k", limited({some}));
  Demand demand = costs(101);
  EXPECT_EQ(probe({&key}, demand), Verdict::refused);
  demand.model = "claude-haiku";
  EXPECT_EQ(probe({&key}, demand), Verdict::refused);
  demand.model = "llama";
  EXPECT_EQ(probe({&key}, demand), Verdict::held);
}

TEST_F(BookTest, RaisesAreForAWhileAndTheLastInForceCounts) {
  config::Budget raised = budget(100);
  raised.raises = {{200, start, start + 10, 0}, {150, start + 5, start + 20, 0}, {50, start + 15, std::nullopt, 2}};
  Scope& key = scope(Level::key, "k", limited({raised}));
  const std::pair<std::int64_t, std::int64_t> limits[] = {{-1, 100}, {0, 200}, {4, 200}, {5, 150}, {9, 150}, {14, 150}, {15, 50}, {30, 50}};
  for (const auto& [after, limit] : limits) EXPECT_EQ(standing(key, 0, at(start + after)).limit, limit) << after;
  const std::int64_t january = 1'704'067'200;
  EXPECT_EQ(standing(key, 0, at(january - 1)).limit, 50) << "November and December";
  EXPECT_EQ(standing(key, 0, at(january)).limit, 100);
}

TEST_F(BookTest, SeveralBudgetsOnOneCounterShareWhatIsUsed) {
  config::Budget soft = budget(50);
  soft.enforcement = Enforcement::soft;
  Scope& key = scope(Level::key, "k", limited({soft, budget(100)}));
  ASSERT_EQ(key.tallies.size(), 1u);
  spend({&key}, 60);
  Hold hold;
  const Refusal refusal = reserve({&key}, costs(1), hold).refusal;
  EXPECT_TRUE(refusal.soft);
  EXPECT_EQ(standing(key, 0).used, 60);
  EXPECT_EQ(standing(key, 1).used, 60);
}

TEST_F(BookTest, ReservingLessMayBeExceededByWhatTheAnswersUnderWayCostMore) {
  config::Budget capped = budget(100), expected = budget(100);
  capped.reserve = config::Budget::Reserve::capped;
  capped.reserve_output = 25;
  expected.reserve = config::Budget::Reserve::expected;
  for (const config::Budget& terms : {capped, expected}) {
    Book fresh;
    Scope& key = fresh.scope(Level::key, "k", "", limited({terms}));
    Demand demand = answers(90);
    demand.output_expected = 25;
    Hold holds[5];
    for (int i = 0; i < 4; ++i) ASSERT_EQ(fresh.reserve({&key}, demand, at(start), holds[i]).verdict, Verdict::held);
    EXPECT_EQ(fresh.reserve({&key}, demand, at(start), holds[4]).verdict, Verdict::refused);
    for (int i = 0; i < 4; ++i) holds[i].settle({90, 0, 90}, at(start)), holds[i].finish();
    Scope* const one[] = {&key};
    EXPECT_EQ(fresh.standings(one, at(start))[0].used, 4 * 90);
  }
}

TEST_F(BookTest, IsNotExhaustedByOneRequestThatIsTooLarge) {
  Scope& key = scope(Level::key, "k", limited({budget(100, {Unit::day, 1})}));
  EXPECT_EQ(probe({&key}, costs(101)), Verdict::refused);
  spend({&key}, 60);
  EXPECT_EQ(probe({&key}, costs(101)), Verdict::refused);
  EXPECT_TRUE(book.take_notices().empty());
  spend({&key}, 40);
  EXPECT_EQ(probe({&key}, costs(1)), Verdict::refused);
  const auto told = book.take_notices();
  ASSERT_EQ(told.size(), 1u) << "the false alarms took nothing from the true one";
  EXPECT_EQ(told[0].what, Notice::What::exhausted);
  EXPECT_EQ(told[0].percent, 100u);
  EXPECT_EQ(told[0].used, 100);
  EXPECT_EQ(probe({&key}, costs(1)), Verdict::refused);
  EXPECT_TRUE(book.take_notices().empty()) << "once a period";
}

TEST_F(BookTest, IsNotExhaustedByWhatIsOnlyHeld) {
  Scope& key = scope(Level::key, "k", limited({budget(100, {Unit::day, 1})}));
  spend({&key}, 50);
  Hold under_way;
  ASSERT_EQ(reserve({&key}, costs(50), under_way).verdict, Verdict::held);
  EXPECT_EQ(probe({&key}, costs(10)), Verdict::refused);
  EXPECT_TRUE(book.take_notices().empty());
  under_way.settle({20, 0, 0}, at(start));
  under_way.finish();
  EXPECT_EQ(probe({&key}, costs(31)), Verdict::refused);
  const auto told = book.take_notices();
  ASSERT_EQ(told.size(), 1u) << "what is left serves nobody who asks";
  EXPECT_EQ(told[0].percent, 70u) << "what is really used";
}

TEST_F(BookTest, IsNotExhaustedWhileMostOfItIsLeft) {
  Scope& key = scope(Level::key, "k", limited({budget(100, {Unit::day, 1})}));
  spend({&key}, 49);
  EXPECT_EQ(probe({&key}, costs(60)), Verdict::refused);
  EXPECT_TRUE(book.take_notices().empty());
}

TEST_F(BookTest, ABudgetOfNothingIsExhausted) {
  Scope& key = scope(Level::key, "k", limited({budget(0)}));
  EXPECT_EQ(probe({&key}, costs(1)), Verdict::refused);
  const auto told = book.take_notices();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].percent, 100u);
}

TEST_F(BookTest, ShowsTheTightestThatIsLeft) {
  Scope& key = scope(Level::key, "k", limited({}, {requests(100, {Unit::day, 1}), tokens(1000, {Unit::minute, 1})}));
  Scope& team = scope(Level::team, "t", limited({}, {requests(10, {Unit::day, 1})}));
  Demand demand = costs(0);
  demand.input_tokens = 300;
  Remaining remaining;
  Hold hold;
  ASSERT_EQ(book.reserve({&team, &key}, demand, at(start), hold, &remaining).verdict, Verdict::held);
  EXPECT_EQ(remaining.requests.limit, 10);
  EXPECT_EQ(remaining.requests.left, 9);
  EXPECT_EQ(remaining.requests.reset_us, day / 2 * second);
  EXPECT_EQ(remaining.tokens.limit, 1000);
  EXPECT_EQ(remaining.tokens.left, 700);
  EXPECT_EQ(remaining.tokens.reset_us, 18 * second);
  hold.settle({}, at(start));
  hold.finish();
}

}  // namespace
}  // namespace sluice::governance
