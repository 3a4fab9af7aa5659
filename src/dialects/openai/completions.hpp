// The API before chat, /v1/completions, for callers whose model is served by a chat: the prompt is one message of the
// user's, the answer's text goes back as a completion.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "sluice/dialects/dialect.hpp"

namespace sluice::dialects::openai {

// Refused: several prompts, and prompts of token ids, which no chat takes.
Result<llm::ChatRequest> read_completion(std::string_view body);
std::string write_completion(const llm::ChatRequest&, const llm::ChatResponse&, std::string_view id, std::int64_t created);
std::unique_ptr<StreamWriter> make_completion_writer(const llm::ChatRequest&, std::string id, std::int64_t created);

}  // namespace sluice::dialects::openai
