#include "sluice/providers/model_listing.hpp"

#include "sluice/presets/presets.hpp"

namespace sluice::providers {
namespace {

// ".../v1beta": the base URL's last part is a version, "/v1" or "/v2".
bool names_version(std::string_view base_url) {
  const std::string_view last = base_url.substr(base_url.rfind('/') + 1);
  return last.size() >= 2 && last[0] == 'v' && last[1] >= '0' && last[1] <= '9';
}

}  // namespace

std::optional<ModelListing> model_listing(std::string_view type, std::string_view base_url) {
  if (type == "anthropic") return ModelListing{"/v1/models?limit=1000", false, "after_id"};   // docs: List Models
  if (type == "gemini") {   // docs: models.list
    return ModelListing{names_version(base_url) ? "/models?pageSize=1000" : "/v1beta/models?pageSize=1000", false, "pageToken"};
  }
  if (type == "cohere") return ModelListing{"/v1/models?page_size=1000", true, "page_token"}; // docs: List Models
  if (type == "ollama") return ModelListing{base_url.ends_with("/api") ? "/tags" : "/api/tags", false, {}};   // docs/api.md: List Local Models
  const presets::Preset* preset = presets::find(type);
  if (preset == nullptr || preset->models.path.empty()) return std::nullopt;
  return ModelListing{preset->models.path, preset->models.from_host, {}};
}

}  // namespace sluice::providers
