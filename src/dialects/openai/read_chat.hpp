// Reads a chat completions request of OpenAI's API into neutral values. Refuses with 400 what the API itself refuses,
// naming the field in `param`.
#pragma once
#include <string_view>

#include "dialects/reading.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::openai {

Result<llm::ChatRequest> read_chat(std::string_view body);

// Parts of it, by file. Each returns false after a fault.
bool read_messages(Reading&, std::string_view raw, const Path&, std::vector<llm::Message>& into);
bool read_content_part(Reading&, std::string_view raw, const Path&, llm::Role, std::vector<llm::Part>& into);
bool read_tools(Reading&, std::string_view raw, const Path&, std::vector<llm::Tool>& into);
bool read_tool_choice(Reading&, std::string_view raw, const Path&, std::optional<llm::ToolChoice>& into);
bool read_response_format(Reading&, std::string_view raw, const Path&, std::optional<llm::ResponseFormat>& into);

}  // namespace sluice::dialects::openai
