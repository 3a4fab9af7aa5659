// One content block of a request.
#pragma once
#include <string_view>
#include <vector>

#include "dialects/reading.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::anthropic {

// Appends what the block says, and the cache mark behind it. A thinking block that is the proof of what follows comes as
// an empty Text with the signature; attach_proofs() puts it where it belongs. `role`: of the turn it stands in; tool:
// within a tool's result. False after a fault.
bool read_block(Reading&, std::string_view raw, const Path&, llm::Role role, std::vector<llm::Part>& into);

// A string, or an array of blocks.
bool read_content(Reading&, std::string_view raw, const Path&, llm::Role role, std::vector<llm::Part>& into);

// Each proof goes to the text or call behind it; one with nothing behind it stays an empty Text, as Gemini sends them.
void attach_proofs(std::vector<llm::Part>&);

}  // namespace sluice::dialects::anthropic
