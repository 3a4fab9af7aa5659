// Makes adapters by type.
#pragma once
#include <memory>
#include <span>
#include <string_view>

#include "sluice/providers/provider.hpp"

namespace sluice::providers {

// nullptr: no such type. `base_url` lets an adapter know a compatible service's quirks.
std::shared_ptr<const Provider> make_provider(std::string_view type, std::string_view base_url);

// What a configuration may say as `type`, with the facts its loader needs.
struct TypeInfo {
  std::string_view type;
  std::string_view base_url;        // public address; empty: none (simulated)
  std::string_view base_url_env;    // the SDKs' environment variables
  std::string_view api_key_env;
};
std::span<const TypeInfo> known_types();

}  // namespace sluice::providers
