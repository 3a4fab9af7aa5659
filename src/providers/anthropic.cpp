#include "providers/anthropic.hpp"

namespace sluice::providers {
namespace {

using llm::Operation;

class Anthropic final : public Provider {
 public:
  std::string_view type() const override { return "anthropic"; }
  const dialects::Wire* wire(Operation operation, llm::Dialect, std::string_view) const override {
    if (operation != Operation::chat && operation != Operation::count_tokens) return nullptr;
    return &dialects::wire(llm::Dialect::anthropic);
  }
  std::string path(const Call& call) const override {
    return call.operation == Operation::count_tokens ? "/v1/messages/count_tokens" : "/v1/messages";
  }
  void authorize(std::string_view secret, Headers& out) const override {
    if (!secret.empty()) out.emplace_back("x-api-key", secret);
  }
  void add_headers(const Call& call, Headers& out) const override {
    if (!call.says("anthropic-version")) out.emplace_back("anthropic-version", "2023-06-01");
  }
};

}  // namespace

std::shared_ptr<const Provider> make_anthropic() { return std::make_shared<const Anthropic>(); }

}  // namespace sluice::providers
