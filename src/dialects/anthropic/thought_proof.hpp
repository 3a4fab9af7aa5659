// Signatures of other makers' models in Anthropic's form, whose only place for one is a thinking block. Claude's own
// stand there as they are; others are marked with their maker (dialects/proof.hpp). What other models sign besides
// thoughts (Gemini: texts and calls) is told by a thinking block without text before what was signed.
#pragma once
#include <string>
#include <string_view>

#include "sluice/llm/chat.hpp"

namespace sluice::dialects::anthropic {

// The text for `signature`, or of redacted thinking for `data`. A foreign thought that has a name (the `id` of a
// Responses reasoning item) or no text is "@<id>@<signature>" behind the mark, so that it is not taken for the proof
// of what follows.
std::string thought_proof(const llm::Thinking&);
std::string part_proof(llm::Maker, std::string_view signature);

struct ThoughtProof {
  llm::Maker maker = llm::Maker::unknown;   // unknown: there is no signature
  std::string signature, id;
  bool of_next_part = false;                // given that the block has no text
};
ThoughtProof read_thought_proof(std::string_view text);

}  // namespace sluice::dialects::anthropic
