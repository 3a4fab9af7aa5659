// Embeddings, which Converse does not have: each maker's own request, sent to its model by InvokeModel.
#pragma once
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/dialects/wire.hpp"
#include "sluice/llm/embedding.hpp"

namespace sluice::dialects::bedrock {

// Titan's and Nova's models take one text a request and refuse more (400, "input"); Cohere's take up to 96.
Result<Encoded> encode_embedding(const llm::EmbeddingRequest&, std::string_view model);
// Knows the answers of all of them apart by their form.
Result<llm::EmbeddingResponse> decode_embedding(std::string_view body);

}  // namespace sluice::dialects::bedrock
