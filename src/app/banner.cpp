#include "app/banner.hpp"

#include <algorithm>

#include "sluice/base/pattern.hpp"

namespace sluice::app {
namespace {

const config::Provider* provider_of(const config::Config& config, const config::Target& target) {
  auto found = std::find_if(config.providers.begin(), config.providers.end(),
                            [&](const config::Provider& p) { return p.id == target.provider; });
  return found == config.providers.end() ? nullptr : &*found;
}

std::string models_of(const config::Target& target) {
  std::string text = target.model;
  for (const std::string& name : target.models) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// A model that a caller may ask for, for the example; a pattern where none is known that fits; empty: there is none.
std::string example_model(const config::Config& config) {
  std::string pattern_only;
  for (const config::Account& account : config.accounts) {
    for (const config::Target& target : account.targets) {
      if (!target.model.empty()) return target.model;
      for (const std::string& name : target.models) {
        if (name.find('*') == std::string::npos) return name;
      }
    }
  }
  for (const config::Account& account : config.accounts) {
    for (const config::Target& target : account.targets) {
      for (const std::string& pattern : target.models) {
        if (pattern_only.empty()) pattern_only = pattern;
        for (const char* known : {"gpt-4o-mini", "claude-sonnet-4-20250514", "gemini-2.5-flash"}) {
          if (matches(pattern, known)) return known;
        }
      }
    }
  }
  return pattern_only;
}

void append_account(std::string& out, const config::Config& config, const config::Account& account, bool& simulated_only) {
  out += "  account " + account.id + "\n";
  for (const config::Target& target : account.targets) {
    const config::Provider* provider = provider_of(config, target);
    out += "    " + target.id + " (" + (provider != nullptr ? provider->type : "?") + "): " + models_of(target);
    if (provider != nullptr && !provider->usable) out += "  [left out: " + provider->unusable_because + "]";
    else if (provider != nullptr && provider->type != "simulated") simulated_only = false;
    out += "\n";
  }
}

}  // namespace

std::string banner(const config::Config& config, std::uint16_t port, bool open) {
  std::string host = config.server.listen.host;
  if (host == "0.0.0.0" || host == "::") host = "127.0.0.1";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  std::string url = (config.server.tls ? "https://" : "http://") + host + ":" + std::to_string(port);
  std::string out = "sluice: serving on " + url + "\n";
  bool simulated_only = true;
  for (const config::Account& account : config.accounts) append_account(out, config, account, simulated_only);
  if (simulated_only) {
    out += "  No provider has a key, so the built-in simulated model answers. Set OPENAI_API_KEY or ANTHROPIC_API_KEY for real ones.\n";
  }
  if (open) out += "  No virtual key exists: only callers on this machine are served, without a key.\n";
  const std::string model = example_model(config);
  if (model.empty()) return out;   // nothing can be asked for
  const bool pattern = model.find('*') != std::string::npos;
  if (pattern) out += "  Try it with a model that " + model + " stands for:\n    curl";
  else out += "  Try it:\n    curl";
  out += " " + url + "/v1/chat/completions -H 'Content-Type: application/json'";
  if (!open) out += " -H \"Authorization: Bearer $SLUICE_KEY\"";
  out += " \\\n      -d '{\"model\":\"" + (pattern ? "MODEL" : model) + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}'\n";
  return out;
}

}  // namespace sluice::app
