// Which counters a set of limits goes by.
#include <algorithm>

#include "governance/tallies.hpp"
#include "sluice/governance/book.hpp"

namespace sluice::governance {
namespace {

using Measure = store::Counter::Measure;

constexpr std::string_view level_names[] = {"customer", "team", "key", "key", "target", "tag"};
constexpr std::string_view measure_names[] = {"spend", "requests", "input tokens", "output tokens", "tokens"};
constexpr char unit_letters[] = {'s', 'm', 'h', 'd', 'w', 'M', 'Y'};

std::uint64_t id_of(std::string_view name) {   // FNV-1a
  std::uint64_t hash = 14695981039346656037ull;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return hash == 0 ? 1 : hash;   // 0: no counter
}

void name(store::Counter& counter) {
  std::string& out = counter.name;
  out.append(level_names[static_cast<std::size_t>(counter.level)]).append(" ").append(counter.subject);
  if (!counter.provider.empty()) out.append(" at ").append(counter.provider);
  out.append(": ").append(measure_names[static_cast<std::size_t>(counter.measure)]).append(", ");
  out += std::to_string(counter.period.count);
  out += unit_letters[static_cast<std::size_t>(counter.period.unit)];
  out.append(", ").append(slides(counter.period, counter.rolling) ? "sliding" : counter.time_zone);
  for (const std::string& pattern : counter.models) out.append(", ").append(pattern);
  counter.id = id_of(out);
}

}  // namespace

store::Counter counter_of(Level level, std::string_view subject, std::string_view provider, const config::Budget& budget) {
  store::Counter counter;
  counter.level = level;
  counter.subject = subject;
  counter.provider = provider;
  counter.measure = Measure::spend;
  counter.models = budget.models;
  std::sort(counter.models.begin(), counter.models.end());
  counter.period = budget.reset;
  counter.rolling = slides(budget.reset, budget.rolling);
  counter.time_zone = counter.rolling ? "UTC" : budget.time_zone;
  name(counter);
  return counter;
}

store::Counter counter_of(Level level, std::string_view subject, std::string_view provider, const config::RateLimit& limit, Measure measure) {
  store::Counter counter;
  counter.level = level;
  counter.subject = subject;
  counter.provider = provider;
  counter.measure = measure;
  counter.models = limit.models;
  std::sort(counter.models.begin(), counter.models.end());
  counter.period = limit.reset;
  counter.time_zone = limit.time_zone;
  name(counter);
  return counter;
}

std::vector<store::Counter> counters_of(Level level, std::string_view subject, std::string_view provider, const config::Limited& limits) {
  std::vector<store::Counter> counters;
  const auto add = [&counters](store::Counter&& counter) {
    for (const store::Counter& known : counters) {
      if (known.id == counter.id) return;
    }
    counters.push_back(std::move(counter));
  };
  for (const config::Budget& budget : limits.budgets) add(counter_of(level, subject, provider, budget));
  for (const config::RateLimit& limit : limits.rate_limits) {
    each_measure(limit, [&](Measure measure, std::int64_t) {
      if (!slides(limit.reset, false)) add(counter_of(level, subject, provider, limit, measure));
    });
  }
  return counters;
}

std::vector<std::int64_t> periods_of(const store::Counter& counter, std::int64_t at) {
  if (counter.rolling) return SlidingWindow(seconds_of(counter.period)).slices_at(at);
  const TimeZone zone = TimeZone::find(counter.time_zone).value_or(TimeZone::utc());
  return {zone.period(calendar_unit(counter.period.unit), counter.period.count, at).begin};
}

std::int64_t period_end(const store::Counter& counter, std::int64_t period) {
  if (counter.rolling) return period + SlidingWindow(seconds_of(counter.period)).slice_seconds();
  const TimeZone zone = TimeZone::find(counter.time_zone).value_or(TimeZone::utc());
  return zone.period(calendar_unit(counter.period.unit), counter.period.count, period).end;
}

}  // namespace sluice::governance
