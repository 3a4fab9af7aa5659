#include "sluice/gateway/refusal_rows.hpp"

#include <gtest/gtest.h>

namespace sluice::gateway {
namespace {

using namespace std::chrono_literals;

int taken(RefusalRows& rows, RefusalRows::Clock::time_point now, int asked) {
  int count = 0;
  for (int i = 0; i < asked; ++i) count += rows.take(now) ? 1 : 0;
  return count;
}

TEST(RefusalRows, AHundredAtOnceAndThenTenASecond) {
  RefusalRows rows;
  const RefusalRows::Clock::time_point began{1h};
  EXPECT_EQ(taken(rows, began, 1000), 100);
  EXPECT_EQ(taken(rows, began + 99ms, 1000), 0);
  EXPECT_EQ(taken(rows, began + 1s, 1000), 10);
  EXPECT_EQ(taken(rows, began + 1h, 1000), 100) << "not more after a rest";
}

}  // namespace
}  // namespace sluice::gateway
