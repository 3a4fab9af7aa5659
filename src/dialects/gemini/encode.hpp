// Neutral requests as requests of the Gemini API.
#pragma once
#include "sluice/base/result.hpp"
#include "sluice/dialects/wire.hpp"
#include "sluice/llm/chat.hpp"
#include "sluice/llm/embedding.hpp"

namespace sluice::dialects::gemini {

// A GenerateContentRequest; model and streaming are in the path. Refused (400, param set): what cannot be asked of Gemini
// at all. What can be left out is left out and named in `dropped`, also where a value was changed.
Result<Encoded> encode(const llm::ChatRequest&, const Recipient&);

// A CountTokensRequest. Only what is counted is in it.
Result<Encoded> encode_count_tokens(const llm::ChatRequest&, const Recipient&);
Result<std::int64_t> decode_token_count(std::string_view body);

// A BatchEmbedContentsRequest, whatever the number of texts.
Result<Encoded> encode_embedding(const llm::EmbeddingRequest&, const Recipient&);
Result<llm::EmbeddingResponse> decode_embedding(std::string_view body);

// "models/" before the name, as bodies have it; a tuned model has its own beginning.
std::string resource_name(std::string_view model);

}  // namespace sluice::dialects::gemini
