// OpenAI's Responses API.
#include "dialects/all.hpp"
#include "dialects/openai/errors.hpp"
#include "dialects/openai/write_error.hpp"
#include "dialects/responses/answer.hpp"
#include "dialects/responses/encode.hpp"
#include "dialects/responses/errors.hpp"
#include "dialects/responses/read_chat.hpp"
#include "dialects/responses/stream_decoder.hpp"
#include "dialects/responses/stream_meter.hpp"
#include "dialects/responses/stream_writer.hpp"
#include "dialects/responses/usage.hpp"
#include "dialects/responses/write_chat.hpp"
#include "dialects/responses/write_error.hpp"

namespace sluice::dialects::responses {
namespace {

class ResponsesCaller final : public CallerDialect {
 public:
  llm::Dialect id() const override { return llm::Dialect::responses; }
  Result<llm::ChatRequest> read_chat(std::string_view body) const override { return responses::read_chat(body); }
  Result<> translatable(const llm::ChatRequest& request) const override { return responses::translatable(request); }
  std::string write_chat(const llm::ChatRequest& request, const llm::ChatResponse& response, const AnswerContext& context) const override {
    return responses::write_chat(request, response, context);
  }
  std::unique_ptr<StreamWriter> stream_writer(const llm::ChatRequest& request, const AnswerContext& context) const override {
    return std::make_unique<ResponsesStreamWriter>(request, context);
  }
  std::string write_error(const Error& error) const override { return openai::write_error(error); }
  // How many events came before is not known here; no client is known to look at the number of an error.
  std::string write_error_event(const Error& error, const AnswerContext&) const override { return responses::write_error_event(error, 0); }
};

class ResponsesWire final : public Wire {
 public:
  llm::Dialect dialect() const override { return llm::Dialect::responses; }
  // What is only read again, cancelled or deleted was paid for when it was made.
  std::optional<llm::Usage> usage_of(llm::Operation operation, std::string_view body) const override {
    if (operation == llm::Operation::stored_response) return llm::Usage{};
    return usage_in_response(body);
  }
  std::unique_ptr<StreamMeter> meter(llm::Operation operation) const override {
    return std::make_unique<ResponsesStreamMeter>(operation == llm::Operation::stored_response);
  }
  Failure read_failure(int status, const http::Fields& headers, std::string_view body) const override {
    return openai::read_failure(status, headers, body);
  }
  std::optional<Failure> failure_in_success(llm::Operation operation, const http::Fields& headers, std::string_view body) const override {
    return responses::failure_in_success(operation, headers, body);
  }

  bool translates(llm::Operation operation) const override { return operation == llm::Operation::chat; }
  Result<Encoded> encode(const llm::ChatRequest& request, const Recipient& to) const override { return responses::encode(request, to); }
  Result<llm::ChatResponse> decode(std::string_view body) const override { return responses::decode(body); }
  std::unique_ptr<StreamDecoder> decoder() const override { return std::make_unique<ResponsesStreamDecoder>(); }
};

}  // namespace

const CallerDialect& caller() {
  static const ResponsesCaller it;
  return it;
}

const Wire& wire() {
  static const ResponsesWire it;
  return it;
}

}  // namespace sluice::dialects::responses
