#include "gateway/dispatch.hpp"

#include <algorithm>
#include <optional>

#include "gateway/attempt.hpp"
#include "gateway/fail.hpp"
#include "gateway/key_ring.hpp"
#include "gateway/relay.hpp"
#include "sluice/gateway/worker.hpp"

namespace sluice::gateway {
namespace {

using net::Clock;
using routing::Next;
using routing::Trouble;
using namespace std::chrono_literals;

constexpr Clock::duration longest_cool_down = 1h;
constexpr Clock::duration untold_cool_down = 1s;   // 429 without Retry-After
constexpr Clock::duration bad_key_rests = 60s;     // 401, 403: the provider's other keys are used meanwhile

void begin_record(Exchange& ex, Worker& worker, const Upstream& upstream, const routing::Step& step) {
  store::AttemptRecord record;
  record.target = ex.account->routes.targets[step.target].id;
  record.provider = upstream.id;
  record.model = step.model;
  ex.record.target = record.target;
  ex.record.provider = record.provider;
  ex.record.model_served = record.model;
  ex.record.attempts.push_back(std::move(record));
  Counters::add(worker.counters.attempts);
}

void finish_record(Exchange& ex, Worker& worker, Clock::time_point began, const Troubled* troubled, int status) {
  store::AttemptRecord& record = ex.record.attempts.back();
  record.duration_us = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began).count();
  record.status = status;
  if (troubled == nullptr) return;
  record.error = troubled->error.message();
  record.may_have_run = troubled->may_have_run;
  Counters::add(worker.counters.failed_attempts);
  if (troubled->may_have_run) Counters::add(worker.counters.possible_double_charges);
}

// What the failure tells about the key and the target, for the requests that follow.
void learn(const Troubled& troubled, const Upstream& upstream, const Credential& key, routing::Health& target) {
  const routing::Failed& failed = troubled.failed;
  auto now = Clock::now();
  if (failed.trouble == Trouble::cancelled) return;
  if (failed.trouble == Trouble::refused) {
    auto told = troubled.error.retry_after();
    if (told && failed.try_next) key.health->cool_down(now + std::min<Clock::duration>(*told, longest_cool_down));
    else if (failed.status == 429) key.health->cool_down(now + untold_cool_down);
    else if (failed.key_at_fault && upstream.keys.size() > 1) key.health->cool_down(now + bad_key_rests);
    // A refusal that is the request's own fault, or a limit, shows a target that works.
    if (!failed.try_next || failed.status == 429) {
      target.succeeded();
      return;
    }
  }
  target.failed(now);
}

// Doubles from the provider's backoff to its max_backoff, less up to half of it, so that callers do not come in step.
Clock::duration pause_before(std::uint32_t tried, const config::Retry& retry, double draw) {
  auto wait = std::min<Clock::duration>(retry.backoff * (1u << std::min(tried - 1, 16u)), retry.max_backoff);
  return std::chrono::duration_cast<Clock::duration>(wait * (1.0 - draw / 2));
}

net::Task<> pause(Exchange& ex, Worker& worker, Clock::duration wait) {
  net::Timer timer(worker.io.get_executor(), wait);
  ex.reply.when_client_leaves([&timer] { timer.cancel(); });
  UpstreamWait waiting(ex);
  auto done = co_await timer.async_wait(net::as_result);
  (void)done;
  ex.reply.when_client_leaves({});
}

// All targets of a request and what became of them.
struct Course {
  routing::Tried tried;
  std::optional<Troubled> best;   // the failure that tells the caller most
  bool served = false;

  void keep(Troubled troubled) {
    if (best && routing::usefulness(best->failed) >= routing::usefulness(troubled.failed)) return;
    best = std::move(troubled);
  }
};

net::Task<> try_once(Exchange& ex, Worker& worker, const routing::Step& step, const Credential& key, Course& course,
                     routing::Failed& failed) {
  const Target& target = ex.account->targets[step.target];
  begin_record(ex, worker, *target.upstream, step);
  auto began = Clock::now();
  Attempted attempted = co_await attempt(ex, worker, *target.upstream, key, step.model);
  if (auto* started = std::get_if<Started>(&attempted)) {
    target.health->succeeded();
    if (started->call->progress().retried_stale) Counters::add(worker.counters.stale_retries);
    finish_record(ex, worker, began, nullptr, started->call->head().status);
    course.served = true;
    co_await relay(ex, worker, *started);
    ex.reply.when_client_leaves({});
    co_return;
  }
  ex.reply.when_client_leaves({});
  auto& troubled = std::get<Troubled>(attempted);
  finish_record(ex, worker, began, &troubled, troubled.failed.status);
  learn(troubled, *target.upstream, key, *target.health);
  if (troubled.sent) ++course.tried.sent;
  failed = troubled.failed;
  course.keep(std::move(troubled));
}

// Tries one target with its keys until it answers or another is to be asked.
net::Task<Next> try_target(Exchange& ex, Worker& worker, const routing::Step& step, Course& course) {
  const Upstream& upstream = *ex.account->targets[step.target].upstream;
  KeyRing ring(upstream, step.model);
  const Credential* key = ring.next(worker.draw(), Clock::now());
  course.tried.at_this_target = 0;
  Next next = Next::next_target;
  while (key != nullptr) {
    ++course.tried.at_this_target;
    routing::Failed failed;
    co_await try_once(ex, worker, step, *key, course, failed);
    if (course.served || ex.reply.client_left()) co_return Next::give_up;
    course.tried.more_keys = ring.more(Clock::now());
    next = routing::decide(failed, course.tried, ex.account->failover, upstream.retry.max_attempts);
    if (next == Next::give_up || next == Next::next_target) break;
    const Credential* another = ring.next(worker.draw(), Clock::now());
    if (another != nullptr) key = another;
    if (next == Next::another_key) continue;
    auto wait = pause_before(course.tried.at_this_target, upstream.retry, worker.draw());
    co_await pause(ex, worker, wait);
    if (ex.reply.client_left()) co_return Next::give_up;
  }
  co_return next;
}

}  // namespace

net::Task<> dispatch(Exchange& ex, Worker& worker) {
  Course course;
  for (const routing::Step& step : ex.plan) {
    Next next = co_await try_target(ex, worker, step, course);
    if (course.served) co_return;
    if (next == Next::give_up) break;
  }
  if (!course.best) {
    course.best = Troubled{{Trouble::cancelled, 0, false, false}, Error(Code::cancelled, "The caller left."), nullptr, {}, false, false};
  }
  co_await fail(ex, worker, *course.best);
}

}  // namespace sluice::gateway
