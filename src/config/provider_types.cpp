#include "sluice/config/provider_types.hpp"

#include <array>

namespace sluice::config {
namespace {

// Variables as in the vendors' SDKs: openai-python and anthropic-sdk-python, class clients' constructors.
constexpr std::array<ProviderType, 5> types{{
    {"openai", "https://api.openai.com/v1", "OPENAI_BASE_URL", "OPENAI_API_KEY"},
    {"anthropic", "https://api.anthropic.com", "ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY"},
    {"cohere", "https://api.cohere.com", "CO_API_URL", "CO_API_KEY"},   // cohere-python, client_v2.py
    {"ollama", "http://127.0.0.1:11434", "", ""},   // OLLAMA_HOST is what the server listens at, and no URL
    {"simulated", "", "", ""},
}};

}  // namespace

std::span<const ProviderType> provider_types() { return types; }

}  // namespace sluice::config
