#include "sluice/dialects/quirks.hpp"

#include <algorithm>

namespace sluice::dialects {

const Quirks& no_quirks() {
  static const Quirks none;
  return none;
}

bool takes_sampling(const Quirks& quirks, std::string_view effort) {
  const auto& beside = quirks.sampling_efforts;
  return beside.empty() || std::find(beside.begin(), beside.end(), effort.empty() ? "unasked" : effort) != beside.end();
}

}  // namespace sluice::dialects
