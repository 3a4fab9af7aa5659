// Amazon Bedrock: the Converse API, and embeddings by InvokeModel.
#include "dialects/all.hpp"
#include "dialects/bedrock/answer.hpp"
#include "dialects/bedrock/embedding.hpp"
#include "dialects/bedrock/encode.hpp"
#include "dialects/bedrock/errors.hpp"
#include "dialects/bedrock/read_chat.hpp"
#include "dialects/bedrock/stream_decoder.hpp"
#include "dialects/bedrock/stream_meter.hpp"
#include "dialects/bedrock/usage.hpp"
#include "dialects/bedrock/write_chat.hpp"
#include "sluice/base/text.hpp"

namespace sluice::dialects::bedrock {
namespace {

class BedrockCaller final : public CallerDialect {
 public:
  llm::Dialect id() const override { return llm::Dialect::bedrock; }
  Result<llm::ChatRequest> read_chat(std::string_view body) const override { return bedrock::read_chat(body); }
  Result<llm::ChatRequest> read_count_tokens(std::string_view body) const override { return bedrock::read_count_tokens(body); }
  std::string write_chat(const llm::ChatRequest&, const llm::ChatResponse& response, const AnswerContext&) const override {
    return bedrock::write_chat(response);
  }
  std::unique_ptr<StreamWriter> stream_writer(const llm::ChatRequest&, const AnswerContext&) const override { return make_stream_writer(); }
  std::string write_token_count(std::int64_t tokens) const override {
    std::string out = "{\"inputTokens\":";
    append_integer(out, tokens);
    return out + "}";
  }
  std::string write_error(const Error& error) const override { return bedrock::write_error(error); }
  std::string error_header_lines(const Error& error) const override { return bedrock::error_header_lines(error); }
  std::string write_error_event(const Error& error, const AnswerContext&) const override { return bedrock::write_error_event(error); }
};

class BedrockWire final : public Wire {
 public:
  llm::Dialect dialect() const override { return llm::Dialect::bedrock; }
  bool streams(std::string_view content_type, bool) const override { return content_type == "application/vnd.amazon.eventstream"; }
  std::optional<llm::Usage> usage_of(llm::Operation, std::string_view body) const override { return usage_in_answer(body); }
  std::unique_ptr<StreamMeter> meter(llm::Operation) const override { return std::make_unique<BedrockStreamMeter>(); }
  Failure read_failure(int status, const http::Fields& headers, std::string_view body) const override {
    return bedrock::read_failure(status, headers, body);
  }
  std::optional<Failure> failure_in_success(llm::Operation operation, const http::Fields& headers, std::string_view body) const override {
    return bedrock::failure_in_success(operation, headers, body);
  }

  bool translates(llm::Operation operation) const override {
    return operation == llm::Operation::chat || operation == llm::Operation::embeddings || operation == llm::Operation::count_tokens;
  }
  Result<Encoded> encode(const llm::ChatRequest& request, const Recipient& to) const override { return bedrock::encode(request, to.model); }
  Result<llm::ChatResponse> decode(std::string_view body) const override { return bedrock::decode(body); }
  std::unique_ptr<StreamDecoder> decoder() const override { return std::make_unique<BedrockStreamDecoder>(); }
  Result<Encoded> encode_embedding(const llm::EmbeddingRequest& request, const Recipient& to) const override {
    return bedrock::encode_embedding(request, to.model);
  }
  Result<llm::EmbeddingResponse> decode_embedding(std::string_view body) const override { return bedrock::decode_embedding(body); }
  Result<Encoded> encode_count_tokens(const llm::ChatRequest& request, const Recipient& to) const override {
    return bedrock::encode_count_tokens(request, to.model);
  }
  Result<std::int64_t> decode_token_count(std::string_view body) const override { return bedrock::decode_token_count(body); }
};

}  // namespace

const CallerDialect& caller() {
  static const BedrockCaller it;
  return it;
}

const Wire& wire() {
  static const BedrockWire it;
  return it;
}

}  // namespace sluice::dialects::bedrock
