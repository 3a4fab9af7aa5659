// The deadlines of a connection's phases (head, body, idle, write) over one lazy timer. The phases follow each other in
// microseconds with different lengths; so that a shorter one after a longer one is still only a store, the timer ticks
// at least every `tick` while any deadline is set.
#pragma once
#include <algorithm>
#include <functional>
#include <utility>

#include "sluice/net/deadline.hpp"

namespace sluice::http {

class PhaseDeadline final {
 public:
  PhaseDeadline(net::Executor executor, net::Clock::duration tick, std::function<void()> expire)
      : x_expire(std::move(expire)), x_tick(tick), x_timer(executor, [this] { look(); }) {}

  void set(net::Clock::duration from_now) { set_at(net::Clock::now() + from_now, net::Clock::now()); }
  // `now`: spares reading the clock.
  void set_at(net::Clock::time_point when, net::Clock::time_point now) {
    x_when = when;
    const net::Clock::time_point look_at = std::min(when, now + x_tick);
    if (look_at >= x_next_look) return;
    x_next_look = look_at;
    x_timer.set_at(look_at);
  }
  void clear() { x_when = net::Clock::time_point::max(); }

 private:
  void look() {
    x_timer.rearm();
    x_next_look = net::Clock::time_point::max();
    if (x_when == net::Clock::time_point::max()) return;
    const net::Clock::time_point now = net::Clock::now();
    if (now < x_when) return set_at(x_when, now);
    clear();
    x_expire();
  }

  std::function<void()> x_expire;
  net::Clock::duration x_tick;
  net::Clock::time_point x_when = net::Clock::time_point::max();
  net::Clock::time_point x_next_look = net::Clock::time_point::max();
  net::Deadline x_timer;   // last: its callback uses the others
};

}  // namespace sluice::http
