#include "sluice/governance/window.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace sluice::governance {
namespace {

constexpr std::int64_t second = 1'000'000, day = 86'400;
constexpr std::int64_t start = 1'700'000'000;   // 2023-11-14 22:13:20

Moment at(std::int64_t seconds, std::int64_t us = 0) { return {seconds * second + us, seconds * second + us}; }

CalendarWindow days() { return CalendarWindow(TimeZone::utc(), TimeZone::Unit::day, 1); }

TEST(CalendarWindow, CountsWhatIsHeldAndUsedInThePeriodThatIsNow) {
  CalendarWindow window = days();
  window.roll(at(start));
  const std::int64_t period = window.hold(70);
  EXPECT_EQ(period, start / day * day);
  EXPECT_EQ(window.held(), 70);
  window.settle(period, 70, 30);
  EXPECT_EQ(window.held(), 0);
  EXPECT_EQ(window.used(), 30);
  EXPECT_EQ(window.resets_at(), start / day * day + day);
}

TEST(CalendarWindow, ResetsExactlyAtTheBoundary) {
  CalendarWindow window = days();
  window.roll(at(start));
  const std::int64_t end = window.resets_at();
  window.settle(window.hold(1), 1, 1);
  window.roll(at(end - 1, second - 1));
  EXPECT_EQ(window.used(), 1);
  window.roll(at(end));
  EXPECT_EQ(window.used(), 0);
}

TEST(CalendarWindow, WhatBeganBeforeTheBoundaryDoesNotCountAfterIt) {
  CalendarWindow window = days();
  window.roll(at(start));
  const std::int64_t period = window.hold(50);
  window.roll(at(start + day));
  EXPECT_EQ(window.held(), 0);
  window.settle(period, 50, 50);
  EXPECT_EQ(window.held(), 0);
  EXPECT_EQ(window.used(), 0);
}

TEST(CalendarWindow, AClockThatIsSetBackChangesNothing) {
  CalendarWindow window = days();
  window.roll(at(start));
  const std::int64_t period = window.hold(50);
  window.settle(period, 50, 50);
  window.roll(at(start - 3 * day));
  EXPECT_EQ(window.used(), 50);
  EXPECT_EQ(window.period().begin, period);
}

TEST(CalendarWindow, TakesBackWhatTheStoreKnowsOfThisPeriodOnly) {
  CalendarWindow window = days();
  window.roll(at(start));
  window.restore(start / day * day, 40);
  window.restore(start / day * day - day, 400);
  EXPECT_EQ(window.used(), 40);
}

// Every moment's uses, looked at one by one.
struct Listed {
  std::int64_t length, slice;
  std::map<std::int64_t, std::int64_t> uses;   // at which second how much

