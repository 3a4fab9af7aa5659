#include "gateway/dispatch.hpp"

#include <algorithm>

#include "gateway/attempt.hpp"
#include "gateway/course.hpp"
#include "gateway/fail.hpp"
#include "gateway/govern.hpp"
#include "gateway/key_ring.hpp"
#include "gateway/relay.hpp"
#include "gateway/turn.hpp"
#include "sluice/gateway/worker.hpp"

namespace sluice::gateway {
namespace {

using net::Clock;
using routing::Trouble;
using namespace std::chrono_literals;

constexpr Clock::duration longest_cool_down = 1h;
constexpr Clock::duration untold_cool_down = 1s;   // 429 without Retry-After
constexpr Clock::duration bad_key_rests = 60s;     // 401: the provider's other keys are used meanwhile

void finish_record(Exchange& ex, Worker& worker, Clock::time_point began, const Attempt& attempt) {
  store::AttemptRecord& record = ex.record.attempts.back();
  record.duration_us = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began).count();
  if (attempt.call && attempt.call->progress().retried_stale) Counters::add(worker.counters.stale_retries);
  if (!attempt.trouble) {
    record.status = attempt.call->head().status;
    return;
  }
  record.status = attempt.trouble->failed.status;
  record.error = attempt.trouble->error.message();
  record.may_have_run = attempt.trouble->may_have_run;
  Counters::add(worker.counters.failed_attempts);
  bool tried_again = attempt.trouble->failed.trouble != Trouble::cancelled;
  if (attempt.trouble->may_have_run && tried_again) Counters::add(worker.counters.possible_double_charges);
}

// What the failure tells about the key and the target, for the requests that follow.
void learn(const Troubled& troubled, const Course& course) {
  const routing::Failed& failed = troubled.failed;
  const Credential& key = course.key();
  auto now = Clock::now();
  if (failed.trouble == Trouble::cancelled) return;
  if (failed.trouble == Trouble::refused && !troubled.sent) return;   // by us: the target was not asked
  if (failed.elsewhere) return course.target().health->succeeded();
  if (failed.trouble == Trouble::refused) {
    auto told = troubled.error.retry_after();
    if (told && failed.try_next) key.health->cool_down(now + std::min<Clock::duration>(*told, longest_cool_down));
    else if (failed.status == 429) key.health->cool_down(now + untold_cool_down);
    // A 403 may be about the model or the request. The last key never rests: its refusal tells more than our 429 would.
    else if (failed.status == 401 && KeyRing(*course.target().upstream, course.step().model).more_besides(key, now))
      key.health->cool_down(now + bad_key_rests);
    // A refusal that is the request's own fault, or a limit, shows a target that works.
    if (!failed.try_next || failed.status == 429) {
      course.target().health->succeeded();
      return;
    }
  }
  course.target().health->failed(now);
}

net::Task<> pause(Exchange& ex, Worker& worker, Clock::duration wait) {
  net::Timer timer(worker.io.get_executor(), wait);
  ex.reply.when_client_leaves([&timer] { timer.cancel(); });
  UpstreamWait waiting(ex);
  auto done = co_await timer.async_wait(net::as_result);
  (void)done;
  ex.reply.when_client_leaves({});
}

}  // namespace

net::Task<> dispatch(Exchange& ex, Worker& worker) {
  Course course(ex, [&worker] { return worker.draw(); });
  while (!ex.reply.client_left() && course.advance()) {
    if (course.pause() > Clock::duration::zero()) {
      co_await pause(ex, worker, course.pause());
      if (ex.reply.client_left()) break;
    }
    std::optional<Denied> denied;
    if (ex.terms != nullptr && ex.terms->queue.max_length > 0 && ex.record.attempts.empty()) {
      const Target& target = course.target();
      const std::string_view model = course.step().model;
      denied = co_await reserve_in_turn(ex, worker, target, model);
    } else {
      denied = reserve(ex, worker, course.target(), course.step().model);
    }
    if (denied) {
      course.leave_out(std::move(denied->error), denied->target_only);
      continue;
    }
    Counters::add(worker.counters.attempts);
    auto began = Clock::now();
    Attempt attempt;
    co_await run_attempt(ex, worker, *course.target().upstream, course.key(), course.step().model, attempt);
    finish_record(ex, worker, began, attempt);
    if (!attempt.trouble) {
      course.target().health->succeeded();
      co_await relay(ex, worker, attempt);
      forget_call(ex);
      co_return;
    }
    forget_call(ex);
    settle_failed(ex, *course.target().upstream, *attempt.trouble);
    learn(*attempt.trouble, course);
    course.failed(*std::move(attempt.trouble));
  }
  if (!course.best()) {
    // Nothing was tried: the caller left at once, or every key went into cooldown since the targets were chosen.
    Error nothing = Error(Code::rate_limited, "Every target is cooling down. Retry shortly.").retry_in(1s);
    course.failed_untried(std::move(nothing));
  }
  co_await fail(ex, worker, *course.best());
}

}  // namespace sluice::gateway
