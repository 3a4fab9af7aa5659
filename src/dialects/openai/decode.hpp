// A whole chat answer in OpenAI's form, as services give it.
#pragma once
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::openai {

// Refused: anything but an answer with choices in valid JSON, an error in it (with the meaning of that error).
Result<llm::ChatResponse> decode(std::string_view body);

}  // namespace sluice::dialects::openai
