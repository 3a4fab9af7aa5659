#include "sluice/routing/failover.hpp"

#include <gtest/gtest.h>

#include "sluice/routing/health.hpp"

namespace sluice::routing {
namespace {

using namespace std::chrono_literals;

Failed refused(int status) {
  return {Trouble::refused, status, status == 408 || status == 409 || status == 425 || status == 429 || status >= 500,
          status == 401 || status == 403 || status == 429};
}

Next after(const Failed& failed, Tried tried = {1, 1, false}, std::uint32_t retries = 1) {
  return decide(failed, tried, config::Failover{}, retries);
}

TEST(Failover, TheTable) {
  struct Row { const char* what; Failed failed; Next next; };
  const Row rows[] = {
      {"connection refused", {Trouble::not_connected, 0, false, false}, Next::next_target},
      {"sent, nothing came back", {Trouble::lost, 0, false, false}, Next::next_target},
      {"no answer in time", {Trouble::timeout, 0, false, false}, Next::next_target},
      {"garbled first event", {Trouble::garbled, 0, false, false}, Next::next_target},
      {"408", refused(408), Next::next_target},
      {"409", refused(409), Next::next_target},
      {"425", refused(425), Next::next_target},
      {"429", refused(429), Next::next_target},
      {"500", refused(500), Next::next_target},
      {"503", refused(503), Next::next_target},
      {"529", refused(529), Next::next_target},
      {"overload told inside a 200", {Trouble::refused, 200, true, false}, Next::next_target},
      {"400", refused(400), Next::give_up},
      {"401", refused(401), Next::give_up},
      {"404", refused(404), Next::give_up},
      {"422", refused(422), Next::give_up},
      {"the caller left", {Trouble::cancelled, 0, false, false}, Next::give_up},
  };
  for (const Row& row : rows) EXPECT_EQ(after(row.failed), row.next) << row.what;
}

TEST(Failover, ABadKeyOrALimitAsksTheProvidersOtherKeysFirst) {
  for (int status : {401, 403, 429}) EXPECT_EQ(after(refused(status), {1, 1, true}), Next::another_key) << status;
  EXPECT_EQ(after(refused(500), {1, 1, true}), Next::next_target);
}

TEST(Failover, RetriesAtTheSameTargetComeFirstWhereAllowed) {
  EXPECT_EQ(after(refused(500), {1, 1, false}, 3), Next::same_again);
  EXPECT_EQ(after(refused(500), {3, 3, false}, 3), Next::next_target);
  EXPECT_EQ(after(refused(400), {1, 1, false}, 3), Next::give_up);
}

TEST(Failover, TheCapOnAttemptsHolds) {
  EXPECT_EQ(after(refused(500), {4, 1, true}), Next::give_up);
  EXPECT_EQ(after(refused(429), {4, 1, true}), Next::give_up);
  EXPECT_EQ(after({Trouble::not_connected, 0, false, false}, {0, 9, false}), Next::next_target)
      << "what was never sent does not count";
}

TEST(Failover, ThePolicyIsTheOperators) {
  config::Failover none{false, false, false, {}, 4};
  EXPECT_EQ(decide({Trouble::timeout, 0, false, false}, {1, 1, false}, none, 1), Next::give_up);
  EXPECT_EQ(decide(refused(503), {1, 1, false}, none, 1), Next::give_up);
  config::Failover listed{false, false, false, {404}, 4};
  EXPECT_EQ(decide(refused(404), {1, 1, false}, listed, 1), Next::next_target);
}

TEST(Failover, TheMostUsefulErrorIsKept) {
  EXPECT_GT(usefulness(refused(400)), usefulness(refused(429)));
  EXPECT_GT(usefulness(refused(429)), usefulness(refused(503)));
  EXPECT_GT(usefulness(refused(503)), usefulness({Trouble::timeout, 0, false, false}));
  EXPECT_GT(usefulness({Trouble::timeout, 0, false, false}), usefulness({Trouble::not_connected, 0, false, false}));
}

TEST(Health, BacksOffAfterThreeFailuresAndProbesOnce) {
  Health health;
  Instant now(1h);
  health.failed(now);
  health.failed(now);
  EXPECT_FALSE(health.failing(now));
  health.failed(now);
  EXPECT_TRUE(health.failing(now + 900ms));
  EXPECT_FALSE(health.failing(now + 1001ms)) << "the probe";
  EXPECT_TRUE(health.failing(now + 1002ms)) << "one at a time";
  health.failed(now + 1100ms);
  EXPECT_TRUE(health.failing(now + 2900ms)) << "the wait doubled";
  health.succeeded();
  EXPECT_FALSE(health.failing(now + 2900ms));
}

TEST(Health, TheWaitIsBounded) {
  Health health;
  Instant now(1h);
  for (int i = 0; i < 100; ++i) health.failed(now);
  EXPECT_TRUE(health.looks_failing(now + 59s));
  EXPECT_FALSE(health.looks_failing(now + 61s));
}

TEST(Health, CoolsDownForAsLongAsTold) {
  Health health;
  Instant now(1h);
  health.cool_down(now + 30s);
  health.cool_down(now + 5s);
  EXPECT_TRUE(health.cooling(now + 29s));
  EXPECT_FALSE(health.cooling(now + 30s));
}

TEST(HealthBook, KeepsOneObjectForOneId) {
  HealthBook book;
  EXPECT_EQ(book.of("a"), book.of("a"));
  EXPECT_NE(book.of("a"), book.of("b"));
}

}  // namespace
}  // namespace sluice::routing
