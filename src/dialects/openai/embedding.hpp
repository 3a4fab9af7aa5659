// Embeddings in OpenAI's form, for callers and at services; Voyage, Jina, Mistral and others have the same but for the
// names of what is beyond OpenAI's own.
#pragma once
#include <string>
#include <string_view>

#include "sluice/dialects/dialect.hpp"
#include "sluice/dialects/wire.hpp"
#include "sluice/llm/embedding.hpp"

namespace sluice::dialects::openai {

Result<llm::EmbeddingRequest> read_embedding(std::string_view body);
std::string write_embedding(const llm::EmbeddingRequest&, const llm::EmbeddingResponse&);

Result<Encoded> encode_embedding(const llm::EmbeddingRequest&, const Recipient&);
Result<llm::EmbeddingResponse> decode_embedding(std::string_view body);

// A vector as JSON text, and as base64 of little-endian float32. Empty: it is not the former.
std::string vector_to_base64(std::string_view json_array);
std::string vector_from_base64(std::string_view base64);

}  // namespace sluice::dialects::openai
