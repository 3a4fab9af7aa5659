#include "sluice/governance/hold.hpp"

#include <algorithm>

#include "governance/looking.hpp"
#include "sluice/governance/book.hpp"

namespace sluice::governance {
namespace {

using What = Refusal::What;
using Reserve = config::Budget::Reserve;

// Of one attempt; requests and places are the request's.
bool of_attempt(What what) { return what != What::requests && what != What::concurrent; }

std::int64_t used_of(What what, const Used& used) {
  switch (what) {
    case What::spend: return used.cost;
    case What::input_tokens: return used.input;
    case What::output_tokens: return used.output;
    case What::tokens: return used.input + used.output;
    default: return 0;
  }
}

void tell(const Scope& scope, const Tally& tally, std::int64_t before, Moment now, std::vector<Notice>& notices) {
  const std::int64_t after = used_of(tally);
  for (const Terms& terms : tally.terms) {
    const std::int64_t limit = terms.limit_at(now.seconds());
    if (limit == 0) continue;
    for (const std::uint32_t percent : terms.warn_at) {
      const __int128 mark = static_cast<__int128>(limit) * percent;
      if (static_cast<__int128>(before) * 100 >= mark || static_cast<__int128>(after) * 100 < mark) continue;
      notices.push_back({Notice::What::threshold, scope.level, scope.subject, percent, after, limit, resets_at(tally, now)});
    }
  }
}

void give_back(Tally& tally, std::int64_t period, std::int64_t held, std::int64_t used, Moment now) {
  if (auto* calendar = std::get_if<CalendarWindow>(&tally.state)) calendar->settle(period, held, used);
  else if (auto* sliding = std::get_if<SlidingWindow>(&tally.state)) sliding->settle(period, held, used);
  else if (auto* rate = std::get_if<Rate>(&tally.state)) rate->give_back(period, held - used, now);
  else std::get<Slots>(tally.state).taken -= held;
}

// The period it counts in, or which taking of a rate it was.
std::int64_t take(Tally& tally, std::int64_t amount, Moment now) {
  if (auto* calendar = std::get_if<CalendarWindow>(&tally.state)) return calendar->hold(amount);
  if (auto* sliding = std::get_if<SlidingWindow>(&tally.state)) return sliding->hold(amount);
  if (auto* rate = std::get_if<Rate>(&tally.state)) return rate->take(amount, now, tally.what == What::requests);
  std::get<Slots>(tally.state).taken += amount;
  return 0;
}

}  // namespace

// Every entry, with its scope locked. Entries of one scope stand together.
template <class Each>
void Hold::each_locked(Each each) {
  Scope* locked = nullptr;
  for (Entry& entry : x_entries) {
    if (entry.scope != locked) {
      if (locked != nullptr) locked->mutex.unlock();
      locked = entry.scope;
      locked->mutex.lock();
    }
    each(entry);
  }
  if (locked != nullptr) locked->mutex.unlock();
}

void Hold::begin(Book& book, const Demand& demand, Moment now) {
  if (x_book == nullptr) book.x_open.fetch_add(1, std::memory_order_relaxed);
  x_book = &book;
  x_demand = demand;
  x_began = now;
  x_grows = x_stops = x_learns = false;
}

void Hold::add(Scope& scope, Tally& tally, Moment now) {
  std::int64_t amount = 0;
  for (const Terms& terms : tally.terms) {
    const bool hard = terms.enforcement == config::Budget::Enforcement::hard;
    if (tally.what != What::spend || hard) amount = std::max(amount, asked(tally, x_demand, terms));
    x_grows = x_grows || (hard && terms.reserve != Reserve::worst_case);
    x_stops = x_stops || terms.stops_streams;
    x_learns = x_learns || terms.reserve == Reserve::expected;
  }
  Entry entry{&scope, &tally, amount, take(tally, amount, now), 0, true};
  if (tally.what == What::requests) {   // it has been made, whatever becomes of it
    if (!std::holds_alternative<Rate>(tally.state)) give_back(tally, entry.period, amount, amount, now);
    entry.used = std::exchange(entry.held, 0);
    entry.open = false;
  }
  x_entries.push_back(entry);
}

void Hold::settle(const Used& used, Moment now) {
  std::vector<Notice> notices;
  each_locked([&](Entry& entry) {
    const bool place_at_target = entry.tally->what == What::concurrent && entry.scope->per_attempt;
    if (!entry.open || !(of_attempt(entry.tally->what) || place_at_target)) return;
    entry.open = false;
    const std::int64_t amount = used_of(entry.tally->what, used), before = used_of(*entry.tally);
    give_back(*entry.tally, entry.period, entry.held, amount, now);
    entry.held = 0;
    entry.used = amount;
    if (entry.tally->what == What::spend) tell(*entry.scope, *entry.tally, before, now, notices);
  });
  if (!notices.empty()) x_book->notice(std::move(notices));
}

void Hold::finish() {
  if (x_book == nullptr) return;
  bool leaked = false;
  each_locked([&](Entry& entry) {
    if (!entry.open) return;
    // Where nobody said what an attempt came to, it is taken to have come to all that was reserved for it.
    const bool unsettled = of_attempt(entry.tally->what);
    entry.used = unsettled ? entry.held : 0;
    give_back(*entry.tally, entry.period, entry.held, entry.used, x_began);
    entry.held = 0;
    entry.open = false;
    leaked = leaked || unsettled;
  });
  if (leaked) x_book->x_leaked.fetch_add(1, std::memory_order_relaxed);
  x_book->x_open.fetch_sub(1, std::memory_order_relaxed);
  x_book = nullptr;
}

Hold::~Hold() {
  if (x_book == nullptr) return;
  const bool leaked = std::any_of(x_entries.begin(), x_entries.end(), [](const Entry& e) { return e.open && of_attempt(e.tally->what); });
  if (!leaked) x_book->x_leaked.fetch_add(1, std::memory_order_relaxed);   // finish() counts the others
  finish();
}

bool Hold::measures() const {
  return std::any_of(x_entries.begin(), x_entries.end(), [](const Entry& entry) { return of_attempt(entry.tally->what); });
}

bool Hold::counts_in(const Tally& tally) const {
  return std::any_of(x_entries.begin(), x_entries.end(), [&tally](const Entry& entry) { return entry.tally == &tally; });
}

std::int64_t Hold::money() const {
  std::int64_t most = 0;
  for (const Entry& entry : x_entries) {
    if (entry.open && entry.tally->what == What::spend) most = std::max(most, entry.held);
  }
  return most;
}

void Hold::charges(std::vector<store::Charge>& out, std::int64_t worst) const {
  out.clear();
  for (const Entry& entry : x_entries) {
    const std::int64_t amount = !entry.open ? entry.used : entry.tally->what == What::spend ? worst : entry.held;
    if (entry.tally->counter == 0 || amount == 0) continue;
    auto known = std::find_if(out.begin(), out.end(), [&entry](const store::Charge& charge) {
      return charge.counter == entry.tally->counter && charge.period == entry.period;
    });
    if (known == out.end()) out.push_back({entry.tally->counter, entry.period, amount});
    else known->amount += amount;
  }
}

bool Hold::grow(std::int64_t output_tokens) {
  const std::int64_t wanted = x_demand.cost(std::min(output_tokens, x_demand.output_most));
  bool admitted = true;
  each_locked([&](Entry& entry) {
    if (!admitted || !entry.open || entry.tally->what != What::spend || wanted <= entry.held) return;
    auto* calendar = std::get_if<CalendarWindow>(&entry.tally->state);
    if (calendar != nullptr && calendar->period().begin != entry.period) return;   // its period is over
    const std::int64_t more = wanted - entry.held, taken = used_of(*entry.tally) + held_of(*entry.tally);
    bool hard = false;
    for (const Terms& terms : entry.tally->terms) {
      if (terms.enforcement != config::Budget::Enforcement::hard) continue;
      hard = true;
      if (terms.stops_streams && taken + more > terms.limit_at(x_began.seconds())) admitted = false;
    }
    if (!admitted || !hard) return;
    // Beyond the limit too where a budget lets streams finish: others see what it will come to.
    if (calendar != nullptr) calendar->hold(more);
    else if (auto* sliding = std::get_if<SlidingWindow>(&entry.tally->state)) sliding->hold(more);
    entry.held = wanted;
  });
  return admitted;
}

}  // namespace sluice::governance
