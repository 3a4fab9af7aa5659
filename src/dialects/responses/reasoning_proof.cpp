#include "dialects/responses/reasoning_proof.hpp"

#include <array>
#include <utility>

#include "sluice/dialects/proof.hpp"

namespace sluice::dialects::responses {
namespace {

// No maker's signature has a colon: all are base64 of one alphabet or the other.
constexpr std::array<std::pair<ProofOf, std::string_view>, 3> marks = {
    {{ProofOf::redacted, "redacted:"}, {ProofOf::next, "next:"}, {ProofOf::previous, "previous:"}}};

}  // namespace

std::string write_reasoning_proof(const ReasoningProof& proof) {
  const bool own = proof.maker == llm::Maker::openai || proof.maker == llm::Maker::unknown;
  std::string text;
  for (const auto& [of, mark] : marks) {
    if (of == proof.of && !(own && of == ProofOf::redacted)) text = mark;   // all of OpenAI's own are unreadable
  }
  text += proof.signature;
  return write_proof(proof.maker, text, llm::Maker::openai);
}

ReasoningProof read_reasoning_proof(std::string_view encrypted_content) {
  Proof read = read_proof(encrypted_content, llm::Maker::openai);
  ReasoningProof proof{ProofOf::thought, read.maker, std::move(read.signature)};
  for (const auto& [of, mark] : marks) {
    if (!proof.signature.starts_with(mark)) continue;
    proof.of = of;
    proof.signature.erase(0, mark.size());
    break;
  }
  return proof;
}

}  // namespace sluice::dialects::responses
