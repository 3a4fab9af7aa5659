#include "dialects/anthropic/write_error.hpp"

#include <string_view>

#include "sluice/json/write.hpp"

namespace sluice::dialects::anthropic {
namespace {

// docs.anthropic.com/en/api/errors
std::string_view type_of(Code code) {
  switch (code) {
    case Code::bad_request: return "invalid_request_error";
    case Code::unauthorized: return "authentication_error";
    case Code::over_budget: return "billing_error";
    case Code::forbidden: return "permission_error";
    case Code::not_found: return "not_found_error";
    case Code::method_not_allowed: return "invalid_request_error";
    case Code::request_timeout: return "timeout_error";
    case Code::too_large: return "request_too_large";
    case Code::unsupported_media: return "invalid_request_error";
    case Code::rate_limited: return "rate_limit_error";
    case Code::cancelled: return "api_error";
    case Code::internal: return "api_error";
    case Code::not_implemented: return "invalid_request_error";
    case Code::upstream_failed: return "api_error";
    case Code::overloaded: return "overloaded_error";
    case Code::draining: return "overloaded_error";
    case Code::upstream_timeout: return "timeout_error";
  }
  return "api_error";
}

}  // namespace

std::string write_error(const Error& error) {
  std::string out = R"({"type":"error","error":{"type":)";
  json::append_quoted(out, error.name() == "overloaded_error" ? error.name() : type_of(error.code()));
  out += ",\"message\":";
  // The form has no member for the field at fault; Anthropic's own messages begin with it.
  const bool says = error.param().empty() || error.message().find(error.param()) != std::string::npos;
  json::append_quoted(out, says ? error.message() : error.param() + ": " + error.message());
  out += "}}";
  return out;
}

std::string write_error_event(const Error& error) { return "event: error\ndata: " + write_error(error) + "\n\n"; }

}  // namespace sluice::dialects::anthropic
