// Writes a whole answer as a response object.
#pragma once
#include <string>

#include "sluice/dialects/dialect.hpp"

namespace sluice::dialects::responses {

std::string write_chat(const llm::ChatRequest&, const llm::ChatResponse&, const AnswerContext&);

}  // namespace sluice::dialects::responses
