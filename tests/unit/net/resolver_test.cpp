#include "sluice/net/resolver.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

#include "sluice/net/spawn.hpp"

namespace sluice::net {
namespace {

using namespace std::chrono_literals;

Addresses addresses(const std::vector<std::string>& texts) {
  Addresses made;
  for (const std::string& each : texts) made.push_back(asio::ip::make_address(each));
  return made;
}

class ResolverTest : public testing::Test {
 protected:
  struct Asked {
    std::string host;
    Resolver::Answer answer;
  };
  struct Waiter {
    explicit Waiter(asio::io_context& io) : wake(io.get_executor()) {}
    Timer wake;
    std::optional<Result<Addresses>> got;
  };

  static Task<> wait(Resolver& resolver, std::string host, std::shared_ptr<Waiter> waiter) {
    Result<Addresses> got = co_await resolver.resolve(host, waiter->wake);
    waiter->got.emplace(std::move(got));
  }
  std::shared_ptr<Waiter> begin(const std::string& host) {
    auto waiter = std::make_shared<Waiter>(io);
    spawn(io.get_executor(), wait(resolver, host, waiter), "test");
    run();
    return waiter;
  }
  void run() {
    io.restart();
    io.poll();
  }
  void answer(ErrorCode failed, const std::vector<std::string>& texts) {
    Asked last = std::move(asked.back());
    last.answer(failed, addresses(texts));
    run();
  }
  static std::string first(const Waiter& waiter) {
    if (!waiter.got) return "waiting";
    if (!*waiter.got) return waiter.got->error().message();
    return (*waiter.got)->at(0).to_string();
  }

  asio::io_context io{1};
  std::vector<Asked> asked;
  Clock::time_point now{1h};
  Resolver resolver{io, [this](const std::string& host, Resolver::Answer a) { asked.push_back({host, std::move(a)}); },
                    [this] { return now; }};
};

TEST_F(ResolverTest, AnswersAddressesByThemselves) {
  EXPECT_EQ(first(*begin("127.0.0.1")), "127.0.0.1");
  EXPECT_EQ(first(*begin("::1")), "::1");
  EXPECT_EQ(first(*begin("[::1]")), "::1");
  EXPECT_TRUE(asked.empty());
}

TEST_F(ResolverTest, SharesOneLookUpAmongThoseWhoWait) {
  const auto one = begin("h"), two = begin("h"), other = begin("g");
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0].host, "h");
  EXPECT_FALSE(one->got);
  asked[0].answer({}, addresses({"10.0.0.1"}));
  run();
  EXPECT_EQ(first(*one), "10.0.0.1");
  EXPECT_EQ(first(*two), "10.0.0.1");
  EXPECT_FALSE(other->got);
  answer({}, {"10.0.0.2"});
  EXPECT_EQ(first(*other), "10.0.0.2");
}

TEST_F(ResolverTest, RemembersAnAnswerForHalfAMinute) {
  begin("h");
  answer({}, {"10.0.0.1"});
  now += 29s;
  EXPECT_EQ(first(*begin("h")), "10.0.0.1");
  EXPECT_EQ(asked.size(), 1u);
  now += 2s;
  const auto later = begin("h");
  EXPECT_EQ(asked.size(), 2u);
  answer({}, {"10.0.0.9"});
  EXPECT_EQ(first(*later), "10.0.0.9");
}

TEST_F(ResolverTest, UsesAnOldAnswerWhileAskingFails) {
  begin("h");
  answer({}, {"10.0.0.1"});
  now += 31s;
  const auto stale = begin("h");
  answer(asio::error::host_not_found_try_again, {});
  EXPECT_EQ(first(*stale), "10.0.0.1");
  EXPECT_EQ(first(*begin("h")), "10.0.0.1");
  EXPECT_EQ(asked.size(), 2u);   // the failure is remembered for a second, the old answer serves meanwhile
  now += 1s;
  const auto again = begin("h");
  EXPECT_EQ(asked.size(), 3u);
  answer(asio::error::host_not_found_try_again, {});
  EXPECT_EQ(first(*again), "10.0.0.1");
  now += 5min;
  const auto too_old = begin("h");
  answer(asio::error::host_not_found, {});
  ASSERT_FALSE(*too_old->got);
  EXPECT_EQ(too_old->got->error().code(), Code::upstream_failed);
}

TEST_F(ResolverTest, RemembersAFailureForASecond) {
  const auto none = begin("h");
  answer(asio::error::host_not_found, {});
  EXPECT_EQ(first(*none), "resolve h: host not found (authoritative)");
  now += 900ms;
  EXPECT_FALSE(*begin("h")->got);
  EXPECT_EQ(asked.size(), 1u);
  now += 200ms;
  const auto again = begin("h");
  EXPECT_EQ(asked.size(), 2u);
  answer({}, {"10.0.0.1"});
  EXPECT_EQ(first(*again), "10.0.0.1");
}

TEST_F(ResolverTest, TakesAnEmptyAnswerForAFailure) {
  const auto none = begin("h");
  answer({}, {});
  EXPECT_FALSE(*none->got);
}

TEST_F(ResolverTest, StopsWaitingForOneAndNotForTheOthers) {
  const auto leaver = begin("h"), stayer = begin("h");
  leaver->wake.cancel();
  run();
  ASSERT_TRUE(leaver->got);
  EXPECT_EQ(leaver->got->error().code(), Code::cancelled);
  EXPECT_FALSE(stayer->got);
  answer({}, {"10.0.0.1"});
  EXPECT_EQ(first(*stayer), "10.0.0.1");
}

TEST(InterleaveFamilies, AlternatesAndKeepsTheOrderWithinEach) {
  EXPECT_EQ(interleave_families(addresses({"::1", "::2", "::3", "10.0.0.1", "10.0.0.2"})),
            addresses({"::1", "10.0.0.1", "::2", "10.0.0.2", "::3"}));
  EXPECT_EQ(interleave_families(addresses({"10.0.0.1", "10.0.0.2", "::1"})),
            addresses({"10.0.0.1", "::1", "10.0.0.2"}));
  EXPECT_EQ(interleave_families(addresses({"10.0.0.1", "10.0.0.1"})), addresses({"10.0.0.1"}));
  EXPECT_TRUE(interleave_families({}).empty());
}

}  // namespace
}  // namespace sluice::net
