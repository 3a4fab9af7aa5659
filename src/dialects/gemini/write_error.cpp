// Errors as Google's APIs have them (cloud.google.com/apis/design/errors).
#include "dialects/gemini/caller.hpp"
#include "dialects/gemini/members.hpp"

namespace sluice::dialects::gemini {
namespace {

// google.rpc.Code: by the HTTP status that google/rpc/code.proto gives it where a provider's own is passed on, else by ours.
std::string_view status_name(int status, Code code) {
  switch (status) {
    case 409: return "ABORTED";
    case 499: return "CANCELLED";
    case 500: return "INTERNAL";
    case 502: case 503: return "UNAVAILABLE";
    case 504: return "DEADLINE_EXCEEDED";
    default: break;
  }
  switch (code) {
    case Code::bad_request: case Code::too_large: case Code::unsupported_media: case Code::method_not_allowed: return "INVALID_ARGUMENT";
    case Code::unauthorized: return "UNAUTHENTICATED";
    case Code::over_budget: return "FAILED_PRECONDITION";
    case Code::forbidden: return "PERMISSION_DENIED";
    case Code::not_found: return "NOT_FOUND";
    case Code::rate_limited: return "RESOURCE_EXHAUSTED";
    case Code::cancelled: return "CANCELLED";
    case Code::internal: return "INTERNAL";
    case Code::not_implemented: return "UNIMPLEMENTED";
    case Code::request_timeout: case Code::upstream_timeout: return "DEADLINE_EXCEEDED";
    case Code::upstream_failed: case Code::overloaded: case Code::draining: return "UNAVAILABLE";
  }
  return "INTERNAL";
}

// ErrorInfo.reason is in capitals: "MODEL_NOT_FOUND".
std::string reason_of(const Error& error) {
  std::string reason = error.name_or_usual();
  for (char& c : reason) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    else if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) c = '_';
  }
  return reason;
}

std::string details_of(const Error& error) {
  std::string details = R"([{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"sluice","reason":)" + json::quoted(reason_of(error)) + "}";
  if (!error.param().empty()) {
    details += R"(,{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":)" + json::quoted(error.param()) +
               ",\"description\":" + json::quoted(error.message()) + "}]}";
  }
  if (error.retry_after()) {   // a Duration: seconds, with a fraction where there is one
    const auto wait = error.retry_after()->count();
    std::string seconds = std::to_string(wait / 1000);
    if (wait % 1000 != 0) seconds += "." + std::to_string(1000 + wait % 1000).substr(1);
    details += R"(,{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":)" + json::quoted(seconds + "s") + "}";
  }
  return details + "]";
}

}  // namespace

std::string write_error(const Error& error) {
  Members members;
  const int status = error.status() != 0 ? error.status() : http_status(error.code());
  members.number("code", std::int64_t{status});
  members.text("message", error.message());
  members.text("status", status_name(status, error.code()));
  members.raw("details", details_of(error));
  return "{\"error\":" + members.object() + "}";
}

// In an array it is the last element; a stream that has begun always has one before it (see ArrayWriter).
std::string write_error_event(const Error& error, const AnswerContext& context) {
  const std::string body = write_error(error);
  return wants_events(context.query) ? "data: " + body + "\r\n\r\n" : ",\r\n" + body + "\n]";
}

}  // namespace sluice::dialects::gemini
