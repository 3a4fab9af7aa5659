// A conversation as Gemini takes it: `contents` of the roles user and model in turn, and the system instruction.
#pragma once
#include <string>
#include <string_view>

#include "dialects/dropped.hpp"
#include "dialects/gemini/model_traits.hpp"
#include "sluice/base/result.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::gemini {

struct Contents {
  std::string contents;   // JSON array
  std::string system;     // JSON of a Content; empty: none
  std::string_view media_resolution;   // that all pictures together ask for; empty: none
};

// Refused (400, param set): what Gemini cannot be told (a file stored elsewhere, a result without its call, a call
// without its result). Messages of one side that follow each other become one turn.
Result<Contents> encode_contents(const llm::ChatRequest&, const ModelTraits&, Dropped&);

}  // namespace sluice::dialects::gemini
