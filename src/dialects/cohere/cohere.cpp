// Cohere's API, version 2: chat, embeddings and rerank.
#include "dialects/all.hpp"
#include "dialects/cohere/answer.hpp"
#include "dialects/cohere/embedding.hpp"
#include "dialects/cohere/encode.hpp"
#include "dialects/cohere/errors.hpp"
#include "dialects/cohere/read_chat.hpp"
#include "dialects/cohere/rerank.hpp"
#include "dialects/cohere/stream_decoder.hpp"
#include "dialects/cohere/stream_meter.hpp"
#include "dialects/cohere/usage.hpp"
#include "dialects/cohere/write_chat.hpp"

namespace sluice::dialects::cohere {
namespace {

using llm::Operation;

class CohereCaller final : public CallerDialect {
 public:
  llm::Dialect id() const override { return llm::Dialect::cohere; }
  Result<llm::ChatRequest> read_chat(std::string_view body) const override { return cohere::read_chat(body); }
  Result<llm::EmbeddingRequest> read_embedding(std::string_view body) const override { return cohere::read_embedding(body); }
  Result<llm::RerankRequest> read_rerank(std::string_view body) const override { return cohere::read_rerank(body); }

  std::string write_chat(const llm::ChatRequest& request, const llm::ChatResponse& response, const AnswerContext& context) const override {
    return cohere::write_chat(request, response, context.id);
  }
  std::unique_ptr<StreamWriter> stream_writer(const llm::ChatRequest& request, const AnswerContext& context) const override {
    return make_stream_writer(request, context.id);
  }
  std::string write_embedding(const llm::EmbeddingRequest& request, const llm::EmbeddingResponse& response, const AnswerContext& context) const override {
    return cohere::write_embedding(request, response, context.id);
  }
  std::string write_rerank(const llm::RerankRequest& request, const llm::RerankResponse& response, const AnswerContext& context) const override {
    return cohere::write_rerank(request, response, context.id);
  }
  std::string write_error(const Error& error) const override { return cohere::write_error(error); }
  std::string write_error_event(const Error& error, const AnswerContext&) const override { return cohere::write_error_event(error); }
};

class CohereWire final : public Wire {
 public:
  llm::Dialect dialect() const override { return llm::Dialect::cohere; }
  std::optional<llm::Usage> usage_of(Operation, std::string_view body) const override { return cohere::usage_of(body); }
  std::string_view usage_member(Operation operation) const override { return operation == Operation::chat ? "usage" : "meta"; }
  std::unique_ptr<StreamMeter> meter(Operation) const override { return std::make_unique<CohereStreamMeter>(); }
  Failure read_failure(int status, const http::Fields& headers, std::string_view body) const override {
    return cohere::read_failure(status, headers, body);
  }
  std::optional<Failure> failure_in_success(Operation operation, const http::Fields& headers, std::string_view body) const override {
    return cohere::failure_in_success(operation, headers, body);
  }

  bool translates(Operation operation) const override {
    return operation == Operation::chat || operation == Operation::embeddings || operation == Operation::rerank;
  }
  Result<Encoded> encode(const llm::ChatRequest& request, const Recipient& to) const override { return cohere::encode(request, to); }
  Result<llm::ChatResponse> decode(std::string_view body) const override { return cohere::decode(body); }
  std::unique_ptr<StreamDecoder> decoder() const override { return std::make_unique<CohereStreamDecoder>(); }
  Result<Encoded> encode_embedding(const llm::EmbeddingRequest& request, const Recipient& to) const override {
    return cohere::encode_embedding(request, to.model);
  }
  Result<llm::EmbeddingResponse> decode_embedding(std::string_view body) const override { return cohere::decode_embedding(body); }
  Result<Encoded> encode_rerank(const llm::RerankRequest& request, const Recipient& to) const override {
    return cohere::encode_rerank(request, to.model);
  }
  Result<llm::RerankResponse> decode_rerank(std::string_view body) const override { return cohere::decode_rerank(body); }
};

}  // namespace

const CallerDialect& caller() {
  static const CohereCaller it;
  return it;
}

const Wire& wire() {
  static const CohereWire it;
  return it;
}

}  // namespace sluice::dialects::cohere
