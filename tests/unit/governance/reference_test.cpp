// The book beside a plain sequential reckoning: random limits, random requests, reloads and clocks; every outcome and every
// standing must be the same.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "unit/governance/chains.hpp"

namespace sluice::governance {
namespace {

using namespace test;

// One limit, reckoned from a list of what happened: nothing is carried over but the list.
struct Reckoned {
  What what = What::spend;
  std::int64_t limit = 0, window = 0;          // seconds; 0: by the day, in UTC
  struct Entry { std::int64_t period, held, used; bool open; };
  std::vector<Entry> entries;
  std::int64_t newest = 0;                     // day or slice that is now; never back

  std::int64_t slice() const { return window == 0 ? day : (window + 59) / 60; }
  void roll(std::int64_t now) { newest = std::max(newest, now / slice()); }
  bool counts(const Entry& entry, std::int64_t now) const {
    if (what == What::concurrent) return true;
    if (window == 0) return entry.period == newest;
    return (entry.period + 1) * slice() + window > now;
  }
  std::int64_t used(std::int64_t now) const { return sum(now, [](const Entry& e) { return e.used; }, false); }
  std::int64_t held(std::int64_t now) const { return sum(now, [](const Entry& e) { return e.open ? e.held : 0; }, window != 0); }

 private:
  template <class Of>
  std::int64_t sum(std::int64_t now, Of of, bool all) const {
    std::int64_t total = 0;
    for (const Entry& entry : entries) total += all || counts(entry, now) ? of(entry) : 0;
    return total;
  }
};

struct Reckoning {
  explicit Reckoning(std::uint64_t seed) : dice(seed) {}

  std::int64_t below(std::int64_t most) { return static_cast<std::int64_t>(dice() % static_cast<std::uint64_t>(most)); }

  void set_limits(std::size_t which) {
    config::Limited limits;
    for (Reckoned& one : reckoned[which]) {
      if (one.what == What::requests) limits.rate_limits.push_back(requests(one.limit, {Unit::day, 1}));
      else if (one.what == What::tokens) limits.rate_limits.push_back(tokens(one.limit, {Unit::day, 1}));
      else if (one.what == What::concurrent) limits.rate_limits.push_back(concurrent(one.limit));
      else {
        limits.budgets.push_back(budget(one.limit, one.window == 0 ? config::Period{Unit::day, 1} : config::Period{Unit::second, one.window}));
        limits.budgets.back().rolling = one.window != 0;
      }
    }
    const Level level = which % 2 == 0 ? Level::key : Level::target;
    Scope& scope = book.scope(level, "s" + std::to_string(which), "", limits);
    if (which == scopes.size()) scopes.push_back(&scope);
  }

  void build() {
    const std::size_t count = dice() % 6 + 1;
    reckoned.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      // In the order in which the limits stand: budgets, then rates.
      const std::pair<What, std::int64_t> kinds[] = {{What::spend, 0}, {What::spend, below(2) == 0 ? 100 : 3601}, {What::requests, 0}, {What::tokens, 0}, {What::concurrent, 0}};
      for (const auto& [what, window] : kinds) {
        if (reckoned[i].size() == 4 || dice() % 3 == 0) continue;
        const std::int64_t limits[] = {below(3000), 20 + below(40), 2000 + below(2000), below(6)};
        Reckoned one;
        one.what = what;
        one.window = window;
        one.limit = limits[what == What::spend ? 0 : what == What::requests ? 1 : what == What::tokens ? 2 : 3];
        reckoned[i].push_back(std::move(one));
      }
      set_limits(i);
    }
  }

  struct Under {
    Hold hold;
    std::vector<std::size_t> chain;
    bool settled = true;
    struct Place { std::size_t scope, limit, entry; };
    std::vector<Place> places;
  };

  Reckoned::Entry& entry(const Under::Place& place) { return reckoned[place.scope][place.limit].entries[place.entry]; }
  What what(const Under::Place& place) { return reckoned[place.scope][place.limit].what; }

