// All scopes of the gateway, by name, with what has been used of their limits. Survives every reload; outlives every hold.
#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sluice/base/result.hpp"
#include "sluice/config/config.hpp"
#include "sluice/governance/hold.hpp"

namespace sluice::governance {

// What is left of the tightest limits that a request counted in, for x-ratelimit-*.
struct Remaining {
  struct Of {
    bool known = false;
    std::int64_t limit = 0, left = 0, reset_us = 0;
  };
  Of requests, tokens;
};

// One limit as people see it.
struct Standing {
  Level level = Level::key;
  std::string subject;
  Refusal::What what = Refusal::What::spend;
  std::vector<std::string> models;
  std::int64_t limit = 0, used = 0, held = 0;
  std::int64_t resets_at = 0;          // Unix seconds; 0: it does not
  config::Budget::Enforcement enforcement = config::Budget::Enforcement::hard;
};

// The counters that limits go by and the store keeps (all but of concurrency and of rates by the second, minute or hour).
std::vector<store::Counter> counters_of(Level level, std::string_view subject, std::string_view provider, const config::Limited& limits);
// The beginning of the counter's period that holds this moment (Unix seconds); of a sliding one, of each of the slices that
// its window has then.
std::vector<std::int64_t> periods_of(const store::Counter& counter, std::int64_t at);
std::int64_t period_end(const store::Counter& counter, std::int64_t period);   // of a period or slice that begins then

class Book {
 public:

  // The scope of that name with these limits from now on; what was used of limits that stay is kept. Called when a
  // configuration is compiled. `provider`: of Level::key_provider.
  Scope& scope(Level level, std::string_view subject, std::string_view provider, const config::Limited& limits);

  // Asks all scopes for the demand at once: all of it is held at all of them, or nothing.
  Outcome reserve(const Chain& chain, const Demand& demand, Moment now, Hold& hold, Remaining* remaining = nullptr);

  // What the store knows of these counters: before the first request that counts in them. Those that have it are left as
  // they are.
  void restore(std::span<const store::CounterValue> values, Moment now);
  std::vector<Standing> standings(std::span<Scope* const> scopes, Moment now) const;
  std::vector<Scope*> scopes(Level level, std::string_view subject) const;   // of a key's providers there may be several

  // The length that 95 of 100 of the last answers did not exceed; nothing before there are twenty.
  std::int64_t expected_output(std::string_view key, std::string_view model, std::int64_t otherwise) const;
  void learn_output(std::string_view key, std::string_view model, std::int64_t tokens);

  std::vector<Notice> take_notices();   // at most a thousand wait; later ones are dropped and counted
  std::int64_t holds_open() const { return x_open.load(std::memory_order_relaxed); }
  std::uint64_t holds_leaked() const { return x_leaked.load(std::memory_order_relaxed); }   // that nobody settled: a bug
  std::uint64_t refusals() const { return x_refused.load(std::memory_order_relaxed); }

 private:
  friend class Hold;
  void notice(std::vector<Notice>&& notices);

  mutable std::mutex x_mutex;          // for the scopes' names; taken when a configuration is compiled
  std::map<std::string, std::unique_ptr<Scope>, std::less<>> x_scopes;
  struct Place { Scope* scope; Tally* tally; bool restored = false; };
  std::unordered_map<std::uint64_t, Place> x_by_counter;

  mutable std::mutex x_learned_mutex;
  struct Learned { std::vector<std::int32_t> last; std::size_t next = 0; };
  std::unordered_map<std::string, Learned> x_learned;

  std::mutex x_notices_mutex;
  std::vector<Notice> x_notices;
  std::atomic<std::int64_t> x_open{0};
  std::atomic<std::uint64_t> x_leaked{0}, x_refused{0};
  std::atomic<std::uint64_t> x_dropped_notices{0};
};

}  // namespace sluice::governance
