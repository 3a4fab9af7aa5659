#include "store/recount.hpp"

#include <algorithm>

#include "sluice/base/pattern.hpp"

namespace sluice::store {
namespace {

// Where each attempt is a request of its own.
bool to_a_provider(Counter::Level level) { return level == Counter::Level::target || level == Counter::Level::key_provider; }

std::int64_t measured(Counter::Level level, Counter::Measure measure, const SpendSums& sums) {
  switch (measure) {
    case Counter::Measure::spend: return sums.cost_nano_usd;
    case Counter::Measure::requests: return to_a_provider(level) ? sums.attempts : sums.requests;
    case Counter::Measure::input_tokens: return sums.input_tokens;
    case Counter::Measure::output_tokens: return sums.output_tokens;
    case Counter::Measure::tokens: return sums.input_tokens + sums.output_tokens;
  }
  return 0;
}

std::size_t index_of(Counter::Level level) { return static_cast<std::size_t>(level); }

}  // namespace

void Recount::add(const Counter& counter, std::span<const std::int64_t> periods) {
  auto subject = counter.subject;
  if (counter.level == Counter::Level::key_provider) subject.append(1, '\0').append(counter.provider);
  x_subjects[index_of(counter.level)][subject].push_back(x_counts.size());
  x_counts.push_back({&counter, periods, x_amounts.size()});
  x_amounts.resize(x_amounts.size() + periods.size());
  if (!periods.empty()) x_since = std::min(x_since, slot_of(periods.front()));
}

void Recount::count(Counter::Level level, std::string_view subject, const LedgerLine& line) {
  const auto& subjects = x_subjects[index_of(level)];
  const auto found = subjects.find(subject);
  if (found == subjects.end()) return;
  for (const auto index : found->second) {
    const auto& [counter, periods, first] = x_counts[index];
    const auto next = std::lower_bound(periods.begin(), periods.end(), line.slot + slot_seconds);
    if (next == periods.begin()) continue;
    if (!counter->models.empty() && !matches_any(counter->models, line.model)) continue;
    x_amounts[first + static_cast<std::size_t>(next - periods.begin()) - 1] += measured(level, counter->measure, line.sums);
  }
}

void Recount::count(const LedgerLine& line) {
  using Level = Counter::Level;
  if (!line.tag.empty()) return count(Level::tag, line.tag, line);
  count(Level::customer, line.customer, line);
  count(Level::team, line.team, line);
  count(Level::key, line.key_id, line);
  if (!x_subjects[index_of(Level::key_provider)].empty()) {
    x_joined.assign(line.key_id).append(1, '\0').append(line.provider);
    count(Level::key_provider, x_joined, line);
  }
  if (x_subjects[index_of(Level::target)].empty()) return;
  x_joined.assign(line.account).append(1, '/').append(line.target);
  count(Level::target, x_joined, line);
}

std::span<const std::int64_t> Recount::amounts(std::size_t index) const {
  return std::span(x_amounts).subspan(x_counts[index].first, x_counts[index].periods.size());
}

bool Recount::wants_tags() const { return !x_subjects[index_of(Counter::Level::tag)].empty(); }

bool Recount::wants_spend() const {
  return std::any_of(x_subjects.begin(), x_subjects.begin() + index_of(Counter::Level::tag),
                     [](const Subjects& subjects) { return !subjects.empty(); });
}

}  // namespace sluice::store
