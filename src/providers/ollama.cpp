#include "providers/ollama.hpp"

namespace sluice::providers {
namespace {

using llm::Operation;

class Ollama final : public Provider {
 public:
  explicit Ollama(std::string_view base_url) : x_root(base_url.ends_with("/api") || base_url.ends_with("/api/") ? "" : "/api") {}

  std::string_view type() const override { return "ollama"; }
  const dialects::Wire* wire(Operation operation, llm::Dialect, std::string_view) const override {
    const bool offered = operation == Operation::chat || operation == Operation::embeddings;
    return offered ? &dialects::wire(llm::Dialect::ollama) : nullptr;
  }
  std::string path(const Call& call) const override {
    std::string out(x_root);
    return out += call.operation == Operation::embeddings ? "/embed" : "/chat";
  }
  // A server of one's own asks for none; ollama.com and proxies before a server do.
  void authorize(std::string_view secret, Headers& out) const override {
    if (!secret.empty()) out.emplace_back("Authorization", "Bearer " + std::string(secret));
  }

 private:
  std::string_view x_root;
};

}  // namespace

std::shared_ptr<const Provider> make_ollama(std::string_view base_url) { return std::make_shared<const Ollama>(base_url); }

}  // namespace sluice::providers
