#include "sluice/gateway/standing_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sluice/base/money.hpp"
#include "sluice/base/time.hpp"

namespace sluice::gateway {

using Json = nlohmann::ordered_json;

std::string_view level_name(governance::Level level) {
  using governance::Level;
  switch (level) {
    case Level::customer: return "customer";
    case Level::team: return "team";
    case Level::key: return "key";
    case Level::key_provider: return "key_provider";
    case Level::target: return "target";
    case Level::tag: return "tag";
  }
  return "";
}

Json to_json(const governance::Standing& standing) {
  using What = governance::Refusal::What;
  constexpr const char* whats[] = {"spend", "requests", "input_tokens", "output_tokens", "tokens", "concurrent"};
  constexpr const char* enforcements[] = {"hard", "soft", "observe"};
  const bool money = standing.what == What::spend;
  const auto amount = [money](std::int64_t value) { return money ? Json(usd(value)) : Json(value); };
  const std::int64_t left = std::max<std::int64_t>(0, standing.limit - standing.used - standing.held);
  Json out{{"level", level_name(standing.level)}, {"subject", standing.subject}, {"what", whats[static_cast<int>(standing.what)]}};
  out["unit"] = money ? "usd" : standing.what == What::requests || standing.what == What::concurrent ? "requests" : "tokens";
  out["models"] = standing.models;
  out["limit"] = amount(standing.limit);
  out["used"] = amount(standing.used);
  out["held"] = amount(standing.held);
  out["left"] = amount(left);
  out["resets_at"] = standing.resets_at > 0 ? Json(format_rfc3339(standing.resets_at)) : Json();
  out["enforcement"] = money ? Json(enforcements[static_cast<int>(standing.enforcement)]) : Json("hard");
  return out;
}

}  // namespace sluice::gateway
