#include "support/gate.hpp"

namespace sluice::test {

bool Gate::State::pass_or(std::function<void()> wake) {
  const std::lock_guard lock(mutex);
  if (opened) return true;
  if (permits > 0) {
    --permits;
    return true;
  }
  waiting.push_back(std::move(wake));
  return false;
}

void Gate::State::let(bool all) {
  std::vector<std::function<void()>> wake;
  {
    const std::lock_guard lock(mutex);
    if (all) opened = true;
    else ++permits;
    wake.swap(waiting);
  }
  for (const auto& each : wake) each();
}

Gate::Gate() : x_state(std::make_shared<State>()) {}
void Gate::go() { x_state->let(false); }
void Gate::open() { x_state->let(true); }

}  // namespace sluice::test
