// Bedrock's token counts brought to ours.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "sluice/llm/usage.hpp"

namespace sluice::dialects::bedrock {

// A raw `usage` object of Converse. Nothing: it counts nothing.
std::optional<llm::Usage> read_usage(std::string_view raw);

// A whole answer: Converse's usage, Titan's inputTextTokenCount. Counting tokens uses none: it is not charged.
std::optional<llm::Usage> usage_in_answer(std::string_view body);

// As an object in Converse's form.
void append_usage(std::string& out, const llm::Usage&);

}  // namespace sluice::dialects::bedrock
