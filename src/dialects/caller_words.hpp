// What a setting of a neutral request is called in the words of the caller's dialect, for x-sluice-dropped and errors.
#pragma once
#include <string_view>

#include "sluice/llm/dialect.hpp"

namespace sluice::dialects {

// `name`: as OpenAI's chat completions call it ("max_tokens", "stop", "reasoning_effort"). What has no other name in the
// caller's dialect keeps this one.
std::string_view caller_word(llm::Dialect caller, std::string_view name);

}  // namespace sluice::dialects
