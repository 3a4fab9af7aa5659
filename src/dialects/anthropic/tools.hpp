// The tools of a request: the caller's own and those that Anthropic runs.
#pragma once
#include <string>
#include <vector>

#include "dialects/anthropic/cache_marks.hpp"
#include "dialects/anthropic/model_traits.hpp"
#include "sluice/base/result.hpp"
#include "sluice/dialects/quirks.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::anthropic {

struct Tools {
  std::string list;                 // elements of the array `tools`; empty: none
  std::vector<std::string> names;   // of those in it
};

// Only those the caller allows to be called. Another provider's web search or code execution becomes Anthropic's; what it
// cannot run is dropped. Refused (400): parameters that are no JSON object, a forced choice of a tool that is not there.
Result<Tools> encode_tools(const llm::ChatRequest&, const ModelTraits&, const Quirks&, CacheMarks&, Dropped&);

}  // namespace sluice::dialects::anthropic
