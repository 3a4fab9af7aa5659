// The paths Sluice answers on, and what each means. Pure.
#pragma once
#include <string_view>

#include "sluice/http/head.hpp"
#include "sluice/llm/dialect.hpp"

namespace sluice::gateway {

struct Endpoint {
  enum class Kind : unsigned char { inference, list_models, get_model, alive, ready, metrics, wrong_method, unknown };
  Kind kind = Kind::unknown;
  llm::Dialect dialect = llm::Dialect::openai;     // how errors are told
  llm::Operation operation = llm::Operation::chat; // of inference
  std::string_view rest;                           // of get_model: the id, still percent-encoded
  std::string_view allow;                          // of wrong_method: what the path takes
};

// HEAD is taken where GET is.
Endpoint find_endpoint(http::Verb method, std::string_view path);

}  // namespace sluice::gateway
