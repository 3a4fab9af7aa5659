#include "config/suggest.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace sluice::config {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  constexpr std::size_t longest = 64;  // words of ours are short; a hostile one must not cost its square
  a = a.substr(0, longest);
  b = b.substr(0, longest);
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = std::exchange(last, row);
  }
  return last[b.size()];
}

std::size_t misspelling_limit(std::string_view word) { return std::max<std::size_t>(1, word.size() / 3); }

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  std::string_view nearest;
  std::size_t least = misspelling_limit(word) + 1;
  for (const auto candidate : known) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest.empty() ? std::string{} : ", did you mean '" + std::string(nearest) + "'?";
}

}  // namespace sluice::config
