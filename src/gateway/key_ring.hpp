// The credentials of one provider as one request may use them: drawn by weight among those that are allowed for the
// model, not cooling down, and not yet tried.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "sluice/gateway/snapshot.hpp"
#include "sluice/net/socket.hpp"

namespace sluice::gateway {

class KeyRing {
 public:
  KeyRing(const Upstream& upstream, std::string_view model) : x_upstream(upstream), x_model(model) {}

  // nullptr: none is left. `draw` in [0, 1).
  const Credential* next(double draw, net::Clock::time_point now);
  bool more(net::Clock::time_point now) const;
  // A key other than this one may be used for the model, tried or not.
  bool more_besides(const Credential& key, net::Clock::time_point now) const;
  // The earliest time at which a key that may be used for the model stops cooling down; max: there is no such key.
  net::Clock::time_point ready_at() const;

 private:
  bool fits(std::size_t i, net::Clock::time_point now) const;
  const Upstream& x_upstream;
  std::string_view x_model;
  std::uint64_t x_tried = 0;   // bit i: key i; keys past the 64th are never marked, and so may be drawn again
};

}  // namespace sluice::gateway
