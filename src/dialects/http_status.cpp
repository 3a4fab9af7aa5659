#include "sluice/dialects/dialect.hpp"

namespace sluice::dialects {

int http_status(Code code) {
  switch (code) {
    case Code::bad_request: return 400;
    case Code::unauthorized: return 401;
    case Code::over_budget: return 402;
    case Code::forbidden: return 403;
    case Code::not_found: return 404;
    case Code::method_not_allowed: return 405;
    case Code::request_timeout: return 408;
    case Code::too_large: return 413;
    case Code::unsupported_media: return 415;
    case Code::rate_limited: return 429;
    case Code::cancelled: return 499;
    case Code::internal: return 500;
    case Code::not_implemented: return 501;
    case Code::upstream_failed: return 502;
    case Code::overloaded: return 503;
    case Code::draining: return 503;
    case Code::upstream_timeout: return 504;
  }
  return 500;
}

Code code_of(int http_status) {
  switch (http_status) {
    case 400: case 422: return Code::bad_request;
    case 401: return Code::unauthorized;
    case 402: return Code::over_budget;
    case 403: return Code::forbidden;
    case 404: return Code::not_found;
    case 405: return Code::method_not_allowed;
    case 408: case 504: return Code::upstream_timeout;
    case 413: return Code::too_large;
    case 415: return Code::unsupported_media;
    case 429: return Code::rate_limited;
    case 501: return Code::not_implemented;
    // Not the caller's doing: a conflict, too early, Groq's "flex capacity exceeded", nginx's "client closed request".
    case 409: case 425: case 498: case 499: return Code::upstream_failed;
    default: return http_status >= 400 && http_status < 500 ? Code::bad_request : Code::upstream_failed;
  }
}

}  // namespace sluice::dialects
