// What a dialect says of an operation that it does not have. The gateway asks only for what is there, so these are seen
// where a caller's path names an operation and its body another's.
#include "sluice/dialects/dialect.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects {
namespace {

Error not_offered(std::string_view what, llm::Dialect dialect) {
  return Error(Code::not_implemented, "The " + std::string(llm::to_string(dialect)) + " API has no " + std::string(what) + ".");
}

}  // namespace

Result<llm::ChatRequest> CallerDialect::read_completion(std::string_view) const { return not_offered("completions", id()); }
std::string CallerDialect::write_completion(const llm::ChatRequest&, const llm::ChatResponse&, const AnswerContext&) const {
  return write_error(not_offered("completions", id()));
}
Result<llm::EmbeddingRequest> CallerDialect::read_embedding(std::string_view) const { return not_offered("embeddings", id()); }
Result<llm::RerankRequest> CallerDialect::read_rerank(std::string_view) const { return not_offered("rerank", id()); }
std::string CallerDialect::write_embedding(const llm::EmbeddingRequest&, const llm::EmbeddingResponse&, const AnswerContext&) const {
  return write_error(not_offered("embeddings", id()));
}
std::string CallerDialect::write_rerank(const llm::RerankRequest&, const llm::RerankResponse&, const AnswerContext&) const {
  return write_error(not_offered("rerank", id()));
}
std::string CallerDialect::write_token_count(std::int64_t) const { return write_error(not_offered("token counts", id())); }

Result<Encoded> Wire::encode(const llm::ChatRequest&, const Recipient&) const { return not_offered("chat", dialect()); }
Result<llm::ChatResponse> Wire::decode(std::string_view) const { return not_offered("chat", dialect()); }
std::unique_ptr<StreamDecoder> Wire::decoder() const { return nullptr; }
Result<Encoded> Wire::encode_embedding(const llm::EmbeddingRequest&, const Recipient&) const { return not_offered("embeddings", dialect()); }
Result<llm::EmbeddingResponse> Wire::decode_embedding(std::string_view) const { return not_offered("embeddings", dialect()); }
Result<Encoded> Wire::encode_rerank(const llm::RerankRequest&, const Recipient&) const { return not_offered("rerank", dialect()); }
Result<llm::RerankResponse> Wire::decode_rerank(std::string_view) const { return not_offered("rerank", dialect()); }
Result<Encoded> Wire::encode_count_tokens(const llm::ChatRequest&, const Recipient&) const { return not_offered("token counts", dialect()); }
Result<std::int64_t> Wire::decode_token_count(std::string_view) const { return not_offered("token counts", dialect()); }

}  // namespace sluice::dialects