  std::int64_t since(std::int64_t begin, std::int64_t now) const {   // used in (begin, now]
    std::int64_t sum = 0;
    for (auto use = uses.upper_bound(begin); use != uses.end() && use->first <= now; ++use) sum += use->second;
    return sum;
  }
};

TEST(SlidingWindow, NeverCountsLessThanTheListOfUsesAndNeverMoreThanOneSliceLonger) {
  const std::int64_t lengths[] = {1, 2, 59, 60, 61, 90, 119, 3600, 3601, 7 * day, 30 * day, 1'000'003};
  std::mt19937_64 dice(41);
  for (const std::int64_t length : lengths) {
    SlidingWindow window(length);
    Listed listed{length, (length + 59) / 60, {}};
    std::int64_t now = start;
    for (int turn = 0; turn < 2000; ++turn) {
      now += static_cast<std::int64_t>(dice() % static_cast<std::uint64_t>(dice() % 40 == 0 ? 3 * length : length / 20 + 2));
      window.roll(at(now, static_cast<std::int64_t>(dice() % second)));
      ASSERT_GE(window.used(), listed.since(now - length, now)) << length << " s, turn " << turn;
      ASSERT_LE(window.used(), listed.since(now - length - listed.slice, now)) << length << " s, turn " << turn;
      const auto amount = static_cast<std::int64_t>(dice() % 100);
      window.settle(window.hold(amount), amount, amount);
      listed.uses[now] += amount;
    }
  }
}

TEST(SlidingWindow, NoStretchOfItsLengthHoldsMoreThanTheLimit) {
  std::mt19937_64 dice(42);
  for (const std::int64_t length : {7L, 61L, 600L, 100'000L}) {
    SlidingWindow window(length);
    Listed listed{length, 0, {}};
    std::int64_t now = start, admitted = 0;
    for (int turn = 0; turn < 3000; ++turn, now += static_cast<std::int64_t>(dice() % static_cast<std::uint64_t>(length / 7 + 1))) {
      window.roll(at(now));
      const auto amount = static_cast<std::int64_t>(dice() % 40 + 1);
      if (window.used() + window.held() + amount > 100) {
        const std::int64_t fits = window.fits_at(amount, 100);
        ASSERT_GT(fits, now * second);
        SlidingWindow before = window, then = window;
        before.roll({fits - 1, 0});
        then.roll({fits, 0});
        ASSERT_GT(before.used() + amount, 100) << "it fits earlier than is told";
        ASSERT_LE(then.used() + amount, 100) << "it does not fit when it is told to";
        continue;
      }
      window.settle(window.hold(amount), amount, amount);
      listed.uses[now] += amount;
      ++admitted;
      ASSERT_LE(listed.since(now - length, now), 100);
    }
    EXPECT_GT(admitted, 200);
  }
}

TEST(SlidingWindow, WhatIsHeldStaysHeldHoweverFarItSlides) {
  SlidingWindow window(60);
  window.roll(at(start));
  const std::int64_t period = window.hold(10);
  window.roll(at(start + 1000));
  EXPECT_EQ(window.held(), 10);
  window.settle(period, 10, 7);
  EXPECT_EQ(window.held(), 0);
  EXPECT_EQ(window.used(), 0) << "it counts when it began";
}

TEST(SlidingWindow, AClockThatIsSetBackChangesNothing) {
  SlidingWindow window(60);
  window.roll(at(start));
  window.settle(window.hold(10), 10, 10);
  window.roll(at(start - 1000));
  EXPECT_EQ(window.used(), 10);
  window.roll(at(start + 60));
  EXPECT_EQ(window.used(), 10);
  window.roll(at(start + 61));
  EXPECT_EQ(window.used(), 0);
}

TEST(SlidingWindow, TakesBackWhatTheStoreKnowsOfSlicesInside) {
  SlidingWindow window(3600);
  window.roll(at(start));
  const Interval covered = window.period_at(start);
  window.restore(covered.begin, 1);
  window.restore(covered.begin - 60, 10);
  window.restore(covered.end - 60, 100);
  window.restore(covered.end, 1000);
  EXPECT_EQ(window.used(), 101);
  EXPECT_EQ(window.resets_at(), covered.end + 3600);
  EXPECT_EQ(window.fits_at(1000, 1100), (covered.begin + 60 + 3600) * second);
}

TEST(SlidingWindow, WhatOnlyTheHeldKeepOutIsToldToComeBackWhenTheWindowHasPassed) {
  SlidingWindow window(60);
  window.roll(at(start));
  window.settle(window.hold(1), 1, 1);
  window.hold(100);
  EXPECT_EQ(window.fits_at(50, 100), (start + 1 + 60) * second);
}

TEST(Periods, LengthsAndWhichOfThemSlide) {
  using U = config::Period::Unit;
  EXPECT_EQ(seconds_of({U::second, 30}), 30);
  EXPECT_EQ(seconds_of({U::hour, 5}), 5 * 3600);
  EXPECT_EQ(seconds_of({U::month, 2}), 60 * day);
  EXPECT_EQ(seconds_of({U::year, 1}), 365 * day);
  EXPECT_TRUE(slides({U::hour, 1}, false));
  EXPECT_FALSE(slides({U::day, 1}, false));
  EXPECT_TRUE(slides({U::day, 1}, true));
}

}  // namespace
}  // namespace sluice::governance
