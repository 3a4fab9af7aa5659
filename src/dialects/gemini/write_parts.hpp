// Neutral parts of an answer as parts of a Content.
#pragma once
#include <string>
#include <string_view>

#include "sluice/llm/chat.hpp"

namespace sluice::dialects::gemini {

// Each appends one JSON part.
void append_text_part(std::string& out, std::string_view text, llm::Maker maker, std::string_view signature);
void append_thought_part(std::string& out, const llm::Thinking&);
void append_call_part(std::string& out, const llm::ToolCall&);
// Any other part of an answer; false (nothing appended): it has no form here.
bool append_other_part(std::string& out, const llm::Part&);

}  // namespace sluice::dialects::gemini
