// What `sluice keys create` says of a key besides who it is, in the words of the configuration.
#pragma once
#include "app/options.hpp"
#include "sluice/base/result.hpp"
#include "sluice/store/store.hpp"

namespace sluice::app {

// Adds --settings FILE and the options for single settings. Only their form is checked: the configuration's tables do the rest.
Result<> add_settings(const Options& options, store::StoredKey& key);

}  // namespace sluice::app
