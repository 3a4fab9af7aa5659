// A file that was read, shown: the same values as JSON.
#pragma once
#include <string>

#include "config/reading.hpp"

namespace sluice::config {

// Without what the findings conceal, headers (which may hold credentials) and proxies (whose addresses may).
std::string written_json(const Node& root, const Findings& findings);

}  // namespace sluice::config
