#include "sluice/providers/model_listing.hpp"

#include "sluice/presets/presets.hpp"

namespace sluice::providers {

std::optional<ModelListing> model_listing(std::string_view type) {
  if (type == "anthropic") return ModelListing{"/v1/models?limit=1000", false, "after_id"};   // docs: List Models
  if (type == "gemini") return ModelListing{"/models?pageSize=1000", false, "pageToken"};     // docs: models.list
  if (type == "cohere") return ModelListing{"/v1/models?page_size=1000", true, "page_token"}; // docs: List Models
  if (type == "ollama") return ModelListing{"/api/tags", true, {}};                           // docs/api.md: List Local Models
  const presets::Preset* preset = presets::find(type);
  if (preset == nullptr || preset->models.path.empty()) return std::nullopt;
  return ModelListing{preset->models.path, preset->models.from_host, {}};
}

}  // namespace sluice::providers
