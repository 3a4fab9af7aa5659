#include "providers/bedrock.hpp"

#include "sluice/base/text.hpp"

namespace sluice::providers {
namespace {

using llm::Operation;

class Bedrock final : public Provider {
 public:
  std::string_view type() const override { return "bedrock"; }
  const dialects::Wire* wire(Operation operation, llm::Dialect, std::string_view) const override {
    const bool has = operation == Operation::chat || operation == Operation::embeddings || operation == Operation::count_tokens;
    return has ? &dialects::wire(llm::Dialect::bedrock) : nullptr;
  }
  // An id may be an ARN with ':' and '/' in it: one segment of the path all the same.
  std::string path(const Call& call) const override {
    std::string path = "/model/" + percent_encoded(call.model);
    if (call.operation == Operation::embeddings) return path + "/invoke";
    if (call.operation == Operation::count_tokens) return path + "/count-tokens";
    return path + (call.stream ? "/converse-stream" : "/converse");
  }
  Authority authority() const override { return Authority::aws_signature; }
  // A key of Bedrock's own (AWS_BEARER_TOKEN_BEDROCK) stands in place of a signature.
  void authorize(std::string_view secret, Headers& out) const override {
    if (!secret.empty()) out.emplace_back("Authorization", "Bearer " + std::string(secret));
  }
};

}  // namespace

std::shared_ptr<const Provider> make_bedrock() { return std::make_shared<const Bedrock>(); }

}  // namespace sluice::providers
