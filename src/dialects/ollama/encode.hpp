// Neutral requests as Ollama's native API takes them: POST /api/chat and /api/embed.
#pragma once
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::ollama {

Result<Encoded> encode(const llm::ChatRequest&, const Recipient&);

Result<Encoded> encode_embedding(const llm::EmbeddingRequest&, std::string_view model);
Result<llm::EmbeddingResponse> decode_embedding(std::string_view body);

}  // namespace sluice::dialects::ollama
