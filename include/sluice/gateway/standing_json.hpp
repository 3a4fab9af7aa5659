// One limit and what has been used of it, as callers and administrators see it.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "sluice/governance/book.hpp"

namespace sluice::gateway {

// Money as decimal strings of dollars, everything else as whole numbers.
nlohmann::ordered_json to_json(const governance::Standing&);
std::string_view level_name(governance::Level);   // "key"

}  // namespace sluice::gateway
