// JSON Schemas of what administration may set, made of the tables that read it. Pure.
#pragma once
#include <nlohmann/json_fwd.hpp>

namespace sluice::config {

// By name: CustomerSettings, TeamSettings, TagSettings, VirtualKeySettings, OverrideSettings, PriceSettings, and what they are made
// of: Budget, RateLimit, Raise, KeyProvider, Queue. They refer to each other as "#/components/schemas/NAME".
nlohmann::ordered_json settings_schemas();

}  // namespace sluice::config
