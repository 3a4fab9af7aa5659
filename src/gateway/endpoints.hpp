// The paths Sluice answers on, and what each means. Pure.
#pragma once
#include <string_view>

#include "sluice/http/head.hpp"
#include "sluice/llm/dialect.hpp"

namespace sluice::gateway {

struct Endpoint {
  enum class Kind : unsigned char { inference, list_models, get_model, own_key, alive, ready, metrics, administration, wrong_method, unknown };
  enum class Body : unsigned char { json, multipart, none };
  Kind kind = Kind::unknown;
  llm::Dialect dialect = llm::Dialect::openai;     // how the caller speaks, and errors are told
  llm::Operation operation = llm::Operation::chat; // of inference
  Body body = Body::json;                          // what inference takes
  bool stream = false;                             // the path asks for one (where the dialect has it in the path)
  std::string_view model;                          // named by the path, still percent-encoded; empty: by the body
  std::string_view rest;                           // get_model: the id, percent-encoded; stored_response: behind "/responses"
  std::string_view allow;                          // of wrong_method: what the path takes
};

// HEAD is taken where GET is.
Endpoint find_endpoint(http::Verb method, std::string_view path);

}  // namespace sluice::gateway
