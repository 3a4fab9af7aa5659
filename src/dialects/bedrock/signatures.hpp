// Proof of thinking in Converse. It has a place for a signature at a text of reasoning (Claude's) and for encrypted
// reasoning (bytes, in JSON as base64). Those of other makers stand there marked (dialects/proof.hpp).
//
// Gemini also signs texts and calls, for which Converse has no place: such a signature stands in a block of its own, a
// reasoningText without text, right before what it belongs to; or behind it where that had been sent already.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/llm/chat.hpp"

namespace sluice::dialects::bedrock {

// The value of a reasoningContent member: {"reasoningText":{"text","signature"}} or {"redactedContent":base64}.
llm::Thinking read_thinking(std::string_view raw);
llm::Thinking read_redacted(std::string base64);

// As a value for reasoningContent, with its braces.
void append_thinking(std::string& out, const llm::Thinking&);
std::string redacted_base64(const llm::Thinking&);   // of a redactedContent

// The text of a reasoningText's signature for a text's or call's own one.
std::string attached_signature(llm::Maker, std::string_view signature, bool behind);
void append_attached(std::string& out, llm::Maker, std::string_view signature);   // as append_thinking; before its part

// Puts attached signatures where they belong and takes their blocks away.
void attach_signatures(std::vector<llm::Part>&);

}  // namespace sluice::dialects::bedrock
