// A chat request (as neutral values) as a request of the messages API.
#pragma once
#include "sluice/base/result.hpp"
#include "sluice/dialects/wire.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::anthropic {

// Refused (400, param set): what cannot be asked of Anthropic at all. What can be left out is left out and named in
// `dropped`, also where a value was changed (temperature above 1, max_tokens beyond the model's limit).
// Tool arguments and schemas go in as their source text.
Result<Encoded> encode(const llm::ChatRequest&, const Recipient&);
// The same conversation, to have its tokens counted.
Result<Encoded> encode_count_tokens(const llm::ChatRequest&, const Recipient&);

}  // namespace sluice::dialects::anthropic
