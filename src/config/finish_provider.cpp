// What a provider takes from the environment when the file does not say.
#include <algorithm>

#include "config/addresses.hpp"
#include "config/drafts.hpp"
#include "sluice/config/provider_types.hpp"

namespace sluice::config {
namespace {

const ProviderType* type_of(const Provider& provider) {
  for (const auto& known : provider_types())
    if (known.type == provider.type) return &known;
  return nullptr;
}

// A variable that is set to nothing counts as not set: shells and compose files make such.
std::optional<std::string> variable(const Findings& findings, std::string_view name) {
  auto value = name.empty() ? std::nullopt : findings.environment()(std::string(name));
  return value && !value->empty() ? std::move(value) : std::nullopt;
}

// The header by which an operator sends the credential themselves; empty: none.
std::string credential_header(const Provider& provider) {
  for (const auto& [name, value] : provider.headers)
    for (const char* credential : {"authorization", "x-api-key", "api-key"})
      if (lower(name) == credential) return name;
  return {};
}

// Returns true if the address is the public one.
bool finish_address(ProviderDraft& draft, const ProviderType& type, Findings& findings) {
  Provider& provider = draft.provider;
  bool is_public = false;
  if (!draft.base_url_given) {
    provider.base_url = type.base_url;
    is_public = true;
    if (const auto value = variable(findings, type.base_url_env)) {
      auto url = parse_base_url(*value);
      is_public = false;
      if (url) provider.base_url = *std::move(url);
      else
        findings.problem(draft.path,
                         "the environment variable " + std::string(type.base_url_env) + " " + url.error().message());
    }
  }
  // The adapter's paths begin with /v1: Anthropic's SDKs are given addresses without it, people write it anyway.
  if (type.type == "anthropic" && provider.base_url.ends_with("/v1"))
    provider.base_url.resize(provider.base_url.size() - 3);
  return is_public || provider.base_url == type.base_url;
}

void finish_keys(ProviderDraft& draft, const ProviderType& type, bool is_public, Findings& findings) {
  Provider& provider = draft.provider;
  if (draft.api_key && draft.keys_given) {
    findings.problem(draft.path + ".api_key", "give either api_key or keys");
    return;
  }
  if (draft.api_key) provider.keys.push_back({*draft.api_key, 1.0, {}});
  const std::string header = credential_header(provider);
  if (draft.api_key || draft.keys_given) {
    if (!header.empty())
      findings.problem(draft.path + ".headers", header + " is a second credential beside the key: give one of them");
    return;
  }
  if (!header.empty()) return;
  const std::string name(type.api_key_env);
  if (const auto value = variable(findings, name)) {
    const bool good = std::all_of(value->begin(), value->end(), [](char c) { return c > ' ' && c < '\x7f'; });
    if (good) provider.keys.push_back({Secret(*value), 1.0, {}});
    else
      findings.problem(draft.path,
                       "the environment variable " + name + " must be visible ASCII characters without spaces");
  } else if (is_public && !name.empty()) {   // Ollama on this machine needs none
    provider.usable = false;
    provider.unusable_because = "it has no api_key and " + name + " is not set";
    findings.warning(draft.path, "is left out: " + provider.unusable_because);
  }
}

void finish_proxy(ProviderDraft& draft, Findings& findings) {
  if (draft.proxy_given || draft.provider.base_url.empty()) return;
  const auto found = proxy_from(findings.environment(), origin_of(draft.provider.base_url));
  if (!found) return;
  auto proxy = parse_proxy(found->value);
  if (proxy) draft.provider.proxy = *std::move(proxy);
  else
    findings.problem(draft.path, "the environment variable " + found->variable + " " + proxy.error().message() +
                                     " (`proxy: none` goes straight)");
}

void refuse_what_is_not_simulated(const ProviderDraft& draft, Findings& findings) {
  for (const char* key : {"base_url", "api_key", "keys", "headers", "proxy", "ca_file"})
    if (findings.written(draft.path + "." + key))
      findings.problem(draft.path + "." + key, "has no meaning for type simulated, which sends nothing anywhere");
}

}  // namespace

void finish_provider(ProviderDraft& draft, Findings& findings) {
  const ProviderType* type = type_of(draft.provider);
  if (type == nullptr) return;
  if (draft.provider.retry.backoff > draft.provider.retry.max_backoff)
    findings.problem(draft.path + ".retry", "max_backoff must not be shorter than backoff");
  if (type->base_url.empty()) {
    refuse_what_is_not_simulated(draft, findings);
    return;
  }
  if (draft.simulation_given) findings.problem(draft.path + ".simulation", "is for type simulated");
  const bool is_public = finish_address(draft, *type, findings);
  finish_keys(draft, *type, is_public, findings);
  finish_proxy(draft, findings);
}

}  // namespace sluice::config
