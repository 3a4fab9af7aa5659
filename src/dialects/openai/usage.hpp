// Reads the usage of OpenAI-compatible answers in all the forms services give it, without building a tree.
#pragma once
#include <optional>
#include <string_view>

#include "sluice/llm/usage.hpp"

namespace sluice::dialects::openai {

// The raw value of a `usage` member. Nothing: it is no object or counts nothing (null, {}, all unknown members).
std::optional<llm::Usage> read_usage(std::string_view raw);

// A whole answer: its `usage`, else Groq's `x_groq.usage`.
std::optional<llm::Usage> usage_in_answer(std::string_view body);

}  // namespace sluice::dialects::openai
