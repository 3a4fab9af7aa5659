// A request to order documents by how well they answer a query, and its answer, in no provider's dialect. Values only.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sluice/llm/dialect.hpp"
#include "sluice/llm/usage.hpp"

namespace sluice::llm {

struct RerankRequest {
  std::string model, query;
  std::vector<std::string> documents;       // JSON text each: a string, or an object with "text"
  std::optional<std::int64_t> top_n;
  std::optional<bool> return_documents;
  std::vector<std::pair<std::string, std::string>> others;   // as of ChatRequest
};

struct RerankResponse {
  struct Ranked { std::int64_t index = 0; std::string score, document; };   // score: JSON text of a number; document: JSON text, may be empty
  std::string id, model;
  std::vector<Ranked> results;              // best first
  Usage usage;
};

}  // namespace sluice::llm
