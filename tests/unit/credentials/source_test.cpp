// When a grant is fetched, renewed, waited for and given up: with a clock and a fetch that the test moves.
#include "sluice/credentials/source.hpp"

#include <gmock/gmock.h>

#include "sluice/net/spawn.hpp"

namespace sluice::credentials {
namespace {

using testing::HasSubstr;

class SourceTest : public testing::Test {
 protected:
  struct Waiter {
    explicit Waiter(net::asio::io_context& io) : wake(io.get_executor()) {}
    net::Timer wake;
    std::optional<Result<GrantPtr>> got;
    std::string text() const {
      if (!got) return "waiting";
      return *got ? std::string((**got)->secret.reveal()) : got->error().message();
    }
  };

  // One fetch: it ends when the test says so.
  struct Fetching {
    explicit Fetching(net::asio::io_context& io) : gate(io.get_executor(), net::Clock::time_point::max()) {}
    net::Timer gate;
    Result<Grant> outcome = Error(Code::upstream_failed, "nothing yet");
  };
  static net::Task<Result<Grant>> fetch(std::shared_ptr<Fetching> one) {
    auto ended = co_await one->gate.async_wait(net::as_result);
    (void)ended;
    co_return one->outcome;
  }
  static net::Task<> wait(Source& source, std::shared_ptr<Waiter> waiter) {
    Result<GrantPtr> got = co_await source.wait(waiter->wake);
    waiter->got.emplace(std::move(got));
  }

  std::shared_ptr<Waiter> begin() {
    auto waiter = std::make_shared<Waiter>(io);
    net::spawn(io.get_executor(), wait(source, waiter), "test");
    run();
    return waiter;
  }
  void run() {
    io.restart();
    io.poll();
  }
  void end(Result<Grant> outcome) {
    fetches.back()->outcome = std::move(outcome);
    fetches.back()->gate.cancel();
    run();
  }
  static Grant grant(const std::string& token, std::int64_t expires) {
    Grant made;
    made.secret = Secret(token);
    made.expires = expires;
    return made;
  }
  std::string ready() {
    const GrantPtr now_good = source.ready();
    run();
    return now_good ? std::string(now_good->secret.reveal()) : "none";
  }
  void first_grant(std::int64_t lasts = 3600) {
    begin();
    end(grant("one", now + lasts));
  }

