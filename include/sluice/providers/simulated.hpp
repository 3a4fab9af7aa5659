// The simulated provider: a deterministic model for trials, staging and load tests. It speaks OpenAI's dialect and never
// touches the network: given a request it writes down what will be sent and when, and the gateway plays that.
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/llm/dialect.hpp"
#include "sluice/llm/request_facts.hpp"

namespace sluice::providers {

struct SimulationSettings {
  std::string text;
  std::chrono::milliseconds latency{0}, token_latency{0};
  double error_rate = 0;
  int error_status = 503;
  std::optional<std::int64_t> input_tokens, output_tokens;
};

struct Script {
  int status = 200;
  std::string content_type;
  std::string retry_after;                       // header, empty: none
  struct Piece { std::chrono::milliseconds wait; std::string bytes; };
  std::vector<Piece> pieces;                     // the body, in order, each after its wait
};

// `count`: how many requests this provider has had; makes ids and the error rate deterministic. `now`: Unix seconds.
Script simulate(const SimulationSettings&, llm::Operation, const llm::RequestFacts&, std::string_view body,
                std::uint64_t count, std::int64_t now);

}  // namespace sluice::providers
