#include "sluice/net/deadline.hpp"

namespace sluice::net {

Deadline::Deadline(Executor executor, std::function<void()> expire)
    : x_state(std::make_shared<State>(executor, std::move(expire))) {}

Deadline::~Deadline() {
  x_state->live = false;
  x_state->timer.cancel();
}

void Deadline::set_at(Clock::time_point when) {
  x_state->when = when;
  if (!x_state->armed) {
    wait(x_state);
  } else if (x_state->timer.expiry() > when) {
    x_state->timer.expires_at(when);   // cancels the pending wait, whose handler waits anew
  }
}

void Deadline::clear() { x_state->when = Clock::time_point::max(); }

void Deadline::wait(std::shared_ptr<State> state) {
  state->armed = true;
  if (state->timer.expiry() != state->when) state->timer.expires_at(state->when);
  Timer& timer = state->timer;
  timer.async_wait([state = std::move(state)](ErrorCode) {
    if (!state->live) return;
    state->armed = false;
    if (state->when == Clock::time_point::max()) return;
    if (Clock::now() < state->when) return wait(state);
    state->when = Clock::time_point::max();
    state->expired = true;
    state->expire();
  });
}

}  // namespace sluice::net
