// What recent attempts tell about a target or a provider's key. Long-lived: kept by id across reloads, shared by all
// workers; reading is a relaxed load, so that the request path never locks.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace sluice::routing {

using Instant = std::chrono::steady_clock::time_point;

// Back-off after failures in a row: none for the first two, then 1 s, 2 s, 4 s … 60 s. When a back-off has run out, one
// request at a time is let through as a probe; its success makes the target ready, its failure doubles the wait.
class Health {
 public:
  // Told by the provider (Retry-After) to leave it alone: nothing is sent until then.
  void cool_down(Instant until);
  bool cooling(Instant now) const { return stamp(now) < x_cooling_until.load(std::memory_order_relaxed); }
  Instant cooling_until() const;

  void failed(Instant now);
  void succeeded();
  // True while it backs off. When the back-off has just run out, exactly one caller gets false (the probe) and the
  // others true until the probe is decided or `probe_lasts` has passed.
  bool failing(Instant now);
  bool looks_failing(Instant now) const { return stamp(now) < x_failing_until.load(std::memory_order_relaxed); }
  // It has failed so often in a row that it was left alone, and nothing has succeeded since.
  bool unhealthy() const { return x_failing_until.load(std::memory_order_relaxed) != 0; }
  std::uint32_t failures() const { return x_failures.load(std::memory_order_relaxed); }

 private:
  static std::int64_t stamp(Instant at) { return at.time_since_epoch().count(); }
  std::atomic<std::int64_t> x_cooling_until{0}, x_failing_until{0};
  std::atomic<std::uint32_t> x_failures{0};
};

class HealthBook {
 public:
  std::shared_ptr<Health> of(const std::string& id);   // the same object for the same id, for ever

 private:
  std::mutex x_mutex;   // taken when a configuration is compiled, never by a request
  std::unordered_map<std::string, std::shared_ptr<Health>> x_health;
};

}  // namespace sluice::routing
