// docs/configuration.md, written from the same tables of keys that the loader reads by.
#pragma once
#include <string>

namespace sluice::config {

std::string reference_markdown();

}  // namespace sluice::config
