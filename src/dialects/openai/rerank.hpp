// Ordering documents by how well they answer a query, in the form of Cohere and Jina (Voyage's differs in names).
#pragma once
#include <string>
#include <string_view>

#include "sluice/dialects/dialect.hpp"
#include "sluice/dialects/wire.hpp"
#include "sluice/llm/rerank.hpp"

namespace sluice::dialects::openai {

Result<llm::RerankRequest> read_rerank(std::string_view body);
std::string write_rerank(const llm::RerankRequest&, const llm::RerankResponse&, std::string_view id);

Result<Encoded> encode_rerank(const llm::RerankRequest&, const Recipient&);
Result<llm::RerankResponse> decode_rerank(std::string_view body);
std::optional<llm::Usage> rerank_usage(std::string_view body);

}  // namespace sluice::dialects::openai
