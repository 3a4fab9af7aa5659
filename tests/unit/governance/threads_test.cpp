// Many threads at the same scopes: no budget is exceeded, and everything adds up.
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "unit/governance/chains.hpp"

namespace sluice::governance {
namespace {

using namespace test;

constexpr int threads = 8;

template <class Work>
void in_threads(Work work) {
  std::vector<std::thread> all;
  for (int i = 0; i < threads; ++i) all.emplace_back(work, i);
  for (std::thread& one : all) one.join();
}

config::Limited three(std::int64_t money) { return limited({budget(money)}, {requests(1'000'000, {Unit::day, 1}), concurrent(1000)}); }

TEST(Threads, ABudgetWorthAHundredRequestsAdmitsAHundred) {
  Book book;
  Scope& customer = book.scope(Level::customer, "c", "", three(1'000'000));
  Scope& team = book.scope(Level::team, "t", "", three(100 * 70));
  Scope& target = book.scope(Level::target, "a/t", "", three(1'000'000));
  std::vector<Scope*> keys;
  for (int i = 0; i < threads; ++i) keys.push_back(&book.scope(Level::key, "k" + std::to_string(i), "", three(1'000'000)));
  std::atomic<int> admitted{0};
  in_threads([&](int thread) {
    for (int i = 0; i < 1000 / threads; ++i) {
      Hold hold;
      if (book.reserve({&customer, &team, keys[static_cast<std::size_t>(thread)], &target}, costs(70), at(start), hold).verdict != Verdict::held) continue;
      ++admitted;
      hold.settle({70, 0, 0}, at(start));
      hold.finish();
    }
  });
  EXPECT_EQ(admitted, 100);
  EXPECT_EQ(book.refusals(), 900u);
  EXPECT_EQ(book.holds_open(), 0);
  Scope* const shared[] = {&customer, &team, &target};
  for (const Standing& each : book.standings(shared, at(start))) {
    if (each.what == What::spend) { EXPECT_EQ(each.used, 7000) << each.subject; }
    if (each.what == What::requests) { EXPECT_EQ(each.used, 100) << each.subject; }
    EXPECT_EQ(each.held, 0) << each.subject;
  }
}

TEST(Threads, WhateverBecomesOfRequestsTheSumsMatch) {
  Book book;
  std::vector<Scope*> customers, keys, targets;
  for (int i = 0; i < 2; ++i) customers.push_back(&book.scope(Level::customer, "c" + std::to_string(i), "", three(300'000)));
  for (int i = 0; i < 4; ++i) keys.push_back(&book.scope(Level::key, "k" + std::to_string(i), "", three(200'000)));
  for (int i = 0; i < 3; ++i) targets.push_back(&book.scope(Level::target, "a/t" + std::to_string(i), "", three(250'000)));
  std::atomic<std::int64_t> spent{0};
  std::atomic<bool> exceeded{false};
  in_threads([&](int thread) {
    std::mt19937 dice(static_cast<unsigned>(thread));
    for (int i = 0; i < 1500; ++i) {
      // Now and then the configuration is loaded again, in other orders than those that requests look in.
      if (dice() % 50 == 0) book.scope(Level::key, "k" + std::to_string(dice() % 4), "", three(200'000));
      Chain chain{targets[dice() % 3], keys[dice() % 4], customers[dice() % 2]};
      Hold hold;
      Demand demand = costs(dice() % 400 + 100);
      for (int attempt = 0; attempt < 2; ++attempt) {
        demand.first = attempt == 0;
        if (book.reserve(chain, demand, at(start + i), hold).verdict != Verdict::held) break;
        const std::int64_t cost = dice() % (static_cast<unsigned>(demand.input_cost) + 1);
        if (dice() % 8 == 0) {
          spent += demand.input_cost;   // dropped: it is taken to have cost all of it
          break;
        }
        hold.settle({cost, 0, 0}, at(start + i));
        spent += cost;
        chain[0] = targets[dice() % 3];
        if (attempt == 1 || dice() % 2 == 0) {
          hold.finish();
          break;
        }
      }
      for (const Standing& each : book.standings(std::span<Scope* const>(chain.data(), chain.size()), at(start + i))) {
        if (each.used + each.held > each.limit) exceeded = true;
      }
    }
  });
  EXPECT_FALSE(exceeded);
  EXPECT_EQ(book.holds_open(), 0);
  for (const auto* level : {&customers, &keys, &targets}) {
    std::int64_t sum = 0;
    for (const Standing& each : book.standings(std::span<Scope* const>(level->data(), level->size()), at(start + 1500))) {
      if (each.what == What::spend) sum += each.used;
      EXPECT_EQ(each.held, 0);
    }
    EXPECT_EQ(sum, spent);
  }
}

}  // namespace
}  // namespace sluice::governance
