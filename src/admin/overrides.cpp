// /admin/overrides: another amount for a budget for a while, whoever declared it.
#include "admin/call.hpp"
#include "sluice/admin/kept.hpp"
#include "sluice/base/time.hpp"

namespace sluice::admin {
namespace {

using http::Verb;

Json shown(const store::Entity& entity) {
  Json out{{"object", "override"}, {"id", entity.id}};
  out.update(Json::parse(entity.settings));
  out["created_at"] = time_or_null(entity.created_us);
  return out;
}

Result<Json> list(Call& call) {
  auto entities = call.deployment.store().entities();
  if (!entities) return std::move(entities).error();
  std::vector<Json> items;
  for (const store::Entity& one : *entities) {
    if (one.kind != "override") continue;
    Json item = shown(one);
    const auto level = call.asked("level"), subject = call.asked("subject");
    if ((!level || item["level"] == *level) && (!subject || item["subject"] == *subject)) items.push_back(std::move(item));
  }
  return page(call, std::move(items));
}

Result<Json> create(Call& call) {
  const std::int64_t now = unix_us();
  Json settings = Json::object();
  settings.merge_patch(call.body);
  if (!settings.contains("from")) settings["from"] = format_rfc3339(now / 1'000'000);
  const store::Entity entity{"override", made_id("ovr_"), settings.dump(), now, now};
  store::Change change;
  change.put_entities.push_back(entity);
  const auto would_be = extended_after(*call.deployment.declared(), call.deployment.store(), change);
  if (!would_be) return would_be.error();
  for (const config::Problem& warning : would_be->warnings)
    if (warning.file.find(entity.id) != std::string::npos)
      return bad("There is no budget of " + settings.value("level", "") + " `" + settings.value("subject", "") + "` that this is about.", "subject");
  auto done = commit(call, std::move(change), "create", "override", entity.id, nullptr, settings);
  if (!done) return std::move(done).error();
  return shown(entity);
}

Result<Json> remove(Call& call) { return remove_entity(call, "override"); }

constexpr Parameter list_parameters[] = {limit_parameter, after_parameter, {"level", "string", "Whose budgets: `key`, `team` …"}, {"subject", "string", "Its id."}};
constexpr std::uint8_t admin_only = Role::admin;
constexpr Route routes[] = {
    {Verb::get, "/admin/overrides", readers, false, 200, "", "OverrideList", list_parameters, "All overrides made here, those that are over included.", list},
    {Verb::post, "/admin/overrides", admin_only, true, 201, "OverrideSettings", "Override", {}, "Gives a budget another amount for a while.", create},
    {Verb::delete_, "/admin/overrides/{id}", admin_only, true, 204, "", "", {}, "Takes an override back.", remove},
};

}  // namespace

std::span<const Route> override_routes() { return routes; }

}  // namespace sluice::admin
