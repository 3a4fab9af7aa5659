// Cohere's errors: {"id","message"}, sometimes with "error_type", as answers; inside a stream the last event, which
// says why it ended.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::cohere {

Failure read_failure(int status, const http::Fields& headers, std::string_view body);
// A whole 2xx body that ended with an error, or is no answer of this operation.
std::optional<Failure> failure_in_success(llm::Operation, const http::Fields& headers, std::string_view body);

// True: a raw finish_reason that means the answer broke (ERROR, TIMEOUT).
bool is_failure(std::string_view raw_finish_reason);
// The raw `delta` of such a message-end, or an event that is nothing but {"message"}.
Failure failure_in_event(std::string_view raw);

std::string write_error(const Error&);
std::string write_error_event(const Error&);   // a message-end; the mark of a normal end does not follow

}  // namespace sluice::dialects::cohere
