// One level of one owner: a customer, a team, a key, a key at a provider, a target or a tag, with the limits that are set
// there and what has been used of each. Shared by all workers: locked for the few hundred instructions that a look or a
// change takes, and only in book.cpp, which locks all scopes of a request together.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "sluice/governance/demand.hpp"
#include "sluice/governance/window.hpp"

namespace sluice::governance {

// A budget's terms; several may go by one counter.
struct Terms {
  std::int64_t limit = 0;
  config::Budget::Enforcement enforcement = config::Budget::Enforcement::hard;
  config::Budget::Reserve reserve = config::Budget::Reserve::worst_case;
  std::int64_t reserve_output = 0;
  bool stops_streams = false, clamps = false;
  std::vector<std::uint32_t> warn_at;
  struct Raise { std::int64_t limit, from, until; };
  std::vector<Raise> raises;
  std::int64_t told_until = INT64_MIN;     // Unix seconds: until then nobody is told again that it is exhausted

  std::int64_t limit_at(std::int64_t seconds) const;
  std::int64_t output_reserved(const Demand&) const;
};

// Requests under way.
struct Slots { std::int64_t taken = 0; };

// One counter and the terms that go by it.
struct Tally {
  std::uint64_t counter = 0;               // its id in the store; 0: it is not kept there
  Refusal::What what = Refusal::What::spend;
  std::vector<std::string> models;         // patterns; empty: all
  std::variant<CalendarWindow, SlidingWindow, Rate, Slots> state;
  std::vector<Terms> terms;                // of a Rate: one, whose limit is its own
  bool counts(const Demand&) const;
};

// Held for moments: waits by spinning, then gives way to whoever holds it.
class SpinLock {
 public:
  void lock();
  void unlock() { x_taken.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> x_taken{false};
};

struct Scope {
  SpinLock mutex;
  std::uint64_t rank = 0;                  // scopes are locked in this order
  Level level = Level::key;
  std::string subject;
  bool per_attempt = false;                // every attempt counts as a request here
  std::vector<std::unique_ptr<Tally>> tallies;   // in force
  std::vector<std::unique_ptr<Tally>> retired;   // not in force any more; holds may refer to them
  std::atomic<bool> spends{false};         // some budget is set here
};

}  // namespace sluice::governance
