// Functions and Google's own tools, and which of them may be called.
#pragma once
#include <string>

#include "dialects/dropped.hpp"
#include "dialects/gemini/model_traits.hpp"
#include "sluice/base/result.hpp"
#include "sluice/dialects/quirks.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::gemini {

struct Tools {
  std::string tools;    // JSON array; empty: none
  std::string config;   // JSON of a ToolConfig; empty: none
};

// Refused (400): parameters that are no JSON object, a tool that only another provider runs, Google's own tools beside
// functions for a model that takes one or the other.
Result<Tools> encode_tools(const llm::ChatRequest&, const ModelTraits&, const Quirks&, Dropped&);

}  // namespace sluice::dialects::gemini
