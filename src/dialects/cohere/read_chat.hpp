// Reads a chat request of Cohere's API (POST /v2/chat) into neutral values. Refuses with 400 what the API itself
// refuses, naming the field; members it does not know are kept among the others.
#pragma once
#include <string_view>
#include <vector>

#include "dialects/reading.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::cohere {

Result<llm::ChatRequest> read_chat(std::string_view body);

// Parts of it, by file. Each returns false after a fault.
bool read_messages(Reading&, std::string_view raw, const Path&, std::vector<llm::Message>& into);
bool read_documents(Reading&, std::string_view raw, const Path&, std::vector<llm::File>& into);
bool read_tools(Reading&, std::string_view raw, const Path&, std::vector<llm::Tool>& into);

// What stands in a document's `data`, as text: its text, or a line for each member.
struct DocumentText { std::string title, text, rest; };
bool read_document_data(Reading&, std::string_view raw, const Path&, DocumentText& into);

}  // namespace sluice::dialects::cohere
