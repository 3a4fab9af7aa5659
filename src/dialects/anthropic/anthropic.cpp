// Anthropic's messages API.
#include "dialects/all.hpp"
#include "dialects/anthropic/answer.hpp"
#include "dialects/anthropic/encode.hpp"
#include "dialects/anthropic/errors.hpp"
#include "dialects/anthropic/stream_decoder.hpp"
#include "dialects/anthropic/stream_meter.hpp"

namespace sluice::dialects::anthropic {
namespace {

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

  bool translates(llm::Operation operation) const override { return operation == llm::Operation::chat; }
  Result<Encoded> encode(const llm::ChatRequest& request, const Recipient& to) const override {
    return anthropic::encode(request, to.model);
  }
  Result<llm::ChatResponse> decode(std::string_view body) const override { return anthropic::decode(body); }
  std::unique_ptr<StreamDecoder> decoder() const override { return std::make_unique<AnthropicStreamDecoder>(); }
};

}  // namespace

const CallerDialect& caller() { return openai::caller(); }

const Wire& wire() {
  static const AnthropicWire it;
  return it;
}

}  // namespace sluice::dialects::anthropic
