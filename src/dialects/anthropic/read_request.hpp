// Reads a request of the messages API into neutral values, and a request to count its tokens, which is the same without
// limits. Refuses with 400 what the API itself refuses, naming the field in `param`.
#pragma once
#include <string_view>

#include "dialects/reading.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::anthropic {

Result<llm::ChatRequest> read_chat(std::string_view body);
Result<llm::ChatRequest> read_count_tokens(std::string_view body);

// Parts of it, by file. Each returns false after a fault.
bool read_system(Reading&, std::string_view raw, const Path&, std::vector<llm::Message>& into);
// The results of tools become messages of their own (role tool), before or between what else is in their turn.
bool read_messages(Reading&, std::string_view raw, const Path&, std::vector<llm::Message>& into);
bool read_tools(Reading&, std::string_view raw, const Path&, llm::ChatRequest& into);
bool read_tool_choice(Reading&, std::string_view raw, const Path&, llm::ChatRequest& into);
bool read_cache_control(Reading&, std::string_view raw, const Path&, std::optional<llm::CacheMark>& into);

}  // namespace sluice::dialects::anthropic
