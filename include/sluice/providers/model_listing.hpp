// Where each type of provider lists its models. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace sluice::providers {

struct ModelListing {
  std::string path;          // with what asks for large pages: "/v1/models?limit=1000"
  bool from_host = false;    // the path begins at the host, not at the base URL's path
  std::string next;          // member of the query that asks for the page behind a mark ("after_id"); empty: one page
};

// Nothing: it has no list, or none that the key alone opens.
std::optional<ModelListing> model_listing(std::string_view type, std::string_view base_url);

}  // namespace sluice::providers
