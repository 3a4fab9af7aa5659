// Writes a neutral request as one of the Responses API. Nothing is kept by the provider (store: false), and reasoning is
// asked for with its encrypted content, so that callers of other dialects can send it back.
#pragma once
#include <string>

#include "dialects/dropped.hpp"
#include "sluice/dialects/quirks.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::responses {

Result<Encoded> encode(const llm::ChatRequest&, const Recipient&);

// Whether the model takes `reasoning` and gives encrypted_content: where an effort cannot be asked for, it has none.
inline bool reasons(const Quirks& quirks) { return !quirks.reasoning_request.empty(); }

// The conversation, by file.
struct EncodedInput { std::string instructions, items; };   // instructions: JSON or empty; items: a list without brackets
Result<EncodedInput> encode_input(const llm::ChatRequest&, const Recipient&, Dropped&);

// The tools, a list without its brackets. Refuses what no tool of this API stands for.
Result<std::string> encode_tools(const llm::ChatRequest&, const Quirks&, Dropped&);

// One content part of a message of a user or of a tool's result, with what the conversation needs to know of it.
struct ContentContext { const llm::ChatRequest& asked; const Quirks& quirks; Dropped& dropped; std::string where; };
Result<> append_image(std::string& out, const llm::Image&, const ContentContext&);
Result<> append_file(std::string& out, const llm::File&, const ContentContext&);
Result<> append_audio(std::string& out, const llm::Audio&, const ContentContext&);

// What the caller calls one of its settings.
std::string_view said(llm::Dialect caller, std::string_view in_chat_completions, std::string_view in_responses);

}  // namespace sluice::dialects::responses
