// A JSON document as the same tree that YAML makes. Its values stand for themselves: env.NAME, ${NAME} and file:PATH, which
// would let whoever writes it read what the gateway can read, are refused where they come.
#pragma once
#include <string_view>

#include "config/tree.hpp"

namespace sluice::config {

// Every mark is 1:1: places in it are told by their paths.
Tree parse_json_tree(std::string_view json);

}  // namespace sluice::config
