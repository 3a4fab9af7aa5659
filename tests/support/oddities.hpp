// The recorded exchanges that show an oddity (tests/traffic/ODDITIES.md lists them).
#pragma once
#include <string_view>
#include <vector>

#include "support/traffic.hpp"

namespace sluice::test {

// Throws (the test fails) where the recordings no longer show it, or `provider` does not: a loop over none proves nothing.
inline std::vector<const Exchange*> showing(std::string_view label, std::string_view provider = {}) {
  auto found = exchanges_where(
      [&](const Exchange& one) { return one.has(label) && (provider.empty() || one.provider == provider); });
  if (found.empty()) throw std::out_of_range("no recorded exchange shows " + std::string(label));
  return found;
}

// One exchange by its id, which must be labelled as showing the oddity.
inline const Exchange& exchange_showing(std::string_view label, std::string_view id) {
  const Exchange& one = exchange(id);
  if (!one.has(label)) throw std::out_of_range(std::string(id) + " does not show " + std::string(label));
  return one;
}

}  // namespace sluice::test
