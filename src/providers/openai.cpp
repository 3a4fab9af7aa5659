#include "providers/openai.hpp"

namespace sluice::providers {
namespace {

using llm::Dialect;
using llm::Operation;

// Azure's services take their keys in a header of their own.
bool is_azure(std::string_view base_url) {
  const std::size_t scheme = base_url.find("://");
  std::string_view host = scheme == base_url.npos ? base_url : base_url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  host = host.substr(0, host.rfind(':'));
  return host.ends_with(".openai.azure.com") || host.ends_with(".services.ai.azure.com") ||
         host.ends_with(".cognitiveservices.azure.com");
}

class OpenAi final : public Provider {
 public:
  OpenAi(std::string_view type, std::string_view base_url) : x_type(type), x_azure(is_azure(base_url)) {}

  std::string_view type() const override { return x_type; }

  const dialects::Wire* wire(Operation operation, Dialect caller, std::string_view) const override {
    const bool simulated = x_type == "simulated";
    if (simulated && operation != Operation::chat && operation != Operation::completions && operation != Operation::embeddings) return nullptr;
    if (operation == Operation::stored_response) return &dialects::wire(Dialect::responses);
    if (operation == Operation::chat && caller == Dialect::responses && !simulated) return &dialects::wire(Dialect::responses);
    if (operation == Operation::count_tokens) return nullptr;
    return &dialects::wire(Dialect::openai);
  }

  std::string path(const Call& call) const override { return openai_path(call); }

  void authorize(std::string_view secret, Headers& out) const override {
    if (secret.empty()) return;
    if (x_azure) out.emplace_back("api-key", std::string(secret));
    else out.emplace_back("Authorization", "Bearer " + std::string(secret));
  }

 private:
  std::string x_type;
  bool x_azure;
};

}  // namespace

std::string openai_path(const Call& call) {
  switch (call.operation) {
    case Operation::chat: return call.dialect == Dialect::responses ? "/responses" : "/chat/completions";
    case Operation::completions: return "/completions";
    case Operation::embeddings: return "/embeddings";
    case Operation::rerank: return "/rerank";
    case Operation::moderations: return "/moderations";
    case Operation::image_generations: return "/images/generations";
    case Operation::image_edits: return "/images/edits";
    case Operation::image_variations: return "/images/variations";
    case Operation::speech: return "/audio/speech";
    case Operation::transcriptions: return "/audio/transcriptions";
    case Operation::translations: return "/audio/translations";
    case Operation::stored_response: return "/responses" + std::string(call.rest);
    case Operation::count_tokens: break;
  }
  return "/";
}

std::shared_ptr<const Provider> make_openai(std::string_view type, std::string_view base_url) {
  return std::make_shared<OpenAi>(type, base_url);
}

}  // namespace sluice::providers
