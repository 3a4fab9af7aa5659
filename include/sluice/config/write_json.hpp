// Owners as JSON, with the keys that their entries have in the YAML and without what is as it is by default: what extend()
// reads back as the same. Never a secret. Pure.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "sluice/config/config.hpp"

namespace sluice::config {

nlohmann::ordered_json to_json(const Customer&);
nlohmann::ordered_json to_json(const Team&);
nlohmann::ordered_json to_json(const Tag&);
nlohmann::ordered_json to_json(const VirtualKey&);      // without `key`
nlohmann::ordered_json to_json(const Raise&);
std::string to_text(const Period&);                      // "1M"

}  // namespace sluice::config
