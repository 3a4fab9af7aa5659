// Cohere's embeddings (POST /v2/embed), both ways.
#pragma once
#include <string>
#include <string_view>

#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::cohere {

Result<Encoded> encode_embedding(const llm::EmbeddingRequest&, std::string_view model);
Result<llm::EmbeddingResponse> decode_embedding(std::string_view body);

Result<llm::EmbeddingRequest> read_embedding(std::string_view body);
// The form with embeddings by type, which is the only one of API version 2.
std::string write_embedding(const llm::EmbeddingRequest&, const llm::EmbeddingResponse&, std::string_view id);

}  // namespace sluice::dialects::cohere
