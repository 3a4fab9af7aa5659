#include <algorithm>
#include <cmath>

#include "play.hpp"
#include "sluice/json/write.hpp"

namespace sluice::providers {
namespace {

using simulated::Play;

// Spread evenly: of any 1/rate requests in a row one fails.
bool fails(double rate, std::uint64_t count) {
  rate = std::clamp(std::isnan(rate) ? 0.0 : rate, 0.0, 1.0);
  const double before = std::floor(static_cast<double>(count) * rate),
               after = std::floor(static_cast<double>(count + 1) * rate);
  return after > before;
}

struct Names { std::string_view type, code; };

Names names_of(int status) {
  switch (status) {
    case 401: return {"invalid_request_error", "invalid_api_key"};
    case 403: return {"invalid_request_error", "permission_denied"};
    case 404: return {"invalid_request_error", "model_not_found"};
    case 429: return {"requests", "rate_limit_exceeded"};
    default:
      return status >= 500 ? Names{"server_error", "server_error"}
                           : Names{"invalid_request_error", "invalid_request_error"};
  }
}

Script failure(int status) {
  status = std::clamp(status, 400, 599);
  const Names names = names_of(status);
  std::string body =
      "{\"error\":{\"message\":\"The simulated provider fails this request on purpose (error_rate).\",\"type\":";
  json::append_quoted(body, names.type);
  body += ",\"param\":null,\"code\":";
  json::append_quoted(body, names.code);
  Script script = simulated::whole(body + "}}", status);
  if (status == 429 || status == 503) script.retry_after = "1";
  return script;
}

}  // namespace

Script simulate(const SimulationSettings& settings, llm::Operation operation, const llm::RequestFacts&,
                std::string_view body, std::uint64_t count, std::int64_t now) {
  if (fails(settings.error_rate, count)) return failure(settings.error_status);
  const Play play{settings, body, count, now};
  switch (operation) {
    case llm::Operation::completions: return simulated::play_completion(play);
    case llm::Operation::embeddings: return simulated::play_embeddings(play);
    default: break;   // no other is asked of it
  }
  return simulated::play_chat(play);
}

}  // namespace sluice::providers
