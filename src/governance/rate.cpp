#include <algorithm>

#include "sluice/governance/window.hpp"

namespace sluice::governance {
namespace {

constexpr std::size_t most_lows = 16;

std::int64_t narrow(__int128 value) { return static_cast<std::int64_t>(std::min<__int128>(value, never)); }

}  // namespace

Rate::Rate(std::int64_t limit, std::int64_t seconds) : x_limit(std::max<std::int64_t>(limit, 0)), x_step(seconds * 1'000'000) {}

bool Rate::fits(std::int64_t amount, Moment now) const {
  return x_limit != 0 && owed(now) + static_cast<Wide>(amount) * x_step <= static_cast<Wide>(x_limit) * x_step;
}

std::int64_t Rate::take(std::int64_t amount, Moment now, bool for_good) {
  ++x_takings;
  if (!for_good || !x_lows.empty()) keep_low(owed(now));   // nobody asks for lows before the first that may give back
  x_owed = std::max(x_owed, at(now)) + static_cast<Wide>(amount) * x_step;
  return x_takings;
}

void Rate::keep_low(Wide owed) {
  while (!x_lows.empty() && x_lows.back().owed >= owed) x_lows.pop_back();
  if (x_lows.size() == most_lows) {
    // The two that lie closest become one: some takings are given back a little less than they might be.
    std::size_t closest = 0;
    for (std::size_t i = 1; i + 1 < most_lows; ++i) {
      if (x_lows[i + 1].owed - x_lows[i].owed < x_lows[closest + 1].owed - x_lows[closest].owed) closest = i;
    }
    x_lows[closest].taking = x_lows[closest + 1].taking;
    x_lows.erase(x_lows.begin() + static_cast<std::ptrdiff_t>(closest) + 1);
  }
  x_lows.push_back({x_takings, owed});
}

void Rate::give_back(std::int64_t taking, std::int64_t amount, Moment now) {
  const Wide parts = static_cast<Wide>(amount) * x_step;
  if (parts <= 0) {
    x_owed -= parts;   // what flowed off while nothing was owed is not owed now either, but for times before the last taking
    return;
  }
  // Less taken then means less owed since, but nowhere less than nothing.
  const auto later = std::find_if(x_lows.begin(), x_lows.end(), [taking](const Low& low) { return low.taking > taking; });
  const Wide back = std::min({parts, owed(now), later == x_lows.end() ? parts : later->owed});
  x_owed -= back;
  for (auto low = later; low != x_lows.end(); ++low) low->owed -= back;
  if (later == x_lows.end()) return;
  auto first = later;
  while (first != x_lows.begin() && std::prev(first)->owed >= later->owed) --first;
  x_lows.erase(first, later);
}

std::int64_t Rate::left(Moment now) const {
  if (x_limit == 0) return 0;
  return narrow(std::max<Wide>((static_cast<Wide>(x_limit) * x_step - owed(now)) / x_step, 0));
}

std::int64_t Rate::fits_in_us(std::int64_t amount, Moment now) const {
  if (amount > x_limit || x_limit == 0) return never;
  const Wide over = owed(now) + static_cast<Wide>(amount) * x_step - static_cast<Wide>(x_limit) * x_step;
  return over <= 0 ? 0 : narrow((over + x_limit - 1) / x_limit);
}

std::int64_t Rate::full_in_us(Moment now) const {
  return x_limit == 0 ? never : narrow((owed(now) + x_limit - 1) / x_limit);
}

}  // namespace sluice::governance
