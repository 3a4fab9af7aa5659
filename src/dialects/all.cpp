#include "dialects/all.hpp"

namespace sluice::dialects {

const CallerDialect& caller_dialect(llm::Dialect dialect) {
  switch (dialect) {
    case llm::Dialect::responses: return responses::caller();
    case llm::Dialect::anthropic: return anthropic::caller();
    case llm::Dialect::gemini: return gemini::caller();
    case llm::Dialect::bedrock: return bedrock::caller();
    case llm::Dialect::cohere: return cohere::caller();
    case llm::Dialect::openai: case llm::Dialect::ollama: break;
  }
  return openai::caller();
}

const Wire& wire(llm::Dialect dialect) {
  switch (dialect) {
    case llm::Dialect::responses: return responses::wire();
    case llm::Dialect::anthropic: return anthropic::wire();
    case llm::Dialect::gemini: return gemini::wire();
    case llm::Dialect::bedrock: return bedrock::wire();
    case llm::Dialect::cohere: return cohere::wire();
    case llm::Dialect::ollama: return ollama::wire();
    case llm::Dialect::openai: break;
  }
  return openai::wire();
}

}  // namespace sluice::dialects
