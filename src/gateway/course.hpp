// The way of one request through its targets and their keys: what is tried next, given what has failed. No I/O.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>

#include "gateway/attempt.hpp"
#include "gateway/key_ring.hpp"

namespace sluice::gateway {

class Course {
 public:
  // `draw` gives numbers in [0, 1). Both must outlive this.
  Course(const Exchange& ex, std::function<double()> draw) : x_exchange(ex), x_draw(std::move(draw)) {}

  // Moves to the next attempt; false: nothing is left to try.
  bool advance();
  const routing::Step& step() const { return x_exchange.plan[x_step]; }
  const Target& target() const { return x_exchange.account->targets[step().target]; }
  const Credential& key() const { return *x_key; }
  // To wait before the attempt advance() chose: a retry of the same target is held back a little.
  net::Clock::duration pause() const { return x_pause; }

  // The attempt advance() chose may not be made: by the target's own limits, or (no other target is asked then) the caller's.
  void leave_out(Error error, bool target_only);
  // The attempt failed. The failure that tells the caller most is kept.
  void failed(Troubled troubled);
  // No attempt could be made at all.
  void failed_untried(Error error) {
    x_best = Troubled{{routing::Trouble::not_connected, 0, false, false}, std::move(error), nullptr, {}, false, false};
  }
  std::optional<Troubled>& best() { return x_best; }

 private:
  bool enter(std::size_t step);

  const Exchange& x_exchange;
  std::function<double()> x_draw;
  std::size_t x_step = 0;
  std::optional<KeyRing> x_ring;      // of the target being tried; none: before the first
  const Credential* x_key = nullptr;
  routing::Tried x_tried;
  routing::Next x_next = routing::Next::next_target;
  net::Clock::duration x_pause{};
  std::optional<Troubled> x_best;
};

}  // namespace sluice::gateway
