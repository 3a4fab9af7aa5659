#include "sluice/providers/registry.hpp"

#include "providers/anthropic.hpp"
#include "providers/bedrock.hpp"
#include "providers/cohere.hpp"
#include "providers/compatible.hpp"
#include "providers/ollama.hpp"
#include "providers/openai.hpp"

namespace sluice::providers {

std::shared_ptr<const Provider> make_provider(const ProviderSpec& spec) {
  if (spec.type == "anthropic") return make_anthropic();
  if (spec.type == "cohere") return make_cohere(spec.base_url);
  if (spec.type == "ollama") return make_ollama(spec.base_url);
  if (spec.type == "bedrock") return make_bedrock();
  if (spec.type == "simulated") return make_simulated();
  const presets::Preset* preset = presets::find(spec.type);
  return preset == nullptr ? nullptr : make_compatible(*preset, spec);
}

}  // namespace sluice::providers
