// Gemini's API as our callers speak it. JSON members are taken in camelCase and in snake_case, enums by name and by
// number, as Google takes them.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/dialects/dialect.hpp"
#include "sluice/llm/chat.hpp"
#include "sluice/llm/embedding.hpp"

namespace sluice::dialects::gemini {

Result<llm::ChatRequest> read_chat(std::string_view body);
// A CountTokensRequest: `contents` alone, or a whole `generateContentRequest`; Vertex has the latter's members at the top.
Result<llm::ChatRequest> read_count_tokens(std::string_view body);
Result<llm::EmbeddingRequest> read_embedding(std::string_view body);

std::string write_chat(const llm::ChatResponse&, const AnswerContext&);
std::string write_embedding(const llm::EmbeddingRequest&, const llm::EmbeddingResponse&);
std::string write_usage(const llm::Usage&);                   // a usageMetadata
std::string_view finish_name(llm::Finish);

// Server-sent events with alt=sse in the query, else one JSON array.
bool wants_events(std::string_view query);
std::unique_ptr<StreamWriter> make_stream_writer(const llm::ChatRequest&, const AnswerContext&);

std::string write_error(const Error&);
std::string write_error_event(const Error&, const AnswerContext&);

}  // namespace sluice::dialects::gemini
