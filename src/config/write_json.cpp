#include "sluice/config/write_json.hpp"

#include <arpa/inet.h>

#include <nlohmann/json.hpp>

#include "sluice/base/time.hpp"

namespace sluice::config {
namespace {

using Json = nlohmann::ordered_json;

// Dollars as a JSON number. What has up to fifteen digits comes back as it was.
Json dollars(std::int64_t nano) {
  if (nano % 1'000'000'000 == 0) return nano / 1'000'000'000;
  return static_cast<double>(nano) / 1e9;
}

std::string to_text(const Network& network) {
  char text[INET6_ADDRSTRLEN] = {};
  constexpr unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const bool v4 = network.bits >= 96 && std::equal(std::begin(mapped), std::end(mapped), network.address.begin());
  inet_ntop(v4 ? AF_INET : AF_INET6, network.address.data() + (v4 ? 12 : 0), text, sizeof text);
  return std::string(text) + "/" + std::to_string(v4 ? network.bits - 96 : network.bits);
}

template <class T>
void put_list(Json& out, const char* name, const std::vector<T>& list) {
  if (!list.empty()) out[name] = list;
}

Json to_json(const Budget& budget) {
  Json out{{"max_spend", dollars(budget.max_spend)}, {"reset_duration", to_text(budget.reset)}};
  if (budget.rolling) out["alignment"] = "rolling";
  if (budget.time_zone != "UTC") out["time_zone"] = budget.time_zone;
  constexpr const char* enforcements[] = {"hard", "soft", "observe"};
  constexpr const char* reserves[] = {"worst_case", "expected", "capped"};
  if (budget.enforcement != Budget::Enforcement::hard) out["enforcement"] = enforcements[static_cast<int>(budget.enforcement)];
  if (budget.reserve != Budget::Reserve::worst_case) out["reserve"] = reserves[static_cast<int>(budget.reserve)];
  if (budget.reserve_output != Budget().reserve_output) out["reserve_output"] = budget.reserve_output;
  if (budget.stops_streams) out["on_exhausted_mid_stream"] = "stop";
  if (budget.clamps) out["on_tight_budget"] = "clamp";
  put_list(out, "warn_at", budget.warn_at);
  put_list(out, "models", budget.models);
  for (const Raise& raise : budget.raises) out["overrides"].push_back(to_json(raise));
  return out;
}

Json to_json(const RateLimit& limit) {
  Json out = Json::object();
  const std::pair<const char*, const std::optional<std::int64_t>&> counts[] = {
      {"max_requests", limit.max_requests},           {"max_tokens", limit.max_tokens},         {"max_input_tokens", limit.max_input_tokens},
      {"max_output_tokens", limit.max_output_tokens}, {"max_concurrent", limit.max_concurrent},
  };
  for (const auto& [name, count] : counts)
    if (count) out[name] = *count;
  if (limit.reset.count > 0) out["reset_duration"] = to_text(limit.reset);
  if (limit.time_zone != "UTC") out["time_zone"] = limit.time_zone;
  put_list(out, "models", limit.models);
  return out;
}

void put_limits(Json& out, const Limited& limits) {
  for (const Budget& budget : limits.budgets) out["budgets"].push_back(to_json(budget));
  for (const RateLimit& limit : limits.rate_limits) out["rate_limits"].push_back(to_json(limit));
}

std::string to_text(Milliseconds duration) {
  return duration.count() % 1000 == 0 ? std::to_string(duration.count() / 1000) + "s" : std::to_string(duration.count()) + "ms";
}

}  // namespace

std::string to_text(const Period& period) {
  constexpr char units[] = {'s', 'm', 'h', 'd', 'w', 'M', 'Y'};
  return std::to_string(period.count) + units[static_cast<std::size_t>(period.unit)];
}

Json to_json(const Raise& raise) {
  Json out{{"max_spend", dollars(raise.limit)}};
  if (raise.from) out["from"] = format_rfc3339(*raise.from);
  if (raise.until) out["until"] = format_rfc3339(*raise.until);
  if (raise.periods > 0) out["periods"] = raise.periods;
  return out;
}

Json to_json(const Customer& customer) {
  Json out{{"id", customer.id}};
  put_limits(out, customer);
  return out;
}

Json to_json(const Team& team) {
  Json out{{"id", team.id}};
  if (!team.customer.empty()) out["customer"] = team.customer;
  put_limits(out, team);
  return out;
}

Json to_json(const Tag& tag) {
  Json out{{"id", tag.id}};
  put_limits(out, tag);
  return out;
}

Json to_json(const VirtualKey& key) {
  Json out{{"id", key.id}};
  if (!key.account.empty()) out["account"] = key.account;
  if (!key.team.empty()) out["team"] = key.team;
  if (!key.enabled) out["enabled"] = false;
  put_list(out, "models", key.models);
  put_list(out, "endpoints", key.endpoints);
  for (const Network& network : key.networks) out["networks"].push_back(to_text(network));
  put_list(out, "tags", key.tags);
  if (key.expires_at) out["expires_at"] = format_rfc3339(*key.expires_at);
  put_limits(out, key);
  for (const KeyProvider& at : key.providers) {
    Json entry{{"provider", at.provider}};
    put_limits(entry, at);
    out["providers"].push_back(std::move(entry));
  }
  if (key.queue.max_length > 0) out["queue"] = {{"max_wait", to_text(key.queue.max_wait)}, {"max_length", key.queue.max_length}};
  return out;
}

}  // namespace sluice::config
