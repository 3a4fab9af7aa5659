// /admin/targets: whether targets and their providers' keys can be asked now.
#include "admin/call.hpp"
#include "sluice/base/time.hpp"

namespace sluice::admin {
namespace {

using routing::Health;
using routing::Instant;

// "cooling" comes first: it says until when.
Json health_json(const Health& health, Instant now) {
  const bool cooling = health.cooling(now), failing = health.looks_failing(now);
  Json out{{"state", cooling ? "cooling" : failing ? "failing" : "ready"}, {"failures", health.failures()}};
  out["cooling_until"] = nullptr;
  if (cooling) {
    const auto wait = std::chrono::ceil<std::chrono::seconds>(health.cooling_until() - now);
    out["cooling_until"] = format_rfc3339(unix_seconds() + wait.count());
  }
  return out;
}

// A key by its place in the configuration; its text is nobody's business.
Json keys_json(const gateway::Upstream& upstream, Instant now) {
  Json keys = Json::array();
  for (std::size_t i = 0; i < upstream.keys.size(); ++i) {
    const gateway::Credential& key = upstream.keys[i];
    Json item{{"index", i}, {"weight", key.weight}, {"models", key.models}};
    item.update(health_json(*key.health, now));
    keys.push_back(std::move(item));
  }
  return keys;
}

Json target_json(const std::string& account, const routing::Target& route, const gateway::Target& target, Instant now) {
  const gateway::Upstream& upstream = *target.upstream;
  Json out{{"object", "target"}, {"id", account + "/" + route.id}, {"account", account}, {"target", route.id}};
  out["provider"] = upstream.id;
  out["type"] = upstream.type;
  out["model"] = route.model.empty() ? Json() : Json(route.model);
  out["models"] = route.models;
  out["weight"] = route.weight;
  out.update(health_json(*target.health, now));
  if (!upstream.usable) out["state"] = "left_out";
  out["because"] = upstream.usable ? Json() : Json(upstream.unusable_because);
  out["keys"] = keys_json(upstream, now);
  return out;
}

Result<Json> list(Call& call) {
  const auto snapshot = call.deployment.in_force();
  const auto asked = call.asked("account");
  const Instant now = std::chrono::steady_clock::now();
  std::vector<Json> items;
  for (const config::Account& entry : snapshot->settings().accounts) {
    const gateway::Account* account = snapshot->account(entry.id);
    if (account == nullptr || (asked && *asked != entry.id)) continue;
    for (std::size_t i = 0; i < account->targets.size(); ++i) items.push_back(target_json(entry.id, account->routes.targets[i], account->targets[i], now));
  }
  return page(call, std::move(items));
}

constexpr Parameter parameters[] = {limit_parameter, after_parameter, {"account", "string", "Only of this account."}};
constexpr Route routes[] = {
    {http::Verb::get, "/admin/targets", readers, false, 200, "", "TargetList", parameters, "The targets of all accounts, and whether they can be asked.", list},
};

}  // namespace

std::span<const Route> target_routes() { return routes; }

}  // namespace sluice::admin
