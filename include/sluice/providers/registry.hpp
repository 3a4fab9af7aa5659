// Makes adapters by type.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "sluice/presets/offer.hpp"
#include "sluice/presets/quirk_fields.hpp"
#include "sluice/providers/provider.hpp"

namespace sluice::providers {

// What of a provider's configuration decides how it is asked.
struct ProviderSpec {
  std::string type, base_url;   // base_url lets an adapter know a compatible service's quirks
  std::string region, project;  // of cloud platforms; empty: not needed, or in the base URL
  std::string api_version;      // Azure's, Vertex's; empty: the adapter's own choice
  // Of services that speak OpenAI's dialect; what is not said here is as the type's preset has it.
  presets::QuirkRules quirks = {};
  std::string auth_header = {};                           // "Authorization: Bearer", "api-key"
  std::optional<presets::Offer> operations = std::nullopt;
};

// nullptr: no such type.
std::shared_ptr<const Provider> make_provider(const ProviderSpec&);

}  // namespace sluice::providers
