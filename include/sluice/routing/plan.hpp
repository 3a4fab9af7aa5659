// Which targets may serve a request, and in which order they are tried. Pure.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/base/result.hpp"

namespace sluice::routing {

struct Target {
  std::string id, provider;          // either may stand before a '/' in the model a caller asks for
  std::string model;                 // pinned: served whatever was admitted; empty: none
  std::vector<std::string> models;   // patterns of names that are sent as asked
  double weight = 0;                 // of the account's weights, normalised to a sum of 1
};

struct Account {
  std::string id;
  std::vector<Target> targets;
};

// Brings the weights to a sum of 1 (all zero: left so).
void normalise(Account& account);

struct Step {
  std::size_t target;       // index into Account::targets
  std::string_view model;   // to ask the provider for; a view into the account or the asked name
};

// The candidates for the model asked for, in the order of the account. Nobody may serve it: 404 model_not_found.
//   "<target id>/<model>" and "<provider id>/<model>" mean that target; otherwise a name is admitted when a target pins
//   it, a target's list has it, or it is the account's id or "auto".
Result<std::vector<Step>> candidates(const Account& account, std::string_view asked);

// How ready a target is at the moment of drawing; see health.hpp.
enum class Readiness : unsigned char { ready, failing, unavailable };

// Puts the candidates into the order of trying: one ready target drawn by weight (`draw` in [0, 1)), then the other
// ready ones by weight descending, then failing ones likewise. Unavailable ones are left out.
void arrange(const Account& account, std::vector<Step>& steps, std::span<const Readiness> readiness, double draw);

// True if the key's patterns (none: everything) allow what was asked for, with or without a target's prefix.
bool allowed(const std::vector<std::string>& patterns, std::string_view asked);

}  // namespace sluice::routing
