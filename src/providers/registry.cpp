#include "sluice/providers/registry.hpp"

#include "anthropic/anthropic.hpp"
#include "openai/provider.hpp"

namespace sluice::providers {

std::shared_ptr<const Provider> make_provider(std::string_view type, std::string_view base_url) {
  if (type == "openai" || type == "simulated") return make_openai(type, base_url);
  if (type == "anthropic") return make_anthropic();
  return nullptr;
}

}  // namespace sluice::providers
