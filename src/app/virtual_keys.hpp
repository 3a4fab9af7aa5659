// Virtual keys of the YAML that have no text of their own: made at first start, kept hashed, shown once.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "sluice/base/result.hpp"
#include "sluice/base/secret.hpp"
#include "sluice/config/config.hpp"
#include "sluice/store/store.hpp"

namespace sluice::app {

// Id and text of each key made now.
Result<std::vector<std::pair<std::string, Secret>>> make_missing_keys(const config::Config& config, store::Store& store);

}  // namespace sluice::app
