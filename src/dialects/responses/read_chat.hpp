// Reads a request of the Responses API into neutral values. Refuses with 400 what the API itself refuses, naming the
// field in `param`.
#pragma once
#include <string_view>
#include <vector>

#include "dialects/reading.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::responses {

Result<llm::ChatRequest> read_chat(std::string_view body);

// What of a request only the one who keeps its parts can do: an error that names the first such field. All else can be
// said in another dialect or left out.
Result<> translatable(const llm::ChatRequest&);

// Parts of read_chat, by file. Each returns false after a fault.
bool read_input(Reading&, std::string_view raw, const Path&, std::vector<llm::Message>& into);
bool read_content(Reading&, std::string_view raw, const Path&, llm::Role, std::vector<llm::Part>& into);
bool read_tools(Reading&, std::string_view raw, const Path&, llm::ChatRequest& into);
bool read_tool_choice(Reading&, std::string_view raw, const Path&, llm::ChatRequest& into);
bool read_text_settings(Reading&, std::string_view raw, const Path&, llm::ChatRequest& into);

}  // namespace sluice::dialects::responses
