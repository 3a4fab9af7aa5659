// A neutral chat request as one of Converse, or as the input of count-tokens.
#pragma once
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/dialects/wire.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::bedrock {

// Refused (400, param set): what cannot be asked of Converse at all. What can be left out is left out and named in
// `dropped`, also where a value was changed. Model and stream are in the path. Tool arguments and schemas go in as their
// source text.
Result<Encoded> encode(const llm::ChatRequest&, std::string_view model);
Result<Encoded> encode_count_tokens(const llm::ChatRequest&, std::string_view model);

}  // namespace sluice::dialects::bedrock
