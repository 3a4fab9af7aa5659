// Reads Anthropic's errors: {"type":"error","error":{"type","message"}}, as a whole answer and as an event.
#pragma once
#include <optional>
#include <string_view>

#include "sluice/http/head.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::anthropic {

// The body may be anything: a proxy's page, nothing at all. Such a body is never shown.
Failure read_failure(int status, const http::Fields& headers, std::string_view body);

// A 2xx body that is an error object.
std::optional<Failure> failure_in_success(const http::Fields& headers, std::string_view body);

// The data of an `error` event. Its status is the one its type stands for (overloaded_error: 529).
Failure failure_in_event(std::string_view data);

}  // namespace sluice::dialects::anthropic
