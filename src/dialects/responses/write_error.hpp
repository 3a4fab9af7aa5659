// Errors inside a stream of the Responses API. As whole answers they are OpenAI's.
#pragma once
#include <cstdint>
#include <string>

#include "sluice/base/result.hpp"

namespace sluice::dialects::responses {

std::string write_error_event(const Error&, std::int64_t sequence_number);

}  // namespace sluice::dialects::responses
