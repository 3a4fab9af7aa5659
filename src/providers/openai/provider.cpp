#include "provider.hpp"

#include "errors.hpp"
#include "stream_meter.hpp"
#include "usage.hpp"

namespace sluice::providers {
namespace openai {
namespace {

// Azure's services take their keys in a header of their own.
bool is_azure(std::string_view base_url) {
  const std::size_t scheme = base_url.find("://");
  std::string_view host = scheme == base_url.npos ? base_url : base_url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  host = host.substr(0, host.rfind(':'));
  return host.ends_with(".openai.azure.com") || host.ends_with(".services.ai.azure.com") ||
         host.ends_with(".cognitiveservices.azure.com");
}

class OpenAiProvider final : public Provider {
 public:
  OpenAiProvider(std::string_view type, std::string_view base_url) : x_type(type), x_azure(is_azure(base_url)) {}

  std::string_view type() const override { return x_type; }
  bool speaks(llm::Dialect dialect, llm::Operation) const override { return dialect == llm::Dialect::openai; }
  bool serves(llm::Operation) const override { return true; }

  std::string path(llm::Operation operation, std::string_view, bool) const override {
    switch (operation) {
      case llm::Operation::completions: return "/completions";
      case llm::Operation::embeddings: return "/embeddings";
      case llm::Operation::chat: break;
    }
    return "/chat/completions";
  }
  void authorize(std::string_view secret, Headers& out) const override {
    if (secret.empty()) return;
    if (x_azure) out.emplace_back("api-key", std::string(secret));
    else out.emplace_back("Authorization", "Bearer " + std::string(secret));
  }

  std::optional<llm::Usage> usage_of(llm::Operation, std::string_view body) const override {
    return usage_in_answer(body);
  }
  std::unique_ptr<StreamMeter> meter(llm::Operation) const override { return std::make_unique<OpenAiStreamMeter>(); }
  const Translator* translator() const override { return nullptr; }

  Failure read_failure(int status, const http::Fields& headers, std::string_view body) const override {
    return openai::read_failure(status, headers, body);
  }
  std::optional<Failure> failure_in_success(llm::Operation, const http::Fields& headers,
                                            std::string_view body) const override {
    return openai::failure_in_success(headers, body);
  }

 private:
  std::string x_type;
  bool x_azure;
};

}  // namespace
}  // namespace openai

std::shared_ptr<const Provider> make_openai(std::string_view type, std::string_view base_url) {
  return std::make_shared<openai::OpenAiProvider>(type, base_url);
}

}  // namespace sluice::providers
