// Cohere's platform (api.cohere.com), API version 2, and what is deployed with the same API elsewhere.
#pragma once
#include <memory>
#include <string_view>

#include "sluice/providers/provider.hpp"

namespace sluice::providers {

// A base URL may end with the version ("https://host/v2") or not.
std::shared_ptr<const Provider> make_cohere(std::string_view base_url);

}  // namespace sluice::providers
