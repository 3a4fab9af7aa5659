// LiteLLM's model_prices_and_context_window.json: one object, a model each, mostly named with its provider before a slash.
#include <map>
#include <set>

#include "pricing/price_list_parts.hpp"

namespace sluice::pricing {
namespace {

using nlohmann::json;

// Their providers and our price lists; others have none.
const std::map<std::string_view, std::string_view> list_names{
    {"openai", "openai"}, {"text-completion-openai", "openai"}, {"azure", "azure"}, {"azure_ai", "azure"}, {"azure_text", "azure"},
    {"anthropic", "anthropic"}, {"bedrock", "aws"}, {"bedrock_converse", "aws"}, {"gemini", "google"}, {"groq", "groq"},
    {"mistral", "mistral"}, {"codestral", "mistral"}, {"together_ai", "together"}, {"fireworks_ai", "fireworks"},
    {"fireworks_ai-embedding-models", "fireworks"}, {"openrouter", "openrouter"}, {"perplexity", "perplexity"}, {"xai", "x-ai"},
    {"deepseek", "deepseek"}, {"cohere", "cohere"}, {"cohere_chat", "cohere"}, {"deepinfra", "deepinfra"}, {"cerebras", "cerebras"},
    {"nvidia_nim", "nvidia"}, {"dashscope", "alibaba"}, {"moonshot", "moonshotai"}, {"voyage", "voyageai"}, {"novita", "novita"},
    {"nebius", "huggingface_nebius"}, {"sambanova", "huggingface_sambanova"}, {"hyperbolic", "huggingface_hyperbolic"},
    {"vercel_ai_gateway", "vercel"}, {"zai", "zai"}, {"ovhcloud", "ovhcloud"},
};

struct RateName { const char* ours; const char* theirs; };
constexpr RateName rate_names[] = {
    {"input", "input_cost_per_token"},
    {"output", "output_cost_per_token"},
    {"cache_read", "cache_read_input_token_cost"},
    {"cache_write", "cache_creation_input_token_cost"},
    {"cache_write_1h", "cache_creation_input_token_cost_above_1hr"},
    {"input_audio", "input_cost_per_audio_token"},
    {"output_audio", "output_cost_per_audio_token"},
    {"reasoning", "output_cost_per_reasoning_token"},
};
constexpr double token = 1e12, call = 1e9;      // dollars a token; dollars a thousand calls
constexpr struct { const char* suffix; std::int64_t above; } tiers[] = {
    {"_above_128k_tokens", 128'000}, {"_above_200k_tokens", 200'000}, {"_above_256k_tokens", 256'000}, {"_above_272k_tokens", 272'000}};

std::string_view list_of(std::string_view provider) {
  if (provider.starts_with("vertex_ai")) return "google";
  const auto found = list_names.find(provider);
  return found == list_names.end() ? std::string_view() : found->second;
}

// As the provider calls it: "groq/llama-3.1" is llama-3.1.
std::string name_of(std::string_view key, std::string_view provider) {
  if (provider.starts_with("vertex_ai")) provider = "vertex_ai";
  if (provider == "bedrock_converse") provider = "bedrock";
  if (provider == "cohere_chat") provider = "cohere";
  if (key.starts_with(provider) && key.substr(provider.size()).starts_with('/')) key.remove_prefix(provider.size() + 1);
  return lower_case(key);
}

json rates_of(const json& model, const std::string& suffix, std::string_view name) {
  json rates = json::object();
  for (const auto& [ours, theirs] : rate_names) {
    const auto found = model.find(theirs + suffix);
    if (found != model.end() && found->is_number()) rates[ours] = nano_rate(*found, token, name);
  }
  return rates;
}

// Empty: not charged by tokens. Zero for both is what they write where it is not known.
json price_of(const json& model, std::string_view name) {
  json price = rates_of(model, "", name);
  if (price.value("input", std::int64_t{0}) == 0 && price.value("output", std::int64_t{0}) == 0 && !name.ends_with(":free")) return json();
  if (const auto search = model.find("search_context_cost_per_query"); search != model.end() && search->is_object()) {
    const auto medium = search->find("search_context_size_medium");
    if (medium != search->end() && medium->is_number()) price["web_search"] = nano_rate(medium->get<double>() * 1000, call, name);
  }
  for (const auto& [suffix, above] : tiers) {
    json tier = rates_of(model, suffix, name);
    if (tier.empty()) continue;
    tier["above"] = above;
    price["tiers"].push_back(std::move(tier));
  }
  return price;
}

}  // namespace

json litellm_lists(const json& source) {
  std::map<std::string, json, std::less<>> models;
  std::set<std::string> seen;
  for (const auto& [key, model] : source.items()) {
    if (!model.is_object()) throw Unusable("`" + key.substr(0, 64) + "` is no model");
    const auto given = model.find("litellm_provider");
    if (key == "sample_spec" || given == model.end() || !given->is_string()) continue;
    const auto provider = given->get<std::string>();
    const std::string list(list_of(provider)), name = name_of(key, provider);
    if (list.empty() || !seen.insert(list + '\n' + name).second) continue;
    json price = price_of(model, name);
    if (price.empty()) continue;
    models[list].push_back({{"id", name},
                            {"names", json::array({name})},
                            {"context", token_count(model, "max_input_tokens")},
                            {"output", token_count(model, "max_output_tokens")},
                            {"prices", json::array({std::move(price)})}});
  }
  json lists = json::array();
  for (auto& [list, of_it] : models)
    lists.push_back({{"id", list}, {"types", json::array()}, {"addresses", json::array()}, {"fallback", json::array()}, {"models", std::move(of_it)}});
  return lists;
}

}  // namespace sluice::pricing
