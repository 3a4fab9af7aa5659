// A whole answer of Converse, and what whole and streamed answers and requests have in common.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "sluice/base/result.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::bedrock {

// A tool that stands for a JSON Schema asked of the answer, for models that know no other way: a call of it is the answer.
constexpr std::string_view answer_tool = "sluice_answer";

// Refused (upstream_failed): anything but a Converse answer in valid JSON.
Result<llm::ChatResponse> decode(std::string_view body);
Result<std::int64_t> decode_token_count(std::string_view body);

// `raw`: the JSON value of stopReason.
llm::Finish finish_of(std::string_view raw);

// One citation, whole or as a streamed delta.
llm::Citation read_citation(std::string_view raw);

Error unreadable(std::string_view what);   // upstream_failed: "The provider's answer cannot be read: …"

}  // namespace sluice::dialects::bedrock
