#pragma once
#include <memory>

#include "sluice/providers/registry.hpp"

namespace sluice::providers {

// Google Cloud's Vertex AI: Gemini, Claude, embeddings, and other publishers' models by its OpenAI-compatible endpoint.
// Without a project it is asked in express mode, which knows the project by the API key.
std::shared_ptr<const Provider> make_vertex(const ProviderSpec&);

}  // namespace sluice::providers
