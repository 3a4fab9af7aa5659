// Makes adapters by type.
#pragma once
#include <memory>
#include <string_view>

#include "sluice/providers/provider.hpp"

namespace sluice::providers {

// nullptr: no such type. `base_url` lets an adapter know a compatible service's quirks.
std::shared_ptr<const Provider> make_provider(std::string_view type, std::string_view base_url);

}  // namespace sluice::providers
