// The provider types a configuration may name, and what is assumed of each when the YAML does not say.
#pragma once
#include <span>
#include <string_view>

namespace sluice::config {

struct ProviderType {
  std::string_view type;
  std::string_view base_url;      // public address; empty: none needed (simulated)
  std::string_view base_url_env;  // the environment variable the vendor's SDKs use for it
  std::string_view api_key_env;
};
std::span<const ProviderType> provider_types();

}  // namespace sluice::config
