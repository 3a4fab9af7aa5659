// What a tally says of itself. Whoever calls these has its scope locked and, but for roll(), has rolled it.
#pragma once
#include <cstdint>

#include "sluice/governance/scope.hpp"

namespace sluice::governance {

void roll(Tally& tally, Moment now);
std::int64_t used_of(const Tally& tally);
std::int64_t held_of(const Tally& tally);
std::int64_t limit_of(const Tally& tally, Moment now);    // the least of its terms
std::int64_t left_of(const Tally& tally, Moment now);
std::int64_t resets_at(const Tally& tally, Moment now);   // Unix seconds
std::int64_t reset_in_us(const Tally& tally, Moment now);
// How much of it the demand is for.
std::int64_t asked(const Tally& tally, const Demand& demand, const Terms& terms);
Refusal refusal_of(const Scope& scope, const Tally& tally, const Terms& terms, const Demand& demand, Moment now);

}  // namespace sluice::governance
