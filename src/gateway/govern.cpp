#include "gateway/govern.hpp"

#include <algorithm>
#include <utility>

#include "gateway/demand.hpp"
#include "gateway/facts.hpp"
#include "gateway/input_bound.hpp"
#include "gateway/refusal_text.hpp"
#include "gateway/settle.hpp"
#include "sluice/gateway/worker.hpp"

namespace sluice::gateway {
namespace {

using governance::Moment;
using governance::Verdict;

governance::Chain chain_of(const Exchange& ex, const Target& target) {
  governance::Chain chain;
  if (ex.terms != nullptr) {
    chain.assign(ex.terms->scopes.begin(), ex.terms->scopes.end());
    for (const auto& [provider, scope] : ex.terms->at_provider) {
      if (provider == target.upstream->id) chain.push_back(scope);
    }
  }
  if (target.scope != nullptr) chain.push_back(target.scope);
  for (const std::string& tag : ex.record.tags) {
    if (governance::Scope* scope = ex.snapshot->tag(tag)) chain.push_back(scope);
  }
  return chain;
}

// The request with another body, which says the same but for its limit of tokens. The plan's steps view the model's name in
// the facts, so that stays where it is.
void change_body(Exchange& ex, std::string body) {
  ex.request.body = std::move(body);
  auto facts = read_facts(ex);
  if (!facts) return;   // it could be read before
  ex.facts.model_begin = facts->model_begin;
  ex.facts.model_end = facts->model_end;
  ex.facts.max_tokens = facts->max_tokens;
  ex.chat.reset();
}

bool some_budget(const governance::Chain& chain) {
  return std::any_of(chain.begin(), chain.end(), [](const governance::Scope* scope) { return scope->spends.load(std::memory_order_relaxed); });
}

Denied unpriced(std::string_view model) {
  return {Error(Code::forbidden, "The model `" + std::string(model) + "` has no known price, so it cannot be used where a budget applies. The "
                                 "gateway's operator can add one under `pricing.overrides`, or set `pricing.unknown_model: allow`.")
              .named("model_not_priced")
              .about("model"),
          true, false, 0};
}

Denied unbounded(std::string_view what) {
  return {Error(Code::forbidden, "What `" + std::string(what) + "` asks for has no known price, so it cannot be used where a budget applies. Leave it "
                                 "out, or use a key without a budget.")
              .named("cost_not_bounded")
              .about(std::string(what)),
          true, false, 0};
}

Denied not_for_some_models(std::string_view what) {
  return {Error(Code::forbidden, "This API key is for some models only, and `" + std::string(what) + "` lets the provider choose others. Leave it out.")
              .named("model_not_allowed")
              .about(std::string(what)),
          true, false, 0};
}

// `pricing.unknown_model`: where it is not set, what has no price is refused if a budget applies.
bool may_be_unpriced(const Exchange& ex, const Upstream& upstream) {
  const config::Pricing& pricing = ex.snapshot->settings().pricing;
  return upstream.simulated || (pricing.unknown_model_set && pricing.unknown_model == config::Pricing::UnknownModel::allow);
}

void begin_record(Exchange& ex, const Target& target, std::string_view model) {
  store::AttemptRecord& attempt = ex.record.attempts.emplace_back();
  attempt.target = ex.account->routes.targets[static_cast<std::size_t>(&target - ex.account->targets.data())].id;
  attempt.provider = target.upstream->id;
  attempt.model = model;
  ex.record.target = attempt.target;
  ex.record.provider = attempt.provider;
  ex.record.model_served = attempt.model;
  ex.asked = target.upstream;
}

// The record as it stands if nothing is ever heard of the attempt that begins now: with all that it may cost and use. Limits
// are counted from such a row, too, so it has the tokens that are charged.
Result<> write_open(Exchange& ex, Worker& worker, const governance::Demand& demand) {
  store::RequestRecord& record = ex.record;
  store::AttemptRecord& attempt = record.attempts.back();
  const std::int64_t booked = record.cost_nano_usd, worst = demand.cost(demand.output_most);
  const llm::Usage usage = std::exchange(record.usage, {});
  record.usage.input = demand.input_tokens;
  record.usage.output = demand.output_tokens;
  record.open = attempt.may_have_run = true;
  record.cost_nano_usd = booked + worst;
  attempt.cost_nano_usd = worst;
  ex.at_stake = worst;
  ex.hold.charges(record.charges, worst);
  auto written = worker.journal->append(record);
  record.open = attempt.may_have_run = false;
  record.cost_nano_usd = booked;
  attempt.cost_nano_usd = 0;
  record.usage = usage;
  record.charges.clear();
  return written;
}

}  // namespace

std::optional<Denied> reserve(Exchange& ex, Worker& worker, const Target& target, std::string_view model) {
  const governance::Chain chain = chain_of(ex, target);
  const Upstream& upstream = *target.upstream;
  if (ex.key != nullptr && !ex.key->models.empty()) {
    const std::string_view others = other_models(upstream.type, upstream.base_url, ex.request.body);
    if (!others.empty()) return not_for_some_models(others);
  }
  Bound bound = bound_of(ex, upstream, model, false);
  if (!chain.empty()) {
    const bool budgeted = some_budget(chain);
    if (budgeted && !bound.priced && !may_be_unpriced(ex, upstream)) return unpriced(model);
    if (budgeted && !upstream.simulated) {
      if (const std::string_view what = beyond_any_bound(ex.endpoint, upstream.type, upstream.base_url, ex.request.body); !what.empty()) return unbounded(what);
    }
    governance::Book& book = worker.shared.memory.book;
    const Moment now = Moment::now();
    governance::Outcome outcome = book.reserve(chain, bound.demand, now, ex.hold, &ex.remaining);
    if (outcome.verdict == Verdict::inexact) {
      bound = bound_of(ex, upstream, model, true);
      if (ex.key != nullptr) bound.demand.output_expected = book.expected_output(ex.key->id, model, bound.demand.output_most);
      outcome = book.reserve(chain, bound.demand, now, ex.hold, &ex.remaining);
    }
    if (outcome.verdict == Verdict::refused) return denied(outcome.refusal);
    if (outcome.clamp_output > 0) {
      auto changed = with_output_limit(ex, outcome.clamp_output);
      if (changed) {
        bound.demand.output_most = std::min(bound.demand.output_most, outcome.clamp_output * bound.demand.choices);
        ex.clamped_output = outcome.clamp_output;
        change_body(ex, *std::move(changed));
      }
    }
  }
  begin_record(ex, target, model);
  auto written = write_open(ex, worker, bound.demand);
  if (written) return std::nullopt;
  ex.record.attempts.pop_back();
  ex.hold.settle({}, Moment::now());
  Counters::add(worker.counters.journal_failures);
  return Denied{Error(Code::overloaded, "The gateway cannot write down what requests cost (its disk may be full), so it takes none now.")
                    .named("journal_full")
                    .retry_in(std::chrono::seconds(1)),
                false, false, 0};
}

namespace {

// What the attempt may have come to, looked at closely: far from its limit a budget reserves the model's whole context.
std::int64_t closest_bound(const Exchange& ex, const Upstream& upstream) {
  const governance::Demand demand = bound_of(ex, upstream, ex.record.attempts.back().model, true).demand;
  return demand.cost(demand.output_most);
}

}  // namespace

void settle_failed(Exchange& ex, const Upstream& upstream, const Troubled& troubled) {
  store::AttemptRecord& attempt = ex.record.attempts.back();
  governance::Used used;
  if (troubled.may_have_run) {
    const llm::Usage usage = estimate(ex, 0);
    const auto cost = ex.snapshot->prices().cost(upstream.type, upstream.base_url, attempt.model, usage, ex.now_seconds(),
                                                 ex.price_scope(upstream));
    used.cost = cost.nano_usd;
    // A provider whose answer was lost may bill all of it. A stream whose caller has left is not made any further.
    const bool stopped = troubled.failed.trouble == routing::Trouble::cancelled && !ex.outlasts_caller();
    if (!stopped) used.cost = std::max(used.cost, std::min(ex.hold.money(), closest_bound(ex, upstream)));
    attempt.cost_nano_usd = used.cost;
    ex.record.cost_nano_usd += used.cost;
    ex.record.usage.estimated = true;
  }
  ex.hold.settle(used, Moment::now());
}

void settle_broken(Exchange& ex) {
  const bool under_way = !ex.settled && !ex.record.attempts.empty() && ex.record.attempts.back().error.empty();
  if (!under_way) return;   // a failed attempt is settled already
  Troubled lost{{routing::Trouble::lost, 0, false, false}, Error(Code::internal, "internal error"), nullptr, {}, true, true};
  settle_failed(ex, *ex.asked, lost);
}

governance::Chain scopes_of_caller(const Exchange& ex) {
  governance::Chain chain;
  if (ex.terms == nullptr) return chain;
  chain.assign(ex.terms->scopes.begin(), ex.terms->scopes.end());
  for (const auto& [provider, scope] : ex.terms->at_provider) chain.push_back(scope);
  return chain;
}

}  // namespace sluice::gateway
