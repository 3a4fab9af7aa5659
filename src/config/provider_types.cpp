#include "sluice/config/provider_types.hpp"

#include <vector>

#include "sluice/presets/presets.hpp"

namespace sluice::config {
namespace {

// Variables as in the vendors' SDKs: anthropic-sdk-python, class clients' constructors.
constexpr ProviderType own_types[] = {
    {"anthropic", "https://api.anthropic.com", "ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY"},
    // The clouds' addresses and variables: finish_cloud.cpp.
    {"azure", "", "AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_KEY"},
    {"bedrock", "", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_BEARER_TOKEN_BEDROCK"},
    {"gemini", "https://generativelanguage.googleapis.com", "GOOGLE_GEMINI_BASE_URL", "GEMINI_API_KEY"},
    {"vertex", "", "", ""},
    {"cohere", "https://api.cohere.com", "CO_API_URL", "CO_API_KEY"},   // cohere-python, client_v2.py
    {"ollama", "http://127.0.0.1:11434", "", "", false, false},   // OLLAMA_HOST is what the server listens at, and no URL
    {"simulated", "", "", ""},
};

std::vector<ProviderType> all_types() {
  std::vector<ProviderType> types(std::begin(own_types), std::end(own_types));
  for (const presets::Preset& p : presets::all()) {
    types.push_back({p.name, p.base_url, p.base_url_env, p.api_key_env, true, p.key_required, p.base_url_form});
  }
  return types;
}

}  // namespace

std::span<const ProviderType> provider_types() {
  static const std::vector<ProviderType> types = all_types();
  return types;
}

const ProviderType* find_provider_type(std::string_view type) {
  for (const ProviderType& known : provider_types())
    if (known.type == type) return &known;
  return nullptr;
}

}  // namespace sluice::config
