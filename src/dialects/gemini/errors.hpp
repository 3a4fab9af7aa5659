// Reads Google's errors: {"error":{"code","status","message","details"}}, alone or as the element of an array
// (cloud.google.com/apis/design/errors; the `details` are google.rpc's ErrorInfo, RetryInfo, QuotaFailure …).
#pragma once
#include <optional>
#include <string_view>

#include "sluice/dialects/wire.hpp"
#include "sluice/http/head.hpp"

namespace sluice::dialects::gemini {

// The body may be anything: a proxy's page, nothing at all. Such a body is never shown.
Failure read_failure(int status, const http::Fields& headers, std::string_view body);

// A 2xx body that is an error object, or no answer of the API at all.
std::optional<Failure> failure_in_success(const http::Fields& headers, std::string_view body);

// A candidate that ended for a reason which is no end (MALFORMED_FUNCTION_CALL …) before anything was said: `raw_message`,
// its finishMessage, tells more. Another target, or the same once more, may do better.
Error nothing_said(std::string_view raw_reason, std::string_view raw_message);

// A chunk of a stream that is an error object.
Failure failure_in_chunk(std::string_view chunk);

}  // namespace sluice::dialects::gemini