  net::asio::io_context io{1};
  std::int64_t now = 1'000'000;
  std::vector<std::shared_ptr<Fetching>> fetches;
  Source source{io.get_executor(), "p",
                [this] {
                  fetches.push_back(std::make_shared<Fetching>(io));
                  return fetch(fetches.back());
                },
                [this] { return now; }};
};

TEST_F(SourceTest, ManyWaitForOneFetch) {
  EXPECT_EQ(ready(), "none");
  EXPECT_TRUE(fetches.empty()) << "nobody waits yet";
  std::vector<std::shared_ptr<Waiter>> waiters;
  for (int i = 0; i < 50; ++i) waiters.push_back(begin());
  EXPECT_EQ(fetches.size(), 1u);
  end(grant("one", now + 3600));
  for (const auto& each : waiters) EXPECT_EQ(each->text(), "one");
  EXPECT_EQ(ready(), "one");
  EXPECT_EQ(fetches.size(), 1u);
}

TEST_F(SourceTest, IsRenewedAheadOfItsEndWhileTheOldOneIsUsed) {
  first_grant();
  now += 2879;
  EXPECT_EQ(ready(), "one");
  EXPECT_EQ(fetches.size(), 1u);
  now += 1;   // four fifths of an hour
  EXPECT_EQ(ready(), "one");
  EXPECT_EQ(ready(), "one");
  EXPECT_EQ(fetches.size(), 2u) << "one renewal at a time";
  end(grant("two", now + 3600));
  EXPECT_EQ(ready(), "two");
  EXPECT_EQ(fetches.size(), 2u);
}

TEST_F(SourceTest, AServerThatRepeatsATokenIsNotAskedAllTheTime) {
  first_grant();
  const std::int64_t expires = now + 3600;
  now += 2880;
  for (int i = 0; i < 60; ++i) {
    ready();
    if (fetches.size() > 1) end(grant("one", expires));
    now += 5;
  }
  EXPECT_LE(fetches.size(), 3u);
}

TEST_F(SourceTest, AnExpiredGrantIsNotShown) {
  first_grant();
  now += 3591;   // ten seconds before: a request on its way must find it good
  EXPECT_EQ(ready(), "none");
  const auto waiter = begin();
  end(grant("two", now + 3600));
  EXPECT_EQ(waiter->text(), "two");
}

TEST_F(SourceTest, AFailedRenewalLeavesTheOldOneAndRests) {
  first_grant();
  now += 3000;
  ready();
  end(Error(Code::upstream_failed, "down"));
  EXPECT_EQ(ready(), "one");
  EXPECT_EQ(fetches.size(), 2u) << "not again within the same second";
  now += 1;
  EXPECT_EQ(ready(), "one");
  EXPECT_EQ(fetches.size(), 3u);
}

TEST_F(SourceTest, FailuresAreToldToAllAndRestLongerEachTime) {
  const auto a = begin(), b = begin();
  end(Error(Code::upstream_failed, "the token service: answered 500"));
  EXPECT_EQ(a->text(), "No authority for provider `p`: the token service: answered 500.");
  EXPECT_EQ(b->text(), a->text());
  EXPECT_EQ(begin()->text(), a->text()) << "at once, without asking";
  EXPECT_EQ(fetches.size(), 1u);
  for (const std::int64_t rest : {1, 2, 4, 8, 16, 32, 60, 60}) {
    now += rest - 1;
    begin();
    const std::size_t before = fetches.size();
    now += 1;
    begin();
    EXPECT_EQ(fetches.size(), before + 1) << rest;
    end(Error(Code::upstream_failed, "down"));
  }
  now += 60;
  begin();
  end(grant("one", now + 3600));
  EXPECT_EQ(ready(), "one");
}

TEST_F(SourceTest, WhoLeavesIsNotWaitedForAndTheOthersAreServed) {
  const auto leaves = begin(), stays = begin();
  leaves->wake.cancel();
  run();
  ASSERT_TRUE(leaves->got && !*leaves->got);
  EXPECT_EQ(leaves->got->error().code(), Code::cancelled);
  EXPECT_EQ(stays->text(), "waiting");
  end(grant("one", now + 3600));
  EXPECT_EQ(stays->text(), "one");
}

TEST_F(SourceTest, ARefusedGrantIsReplacedButNotForEveryRefusal) {
  first_grant();
  const GrantPtr refused = source.ready();
  EXPECT_TRUE(source.doubt(refused));
  const auto waiter = begin();
  end(grant("two", now + 3600));
  EXPECT_EQ(waiter->text(), "two");
  now += 29;
  EXPECT_FALSE(source.doubt(source.ready())) << "it has just been replaced: the refusal is about something else";
  now += 1;
  EXPECT_TRUE(source.doubt(source.ready()));
}

TEST_F(SourceTest, KeysThatNeverChangeAreNotFetchedAgain) {
  begin();
  end(grant("static", never));
  now += 100'000'000;
  EXPECT_EQ(ready(), "static");
  EXPECT_FALSE(source.doubt(source.ready()));
  EXPECT_EQ(fetches.size(), 1u);
}

TEST_F(SourceTest, AFetchThatThrowsIsAFailure) {
  Source broken(io.get_executor(), "p", []() -> net::Task<Result<Grant>> { throw std::runtime_error("bug"); }, [this] { return now; });
  auto waiter = std::make_shared<Waiter>(io);
  net::spawn(io.get_executor(), wait(broken, waiter), "test");
  run();
  EXPECT_THAT(waiter->text(), HasSubstr("No authority for provider `p`"));
}

TEST_F(SourceTest, TheLoopMayEndWithRequestsWaiting) {
  begin();
  begin();   // what waits is destroyed with the io_context
}

TEST(Sources, AreKeptByTheirSettings) {
  net::asio::io_context io{1};
  const auto pool = http::make_client_pool(io);
  std::int64_t now = 0;
  Sources sources(io, *pool, [&] { return now; });
  const auto settings = [](const std::string& secret) {
    Settings made;
    made.provider = "p";
    made.access.platform = config::CloudAccess::Platform::entra;
    made.access.entra.client_secret = Secret(secret);
    return std::make_shared<const Settings>(made);
  };
  const auto first = sources.of(settings("a"));
  EXPECT_EQ(sources.of(settings("a")), first) << "a reload that changes nothing";
  EXPECT_NE(sources.of(settings("b")), first);
  EXPECT_EQ(sources.of(settings("a")), first) << "a request that began before the reload";
}

}  // namespace
}  // namespace sluice::credentials
