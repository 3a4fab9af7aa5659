#include "gateway/course.hpp"

#include <algorithm>

namespace sluice::gateway {
namespace {

using net::Clock;
using routing::Next;

// Doubles from the provider's backoff to its max_backoff, less up to half of it, so that callers do not come in step.
Clock::duration pause_before(std::uint32_t tried, const config::Retry& retry, double draw) {
  auto wait = std::min<Clock::duration>(retry.backoff * (1u << std::min(tried - 1, 16u)), retry.max_backoff);
  return std::chrono::duration_cast<Clock::duration>(wait * (1.0 - draw / 2));
}

}  // namespace

bool Course::enter(std::size_t step) {
  x_step = step;
  x_tried.at_this_target = 0;
  x_ring.emplace(*target().upstream, this->step().model);
  x_key = x_ring->next(x_draw(), Clock::now());
  return x_key != nullptr;
}

bool Course::advance() {
  x_pause = {};
  if (x_next == Next::give_up) return false;
  bool found = false;
  if (x_next == Next::next_target) {
    std::size_t step = x_ring ? x_step + 1 : 0;
    for (; !found && step < x_exchange.plan.size(); ++step) found = enter(step);
  } else {
    // The same key again where no other is free; a key that another request has sent into cooldown meanwhile is skipped.
    const Credential* another = x_ring->next(x_draw(), Clock::now());
    if (another != nullptr) x_key = another;
    if (x_next == Next::same_again) x_pause = pause_before(x_tried.at_this_target, target().upstream->retry, x_draw());
    found = true;
  }
  if (found) ++x_tried.at_this_target;
  return found;
}

void Course::leave_out(Error error, bool target_only) {
  x_next = target_only ? Next::next_target : Next::give_up;
  // What a provider said before tells the caller more than that its next attempt was not paid for.
  if (x_best) return;
  x_best = Troubled{{routing::Trouble::not_connected, 0, false, false}, std::move(error), nullptr, {}, false, false};
}

void Course::failed(Troubled troubled) {
  if (troubled.sent) ++x_tried.sent;
  x_tried.more_keys = x_ring->more(Clock::now());
  x_next = routing::decide(troubled.failed, x_tried, x_exchange.account->failover, target().upstream->retry.max_attempts);
  if (x_best && routing::usefulness(x_best->failed) >= routing::usefulness(troubled.failed)) return;
  x_best = std::move(troubled);
}

}  // namespace sluice::gateway
