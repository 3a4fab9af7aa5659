// Virtual keys of the YAML that have no text of their own, and the first admin token: made at first start, kept hashed, shown once.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sluice/base/result.hpp"
#include "sluice/base/secret.hpp"
#include "sluice/config/config.hpp"
#include "sluice/store/store.hpp"

namespace sluice::app {

// Id and text of each key made now. `kept`: the keys of the store, which those made now join.
Result<std::vector<std::pair<std::string, Secret>>> make_missing_keys(const config::Config& config, store::Store& store,
                                                                      std::vector<store::StoredKey>& kept);

// An admin token, if the configuration has none and the store keeps none of the role admin: the first start.
Result<std::optional<Secret>> make_first_token(const config::Config& config, store::Store& store);

}  // namespace sluice::app