  void reserve(Under& request, bool first) {
    Demand demand = costs(below(400));
    demand.input_tokens = below(300);
    demand.first = first;
    Chain chain;
    for (const std::size_t which : request.chain) chain.push_back(scopes[which]);
    const auto amount = [&](What of) { return of == What::spend ? demand.input_cost : of == What::tokens ? demand.input_tokens : 1; };
    const auto again = [&](std::size_t which, What of) { return !first && which % 2 == 0 && (of == What::requests || of == What::concurrent); };
    const Reckoned* refusing = nullptr;
    for (const std::size_t which : request.chain) {
      for (Reckoned& one : reckoned[which]) {
        if (refusing != nullptr || again(which, one.what)) continue;
        one.roll(now);
        const std::int64_t clock = std::max(now, latest), used = one.used(clock), left = one.limit - used - one.held(clock), asks = amount(one.what);
        const bool fits = one.limit > 0 && asks <= left && (one.what != What::spend || used < one.limit);
        if (!fits) refusing = &one;
      }
    }
    const Outcome outcome = book.reserve(chain, demand, at(now), request.hold);
    ASSERT_EQ(outcome.verdict, refusing == nullptr ? Verdict::held : Verdict::refused);
    if (refusing != nullptr) {
      const std::int64_t clock = std::max(now, latest);
      EXPECT_EQ(outcome.refusal.what, refusing->what);
      EXPECT_EQ(outcome.refusal.limit, refusing->limit);
      EXPECT_EQ(outcome.refusal.used, refusing->what == What::concurrent ? 0 : refusing->used(clock));
      EXPECT_EQ(outcome.refusal.held, refusing->held(clock));
      return;
    }
    request.settled = false;
    for (const std::size_t which : request.chain) {
      for (std::size_t i = 0; i < reckoned[which].size(); ++i) {
        Reckoned& one = reckoned[which][i];
        if (again(which, one.what)) continue;
        const bool at_once = one.what == What::requests;
        one.entries.push_back({one.newest, amount(one.what), at_once ? 1 : 0, !at_once});
        request.places.push_back({which, i, one.entries.size() - 1});
      }
    }
  }

  void settle(Under& request, bool dropped) {
    const std::int64_t cost = below(500), count = below(300);
    if (!dropped) request.hold.settle({cost, count, 0}, at(now));
    for (const Under::Place& place : request.places) {
      Reckoned::Entry& one = entry(place);
      if (!one.open || (what(place) == What::concurrent && place.scope % 2 == 0)) continue;
      one.open = false;
      if (what(place) != What::concurrent) one.used = dropped ? one.held : what(place) == What::spend ? cost : count;
    }
    request.settled = true;
  }

  void end(Under& request) {
    for (const Under::Place& place : request.places) entry(place).open = false;
  }

  void compare() {
    for (std::size_t which = 0; which < scopes.size(); ++which) {
      Scope* const one[] = {scopes[which]};
      const auto all = book.standings(one, at(now));
      ASSERT_EQ(all.size(), reckoned[which].size());
      for (std::size_t i = 0; i < all.size(); ++i) {
        Reckoned& limit = reckoned[which][i];
        limit.roll(now);
        const std::int64_t clock = std::max(now, latest);
        ASSERT_EQ(all[i].what, limit.what);
        ASSERT_EQ(all[i].limit, limit.limit);
        ASSERT_EQ(all[i].used, limit.what == What::concurrent ? 0 : limit.used(clock)) << "scope " << which << ", limit " << i;
        ASSERT_EQ(all[i].held, limit.held(clock)) << "scope " << which << ", limit " << i;
      }
    }
    latest = std::max(latest, now);
  }

  void step() {
    const std::int64_t kind = below(20);
    if (kind < 8 || under.empty()) {
      auto request = std::make_unique<Under>();
      for (std::size_t which = 0; which < scopes.size(); ++which) {
        if (below(2) == 0) request->chain.push_back(which);
      }
      std::shuffle(request->chain.begin(), request->chain.end(), dice);
      reserve(*request, true);
      if (!request->settled) under.push_back(std::move(request));
    } else if (kind < 16) {
      const std::size_t which = dice() % under.size();
      Under& request = *under[which];
      if (!request.settled) settle(request, false);
      else if (below(2) == 0 && request.places.size() < 30) return reserve(request, false);
      else {
        request.hold.finish();
        end(request);
        under.erase(under.begin() + static_cast<std::ptrdiff_t>(which));
      }
    } else if (kind == 16) {
      if (!under.back()->settled) settle(*under.back(), true);
      end(*under.back());
      under.pop_back();
    } else if (kind == 17) {
      const std::size_t which = dice() % scopes.size();
      for (Reckoned& one : reckoned[which]) one.limit = below(4) == 0 ? one.limit * 3 / 2 : one.limit;
      set_limits(which);
    } else {
      const std::int64_t steps[] = {1, 30, 400, 4000, day / 3, -5, -500, -2 * day};
      now += steps[below(8)];
    }
  }

  std::mt19937_64 dice;
  Book book;
  std::vector<Scope*> scopes;
  std::vector<std::vector<Reckoned>> reckoned;
  std::vector<std::unique_ptr<Under>> under;
  std::int64_t now = start, latest = start;
};

TEST(Reference, TheBookAgreesWithAPlainReckoning) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Reckoning run(seed);
    run.build();
    for (int i = 0; i < 400; ++i) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", step " + std::to_string(i));
      run.step();
      run.compare();
      if (testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace sluice::governance
