// Errors of the Responses API: as whole answers, as responses that failed, and as events.
#pragma once
#include <optional>
#include <string_view>

#include "sluice/dialects/wire.hpp"
#include "sluice/http/head.hpp"

namespace sluice::dialects::responses {

// A 2xx body. A response whose status is "failed" is a failure where it was asked to be made, and a good answer where a
// stored one was asked for.
std::optional<Failure> failure_in_success(llm::Operation, const http::Fields& headers, std::string_view body);

// `event`: the JSON object of an event of type "error".
Failure failure_in_error_event(std::string_view event);
// The response object that a "response.failed" event carries.
Failure failure_in_response(std::string_view response);

}  // namespace sluice::dialects::responses
