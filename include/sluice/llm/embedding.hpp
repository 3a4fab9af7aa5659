// An embedding request and its answer in no provider's dialect. Values only.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sluice/llm/dialect.hpp"
#include "sluice/llm/usage.hpp"

namespace sluice::llm {

struct EmbeddingRequest {
  // A text, or token ids where the caller counts in OpenAI's vocabulary.
  struct Input { std::string text; std::vector<std::int64_t> tokens{}; };
  Dialect caller = Dialect::openai;
  std::string model;
  std::vector<Input> inputs;
  bool batch = true;                        // false: the caller gave one input, not a list (Gemini's embedContent)
  std::optional<std::int64_t> dimensions;
  std::string encoding;                     // "float", "base64" (of little-endian float32); empty: not asked
  // What the vectors are for, in one vocabulary: "query", "document", "similarity", "classification", "clustering",
  // "code_query", "question_answering", "fact_verification"; empty: not said.
  std::string purpose;
  std::string title;                        // of a document
  std::string user;
  std::optional<bool> truncate;             // false: a text too long is an error
  std::vector<std::pair<std::string, std::string>> others;   // as of ChatRequest
};

struct EmbeddingResponse {
  std::string id, model;
  std::vector<std::string> vectors;         // JSON text of an array of numbers each, as the provider wrote it
  Usage usage;
};

}  // namespace sluice::llm
