// The provider types a configuration may name, and what is assumed of each when the YAML does not say.
#pragma once
#include <span>
#include <string_view>

namespace sluice::config {

struct ProviderType {
  std::string_view type;
  std::string_view base_url;      // public address; empty: none needed (simulated), or must be given
  std::string_view base_url_env;  // the environment variable the vendor's SDKs use for it
  std::string_view api_key_env;
  // Services that speak OpenAI's dialect (presets).
  bool compatible = false;        // takes quirks, auth_header, operations
  bool key_required = true;       // false: its own address may be asked without a key
  std::string_view base_url_form = {};   // not empty: base_url must be given, and looks like this
};
std::span<const ProviderType> provider_types();
const ProviderType* find_provider_type(std::string_view type);   // nullptr: no such type

}  // namespace sluice::config
