#include "governance/tallies.hpp"

#include <algorithm>

namespace sluice::governance {
namespace {

using What = Refusal::What;

constexpr std::int64_t most_periods = 10'000;   // that a raise is for

What what_of(store::Counter::Measure measure) {
  switch (measure) {
    case store::Counter::Measure::spend: return What::spend;
    case store::Counter::Measure::requests: return What::requests;
    case store::Counter::Measure::input_tokens: return What::input_tokens;
    case store::Counter::Measure::output_tokens: return What::output_tokens;
    case store::Counter::Measure::tokens: return What::tokens;
  }
  return What::spend;
}

Terms::Raise raise_of(const config::Raise& raise, const store::Counter& counter) {
  Terms::Raise made{raise.limit, raise.from.value_or(INT64_MIN), raise.until.value_or(never)};
  if (raise.periods == 0) return made;
  if (counter.rolling) {
    made.until = made.from + std::min<std::int64_t>(raise.periods, most_periods) * seconds_of(counter.period);
    return made;
  }
  const TimeZone zone = TimeZone::find(counter.time_zone).value_or(TimeZone::utc());
  std::int64_t at = made.from;
  for (std::int64_t i = 0; i < std::min<std::int64_t>(raise.periods, most_periods); ++i) {
    at = zone.period(calendar_unit(counter.period.unit), counter.period.count, at).end;
  }
  made.until = at;
  return made;
}

Terms terms_of(const config::Budget& budget, const store::Counter& counter) {
  Terms terms;
  terms.limit = budget.max_spend;
  terms.enforcement = budget.enforcement;
  terms.reserve = budget.reserve;
  terms.reserve_output = budget.reserve_output;
  terms.stops_streams = budget.stops_streams;
  terms.clamps = budget.clamps;
  terms.warn_at = budget.warn_at;
  for (const config::Raise& raise : budget.raises) terms.raises.push_back(raise_of(raise, counter));
  return terms;
}

CalendarWindow calendar_window(const store::Counter& counter) {
  const TimeZone zone = TimeZone::find(counter.time_zone).value_or(TimeZone::utc());   // the loader has looked
  return CalendarWindow(zone, calendar_unit(counter.period.unit), counter.period.count);
}

std::unique_ptr<Tally> make_tally(What what, const std::vector<std::string>& models, decltype(Tally::state) state) {
  auto tally = std::make_unique<Tally>(Tally{0, what, models, std::move(state), {}});
  std::sort(tally->models.begin(), tally->models.end());
  return tally;
}

Tally& counter_tally(std::vector<std::unique_ptr<Tally>>& tallies, const store::Counter& counter) {
  for (auto& tally : tallies) {
    if (tally->counter == counter.id) return *tally;
  }
  decltype(Tally::state) state{Slots{}};
  if (counter.rolling) state = SlidingWindow(seconds_of(counter.period));
  else state = calendar_window(counter);
  tallies.push_back(make_tally(what_of(counter.measure), counter.models, std::move(state)));
  tallies.back()->counter = counter.id;
  return *tallies.back();
}

}  // namespace

std::vector<std::unique_ptr<Tally>> tallies_of(Level level, std::string_view subject, std::string_view provider, const config::Limited& limits) {
  std::vector<std::unique_ptr<Tally>> tallies;
  for (const config::Budget& budget : limits.budgets) {
    const store::Counter counter = counter_of(level, subject, provider, budget);
    counter_tally(tallies, counter).terms.push_back(terms_of(budget, counter));
  }
  for (const config::RateLimit& limit : limits.rate_limits) {
    each_measure(limit, [&](store::Counter::Measure measure, std::int64_t most) {
      Terms terms;
      terms.limit = most;
      if (slides(limit.reset, false)) {
        tallies.push_back(make_tally(what_of(measure), limit.models, Rate(most, seconds_of(limit.reset))));
        tallies.back()->terms.push_back(std::move(terms));
      } else {
        counter_tally(tallies, counter_of(level, subject, provider, limit, measure)).terms.push_back(std::move(terms));
      }
    });
    if (!limit.max_concurrent) continue;
    tallies.push_back(make_tally(What::concurrent, limit.models, Slots{}));
    tallies.back()->terms.emplace_back().limit = *limit.max_concurrent;
  }
  return tallies;
}

bool same_tally(const Tally& old, const Tally& fresh) {
  if (old.counter != fresh.counter || old.what != fresh.what || old.models != fresh.models || old.state.index() != fresh.state.index()) return false;
  const Rate *before = std::get_if<Rate>(&old.state), *now = std::get_if<Rate>(&fresh.state);
  return before == nullptr || before->same(*now);
}

}  // namespace sluice::governance
