// What OpenAI's API and those like it have in common.
#pragma once
#include <string>
#include <string_view>

#include "sluice/providers/provider.hpp"

namespace sluice::providers {

// The path of an operation below the base URL, which ends with /v1.
std::string openai_path(const Call&);

// Azure's services take their keys in a header of their own ("api-key").
bool takes_azure_keys(std::string_view base_url);

// The simulated provider speaks OpenAI's dialect, and some of its operations.
std::shared_ptr<const Provider> make_simulated();

}  // namespace sluice::providers
