// What a provider takes from the environment when the file does not say.
#include <algorithm>

#include "config/addresses.hpp"
#include "config/finishing.hpp"

namespace sluice::config {
namespace {

// Returns true if the address is the public one.
bool finish_address(ProviderDraft& draft, const ProviderType& type, Findings& findings) {
  Provider& provider = draft.provider;
  bool is_public = false;
  if (!draft.base_url_given) {
    provider.base_url = type.base_url;
    is_public = !type.base_url.empty();
    if (const auto value = variable(findings, type.base_url_env)) {
      auto url = parse_base_url(*value);
      is_public = false;
      if (url) provider.base_url = *std::move(url);
      else
        findings.problem(draft.path,
                         "the environment variable " + std::string(type.base_url_env) + " " + url.error().message());
    }
  }
  if (provider.base_url.empty() && !draft.base_url_given)
    findings.problem(draft.path, "needs base_url: type " + std::string(type.type) + " has an address for each account, " + std::string(type.base_url_form));
  // The adapter's paths begin with /v1: Anthropic's SDKs are given addresses without it, people write it anyway.
  if (type.type == "anthropic" && provider.base_url.ends_with("/v1"))
    provider.base_url.resize(provider.base_url.size() - 3);
  return is_public || provider.base_url == type.base_url;
}

void finish_keys(ProviderDraft& draft, const ProviderType& type, bool is_public, Findings& findings) {
  Provider& provider = draft.provider;
  if (take_keys(draft, {type.api_key_env}, findings) || !is_public || !type.key_required) return;
  provider.usable = false;
  provider.unusable_because = "it has no api_key and " + std::string(type.api_key_env) + " is not set";
  findings.warning(draft.path, "is left out: " + provider.unusable_because);
}

void refuse_what_is_not_compatible(const ProviderDraft& draft, Findings& findings) {
  for (const char* key : {"quirks", "auth_header", "operations"})
    if (findings.written(draft.path + "." + key))
      findings.problem(draft.path + "." + key, "is for services that speak OpenAI's dialect, not for type " + draft.provider.type);
}

void refuse_what_is_not_simulated(const ProviderDraft& draft, Findings& findings) {
  for (const char* key : {"base_url", "api_key", "keys", "headers", "proxy", "ca_file", "list_models", "refresh"})
    if (findings.written(draft.path + "." + key))
      findings.problem(draft.path + "." + key, "has no meaning for type simulated, which sends nothing anywhere");
}

}  // namespace

std::optional<std::string> variable(const Findings& findings, std::string_view name) {
  auto value = name.empty() ? std::nullopt : findings.environment()(std::string(name));
  return value && !value->empty() ? std::move(value) : std::nullopt;
}

std::string credential_header(const Provider& provider) {
  for (const auto& [name, value] : provider.headers)
    for (const char* credential : {"authorization", "x-api-key", "api-key", "x-goog-api-key"})
      if (lower(name) == credential) return name;
  return {};
}

bool take_keys(ProviderDraft& draft, std::initializer_list<std::string_view> variables, Findings& findings) {
  Provider& provider = draft.provider;
  if (draft.api_key && draft.keys_given) {
    findings.problem(draft.path + ".api_key", "give either api_key or keys");
    return true;
  }
  if (draft.api_key) provider.keys.push_back({*draft.api_key, 1.0, {}});
  const std::string header = credential_header(provider);
  if (draft.api_key || draft.keys_given) {
    if (!header.empty())
      findings.problem(draft.path + ".headers", header + " is a second credential beside the key: give one of them");
    return true;
  }
  if (!header.empty()) return true;
  for (const std::string_view name : variables) {
    const auto value = variable(findings, name);
    if (!value) continue;
    const bool good = std::all_of(value->begin(), value->end(), [](char c) { return c > ' ' && c < '\x7f'; });
    if (good) provider.keys.push_back({Secret(*value), 1.0, {}});
    else
      findings.problem(draft.path,
                       "the environment variable " + std::string(name) + " must be visible ASCII characters without spaces");
    return true;
  }
  return false;
}

std::string environment_proxy(const std::string& url, const std::string& path, Findings& findings, std::string_view hint) {
  const auto found = proxy_from(findings.environment(), origin_of(url));
  if (!found) return {};
  auto proxy = parse_proxy(found->value);
  if (proxy) return *std::move(proxy);
  findings.problem(path, "the environment variable " + found->variable + " " + proxy.error().message() + std::string(hint));
  return {};
}

void finish_proxy(ProviderDraft& draft, Findings& findings) {
  if (draft.proxy_given || draft.provider.base_url.empty()) return;
  draft.provider.proxy = environment_proxy(draft.provider.base_url, draft.path, findings, " (`proxy: none` goes straight)");
}

void finish_provider(ProviderDraft& draft, Findings& findings) {
  const ProviderType* type = find_provider_type(draft.provider.type);
  if (type == nullptr) return;
  if (draft.provider.retry.backoff > draft.provider.retry.max_backoff)
    findings.problem(draft.path + ".retry", "max_backoff must not be shorter than backoff");
  if (finish_cloud(draft, *type, findings)) return;
  if (!type->compatible) refuse_what_is_not_compatible(draft, findings);
  if (type->type == "simulated") {
    refuse_what_is_not_simulated(draft, findings);
    return;
  }
  if (draft.simulation_given) findings.problem(draft.path + ".simulation", "is for type simulated");
  const bool is_public = finish_address(draft, *type, findings);
  finish_keys(draft, *type, is_public, findings);
  finish_proxy(draft, findings);
}

}  // namespace sluice::config
