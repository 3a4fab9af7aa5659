#include "providers/compatible.hpp"

#include "providers/openai.hpp"

namespace sluice::providers {
namespace {

using llm::Dialect;
using llm::Operation;

// "Authorization: Bearer" or a header's name alone.
struct KeyHeader { std::string name, before; };

KeyHeader key_header(std::string_view form) {
  const std::size_t colon = form.find(':');
  if (colon == form.npos) return {std::string(form), {}};
  std::string_view scheme = form.substr(colon + 1);
  while (scheme.starts_with(' ')) scheme.remove_prefix(1);
  return {std::string(form.substr(0, colon)), scheme.empty() ? std::string() : std::string(scheme) + " "};
}

std::string_view host_of(std::string_view base_url) {
  const std::size_t scheme = base_url.find("://");
  std::string_view host = scheme == base_url.npos ? base_url : base_url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  return host.substr(0, host.find(':'));
}

// Type openai with an address of one's own is any service: what OpenAI's models refuse says nothing of it.
bool knows(const presets::Preset& preset, std::string_view base_url) {
  const std::string_view host = host_of(base_url);
  return preset.name != "openai" || base_url.empty() || host == "api.openai.com" || host.ends_with(".api.openai.com") || takes_azure_keys(base_url);
}

class Compatible final : public Provider {
 public:
  Compatible(const presets::Preset& preset, const ProviderSpec& spec)
      : x_preset(preset),
        x_offer(spec.operations.value_or(preset.operations)),
        x_header(key_header(!spec.auth_header.empty()                                     ? spec.auth_header
                            : preset.name == "openai" && takes_azure_keys(spec.base_url) ? "api-key"
                                                                                          : preset.auth_header)),
        x_quirks(knows(preset, spec.base_url) ? preset.quirks : presets::QuirkRules(), spec.quirks) {}

  std::string_view type() const override { return x_preset.name; }

  const dialects::Wire* wire(Operation operation, Dialect caller, std::string_view model) const override {
    if (operation == Operation::count_tokens) return nullptr;
    if (operation == Operation::stored_response) return x_offer.responses() ? &dialects::wire(Dialect::responses) : nullptr;
    if (operation != Operation::chat) return x_offer.has(operation) ? &dialects::wire(Dialect::openai) : nullptr;
    if (!x_offer.has(Operation::chat)) return x_offer.responses() ? &dialects::wire(Dialect::responses) : nullptr;
    // OpenAI's callers have asked for chat completions: they get what those can do.
    const bool by_responses = caller == Dialect::responses || (caller != Dialect::openai && quirks(model).by_responses);
    return &dialects::wire(by_responses && x_offer.responses() ? Dialect::responses : Dialect::openai);
  }

  bool own_form(Operation operation, std::string_view model) const override {
    return operation == Operation::rerank && x_quirks.of(model).top_n != "top_n";
  }

  std::string path(const Call& call) const override {
    const bool responses = call.dialect == Dialect::responses;
    if (responses && !x_preset.responses_path.empty()) {
      return x_preset.responses_path + (call.operation == Operation::stored_response ? std::string(call.rest) : std::string());
    }
    for (const auto& [operation, path] : x_preset.paths) {
      if (operation == call.operation && !responses) return path;
    }
    return openai_path(call);
  }

  void authorize(std::string_view secret, Headers& out) const override {
    if (!secret.empty()) out.emplace_back(x_header.name, x_header.before + std::string(secret));
  }

  const dialects::Quirks& quirks(std::string_view model) const override { return x_quirks.of(model); }

 private:
  const presets::Preset& x_preset;   // lives as long as the program
  presets::Offer x_offer;
  KeyHeader x_header;
  presets::QuirkTable x_quirks;
};

}  // namespace

std::shared_ptr<const Provider> make_compatible(const presets::Preset& preset, const ProviderSpec& spec) {
  return std::make_shared<Compatible>(preset, spec);
}

}  // namespace sluice::providers
