#include "dialects/anthropic/thought_proof.hpp"

#include "sluice/dialects/proof.hpp"

namespace sluice::dialects::anthropic {
namespace {

constexpr llm::Maker native = llm::Maker::anthropic;

}  // namespace

std::string thought_proof(const llm::Thinking& thinking) {
  const bool foreign = thinking.maker != native && thinking.maker != llm::Maker::unknown;
  if (!foreign || (thinking.id.empty() && (thinking.redacted || !thinking.text.empty())))
    return write_proof(thinking.maker, thinking.signature, native);
  return write_proof(thinking.maker, "@" + thinking.id + "@" + thinking.signature, native);
}

std::string part_proof(llm::Maker maker, std::string_view signature) { return write_proof(maker, signature, native); }

ThoughtProof read_thought_proof(std::string_view text) {
  if (text.empty()) return {};
  Proof read = read_proof(text, native);
  ThoughtProof proof{read.maker, std::move(read.signature), {}, false};
  if (proof.maker == native) return proof;
  const std::size_t end = proof.signature.starts_with('@') ? proof.signature.find('@', 1) : std::string::npos;
  if (end == std::string::npos) {
    proof.of_next_part = true;
    return proof;
  }
  proof.id = proof.signature.substr(1, end - 1);
  proof.signature.erase(0, end + 1);
  return proof;
}

}  // namespace sluice::dialects::anthropic
