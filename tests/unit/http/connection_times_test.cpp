#include "sluice/http/connection_times.hpp"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

using namespace std::chrono_literals;

const net::Clock::time_point now = net::Clock::time_point(1h);
const net::Clock::time_point far = now + 1h;

TEST(KeepAliveTimeout, ReadsThePeersSeconds) {
  EXPECT_EQ(keep_alive_timeout("timeout=5"), 5s);
  EXPECT_EQ(keep_alive_timeout("max=100, Timeout=75"), 75s);
  EXPECT_EQ(keep_alive_timeout(" timeout=0 "), 0s);
  for (const char* none : {"", "max=3", "timeout=", "timeout=x", "timeout=-1", "timeout=5s", "timeout=99999999999"})
    EXPECT_EQ(keep_alive_timeout(none), std::nullopt) << none;
}

TEST(KeepUntil, TakesTheShorterOfOurLimitAndThePeersLessASecond) {
  EXPECT_EQ(keep_until(now, 20s, std::nullopt, far), now + 20s);
  EXPECT_EQ(keep_until(now, 20s, 5s, far), now + 4s);
  EXPECT_EQ(keep_until(now, 20s, 75s, far), now + 20s);
}

TEST(KeepUntil, NeverGoesPastRetirement) {
  EXPECT_EQ(keep_until(now, 20s, std::nullopt, now + 3s), now + 3s);
  EXPECT_LE(keep_until(now, 20s, std::nullopt, now - 1s), now);
}

TEST(KeepUntil, DoesNotKeepWhatThePeerIsAboutToClose) {
  EXPECT_EQ(keep_until(now, 20s, 1s, far), now);
  EXPECT_EQ(keep_until(now, 20s, 0s, far), now);
  EXPECT_EQ(keep_until(now, 0ms, std::nullopt, far), now);
}

TEST(Retirement, IsTenMinutesGiveOrTakeATenth) {
  bool differs = false;
  for (std::uint32_t random = 0; random < 1'000'000; random += 997) {
    const auto age = retirement(now, random) - now;
    EXPECT_GE(age, 9min);
    EXPECT_LE(age, 11min);
    differs = differs || retirement(now, random) != retirement(now, 0);
  }
  EXPECT_TRUE(differs);
  EXPECT_LE(retirement(now, UINT32_MAX) - now, 11min);
}

TEST(AttemptTime, SharesWhatIsLeftButNotTooThinly) {
  EXPECT_EQ(attempt_time(3s, 3), 1s);
  EXPECT_EQ(attempt_time(2s, 1), 2s);
  EXPECT_EQ(attempt_time(400ms, 4), 250ms);
  EXPECT_EQ(attempt_time(100ms, 4), 100ms);
}

}  // namespace
}  // namespace sluice::http
