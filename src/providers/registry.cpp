#include "sluice/providers/registry.hpp"

#include "providers/anthropic.hpp"
#include "providers/azure.hpp"
#include "providers/bedrock.hpp"
#include "providers/cohere.hpp"
#include "providers/compatible.hpp"
#include "providers/gemini.hpp"
#include "providers/ollama.hpp"
#include "providers/openai.hpp"
#include "providers/vertex.hpp"

namespace sluice::providers {

std::shared_ptr<const Provider> make_provider(const ProviderSpec& spec) {
  if (spec.type == "anthropic") return make_anthropic();
  if (spec.type == "gemini") return make_gemini(spec.base_url);
  if (spec.type == "bedrock") return make_bedrock();
  if (spec.type == "cohere") return make_cohere(spec.base_url);
  if (spec.type == "ollama") return make_ollama(spec.base_url);
  if (spec.type == "azure") return make_azure(spec);
  if (spec.type == "vertex") return make_vertex(spec);
  if (spec.type == "simulated") return make_simulated();
  const presets::Preset* preset = presets::find(spec.type);
  return preset == nullptr ? nullptr : make_compatible(*preset, spec);
}

}  // namespace sluice::providers
