#include "providers/openai.hpp"

namespace sluice::providers {
namespace {

using llm::Dialect;
using llm::Operation;

class Simulated final : public Provider {
 public:
  std::string_view type() const override { return "simulated"; }

  const dialects::Wire* wire(Operation operation, Dialect, std::string_view) const override {
    const bool plays = operation == Operation::chat || operation == Operation::completions || operation == Operation::embeddings;
    return plays ? &dialects::wire(Dialect::openai) : nullptr;
  }

  std::string path(const Call& call) const override { return openai_path(call); }
  void authorize(std::string_view, Headers&) const override {}
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

bool takes_azure_keys(std::string_view base_url) {
  const std::size_t scheme = base_url.find("://");
  std::string_view host = scheme == base_url.npos ? base_url : base_url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  host = host.substr(0, host.rfind(':'));
  return host.ends_with(".openai.azure.com") || host.ends_with(".services.ai.azure.com") ||
         host.ends_with(".cognitiveservices.azure.com");
}

std::shared_ptr<const Provider> make_simulated() { return std::make_shared<const Simulated>(); }

}  // namespace sluice::providers
