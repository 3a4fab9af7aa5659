// Makes adapters by type.
#pragma once
#include <memory>
#include <string>

#include "sluice/providers/provider.hpp"

namespace sluice::providers {

// What of a provider's configuration decides how it is asked.
struct ProviderSpec {
  std::string type, base_url;   // base_url lets an adapter know a compatible service's quirks
  std::string region, project;  // of cloud platforms; empty: not needed, or in the base URL
  std::string api_version;      // Azure's, Vertex's; empty: the adapter's own choice
};

// nullptr: no such type.
std::shared_ptr<const Provider> make_provider(const ProviderSpec&);

}  // namespace sluice::providers
