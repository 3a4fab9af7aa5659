// A conversation as the array `messages`.
#pragma once
#include <string>
#include <string_view>

#include "dialects/dropped.hpp"
#include "sluice/base/result.hpp"
#include "sluice/dialects/quirks.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::openai {

// The elements, separated by commas. `instructions` (may be empty) go to the model besides the caller's own. Results of
// tools come right behind their calls; what a result has that is no text, where the service wants only text there, is
// carried into the user's message behind it.
Result<std::string> encode_messages(const llm::ChatRequest&, const Recipient&, std::string_view instructions, Dropped&);

}  // namespace sluice::dialects::openai
