// /admin/config, /admin/whoami, /admin/openapi.json
#include "admin/call.hpp"
#include "admin/openapi.hpp"
#include "sluice/base/time.hpp"

namespace sluice::admin {
namespace {

using http::Verb;

Json problems_json(const std::vector<config::Problem>& problems) {
  Json out = Json::array();
  for (const config::Problem& problem : problems)
    out.push_back({{"line", problem.line}, {"column", problem.column}, {"path", problem.path}, {"message", problem.message}});
  return out;
}

Result<Json> get(Call& call) {
  const auto snapshot = call.deployment.in_force();
  const auto declared = call.deployment.declared();
  Json out{{"object", "configuration"}, {"version", snapshot->version()}, {"loaded_at", format_rfc3339(snapshot->loaded_at())}};
  out["configuration"] = declared->written.empty() ? Json::object() : Json::parse(declared->written);
  const config::Config& all = snapshot->settings();
  out["kept_in_store"] = {{"customers", all.customers.size() - declared->customers.size()},
                          {"teams", all.teams.size() - declared->teams.size()},
                          {"tags", all.tags.size() - declared->tags.size()},
                          {"virtual_keys", all.virtual_keys.size() - declared->virtual_keys.size()},
                          {"price_overrides", all.pricing.overrides.size() - declared->pricing.overrides.size()}};
  return out;
}

Result<Json> validate(Call& call) {
  const auto result = call.deployment.read(call.body.get<std::string>());
  Json out{{"object", "validation"}, {"valid", true}, {"problems", Json::array()}, {"warnings", Json::array()}};
  if (const auto* problems = std::get_if<std::vector<config::Problem>>(&result)) {
    out["valid"] = false;
    out["problems"] = problems_json(*problems);
  } else {
    out["warnings"] = problems_json(std::get<config::Loaded>(result).warnings);
  }
  return out;
}

Result<Json> reload(Call& call) {
  auto done = call.deployment.reload();
  if (!done) return conflict("not_loaded", "The configuration in force stays as it is: " + done.error().message());
  store::Change change;
  change.line = {0, unix_us(), call.caller.token, "reload", "configuration", "", "", ""};
  auto logged = call.deployment.store().apply(change);
  if (!logged) return std::move(logged).error();
  return Json{{"object", "reload"}, {"version", call.deployment.in_force()->version()}, {"warnings", *done}};
}

Result<Json> who(Call& call) {
  const char* role = call.caller.role == Role::admin ? "admin" : call.caller.role == Role::viewer ? "viewer" : "team";
  return Json{{"object", "caller"},
              {"id", call.caller.token},
              {"role", role},
              {"team", call.caller.team.empty() ? Json() : Json(call.caller.team)},
              {"accounts", call.caller.accounts}};
}

Result<Json> document(Call&) { return openapi(); }

constexpr std::uint8_t admin_only = Role::admin;
constexpr Route routes[] = {
    {Verb::get, "/admin/config", readers, false, 200, "", "Configuration", {}, "The configuration file in force as it is written, without secrets.", get},
    {Verb::post, "/admin/config/validate", admin_only, false, 200, "Yaml", "Validation", {}, "Every problem that this text would have as the configuration file.", validate},
    {Verb::post, "/admin/config/reload", admin_only, false, 200, "", "Reload", {}, "Reads the configuration file again, as SIGHUP does.", reload},
    {Verb::get, "/admin/whoami", everyone, false, 200, "", "Caller", {}, "Who the token presented is.", who},
    {Verb::get, "/admin/openapi.json", anyone, false, 200, "", "", {}, "This document.", document},
};

}  // namespace

std::span<const Route> config_routes() { return routes; }

}  // namespace sluice::admin
