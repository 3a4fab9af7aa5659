// Thoughts in OpenRouter's form, reasoning_details: whose they are stands in `format`. Snowflake and others have it too.
#pragma once
#include <string>
#include <string_view>

#include "sluice/llm/chat.hpp"

namespace sluice::dialects::openai {

std::string_view format_of(llm::Maker);   // "anthropic-claude-v1" and the like; "unknown"

// Appends the items of one thinking, separated by commas, and counts them in `index`. An OpenAI thought is a summary and,
// with the same id, its encrypted whole.
void append_details(std::string& list, const llm::Thinking&, std::int64_t& index);
// The signature of a call (Gemini), under the call's id.
void append_call_detail(std::string& list, const llm::ToolCall&, std::string_view id, std::int64_t& index);

// Whose model a name stands for, as far as names tell; signatures of other makers are not shown to it.
llm::Maker maker_of_model(std::string_view model);

}  // namespace sluice::dialects::openai
