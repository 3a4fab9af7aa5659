// Bedrock's errors: {"message"} with the kind in the header x-amzn-errortype, as a whole answer and as a frame inside a
// stream. Read and written.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "dialects/bedrock/event_stream.hpp"
#include "sluice/dialects/wire.hpp"
#include "sluice/http/head.hpp"
#include "sluice/llm/dialect.hpp"

namespace sluice::dialects::bedrock {

// The body may be anything: a proxy's page, nothing at all. Such a body is never shown.
Failure read_failure(int status, const http::Fields& headers, std::string_view body);

// A 2xx body without the answer it should hold.
std::optional<Failure> failure_in_success(llm::Operation, const http::Fields& headers, std::string_view body);

// A frame that reports an error; nothing: it is an event.
std::optional<Failure> failure_in_frame(const Frame&);

std::string write_error(const Error&);          // the body
std::string error_header_lines(const Error&);   // x-amzn-errortype, which tells SDKs the exception to raise
std::string write_error_event(const Error&);    // an exception frame

}  // namespace sluice::dialects::bedrock
