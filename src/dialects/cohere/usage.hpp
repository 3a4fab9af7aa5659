// Reads what Cohere counted. Its answers count twice: `tokens` are what the model saw and wrote, with the template of
// Cohere's own around the conversation; `billed_units` are what is paid (505 against 10 input tokens in one answer).
// What is paid is what counts here.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "sluice/llm/dialect.hpp"
#include "sluice/llm/usage.hpp"

namespace sluice::dialects::cohere {

// The raw value of `usage` (chat) or of `meta` (embed, rerank), which are alike. Nothing: it counts nothing ({} after
// an error).
std::optional<llm::Usage> read_usage(std::string_view raw);

std::optional<llm::Usage> usage_of(std::string_view body);   // a whole answer of any operation

// The other way round: `{"billed_units":…,"tokens":…,"cached_tokens":…}`.
void append_usage(std::string& out, const llm::Usage&);

}  // namespace sluice::dialects::cohere
