// A part's thoughtSignature. Google's own stands there as it is. It is of type bytes, which Google's SDKs decode and
// encode again (the Python SDK in the other alphabet), so another maker's stands there as the base64 of its mark:
// base64("sluice:anthropic:<signature>"), for redacted thinking "sluice:anthropic:redacted:<data>", and with the id of
// an OpenAI reasoning item "sluice:openai:id=<id>:<data>". Pure.
#pragma once
#include <string>
#include <string_view>

#include "sluice/llm/dialect.hpp"

namespace sluice::dialects::gemini {

struct Signature {
  llm::Maker maker = llm::Maker::google;
  std::string text{}, id{};
  bool redacted = false;
};

std::string write_signature(const Signature&);       // what stands in thoughtSignature; empty for an empty one
Signature read_signature(std::string_view text);     // of a thoughtSignature

// What Google takes in place of a signature that a call of another model cannot have (ai.google.dev/gemini-api/docs/
// thought-signatures, FAQ: history that Gemini 3 did not write).
inline constexpr std::string_view no_signature_to_check = "skip_thought_signature_validator";

}  // namespace sluice::dialects::gemini
