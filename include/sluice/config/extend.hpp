// The configuration in force: what the YAML declares and what administration keeps in the store, which is read by the same
// tables of keys. An id lives in one place: what both have is a problem. Pure; any thread.
#pragma once
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "sluice/config/load.hpp"

namespace sluice::config {

// One thing that is kept in the store. `settings` is a JSON object with the keys that its entry has in the YAML: of a
// customer, team, tag and virtual key (`id` may be left out); of "override" those of a budget's override, with the budget it is for; of "price"
// those of pricing.overrides.
struct Stored {
  std::string kind;       // "customer", "team", "tag", "virtual_key", "override", "price"
  std::string id;
  std::string settings;
};

struct Extended {
  Config config;
  std::vector<Problem> warnings;   // an override of a budget that is not there (any more)
};

// A problem's `file` names the entry ("team `ml`"), its path leads from there ("budgets[0].max_spend"). One of what the YAML
// declares has the file "configuration" and a path from its top.
std::variant<Extended, std::vector<Problem>> extend(const Config& declared, std::span<const Stored> stored);

}  // namespace sluice::config
