// Google's Gemini API (generateContent), as its callers and as its providers speak it. Facts about it are from Google's
// documentation (ai.google.dev/gemini-api/docs) and its published .proto files (google.ai.generativelanguage v1beta)
// unless said otherwise, and from the recorded exchanges in tests/traffic.
#include "dialects/all.hpp"
#include "dialects/gemini/answer.hpp"
#include "dialects/gemini/caller.hpp"
#include "dialects/gemini/encode.hpp"
#include "dialects/gemini/errors.hpp"
#include "dialects/gemini/stream_decoder.hpp"
#include "dialects/gemini/stream_meter.hpp"
#include "dialects/gemini/usage.hpp"

namespace sluice::dialects::gemini {
namespace {

using llm::Operation;

class GeminiCaller final : public CallerDialect {
 public:
  llm::Dialect id() const override { return llm::Dialect::gemini; }
  Result<llm::ChatRequest> read_chat(std::string_view body) const override { return gemini::read_chat(body); }
  // What is cached is a part of the conversation that only Google has.
  Result<> translatable(const llm::ChatRequest& request) const override {
    for (const auto& [name, value] : request.others) {
      if (name != "cachedContent") continue;
      return Error(Code::bad_request, "The model's provider does not have what 'cachedContent' refers to; send the whole conversation in 'contents'.")
          .about(name);
    }
    return {};
  }
  Result<llm::ChatRequest> read_count_tokens(std::string_view body) const override { return gemini::read_count_tokens(body); }
  Result<llm::EmbeddingRequest> read_embedding(std::string_view body) const override { return gemini::read_embedding(body); }
  std::string write_chat(const llm::ChatRequest&, const llm::ChatResponse& response, const AnswerContext& context) const override {
    return gemini::write_chat(response, context);
  }
  std::unique_ptr<StreamWriter> stream_writer(const llm::ChatRequest& request, const AnswerContext& context) const override {
    return make_stream_writer(request, context);
  }
  std::string write_embedding(const llm::EmbeddingRequest& request, const llm::EmbeddingResponse& response, const AnswerContext&) const override {
    return gemini::write_embedding(request, response);
  }
  std::string write_token_count(std::int64_t tokens) const override { return "{\"totalTokens\":" + std::to_string(tokens) + "}"; }
  std::string write_error(const Error& error) const override { return gemini::write_error(error); }
  std::string write_error_event(const Error& error, const AnswerContext& context) const override {
    return gemini::write_error_event(error, context);
  }
};

class GeminiWire final : public Wire {
 public:
  llm::Dialect dialect() const override { return llm::Dialect::gemini; }
  bool streams(std::string_view content_type, bool asked) const override {
    return content_type == "text/event-stream" || (asked && content_type == "application/json");
  }
  std::optional<llm::Usage> usage_of(Operation operation, std::string_view body) const override {
    if (operation == Operation::count_tokens) return llm::Usage{};   // counting is free (docs: Tokens), and states no usage
    return usage_in_answer(body);
  }
  std::string_view usage_member(Operation) const override { return "usageMetadata"; }
  std::unique_ptr<StreamMeter> meter(Operation) const override { return std::make_unique<GeminiStreamMeter>(); }
  Failure read_failure(int status, const http::Fields& headers, std::string_view body) const override {
    return gemini::read_failure(status, headers, body);
  }
  std::optional<Failure> failure_in_success(Operation, const http::Fields& headers, std::string_view body) const override {
    return gemini::failure_in_success(headers, body);
  }

  bool translates(Operation operation) const override {
    return operation == Operation::chat || operation == Operation::embeddings || operation == Operation::count_tokens;
  }
  Result<Encoded> encode(const llm::ChatRequest& request, const Recipient& to) const override { return gemini::encode(request, to); }
  Result<llm::ChatResponse> decode(std::string_view body) const override { return gemini::decode(body); }
  std::unique_ptr<StreamDecoder> decoder() const override { return std::make_unique<GeminiStreamDecoder>(); }
  Result<Encoded> encode_embedding(const llm::EmbeddingRequest& request, const Recipient& to) const override {
    return gemini::encode_embedding(request, to);
  }
  Result<llm::EmbeddingResponse> decode_embedding(std::string_view body) const override { return gemini::decode_embedding(body); }
  Result<Encoded> encode_count_tokens(const llm::ChatRequest& request, const Recipient& to) const override {
    return gemini::encode_count_tokens(request, to);
  }
  Result<std::int64_t> decode_token_count(std::string_view body) const override { return gemini::decode_token_count(body); }
};

}  // namespace

const CallerDialect& caller() {
  static const GeminiCaller it;
  return it;
}

const Wire& wire() {
  static const GeminiWire it;
  return it;
}

}  // namespace sluice::dialects::gemini
