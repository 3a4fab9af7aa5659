// Reads the usage of a response object, whole or as the last event of a stream carries it.
#pragma once
#include <optional>
#include <string_view>

#include "sluice/llm/usage.hpp"

namespace sluice::dialects::responses {

// Nothing: it states none (a response that is not finished has `usage: null`).
std::optional<llm::Usage> usage_in_response(std::string_view response);

}  // namespace sluice::dialects::responses
