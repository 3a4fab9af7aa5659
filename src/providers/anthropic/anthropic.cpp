#include "providers/anthropic/anthropic.hpp"

#include <string>

#include "providers/anthropic/answer.hpp"
#include "providers/anthropic/encode.hpp"
#include "providers/anthropic/errors.hpp"
#include "providers/anthropic/stream_decoder.hpp"
#include "providers/anthropic/stream_meter.hpp"

namespace sluice::providers {
namespace {

class AnthropicTranslator final : public Translator {
 public:
  Result<Encoded> encode(const llm::ChatRequest& request, std::string_view model) const override {
    return anthropic::encode(request, model);
  }
  Result<llm::ChatResponse> decode(std::string_view body) const override { return anthropic::decode(body); }
  std::unique_ptr<StreamDecoder> decoder() const override {
    return std::make_unique<anthropic::AnthropicStreamDecoder>();
  }
};

class Anthropic final : public Provider {
 public:
  std::string_view type() const override { return "anthropic"; }
  bool speaks(llm::Dialect dialect, llm::Operation operation) const override {
    return dialect == llm::Dialect::anthropic && operation == llm::Operation::chat;
  }
  bool serves(llm::Operation operation) const override { return operation == llm::Operation::chat; }
  std::string path(llm::Operation, std::string_view, bool) const override { return "/v1/messages"; }
  void authorize(std::string_view secret, Headers& out) const override {
    if (!secret.empty()) out.emplace_back("x-api-key", secret);
    out.emplace_back("anthropic-version", "2023-06-01");
  }

  std::optional<llm::Usage> usage_of(llm::Operation, std::string_view body) const override {
    return anthropic::usage_of(body);
  }
  std::unique_ptr<StreamMeter> meter(llm::Operation) const override {
    return std::make_unique<anthropic::AnthropicStreamMeter>();
  }
  const Translator* translator() const override { return &x_translator; }

  Failure read_failure(int status, const http::Fields& headers, std::string_view body) const override {
    return anthropic::read_failure(status, headers, body);
  }
  std::optional<Failure> failure_in_success(llm::Operation, const http::Fields& headers,
                                            std::string_view body) const override {
    return anthropic::failure_in_success(headers, body);
  }

 private:
  AnthropicTranslator x_translator;
};

}  // namespace

std::shared_ptr<const Provider> make_anthropic() { return std::make_shared<const Anthropic>(); }

}  // namespace sluice::providers
