// Reads a chat completions request of OpenAI's API into neutral values. Refuses with 400 what the API itself refuses,
// naming the field in `param`.
#pragma once
#include <string_view>

#include "dialects/openai/answer_fields.hpp"
#include "dialects/reading.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::openai {

Result<llm::ChatRequest> read_chat(std::string_view body);

// Parts of it, by file. Each returns false after a fault.
bool read_messages(Reading&, std::string_view raw, const Path&, std::vector<llm::Message>& into);
bool read_content_part(Reading&, std::string_view raw, const Path&, llm::Role, std::vector<llm::Part>& into);
bool read_cache_mark(Reading&, std::string_view raw, const Path&, llm::CacheMark& into);   // cache_control
bool read_tools(Reading&, std::string_view raw, const Path&, std::vector<llm::Tool>& into, std::vector<llm::ServerTool>& servers);
bool read_functions(Reading&, std::string_view raw, const Path&, std::vector<llm::Tool>& into);
bool read_function_call(Reading&, std::string_view raw, const Path&, std::optional<llm::ToolChoice>& into);
// The thoughts of an earlier turn: `text` in one piece (may be empty), `details` the raw reasoning_details (may be empty).
// Those that sign a call are left in `of_calls`.
void read_thoughts(std::string text, std::string_view details, std::vector<llm::Part>& into, std::vector<Detail>& of_calls);
bool read_tool_choice(Reading&, std::string_view raw, const Path&, std::optional<llm::ToolChoice>& into);
bool read_response_format(Reading&, std::string_view raw, const Path&, std::optional<llm::ResponseFormat>& into);

}  // namespace sluice::dialects::openai
