// What stands in the encrypted_content of a reasoning item. OpenAI's own stands there as it is. Signatures of other
// makers are marked (dialects/proof.hpp), and with more than that where the item is no thought of its own: Gemini signs
// texts and calls, for which this API has no place, so that a reasoning item without a summary beside them carries it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/llm/chat.hpp"

namespace sluice::dialects::responses {

// thought: of this very item. redacted: likewise, and there is no readable text to it. next, previous: of the text or
// call after it, or before it.
enum class ProofOf : std::uint8_t { thought, redacted, next, previous };

struct ReasoningProof {
  ProofOf of = ProofOf::thought;
  llm::Maker maker = llm::Maker::unknown;
  std::string signature;
};

std::string write_reasoning_proof(const ReasoningProof&);
ReasoningProof read_reasoning_proof(std::string_view encrypted_content);

}  // namespace sluice::dialects::responses
