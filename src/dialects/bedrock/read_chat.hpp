// Reads a Converse request into neutral values. Refuses with 400 what the API itself refuses, naming the field in
// `param`. Model and the wish for a stream are in the path.
#pragma once
#include <string_view>
#include <vector>

#include "dialects/reading.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::bedrock {

Result<llm::ChatRequest> read_chat(std::string_view body);
// {"input":{"converse":{…}}}
Result<llm::ChatRequest> read_count_tokens(std::string_view body);

// Parts of it, by file. Each returns false after a fault.
bool read_messages(Reading&, std::string_view raw, const Path&, std::vector<llm::Message>& into);
bool read_system(Reading&, std::string_view raw, const Path&, std::vector<llm::Message>& into);
bool read_tool_config(Reading&, std::string_view raw, const Path&, llm::ChatRequest& into);
bool read_additional_fields(Reading&, std::string_view raw, const Path&, llm::ChatRequest& into);
bool read_cache_mark(Reading&, std::string_view raw, const Path&, llm::CacheMark& into);

}  // namespace sluice::dialects::bedrock
