// A whole answer of the messages API, and what whole and streamed answers have in common.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/llm/chat.hpp"
#include "sluice/llm/usage.hpp"

namespace sluice::dialects::anthropic {

// Text with its citations, tool calls and thinking; every other block is a ServerPart. Refused (upstream_failed):
// anything but a message in valid JSON.
Result<llm::ChatResponse> decode(std::string_view body);

// {"input_tokens":n}. Refused (upstream_failed): anything else.
Result<std::int64_t> decode_token_count(std::string_view body);

// Nothing: no usage in it.
std::optional<llm::Usage> usage_of(std::string_view body);

// `raw`: the JSON value of stop_reason. Nothing: null or absent, the answer has not ended.
std::optional<llm::Finish> finish_of(std::string_view raw);

}  // namespace sluice::dialects::anthropic
