// Single content blocks of a request: text, images, documents, tool calls. Each function appends one JSON object.
#pragma once
#include <string>
#include <string_view>

#include "dialects/dropped.hpp"
#include "sluice/base/result.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::anthropic {

// Nothing but white space: Anthropic refuses such a text block.
bool is_blank(std::string_view text);

// Puts a comma before every element but the first.
void begin_element(std::string& list);

void append_text(std::string& out, std::string_view text);
// Where a block stands: the message, for errors ("messages[2].content"), and whether ids of files are Anthropic's, as the
// caller speaks its dialect.
struct Place { std::string_view where; bool own_files = false; Dropped& dropped; };

// Refused (400): data that is no base64, a media type or an address that Anthropic does not take, a file that is stored
// elsewhere.
Result<> append_image(std::string& out, const llm::Image& image, const Place& place);
Result<> append_file(std::string& out, const llm::File& file, const Place& place);
// `id`: as it is called in this request. The text of a custom tool's call is the member `input`. Refused (400): arguments
// that are no JSON object.
Result<> append_tool_use(std::string& out, const llm::ToolCall& call, std::string_view id, std::string_view where);

}  // namespace sluice::dialects::anthropic
