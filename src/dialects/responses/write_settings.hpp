// The settings of a request as the API has them: in requests, and in responses, which repeat them.
#pragma once
#include <string>
#include <string_view>

#include "sluice/llm/chat.hpp"

namespace sluice::dialects::responses {

// Begins a member of the object that is being written: a comma if it is not the first, the name, a colon.
void begin_member(std::string& out, std::string_view name);
void begin_element(std::string& out);   // of a list or of the elements alone
void append_text_member(std::string& out, std::string_view name, std::string_view text);   // not the first of its object
void append_number(std::string& out, double value);

// `strict`: whether it is said when the request does not. This API takes absence for true (it rewrites the schema then),
// all others for false.
enum class Unsaid : unsigned char { as_is, loose };
void append_tool(std::string& list, const llm::Tool&, Unsaid strict);
std::string tool_choice(const llm::ChatRequest&);   // JSON; "\"auto\"" where none is asked for
std::string text_format(const llm::ChatRequest&);   // likewise {"type":"text"}

}  // namespace sluice::dialects::responses
