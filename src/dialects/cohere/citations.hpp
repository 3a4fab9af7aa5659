// Cohere's citations: {"start","end","text","sources":[{"type","id","document"|"tool_output"}],"type","content_index"}.
// start and end count the characters of the answer's text that the source stands behind.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/llm/chat.hpp"

namespace sluice::dialects::cohere {

llm::Citation read_citation(std::string_view raw);
// Which text it belongs to: raw `type` ("PLAN", "THINKING_CONTENT", else the content of that index).
struct CitedPlace { std::string_view type; std::int64_t content_index = 0; };
CitedPlace cited_place(std::string_view raw);

// What the caller called his documents, by number; those without a name are "doc:<number>", as Cohere has it.
std::vector<std::string> document_names(const llm::ChatRequest&);

// One in Cohere's form. `text`: of the content item it belongs to, all of which is cited where no range is known.
void append_citation(std::string& out, const llm::Citation&, std::string_view text, std::int64_t content_index,
                     const std::vector<std::string>& names);

std::int64_t characters(std::string_view utf8);

}  // namespace sluice::dialects::cohere
