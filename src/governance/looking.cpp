#include "governance/looking.hpp"

#include <algorithm>

namespace sluice::governance {
namespace {

using What = Refusal::What;

constexpr std::int64_t second = 1'000'000;

template <class Visitor>
auto window(const Tally& tally, Visitor visitor, std::int64_t otherwise) -> std::int64_t {
  if (const auto* calendar = std::get_if<CalendarWindow>(&tally.state)) return visitor(*calendar);
  if (const auto* sliding = std::get_if<SlidingWindow>(&tally.state)) return visitor(*sliding);
  return otherwise;
}

}  // namespace

void roll(Tally& tally, Moment now) {
  if (auto* calendar = std::get_if<CalendarWindow>(&tally.state)) calendar->roll(now);
  else if (auto* sliding = std::get_if<SlidingWindow>(&tally.state)) sliding->roll(now);
}

std::int64_t used_of(const Tally& tally) {
  return window(tally, [](const auto& w) { return w.used(); }, 0);
}

std::int64_t held_of(const Tally& tally) {
  if (const auto* slots = std::get_if<Slots>(&tally.state)) return slots->taken;
  return window(tally, [](const auto& w) { return w.held(); }, 0);
}

std::int64_t limit_of(const Tally& tally, Moment now) {
  std::int64_t least = never;
  for (const Terms& terms : tally.terms) least = std::min(least, terms.limit_at(now.seconds()));
  return least;
}

std::int64_t left_of(const Tally& tally, Moment now) {
  if (const auto* rate = std::get_if<Rate>(&tally.state)) return rate->left(now);
  return limit_of(tally, now) - used_of(tally) - held_of(tally);
}

std::int64_t resets_at(const Tally& tally, Moment now) {
  if (const auto* rate = std::get_if<Rate>(&tally.state)) {
    const std::int64_t wait = rate->full_in_us(now);
    return wait == never ? 0 : (now.unix_us + wait + second - 1) / second;
  }
  return window(tally, [](const auto& w) { return w.resets_at(); }, 0);
}

std::int64_t reset_in_us(const Tally& tally, Moment now) {
  if (const auto* rate = std::get_if<Rate>(&tally.state)) return rate->full_in_us(now);
  return resets_at(tally, now) * second - now.unix_us;
}

std::int64_t asked(const Tally& tally, const Demand& demand, const Terms& terms) {
  switch (tally.what) {
    case What::spend: return demand.cost(terms.output_reserved(demand));
    case What::requests: case What::concurrent: return 1;
    case What::input_tokens: return demand.input_tokens;
    case What::output_tokens: return demand.output_tokens;
    case What::tokens: return demand.input_tokens + demand.output_tokens;
  }
  return 0;
}

namespace {

// When a window has room for the demand, Unix microseconds.
std::int64_t fits_at(const Tally& tally, const Terms& terms, std::int64_t amount, std::int64_t limit) {
  // A soft budget admits whatever finds something left, and looks at nothing that is held.
  if (terms.enforcement == config::Budget::Enforcement::soft) amount = 1 - held_of(tally);
  if (limit == 0 || amount > limit) return never;
  return window(tally, [&](const auto& w) { return w.fits_at(amount, limit); }, never);
}

}  // namespace

Refusal refusal_of(const Scope& scope, const Tally& tally, const Terms& terms, const Demand& demand, Moment now) {
  Refusal refusal;
  refusal.what = tally.what;
  refusal.level = scope.level;
  refusal.subject = scope.subject;
  refusal.models = tally.models;
  refusal.limit = terms.limit_at(now.seconds());
  refusal.used = used_of(tally);
  refusal.held = held_of(tally);
  refusal.asked = asked(tally, demand, terms);
  refusal.soft = terms.enforcement == config::Budget::Enforcement::soft;
  if (tally.what == What::concurrent) {
    refusal.retry_us = refusal.limit == 0 ? never : wait_for_a_place;
    return refusal;
  }
  refusal.resets_at = resets_at(tally, now);
  if (const auto* rate = std::get_if<Rate>(&tally.state)) {
    refusal.used = rate->limit() - rate->left(now);
    refusal.retry_us = rate->fits_in_us(refusal.asked, now);
    return refusal;
  }
  // With a budget that clamps, one token of each answer is enough.
  const std::int64_t least = terms.clamps ? std::min(refusal.asked, demand.cost(demand.choices)) : refusal.asked;
  const std::int64_t at = fits_at(tally, terms, least, refusal.limit);
  refusal.retry_us = at == never ? never : std::max<std::int64_t>(at - now.unix_us, 0);
  return refusal;
}

}  // namespace sluice::governance
