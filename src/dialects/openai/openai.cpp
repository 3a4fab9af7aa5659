// OpenAI's chat completions, and the operations beside it.
#include "dialects/all.hpp"
#include "dialects/openai/completions.hpp"
#include "dialects/openai/decode.hpp"
#include "dialects/openai/embedding.hpp"
#include "dialects/openai/encode.hpp"
#include "dialects/openai/errors.hpp"
#include "dialects/openai/media_meter.hpp"
#include "dialects/openai/read_chat.hpp"
#include "dialects/openai/rerank.hpp"
#include "dialects/openai/stream_decoder.hpp"
#include "dialects/openai/stream_meter.hpp"
#include "dialects/openai/usage.hpp"
#include "dialects/openai/write_chat.hpp"
#include "dialects/openai/write_error.hpp"

namespace sluice::dialects::openai {
namespace {

using llm::Operation;

class OpenAiCaller final : public CallerDialect {
 public:
  llm::Dialect id() const override { return llm::Dialect::openai; }
  Result<llm::ChatRequest> read_chat(std::string_view body) const override { return openai::read_chat(body); }
  Result<llm::ChatRequest> read_completion(std::string_view body) const override { return openai::read_completion(body); }
  Result<llm::EmbeddingRequest> read_embedding(std::string_view body) const override { return openai::read_embedding(body); }
  Result<llm::RerankRequest> read_rerank(std::string_view body) const override { return openai::read_rerank(body); }

  std::string write_chat(const llm::ChatRequest& request, const llm::ChatResponse& response, const AnswerContext& context) const override {
    return openai::write_chat(request, response, context.id, context.created);
  }
  std::unique_ptr<StreamWriter> stream_writer(const llm::ChatRequest& request, const AnswerContext& context) const override {
    return make_stream_writer(request, context.id, context.created);
  }
  std::string write_completion(const llm::ChatRequest& request, const llm::ChatResponse& response, const AnswerContext& context) const override {
    return openai::write_completion(request, response, context.id, context.created);
  }
  std::unique_ptr<StreamWriter> completion_writer(const llm::ChatRequest& request, const AnswerContext& context) const override {
    return make_completion_writer(request, context.id, context.created);
  }
  std::string write_embedding(const llm::EmbeddingRequest& request, const llm::EmbeddingResponse& response, const AnswerContext&) const override {
    return openai::write_embedding(request, response);
  }
  std::string write_rerank(const llm::RerankRequest& request, const llm::RerankResponse& response, const AnswerContext& context) const override {
    return openai::write_rerank(request, response, context.id);
  }
  std::string write_error(const Error& error) const override { return openai::write_error(error); }
  std::string write_error_event(const Error& error, const AnswerContext&) const override { return openai::write_error_event(error); }
};

bool is_chat(Operation operation) { return operation == Operation::chat || operation == Operation::completions; }

class OpenAiWire final : public Wire {
 public:
  llm::Dialect dialect() const override { return llm::Dialect::openai; }

  std::optional<llm::Usage> usage_of(Operation operation, std::string_view body) const override {
    if (operation == Operation::rerank) return rerank_usage(body);
    auto usage = usage_in_answer(body);
    if (!usage && operation == Operation::moderations) return llm::Usage{};   // costs nothing, and says so by saying nothing
    return usage;
  }
  std::unique_ptr<StreamMeter> meter(Operation operation) const override {
    if (is_chat(operation)) return std::make_unique<OpenAiStreamMeter>();
    return std::make_unique<MediaStreamMeter>();
  }
  Failure read_failure(int status, const http::Fields& headers, std::string_view body) const override {
    return openai::read_failure(status, headers, body);
  }
  std::optional<Failure> failure_in_success(Operation operation, const http::Fields& headers, std::string_view body) const override {
    if (is_chat(operation) || operation == Operation::embeddings) return openai::failure_in_success(headers, body);
    return failure_in_other_success(headers, body);
  }

  bool translates(Operation operation) const override {
    return operation == Operation::chat || operation == Operation::embeddings || operation == Operation::rerank;
  }
  Result<Encoded> encode(const llm::ChatRequest& request, const Recipient& to) const override { return openai::encode(request, to); }
  Result<llm::ChatResponse> decode(std::string_view body) const override { return openai::decode(body); }
  std::unique_ptr<StreamDecoder> decoder() const override { return std::make_unique<OpenAiStreamDecoder>(); }
  Result<Encoded> encode_embedding(const llm::EmbeddingRequest& request, const Recipient& to) const override {
    return openai::encode_embedding(request, to);
  }
  Result<llm::EmbeddingResponse> decode_embedding(std::string_view body) const override { return openai::decode_embedding(body); }
  Result<Encoded> encode_rerank(const llm::RerankRequest& request, const Recipient& to) const override { return openai::encode_rerank(request, to); }
  Result<llm::RerankResponse> decode_rerank(std::string_view body) const override { return openai::decode_rerank(body); }
};

}  // namespace

const CallerDialect& caller() {
  static const OpenAiCaller it;
  return it;
}

const Wire& wire() {
  static const OpenAiWire it;
  return it;
}

}  // namespace sluice::dialects::openai
