#include "sluice/governance/book.hpp"

#include <algorithm>

#include "governance/looking.hpp"
#include "governance/tallies.hpp"

namespace sluice::governance {
namespace {

using What = Refusal::What;
using Enforcement = config::Budget::Enforcement;

constexpr std::size_t most_notices = 1000;
constexpr std::int64_t tight = 64;         // less than so many requests of the kind are left
constexpr std::size_t remembered = 128;    // answers, of which the length of the 95th percentile is taken
constexpr std::size_t enough = 20;

// All scopes of a request, locked in the one order that everybody locks them in.
class LockAll {
 public:
  explicit LockAll(const Chain& chain) : x_scopes(chain) {
    std::sort(x_scopes.begin(), x_scopes.end(), [](const Scope* a, const Scope* b) { return a->rank < b->rank; });
    x_scopes.erase(std::unique(x_scopes.begin(), x_scopes.end()), x_scopes.end());   // or it would wait for itself
    for (Scope* scope : x_scopes) scope->mutex.lock();
  }
  ~LockAll() {
    for (Scope* scope : x_scopes) scope->mutex.unlock();
  }
  LockAll(const LockAll&) = delete;
  LockAll& operator=(const LockAll&) = delete;

 private:
  Chain x_scopes;
};

// A request counts once where its owner is counted, and so does the place it takes; a target counts every attempt.
bool counted_already(const Scope& scope, const Tally& tally, const Demand& demand, const Hold& hold) {
  return !demand.first && !scope.per_attempt && (tally.what == What::requests || tally.what == What::concurrent) && hold.counts_in(tally);
}

std::string key_of(Level level, std::string_view subject, std::string_view provider) {
  std::string key;
  key += static_cast<char>('0' + static_cast<int>(level));
  key.append(subject).append("\n").append(provider);
  return key;
}

// The tallies of one request that count, one after the other, until `each` returns false.
template <class Each>
bool each_counting(const Chain& chain, const Demand& demand, const Hold& hold, Each each) {
  for (Scope* scope : chain) {
    for (auto& tally : scope->tallies) {
      if (!tally->counts(demand) || counted_already(*scope, *tally, demand, hold)) continue;
      if (!each(*scope, *tally)) return false;
    }
  }
  return true;
}

// Of a limit of nothing all is used.
std::uint32_t percent_of(std::int64_t used, std::int64_t limit) {
  if (limit == 0) return 100;
  return static_cast<std::uint32_t>(std::min<__int128>(static_cast<__int128>(used) * 100 / limit, UINT32_MAX));
}

// What becomes of a demand at all its limits: looks, and changes nothing but the present period.
class Examination {
 public:
  Examination(const Demand& demand, Moment now) : x_demand(demand), x_now(now) {}

  // False: refused.
  bool look(const Scope& scope, Tally& tally) {
    roll(tally, x_now);
    for (Terms& terms : tally.terms) {
      if (tally.what == What::spend ? spend(tally, terms) : rate(tally, terms)) continue;
      x_refusal = refusal_of(scope, tally, terms, x_demand, x_now);
      if (tally.what == What::spend) tell_exhausted(scope, tally, terms);
      return false;
    }
    return true;
  }
  bool inexact() const { return x_inexact; }
  std::int64_t clamp() const { return x_clamp; }   // tokens of each choice; `never`: as asked
  Refusal& refusal() { return x_refusal; }
  std::vector<Notice>& notices() { return x_notices; }

 private:
  bool spend(const Tally& tally, const Terms& terms) {
    const std::int64_t limit = terms.limit_at(x_now.seconds()), used = used_of(tally);
    if (terms.enforcement == Enforcement::observe) return true;
    if (limit == 0 || used >= limit) return false;
    if (terms.enforcement == Enforcement::soft) return true;
    const std::int64_t left = limit - used - held_of(tally), amount = asked(tally, x_demand, terms);
    if (left <= 0) return amount == 0;
    if (!x_demand.exact && left / tight < amount) x_inexact = true;
    if (amount <= left) return true;
    if (!x_demand.exact) return true;   // it will be asked again
    if (!terms.clamps || x_demand.output_rate == 0 || left <= x_demand.input_cost) return false;
    const __int128 tokens = static_cast<__int128>(left - x_demand.input_cost) * 1000 / x_demand.output_rate / x_demand.choices;
    if (tokens < 1) return false;
    x_clamp = std::min(x_clamp, static_cast<std::int64_t>(std::min<__int128>(tokens, never)));
    return true;
  }
  bool rate(const Tally& tally, const Terms& terms) const {
    const std::int64_t amount = asked(tally, x_demand, terms);
    if (const Rate* rate = std::get_if<Rate>(&tally.state)) return rate->fits(amount, x_now);
    return terms.limit > 0 && amount <= terms.limit - used_of(tally) - held_of(tally);
  }
  // Whether it serves nobody any more: all of it is used, or so much that a request which the whole of it would admit finds
  // no room. One request larger than the limit, or money that is only held, says nothing of that.
  bool exhausted(const Tally& tally, const Terms& terms, std::int64_t limit) const {
    const std::int64_t used = used_of(tally);
    if (used >= limit) return true;
    const std::int64_t amount = asked(tally, x_demand, terms), least = terms.clamps ? std::min(amount, x_demand.cost(x_demand.choices)) : amount;
    return least <= limit && held_of(tally) == 0 && used >= limit - used;
  }
  void tell_exhausted(const Scope& scope, const Tally& tally, Terms& terms) {
    const std::int64_t limit = terms.limit_at(x_now.seconds()), period = resets_at(tally, x_now);
    if (x_now.seconds() < terms.told_until || !exhausted(tally, terms, limit)) return;
    const auto* sliding = std::get_if<SlidingWindow>(&tally.state);
    terms.told_until = sliding == nullptr ? period : x_now.seconds() + sliding->seconds();
    x_notices.push_back({Notice::What::exhausted, scope.level, scope.subject, percent_of(used_of(tally), limit), used_of(tally), limit, period});
  }

