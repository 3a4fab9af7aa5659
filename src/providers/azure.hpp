#pragma once
#include <memory>

#include "sluice/providers/registry.hpp"

namespace sluice::providers {

// Microsoft Azure: OpenAI's models by deployment or by the v1 API, the model catalogue, Claude on Foundry. Which of them
// is asked follows from the end of base_url's path.
std::shared_ptr<const Provider> make_azure(const ProviderSpec&);

}  // namespace sluice::providers
