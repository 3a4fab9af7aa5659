// Reads whole chat answers of Cohere's.
#pragma once
#include <optional>
#include <string_view>

#include "sluice/llm/chat.hpp"

namespace sluice::dialects::cohere {

Result<llm::ChatResponse> decode(std::string_view body);

llm::Finish finish_of(std::string_view raw_finish_reason);

}  // namespace sluice::dialects::cohere
