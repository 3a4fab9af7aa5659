// Anthropic's messages API.
#include "dialects/all.hpp"
#include "dialects/anthropic/answer.hpp"
#include "dialects/anthropic/encode.hpp"
#include "dialects/anthropic/errors.hpp"
#include "dialects/anthropic/read_request.hpp"
#include "dialects/anthropic/stream_decoder.hpp"
#include "dialects/anthropic/stream_meter.hpp"
#include "dialects/anthropic/write_chat.hpp"
#include "dialects/anthropic/write_error.hpp"

namespace sluice::dialects::anthropic {
namespace {

class AnthropicCaller final : public CallerDialect {
 public:
  llm::Dialect id() const override { return llm::Dialect::anthropic; }
  Result<llm::ChatRequest> read_chat(std::string_view body) const override { return anthropic::read_chat(body); }
  Result<llm::ChatRequest> read_count_tokens(std::string_view body) const override { return anthropic::read_count_tokens(body); }
  std::string write_chat(const llm::ChatRequest& request, const llm::ChatResponse& response, const AnswerContext& context) const override {
    return anthropic::write_chat(request, response, context);
  }
  std::unique_ptr<StreamWriter> stream_writer(const llm::ChatRequest& request, const AnswerContext& context) const override {
    return make_stream_writer(request, context);
  }
  std::string write_token_count(std::int64_t tokens) const override { return anthropic::write_token_count(tokens); }
  std::string write_error(const Error& error) const override { return anthropic::write_error(error); }
  std::string write_error_event(const Error& error, const AnswerContext&) const override { return anthropic::write_error_event(error); }
};

class AnthropicWire final : public Wire {
 public:
  llm::Dialect dialect() const override { return llm::Dialect::anthropic; }
  std::optional<llm::Usage> usage_of(llm::Operation, std::string_view body) const override { return anthropic::usage_of(body); }
  std::unique_ptr<StreamMeter> meter(llm::Operation) const override { return std::make_unique<AnthropicStreamMeter>(); }
  Failure read_failure(int status, const http::Fields& headers, std::string_view body) const override {
    return anthropic::read_failure(status, headers, body);
  }
  std::optional<Failure> failure_in_success(llm::Operation, const http::Fields& headers, std::string_view body) const override {
    return anthropic::failure_in_success(headers, body);
  }

  bool translates(llm::Operation operation) const override {
    return operation == llm::Operation::chat || operation == llm::Operation::count_tokens;
  }
  Result<Encoded> encode(const llm::ChatRequest& request, const Recipient& to) const override {
    return anthropic::encode(request, to);
  }
  Result<llm::ChatResponse> decode(std::string_view body) const override { return anthropic::decode(body); }
  std::unique_ptr<StreamDecoder> decoder() const override { return std::make_unique<AnthropicStreamDecoder>(); }
  Result<Encoded> encode_count_tokens(const llm::ChatRequest& request, const Recipient& to) const override {
    return anthropic::encode_count_tokens(request, to);
  }
  Result<std::int64_t> decode_token_count(std::string_view body) const override { return anthropic::decode_token_count(body); }
};

}  // namespace

const CallerDialect& caller() {
  static const AnthropicCaller it;
  return it;
}

const Wire& wire() {
  static const AnthropicWire it;
  return it;
}

}  // namespace sluice::dialects::anthropic
