#include "gateway/key_ring.hpp"

#include <algorithm>

#include "sluice/base/pattern.hpp"

namespace sluice::gateway {
namespace {

bool may_serve(const Credential& key, std::string_view model) {
  return key.models.empty() || matches_any(key.models, model);
}

}  // namespace

bool KeyRing::fits(std::size_t i, net::Clock::time_point now) const {
  if (i < 64 && (x_tried >> i & 1) != 0) return false;
  const Credential& key = x_upstream.keys[i];
  return may_serve(key, x_model) && !key.health->cooling(now);
}

bool KeyRing::more(net::Clock::time_point now) const {
  for (std::size_t i = 0; i < x_upstream.keys.size(); ++i) {
    if (fits(i, now)) return true;
  }
  return false;
}

bool KeyRing::more_besides(const Credential& key, net::Clock::time_point now) const {
  return std::any_of(x_upstream.keys.begin(), x_upstream.keys.end(), [&](const Credential& other) {
    return &other != &key && may_serve(other, x_model) && !other.health->cooling(now);
  });
}

const Credential* KeyRing::next(double draw, net::Clock::time_point now) {
  double sum = 0;
  std::size_t last = x_upstream.keys.size();
  for (std::size_t i = 0; i < x_upstream.keys.size(); ++i) {
    if (!fits(i, now)) continue;
    sum += x_upstream.keys[i].weight;
    last = i;
  }
  if (last == x_upstream.keys.size()) return nullptr;
  double mark = draw * sum;
  std::size_t chosen = last;
  for (std::size_t i = 0; i <= last; ++i) {
    if (!fits(i, now)) continue;
    chosen = i;
    if (mark < x_upstream.keys[i].weight) break;
    mark -= x_upstream.keys[i].weight;
  }
  if (chosen < 64) x_tried |= std::uint64_t{1} << chosen;
  return &x_upstream.keys[chosen];
}

net::Clock::time_point KeyRing::ready_at() const {
  auto earliest = net::Clock::time_point::max();
  for (const Credential& key : x_upstream.keys) {
    if (may_serve(key, x_model)) earliest = std::min(earliest, key.health->cooling_until());
  }
  return earliest;
}

}  // namespace sluice::gateway
