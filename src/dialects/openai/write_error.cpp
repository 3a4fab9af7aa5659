#include "dialects/openai/write_error.hpp"

#include "sluice/json/write.hpp"

namespace sluice::dialects::openai {
namespace {

// `type` is the class of the error, `code` its usual name (empty: null).
struct Names { std::string_view type, code; };

Names names(Code code) {
  switch (code) {
    case Code::bad_request: return {"invalid_request_error", ""};
    case Code::unauthorized: return {"invalid_request_error", "invalid_api_key"};
    case Code::over_budget: return {"insufficient_quota", "budget_exceeded"};
    case Code::forbidden: return {"invalid_request_error", "permission_denied"};
    case Code::not_found: return {"invalid_request_error", "not_found"};
    case Code::method_not_allowed: return {"invalid_request_error", "method_not_allowed"};
    case Code::request_timeout: return {"invalid_request_error", "request_timeout"};
    case Code::too_large: return {"invalid_request_error", "request_too_large"};
    case Code::unsupported_media: return {"invalid_request_error", "unsupported_media_type"};
    case Code::rate_limited: return {"rate_limit_error", "rate_limit_exceeded"};
    case Code::cancelled: return {"invalid_request_error", "cancelled"};
    case Code::internal: return {"server_error", "internal_error"};
    case Code::not_implemented: return {"invalid_request_error", "not_implemented"};
    case Code::upstream_failed: return {"server_error", "upstream_error"};
    case Code::overloaded: return {"server_error", "overloaded"};
    case Code::draining: return {"server_error", "draining"};
    case Code::upstream_timeout: return {"server_error", "upstream_timeout"};
  }
  return {"server_error", "internal_error"};
}

void append_text_or_null(std::string& out, std::string_view text) {
  if (text.empty()) out += "null";
  else json::append_quoted(out, text);
}

}  // namespace

std::string write_error(const Error& error) {
  const Names usual = names(error.code());
  std::string out = "{\"error\":{\"message\":";
  json::append_quoted(out, error.message());
  out += ",\"type\":";
  json::append_quoted(out, usual.type);
  out += ",\"param\":";
  append_text_or_null(out, error.param());
  out += ",\"code\":";
  append_text_or_null(out, error.name().empty() ? usual.code : std::string_view(error.name()));
  out += "}}";
  return out;
}

std::string write_error_event(const Error& error) {
  return "data: " + write_error(error) + "\n\n";
}

}  // namespace sluice::dialects::openai
