// An Ollama server, asked in its native API. (Its OpenAI-compatible one is a provider of type openai.)
#pragma once
#include <memory>
#include <string_view>

#include "sluice/providers/provider.hpp"

namespace sluice::providers {

// A base URL may end with "/api" or not.
std::shared_ptr<const Provider> make_ollama(std::string_view base_url);

}  // namespace sluice::providers
