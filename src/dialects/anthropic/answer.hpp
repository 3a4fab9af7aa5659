// A whole answer of the messages API, and what whole and streamed answers have in common.
#pragma once
#include <optional>
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/llm/chat.hpp"
#include "sluice/llm/usage.hpp"

namespace sluice::dialects::anthropic {

// Text, tool calls and thinking; blocks that only concern Anthropic's own tools are left out. Refused
// (upstream_failed): anything but a message in valid JSON.
Result<llm::ChatResponse> decode(std::string_view body);

// Nothing: no usage in it.
std::optional<llm::Usage> usage_of(std::string_view body);

// `raw`: the JSON value of stop_reason. Nothing: null or absent, the answer has not ended.
std::optional<llm::Finish> finish_of(std::string_view raw);

}  // namespace sluice::dialects::anthropic
