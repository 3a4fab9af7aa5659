// Embeddings as Vertex AI has them, which is not as the Gemini API has them: instances and parameters.
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
#include <array>

#include "dialects/all.hpp"
#include "dialects/dropped.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects {
namespace {

using llm::Operation;

// The neutral word for what a vector is for, as Vertex says it; empty: it has none.
std::string_view task_of(std::string_view purpose) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> tasks = {{{"query", "RETRIEVAL_QUERY"},
                                                                                  {"document", "RETRIEVAL_DOCUMENT"},
                                                                                  {"similarity", "SEMANTIC_SIMILARITY"},
                                                                                  {"classification", "CLASSIFICATION"},
                                                                                  {"clustering", "CLUSTERING"},
                                                                                  {"code_query", "CODE_RETRIEVAL_QUERY"},
                                                                                  {"question_answering", "QUESTION_ANSWERING"},
                                                                                  {"fact_verification", "FACT_VERIFICATION"}}};
  for (const auto& [word, task] : tasks) {
    if (word == purpose) return task;
  }
  return {};
}

std::string parameters_of(const llm::EmbeddingRequest& request) {
  std::string out;
  if (request.dimensions) {
    out += "\"outputDimensionality\":";
    json::append_integer(out, *request.dimensions);
  }
  if (request.truncate) {
    if (!out.empty()) out += ',';
    out += *request.truncate ? "\"autoTruncate\":true" : "\"autoTruncate\":false";
  }
  return out;
}

// Usage as the answer states it: tokens of each instance, and sometimes nothing at all. A count is written as 6 or as 6.0.
std::int64_t tokens_of(std::string_view embedding) {
  const auto statistics = json::find(embedding, "statistics");
  const auto count = statistics ? json::find(*statistics, "token_count") : std::nullopt;
  if (!count) return 0;
  std::string_view digits = *count;
  if (digits.ends_with(".0")) digits.remove_suffix(2);
  return json::to_integer(digits).value_or(0);
}

class PredictWire final : public Wire {
 public:
  llm::Dialect dialect() const override { return llm::Dialect::gemini; }
  bool passes(llm::Dialect) const override { return false; }
  std::optional<llm::Usage> usage_of(Operation, std::string_view body) const override {
    const auto answer = decode_embedding(body);
    if (!answer || answer->usage.input == 0) return std::nullopt;
    return answer->usage;
  }
  std::unique_ptr<StreamMeter> meter(Operation operation) const override { return wire(llm::Dialect::gemini).meter(operation); }
  Failure read_failure(int status, const http::Fields& headers, std::string_view body) const override {
    return wire(llm::Dialect::gemini).read_failure(status, headers, body);
  }
  std::optional<Failure> failure_in_success(Operation operation, const http::Fields& headers, std::string_view body) const override {
    if (json::find(body, "predictions")) return std::nullopt;
    return wire(llm::Dialect::gemini).failure_in_success(operation, headers, body);
  }
  bool translates(Operation operation) const override { return operation == Operation::embeddings; }
  Result<Encoded> encode_embedding(const llm::EmbeddingRequest&, const Recipient&) const override;
  Result<llm::EmbeddingResponse> decode_embedding(std::string_view body) const override;
};

Result<Encoded> PredictWire::encode_embedding(const llm::EmbeddingRequest& request, const Recipient&) const {
  Encoded encoded;
  Dropped dropped;
  const std::string_view task = task_of(request.purpose);
  if (task.empty() && !request.purpose.empty()) dropped.add("purpose");
  if (!request.user.empty()) dropped.add("user");
  for (const auto& [name, value] : request.others) dropped.add(name);
  std::string& out = encoded.body;
  out = "{\"instances\":[";
  for (const llm::EmbeddingRequest::Input& input : request.inputs) {
    // Token ids are of OpenAI's vocabulary; another model's tokens are other texts.
    if (!input.tokens.empty()) return Error(Code::bad_request, "This provider takes texts to embed, not token ids.").about("input");
    if (out.back() == '}') out += ',';
    out += "{\"content\":";
    json::append_quoted(out, input.text);
    if (!task.empty()) ((out += ",\"task_type\":\"") += task) += '"';
    if (!request.title.empty()) {
      out += ",\"title\":";
      json::append_quoted(out, request.title);
    }
    out += '}';
  }
  out += ']';
  const std::string parameters = parameters_of(request);
  if (!parameters.empty()) out += ",\"parameters\":{" + parameters + "}";
  out += '}';
  encoded.dropped = dropped.take();
  return encoded;
}

Result<llm::EmbeddingResponse> PredictWire::decode_embedding(std::string_view body) const {
  const Error broken(Code::upstream_failed, "The provider's answer holds no embeddings.");
  if (json::validate(body)) return broken;
  const auto predictions = json::find(body, "predictions");
  if (!predictions) return broken;
  llm::EmbeddingResponse response;
  bool whole = true;
  const bool list = json::each_element(*predictions, [&](std::string_view prediction) {
    const auto embedding = json::find(prediction, "embeddings");
    const auto values = embedding ? json::find(*embedding, "values") : std::nullopt;
    whole = values && json::kind_of(*values) == json::Kind::array;
    if (!whole) return false;
    response.vectors.emplace_back(*values);
    response.usage.input += tokens_of(*embedding);
    return true;
  });
  if (!list || !whole || response.vectors.empty()) return broken;
  return response;
}

}  // namespace

const Wire& predict_wire() {
  static const PredictWire wire;
  return wire;
}

}  // namespace sluice::dialects
