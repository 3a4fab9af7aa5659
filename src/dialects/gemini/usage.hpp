// Gemini's token counts brought to ours.
#pragma once
#include <optional>
#include <string_view>

#include "sluice/llm/usage.hpp"

namespace sluice::dialects::gemini {

// A raw `usageMetadata`. Nothing: no count stands in it (streams of Vertex state the traffic type only until the end).
std::optional<llm::Usage> read_usage(std::string_view raw);

// Of a whole answer: generateContent, embedContent, a streamed array gathered whole (the last of its counts holds).
std::optional<llm::Usage> usage_in_answer(std::string_view body);

// Searches that are billed beside the tokens (ai.google.dev/gemini-api/docs/pricing, "Grounding with Google Search"):
// Gemini 3 by the query, older ones by the grounded request. `grounding`: a raw groundingMetadata.
std::int64_t billed_searches(std::string_view grounding, std::string_view model);

}  // namespace sluice::dialects::gemini
