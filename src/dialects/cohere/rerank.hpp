// Cohere's rerank (POST /v2/rerank), both ways. Jina's and Voyage's are alike but for names; they are the OpenAI wire's.
#pragma once
#include <string>
#include <string_view>

#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::cohere {

Result<Encoded> encode_rerank(const llm::RerankRequest&, std::string_view model);
Result<llm::RerankResponse> decode_rerank(std::string_view body);

Result<llm::RerankRequest> read_rerank(std::string_view body);
std::string write_rerank(const llm::RerankRequest&, const llm::RerankResponse&, std::string_view id);

}  // namespace sluice::dialects::cohere