  const Demand& x_demand;
  Moment x_now;
  bool x_inexact = false;
  std::int64_t x_clamp = never;
  Refusal x_refusal;
  std::vector<Notice> x_notices;
};

void remember(Remaining::Of& of, const Tally& tally, Moment now) {
  const std::int64_t limit = limit_of(tally, now), left = std::max<std::int64_t>(0, left_of(tally, now));
  // The tightest by its share of what is left; __int128 since both may be large.
  if (of.known && static_cast<__int128>(of.left) * limit <= static_cast<__int128>(left) * of.limit) return;
  of = {true, limit, left, std::max<std::int64_t>(0, reset_in_us(tally, now))};
}

// New terms for old, without telling again what has been told.
void take_over(std::vector<Terms>&& fresh, std::vector<Terms>& terms) {
  for (Terms& one : fresh) {
    const auto old = std::find_if(terms.begin(), terms.end(), [&one](const Terms& t) { return t.limit == one.limit && t.enforcement == one.enforcement; });
    if (old != terms.end()) one.told_until = old->told_until;
  }
  terms = std::move(fresh);
}

}  // namespace

Scope& Book::scope(Level level, std::string_view subject, std::string_view provider, const config::Limited& limits) {
  auto fresh = tallies_of(level, subject, provider, limits);
  const std::lock_guard guard(x_mutex);
  auto& slot = x_scopes[key_of(level, subject, provider)];
  if (!slot) {
    slot = std::make_unique<Scope>();
    slot->rank = x_scopes.size();
    slot->level = level;
    slot->subject = subject;
    if (!provider.empty()) slot->subject.append(" at ").append(provider);
    slot->per_attempt = level == Level::target || level == Level::key_provider;
  }
  Scope& scope = *slot;
  scope.mutex.lock();
  for (auto& tally : fresh) {
    const auto same = [&tally](const auto& one) { return one && same_tally(*one, *tally); };
    auto old = std::find_if(scope.tallies.begin(), scope.tallies.end(), same);
    if (old == scope.tallies.end()) {
      // One that had been taken away and is set again: requests that began before may still be under way.
      old = std::find_if(scope.retired.begin(), scope.retired.end(), same);
      if (old == scope.retired.end()) continue;
    }
    take_over(std::move(tally->terms), (*old)->terms);
    tally = std::move(*old);
  }
  for (auto& old : scope.tallies) {
    if (old) scope.retired.push_back(std::move(old));
  }
  std::erase(scope.retired, nullptr);
  scope.tallies = std::move(fresh);
  const auto spends = [](const auto& tally) { return tally->what == What::spend; };
  scope.spends = std::any_of(scope.tallies.begin(), scope.tallies.end(), spends);
  for (auto& tally : scope.tallies) {
    if (tally->counter == 0) continue;
    Place& place = x_by_counter[tally->counter];
    place = {&scope, tally.get(), place.restored && place.tally == tally.get()};
  }
  scope.mutex.unlock();
  return scope;
}

Outcome Book::reserve(const Chain& chain, const Demand& demand, Moment now, Hold& hold, Remaining* remaining) {
  Outcome outcome;
  std::vector<Notice> notices;
  {
    LockAll locked(chain);
    Examination examination(demand, now);
    boost::container::small_vector<std::pair<Scope*, Tally*>, 16> counting;
    const bool admitted = each_counting(chain, demand, hold, [&](Scope& scope, Tally& tally) {
      counting.push_back({&scope, &tally});
      return examination.look(scope, tally);
    });
    if (!admitted) outcome.verdict = Verdict::refused, outcome.refusal = std::move(examination.refusal());
    else if (examination.inexact() && !demand.exact) outcome.verdict = Verdict::inexact;
    else {
      Demand fitting = demand;
      if (examination.clamp() != never) {
        outcome.clamp_output = examination.clamp();
        fitting.output_most = std::min(fitting.output_most, outcome.clamp_output * fitting.choices);
        fitting.output_expected = std::min(fitting.output_expected, fitting.output_most);
      }
      hold.begin(*this, fitting, now);
      for (const auto& [scope, tally] : counting) hold.add(*scope, *tally, now);
    }
    if (remaining != nullptr) {
      each_counting(chain, demand, Hold(), [&](const Scope&, Tally& tally) {
        roll(tally, now);
        if (tally.what == What::requests) remember(remaining->requests, tally, now);
        else if (tally.what != What::spend && tally.what != What::concurrent) remember(remaining->tokens, tally, now);
        return true;
      });
    }
    notices = std::move(examination.notices());
  }
  if (outcome.verdict == Verdict::refused) x_refused.fetch_add(1, std::memory_order_relaxed);
  if (!notices.empty()) notice(std::move(notices));
  return outcome;
}

void Book::restore(std::span<const store::CounterValue> values, Moment now) {
  const std::lock_guard guard(x_mutex);
  for (const store::CounterValue& value : values) {
    const auto found = x_by_counter.find(value.id);
    if (found == x_by_counter.end() || found->second.restored) continue;
    const auto [scope, tally, restored] = found->second;
    scope->mutex.lock();
    roll(*tally, now);
    if (auto* window = std::get_if<CalendarWindow>(&tally->state)) window->restore(value.period, value.amount);
    else if (auto* sliding = std::get_if<SlidingWindow>(&tally->state)) sliding->restore(value.period, value.amount);
    scope->mutex.unlock();
  }
  for (auto& [id, place] : x_by_counter) place.restored = true;
}

std::vector<Standing> Book::standings(std::span<Scope* const> scopes, Moment now) const {
  std::vector<Standing> all;
  for (Scope* scope : scopes) {
    scope->mutex.lock();
    for (auto& tally : scope->tallies) {
      roll(*tally, now);
      for (const Terms& terms : tally->terms) {
        Standing standing{scope->level, scope->subject, tally->what, tally->models, 0, 0, 0, 0, terms.enforcement};
        standing.limit = terms.limit_at(now.seconds());
        standing.used = std::holds_alternative<Rate>(tally->state) ? standing.limit - left_of(*tally, now) : used_of(*tally);
        standing.held = held_of(*tally);
        standing.resets_at = tally->what == What::concurrent ? 0 : resets_at(*tally, now);
        all.push_back(std::move(standing));
      }
    }
    scope->mutex.unlock();
  }
  return all;
}

std::vector<Scope*> Book::scopes(Level level, std::string_view subject) const {
  const std::lock_guard guard(x_mutex);
  const std::string start = key_of(level, subject, {});
  std::vector<Scope*> found;
  for (auto at = x_scopes.lower_bound(start); at != x_scopes.end() && at->first.starts_with(start); ++at) found.push_back(at->second.get());
  return found;
}

std::int64_t Book::expected_output(std::string_view key, std::string_view model, std::int64_t otherwise) const {
  const std::lock_guard guard(x_learned_mutex);
  const auto found = x_learned.find(std::string(key) + '\n' + std::string(model));
  if (found == x_learned.end() || found->second.last.size() < enough) return otherwise;
  std::vector<std::int32_t> sorted = found->second.last;
  const auto place = sorted.begin() + static_cast<std::ptrdiff_t>((sorted.size() * 95 + 99) / 100 - 1);
  std::nth_element(sorted.begin(), place, sorted.end());
  return *place;
}

void Book::learn_output(std::string_view key, std::string_view model, std::int64_t tokens) {
  const std::lock_guard guard(x_learned_mutex);
  Learned& learned = x_learned[std::string(key) + '\n' + std::string(model)];
  const auto length = static_cast<std::int32_t>(std::clamp<std::int64_t>(tokens, 0, INT32_MAX));
  if (learned.last.size() < remembered) learned.last.push_back(length);
  else learned.last[learned.next++ % remembered] = length;
}

void Book::notice(std::vector<Notice>&& notices) {
  const std::lock_guard guard(x_notices_mutex);
  for (Notice& one : notices) {
    if (x_notices.size() < most_notices) x_notices.push_back(std::move(one));
    else x_dropped_notices.fetch_add(1, std::memory_order_relaxed);
  }
}

std::vector<Notice> Book::take_notices() {
  const std::lock_guard guard(x_notices_mutex);
  return std::exchange(x_notices, {});
}

}  // namespace sluice::governance
