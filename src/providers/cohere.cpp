#include "providers/cohere.hpp"

namespace sluice::providers {
namespace {

using llm::Operation;

class Cohere final : public Provider {
 public:
  explicit Cohere(std::string_view base_url)
      : x_version(base_url.ends_with("/v2") || base_url.ends_with("/v2/") ? "" : "/v2") {}

  std::string_view type() const override { return "cohere"; }
  const dialects::Wire* wire(Operation operation, llm::Dialect, std::string_view) const override {
    const bool offered = operation == Operation::chat || operation == Operation::embeddings || operation == Operation::rerank;
    return offered ? &dialects::wire(llm::Dialect::cohere) : nullptr;
  }
  std::string path(const Call& call) const override {
    std::string out(x_version);
    return out += call.operation == Operation::embeddings ? "/embed" : call.operation == Operation::rerank ? "/rerank" : "/chat";
  }
  void authorize(std::string_view secret, Headers& out) const override {
    if (!secret.empty()) out.emplace_back("Authorization", "Bearer " + std::string(secret));
  }

 private:
  std::string_view x_version;
};

}  // namespace

std::shared_ptr<const Provider> make_cohere(std::string_view base_url) { return std::make_shared<const Cohere>(base_url); }

}  // namespace sluice::providers
