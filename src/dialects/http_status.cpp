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

}  // namespace sluice::dialects
