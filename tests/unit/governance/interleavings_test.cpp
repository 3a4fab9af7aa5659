// Every order in which the steps of a few requests can come, at budgets that have room for only some of them.
#include <gtest/gtest.h>

#include <functional>

#include "unit/governance/chains.hpp"

namespace sluice::governance {
namespace {

using namespace test;

struct Step { enum { reserve, settle, finish, drop } what; std::int64_t amount = 0; };
struct Script { std::vector<std::size_t> scopes; std::vector<Step> steps; };
struct Story { std::vector<std::int64_t> limits; std::vector<Script> requests; };

// What a request has come to in one order.
struct Progress { Hold hold; std::int64_t held = 0, used = 0; bool refused = false, begun = false; };

struct Telling {
  const Story& story;
  Book book;
  std::vector<Scope*> scopes;
  std::vector<std::unique_ptr<Progress>> requests;

  explicit Telling(const Story& told) : story(told) {
    for (std::size_t i = 0; i < story.limits.size(); ++i) {
      scopes.push_back(&book.scope(Level::key, "s" + std::to_string(i), "", limited({budget(story.limits[i])}, {concurrent(9)})));
    }
    for (std::size_t i = 0; i < story.requests.size(); ++i) requests.push_back(std::make_unique<Progress>());
  }

  bool fits(const Script& script, std::int64_t amount) const {
    for (const std::size_t which : script.scopes) {
      std::int64_t taken = 0, used = 0;
      for (std::size_t i = 0; i < requests.size(); ++i) {
        const auto& at_these = story.requests[i].scopes;
        if (std::find(at_these.begin(), at_these.end(), which) == at_these.end()) continue;
        taken += requests[i]->held + requests[i]->used;
        used += requests[i]->used;
      }
      if (taken + amount > story.limits[which] || used >= story.limits[which]) return false;
    }
    return true;
  }

  void take(std::size_t which, const Step& step) {
    Progress& request = *requests[which];
    const Script& script = story.requests[which];
    if (request.refused) return;
    if (step.what == Step::reserve) {
      Chain chain;
      for (const std::size_t scope : script.scopes) chain.push_back(scopes[scope]);
      Demand demand = costs(step.amount);
      demand.first = !request.begun;
      const bool held = book.reserve(chain, demand, at(start), request.hold).verdict == Verdict::held;
      ASSERT_EQ(held, fits(script, step.amount));
      if (held) request.held = step.amount, request.begun = true;
      else request.refused = true, request.hold.finish();
    } else if (step.what == Step::settle) {
      request.hold.settle({step.amount, 0, 0}, at(start));
      request.used += step.amount, request.held = 0;
    } else if (step.what == Step::finish) {
      request.hold.finish();
    } else {
      request.hold.~Hold();
      new (&request.hold) Hold;
      request.used += request.held, request.held = 0;
    }
  }

  void check() const {
    for (std::size_t which = 0; which < scopes.size(); ++which) {
      std::int64_t used = 0, held = 0;
      for (std::size_t i = 0; i < requests.size(); ++i) {
        const auto& at_these = story.requests[i].scopes;
        if (std::find(at_these.begin(), at_these.end(), which) == at_these.end()) continue;
        used += requests[i]->used, held += requests[i]->held;
      }
      const Standing money = book.standings(std::span<Scope* const>(&scopes[which], 1), at(start))[0];
      ASSERT_EQ(money.used, used);
      ASSERT_EQ(money.held, held);
      ASSERT_LE(money.used + money.held, money.limit);
    }
  }
};

// Calls with every order; returns how many there are.
int each_order(const Story& story, const std::function<void(const std::vector<std::size_t>&)>& call) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < story.requests.size(); ++i) order.insert(order.end(), story.requests[i].steps.size(), i);
  int count = 0;
  do {
    call(order);
    ++count;
  } while (!testing::Test::HasFailure() && std::next_permutation(order.begin(), order.end()));
  return count;
}

void tell(const Story& story, const std::vector<std::size_t>& order) {
  Telling telling(story);
  std::vector<std::size_t> next(story.requests.size());
  std::string so_far = "order:";
  for (const std::size_t which : order) {
    so_far += " " + std::to_string(which);
    SCOPED_TRACE(so_far);
    telling.take(which, story.requests[which].steps[next[which]++]);
    telling.check();
    if (testing::Test::HasFailure()) return;
  }
  ASSERT_EQ(telling.book.holds_open(), 0);
  Scope* const* all = telling.scopes.data();
  for (const Standing& each : telling.book.standings(std::span<Scope* const>(all, telling.scopes.size()), at(start))) ASSERT_EQ(each.held, 0);
}

const Script plain{{0, 1}, {{Step::reserve, 40}, {Step::settle, 25}, {Step::finish}}};
const Script aborted{{1, 0}, {{Step::reserve, 50}, {Step::settle, 0}, {Step::finish}}};
const Script dropped{{2, 1}, {{Step::reserve, 30}, {Step::drop}}};
const Script failing_over{{0, 2}, {{Step::reserve, 45}, {Step::settle, 5}, {Step::reserve, 60}, {Step::settle, 60}, {Step::finish}}};

TEST(Interleavings, NoOrderOfThreeExceedsABudgetOrRefusesWhatFits) {
  const Story story{{100, 90, 100}, {plain, failing_over, aborted}};
  EXPECT_EQ(each_order(story, [&](const auto& order) { tell(story, order); }), 9240);
}

TEST(Interleavings, NoOrderOfFourExceedsABudgetOrRefusesWhatFits) {
  Story story{{80, 70, 100}, {plain, aborted, dropped, dropped}};
  EXPECT_EQ(each_order(story, [&](const auto& order) { tell(story, order); }), 25200);
  story = {{100, 60, 70}, {plain, aborted, dropped, {{0, 2}, {{Step::reserve, 70}, {Step::drop}}}}};
  EXPECT_EQ(each_order(story, [&](const auto& order) { tell(story, order); }), 25200);
}

TEST(Interleavings, WhateverFitsAloneIsAdmittedAlone) {
  for (const Script& script : {plain, aborted, dropped, failing_over}) {
    const Story story{{100, 90, 100}, {script}};
    Telling telling(story);
    for (const Step& step : script.steps) telling.take(0, step);
    EXPECT_FALSE(telling.requests[0]->refused);
    EXPECT_EQ(telling.book.refusals(), 0u);
  }
}

}  // namespace
}  // namespace sluice::governance
