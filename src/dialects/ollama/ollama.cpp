// Ollama's native API. Spoken to providers only.
#include "dialects/all.hpp"
#include "dialects/ollama/answer.hpp"
#include "dialects/ollama/encode.hpp"
#include "dialects/ollama/stream.hpp"

namespace sluice::dialects::ollama {
namespace {

using llm::Operation;

class OllamaWire final : public Wire {
 public:
  llm::Dialect dialect() const override { return llm::Dialect::ollama; }
  bool streams(std::string_view content_type, bool) const override { return content_type == "application/x-ndjson"; }
  std::optional<llm::Usage> usage_of(Operation, std::string_view body) const override {
    const auto object = read_object(without_chunk_sizes(body));
    return object ? ollama::usage_of(*object) : std::nullopt;
  }
  std::unique_ptr<StreamMeter> meter(Operation) const override { return std::make_unique<OllamaStreamMeter>(); }
  Failure read_failure(int status, const http::Fields& headers, std::string_view body) const override {
    return ollama::read_failure(status, headers, body);
  }
  std::optional<Failure> failure_in_success(Operation operation, const http::Fields& headers, std::string_view body) const override {
    return ollama::failure_in_success(operation, headers, body);
  }

  bool translates(Operation operation) const override { return operation == Operation::chat || operation == Operation::embeddings; }
  Result<Encoded> encode(const llm::ChatRequest& request, const Recipient& to) const override { return ollama::encode(request, to); }
  Result<llm::ChatResponse> decode(std::string_view body) const override { return ollama::decode(body); }
  std::unique_ptr<StreamDecoder> decoder() const override { return std::make_unique<OllamaStreamDecoder>(); }
  Result<Encoded> encode_embedding(const llm::EmbeddingRequest& request, const Recipient& to) const override {
    return ollama::encode_embedding(request, to.model);
  }
  Result<llm::EmbeddingResponse> decode_embedding(std::string_view body) const override { return ollama::decode_embedding(body); }
};

}  // namespace

const Wire& wire() {
  static const OllamaWire it;
  return it;
}

}  // namespace sluice::dialects::ollama
