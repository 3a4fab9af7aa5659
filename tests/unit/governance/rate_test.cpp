#include <gtest/gtest.h>

#include <random>

#include "sluice/governance/window.hpp"

namespace sluice::governance {
namespace {

constexpr std::int64_t start = 9'000'000'000;

Moment at(std::int64_t us) { return {0, us}; }

TEST(Rate, AdmitsTheLimitAtOnceAndThenOneEachPart) {
  Rate rate(60, 60);
  for (int i = 0; i < 60; ++i) {
    ASSERT_TRUE(rate.fits(1, at(start))) << i;
    rate.take(1, at(start));
  }
  EXPECT_EQ(rate.left(at(start)), 0);
  for (int i = 1; i <= 200; ++i) {
    ASSERT_FALSE(rate.fits(1, at(start + i * 1'000'000 - 1)));
    ASSERT_TRUE(rate.fits(1, at(start + i * 1'000'000)));
    rate.take(1, at(start + i * 1'000'000));
  }
}

TEST(Rate, SaysToTheMicrosecondWhenItFits) {
  std::mt19937_64 dice(7);
  for (int turn = 0; turn < 500; ++turn) {
    const auto limit = static_cast<std::int64_t>(dice() % 1000 + 1), seconds = static_cast<std::int64_t>(dice() % 5000 + 1);
    Rate rate(limit, seconds);
    std::int64_t now = start;
    for (int i = 0; i < 20; ++i, now += static_cast<std::int64_t>(dice() % (static_cast<std::uint64_t>(seconds) * 300'000))) {
      const auto amount = static_cast<std::int64_t>(dice() % static_cast<std::uint64_t>(limit) + 1);
      const std::int64_t wait = rate.fits_in_us(amount, at(now));
      ASSERT_EQ(wait == 0, rate.fits(amount, at(now)));
      if (wait > 0) { ASSERT_FALSE(rate.fits(amount, at(now + wait - 1))); }
      ASSERT_TRUE(rate.fits(amount, at(now + wait)));
      ASSERT_TRUE(rate.fits(rate.left(at(now)), at(now)));
      ASSERT_FALSE(rate.fits(rate.left(at(now)) + 1, at(now)));
      const std::int64_t full = rate.full_in_us(at(now));
      ASSERT_EQ(rate.left(at(now + full)), limit);
      if (rate.fits(amount, at(now))) rate.take(amount, at(now));
    }
  }
}

TEST(Rate, WhatIsMoreThanTheLimitNeverFitsAndNothingFitsNone) {
  const Rate rate(10, 1), none(0, 1);
  EXPECT_EQ(rate.fits_in_us(11, at(start)), never);
  EXPECT_EQ(rate.fits_in_us(10, at(start)), 0);
  EXPECT_FALSE(none.fits(0, at(start)));
  EXPECT_EQ(none.fits_in_us(1, at(start)), never);
  EXPECT_EQ(none.full_in_us(at(start)), never);
  EXPECT_EQ(none.left(at(start)), 0);
}

TEST(Rate, HugeLimitsAndPeriodsDoNotOverflow) {
  constexpr std::int64_t century = 100ll * 366 * 86'400, limit = 1'000'000'000'000'000;
  constexpr std::int64_t now = 4'000'000'000'000'000;   // a machine that has been up for 126 years
  Rate rate(limit, century);
  rate.take(limit, at(now));
  EXPECT_FALSE(rate.fits(1, at(now)));
  EXPECT_EQ(rate.fits_in_us(limit, at(now)), century * 1'000'000);
  EXPECT_EQ(rate.full_in_us(at(now)), century * 1'000'000);
  EXPECT_EQ(rate.left(at(now + century * 500'000)), limit / 2);
  Rate one(1, century);
  const std::int64_t taking = one.take(1, at(now));
  one.give_back(taking, 1 - limit, at(now));   // it came to a thousand million million
  EXPECT_EQ(one.fits_in_us(1, at(now)), never) << "longer than can be said";
}

TEST(Rate, WhatWasTakenTooMuchIsThereAgain) {
  Rate rate(100, 100);
  const std::int64_t taking = rate.take(100, at(start));
  EXPECT_FALSE(rate.fits(1, at(start)));
  rate.give_back(taking, 60, at(start));
  EXPECT_EQ(rate.left(at(start)), 60);
  rate.give_back(rate.take(10, at(start)), -20, at(start));   // it came to thirty
  EXPECT_EQ(rate.left(at(start)), 30);
}

TEST(Rate, WhatHasFlownOffIsNotGivenBack) {
  Rate rate(100, 100);
  const std::int64_t taking = rate.take(100, at(start));
  rate.take(100, at(start + 100'000'000));
  rate.give_back(taking, 100, at(start + 100'000'000));
  EXPECT_EQ(rate.left(at(start + 100'000'000)), 0) << "a hundred in this moment are enough";
}

// What is owed at `now` if these had been taken at their times, worked out anew each time.
struct Taken { std::int64_t us, amount; };
__int128 owed(const std::vector<Taken>& all, std::int64_t limit, std::int64_t step, std::int64_t now) {
  __int128 due = 0;
  for (const Taken& one : all) due = std::max(due, static_cast<__int128>(one.us) * limit) + static_cast<__int128>(one.amount) * step;
  return std::max<__int128>(due - static_cast<__int128>(now) * limit, 0);
}

TEST(Rate, GivingBackLeavesItAsIfNoMoreHadBeenTaken) {
  std::mt19937_64 dice(8);
  for (int turn = 0; turn < 300; ++turn) {
    const auto limit = static_cast<std::int64_t>(dice() % 500 + 50), seconds = std::int64_t{60};
    Rate rate(limit, seconds);
    std::vector<Taken> all;
    struct Open { std::int64_t taking; std::size_t index; };
    std::vector<Open> open;
    std::int64_t now = start;
    for (int i = 0; i < 60; ++i, now += static_cast<std::int64_t>(dice() % 3'000'000)) {
      const auto amount = static_cast<std::int64_t>(dice() % 40 + 1);
      if (rate.fits(amount, at(now))) {
        all.push_back({now, amount});
        open.push_back({rate.take(amount, at(now)), all.size() - 1});
      }
      if (!open.empty() && (dice() % 2 == 0 || open.size() > 12)) {
        const std::size_t which = dice() % open.size();
        const auto [taking, index] = open[which];
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(which));
        const auto back = static_cast<std::int64_t>(dice() % static_cast<std::uint64_t>(all[index].amount + 1));
        rate.give_back(taking, back, at(now));
        all[index].amount -= back;
      }
      const __int128 due = owed(all, limit, seconds * 1'000'000, now);
      const __int128 left = (static_cast<__int128>(limit) * seconds * 1'000'000 - due) / (seconds * 1'000'000);
      ASSERT_LE(rate.left(at(now)), static_cast<std::int64_t>(left)) << "turn " << turn << ", step " << i << ": more than was ever free";
      ASSERT_GE(rate.left(at(now)), static_cast<std::int64_t>(left) - 40) << "turn " << turn << ", step " << i;
    }
  }
}

}  // namespace
}  // namespace sluice::governance
