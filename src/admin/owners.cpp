// /admin/customers, /admin/teams, /admin/tags
#include <algorithm>
#include <unordered_map>

#include "admin/call.hpp"
#include "sluice/admin/kept.hpp"
#include "sluice/base/time.hpp"
#include "sluice/config/write_json.hpp"

namespace sluice::admin {
namespace {

using governance::Level;

template <class Owner>
struct Terms;
template <>
struct Terms<config::Customer> {
  static constexpr const char* kind = "customer";
  static constexpr Level level = Level::customer;
  static const auto& list(const config::Config& config) { return config.customers; }
};
template <>
struct Terms<config::Team> {
  static constexpr const char* kind = "team";
  static constexpr Level level = Level::team;
  static const auto& list(const config::Config& config) { return config.teams; }
};
template <>
struct Terms<config::Tag> {
  static constexpr const char* kind = "tag";
  static constexpr Level level = Level::tag;
  static const auto& list(const config::Config& config) { return config.tags; }
};

template <class Owner>
const Owner* find(const config::Config& config, const std::string& id) {
  const auto& list = Terms<Owner>::list(config);
  const auto found = std::find_if(list.begin(), list.end(), [&](const Owner& owner) { return owner.id == id; });
  return found == list.end() ? nullptr : &*found;
}

Result<std::optional<store::Entity>> entity(Call& call, std::string_view kind, const std::string& id) {
  auto entities = call.deployment.store().entities();
  if (!entities) return std::move(entities).error();
  for (store::Entity& one : *entities)
    if (one.kind == kind && one.id == id) return std::optional(std::move(one));
  return std::optional<store::Entity>();
}

template <class Owner>
Json shown(const Call& call, const Owner& owner, const store::Entity* entity) {
  Json out{{"object", Terms<Owner>::kind}};
  out.update(config::to_json(owner));
  out["source"] = entity == nullptr ? "configuration" : "store";
  out["created_at"] = time_or_null(entity == nullptr ? 0 : entity->created_us);
  out["updated_at"] = time_or_null(entity == nullptr ? 0 : entity->updated_us);
  out["limits"] = owner.unlimited() ? Json::array() : standings_of(call, Terms<Owner>::level, owner.id);
  return out;
}

template <class Owner>
Result<Json> shown(Call& call, const std::string& id) {
  const auto snapshot = call.deployment.in_force();
  const Owner* owner = find<Owner>(snapshot->settings(), id);
  if (owner == nullptr) return no_such(Terms<Owner>::kind, id);
  auto kept = entity(call, Terms<Owner>::kind, id);
  if (!kept) return std::move(kept).error();
  return shown(call, *owner, *kept ? &**kept : nullptr);
}

bool visible(const Call& call, const std::string& team) { return !call.of_team() || call.caller.team == team; }

template <class Owner>
bool fits(const Call& call, const Owner& owner) {
  if constexpr (std::is_same_v<Owner, config::Team>) {
    const auto customer = call.asked("customer");
    return visible(call, owner.id) && (!customer || *customer == owner.customer);
  }
  return true;
}

template <class Owner>
Result<Json> list(Call& call) {
  auto entities = call.deployment.store().entities();
  if (!entities) return std::move(entities).error();
  const auto snapshot = call.deployment.in_force();
  std::unordered_map<std::string_view, const store::Entity*> kept;
  for (const store::Entity& one : *entities)
    if (one.kind == Terms<Owner>::kind) kept.emplace(one.id, &one);
  const auto entity_of = [&kept](const Owner& owner) {
    const auto found = kept.find(owner.id);
    return found == kept.end() ? nullptr : found->second;
  };
  const auto source = call.asked("source");
  std::vector<const Owner*> owners;
  for (const Owner& owner : Terms<Owner>::list(snapshot->settings()))
    if (fits(call, owner) && (!source || *source == (entity_of(owner) == nullptr ? "configuration" : "store"))) owners.push_back(&owner);
  return page(call, std::move(owners), [](const Owner* owner) -> const std::string& { return owner->id; },
              [&](const Owner* owner) { return Result<Json>(shown(call, *owner, entity_of(*owner))); });
}

template <class Owner>
Result<Json> get(Call& call) {
  if (std::is_same_v<Owner, config::Team> && !visible(call, call.ids[0])) return no_such(Terms<Owner>::kind, call.ids[0]);
  return shown<Owner>(call, call.ids[0]);
}

template <class Owner>
Result<Json> limits(Call& call) {
  auto whole = get<Owner>(call);
  if (!whole) return whole;
  return Json{{"object", "limits"}, {"data", (*whole)["limits"]}};
}

template <class Owner>
Result<Json> create(Call& call) {
  const std::string id = call.body.contains("id") && call.body["id"].is_string() ? call.body["id"].get<std::string>() : std::string();
  if (id.empty()) return bad("`id` is needed.", "id");
  const char* kind = Terms<Owner>::kind;
  if (find<Owner>(*call.deployment.declared(), id) != nullptr) return declared_in_configuration(kind, id);
  if (find<Owner>(call.deployment.in_force()->settings(), id) != nullptr)
    return conflict("already_exists", "There is a " + std::string(kind) + " `" + id + "` already.");
  const std::int64_t now = unix_us();
  store::Change change;
  change.put_entities.push_back({kind, id, call.body.dump(), now, now});
  auto done = commit(call, std::move(change), "create", kind, id, nullptr, call.body);
  if (!done) return std::move(done).error();
  return shown<Owner>(call, id);
}

template <class Owner>
Result<store::Entity> changeable(Call& call) {
  const std::string& id = call.ids[0];
  auto kept = entity(call, Terms<Owner>::kind, id);
  if (!kept) return std::move(kept).error();
  if (*kept) return **std::move(kept);
  if (find<Owner>(*call.deployment.declared(), id) != nullptr) return declared_in_configuration(Terms<Owner>::kind, id);
  return no_such(Terms<Owner>::kind, id);
}

template <class Owner>
Result<Json> update(Call& call) {
  auto kept = changeable<Owner>(call);
  if (!kept) return std::move(kept).error();
  const Json before = Json::parse(kept->settings);
  auto after = patched(before, call.body);
  if (!after) return std::move(after).error();
  store::Change change;
  change.put_entities.push_back({kept->kind, kept->id, after->dump(), kept->created_us, unix_us()});
  auto done = commit(call, std::move(change), "update", kept->kind, kept->id, before, *after);
  if (!done) return std::move(done).error();
  return shown<Owner>(call, kept->id);
}

// What refers to it, for people; empty: nothing does.
template <class Owner>
std::string users_of(Call& call, const config::Config& config, const std::string& id) {
  constexpr std::size_t named = 10;
  std::string users;
  std::size_t count = 0;
  const auto use = [&](std::string_view what, const std::string& name) {
    if (++count <= named) users.append(users.empty() ? "" : ", ").append(what).append(" `").append(name).append("`");
  };
  if constexpr (std::is_same_v<Owner, config::Customer>) {
    for (const config::Team& team : config.teams)
      if (team.customer == id) use("team", team.id);
  }
  if constexpr (std::is_same_v<Owner, config::Team>) {
    for (const config::VirtualKey& key : config.virtual_keys)
      if (key.team == id) use("virtual key", key.id);
    if (const auto tokens = call.deployment.store().tokens())
      for (const store::AdminToken& token : *tokens)
        if (token.team == id) use("admin token", token.id);
  }
  if (count > named) users.append(" and ").append(std::to_string(count - named)).append(" more");
  const std::string others = kept_about(call, Terms<Owner>::kind, id);
  if (!others.empty()) users.append(users.empty() ? "" : ", ").append(others);
  return users;
}

template <class Owner>
Result<Json> remove(Call& call) {
  auto kept = changeable<Owner>(call);
  if (!kept) return std::move(kept).error();
  const std::string users = users_of<Owner>(call, call.deployment.in_force()->settings(), kept->id);
  if (!users.empty()) return conflict("in_use", "The " + kept->kind + " `" + kept->id + "` is referred to by " + users + ".");
  store::Change change;
  change.remove_entities.emplace_back(kept->kind, kept->id);
  auto done = commit(call, std::move(change), "delete", kept->kind, kept->id, Json::parse(kept->settings), nullptr);
  if (!done) return std::move(done).error();
  return Json();
}

constexpr Parameter source_parameter{"source", "string", "`configuration` or `store`."};
constexpr Parameter list_parameters[] = {limit_parameter, after_parameter, source_parameter};
constexpr Parameter team_parameters[] = {limit_parameter, after_parameter, source_parameter, {"customer", "string", "Whose teams."}};

using http::Verb;
constexpr std::uint8_t admin_only = Role::admin;
constexpr Route routes[] = {
    {Verb::get, "/admin/customers", readers, false, 200, "", "CustomerList", list_parameters, "All customers.", list<config::Customer>},
    {Verb::post, "/admin/customers", admin_only, true, 201, "CustomerSettings", "Customer", {}, "Makes a customer.", create<config::Customer>},
    {Verb::get, "/admin/customers/{id}", readers, false, 200, "", "Customer", {}, "One customer.", get<config::Customer>},
    {Verb::patch, "/admin/customers/{id}", admin_only, true, 200, "CustomerPatch", "Customer", {}, "Changes a customer by a JSON merge patch.", update<config::Customer>},
    {Verb::delete_, "/admin/customers/{id}", admin_only, true, 204, "", "", {}, "Removes a customer that no team has.", remove<config::Customer>},
    {Verb::get, "/admin/customers/{id}/limits", readers, false, 200, "", "Limits", {}, "Its limits and what has been used of each.", limits<config::Customer>},
    {Verb::get, "/admin/teams", everyone, false, 200, "", "TeamList", team_parameters, "All teams; with a team's token its own.", list<config::Team>},
    {Verb::post, "/admin/teams", admin_only, true, 201, "TeamSettings", "Team", {}, "Makes a team.", create<config::Team>},
    {Verb::get, "/admin/teams/{id}", everyone, false, 200, "", "Team", {}, "One team.", get<config::Team>},
    {Verb::patch, "/admin/teams/{id}", admin_only, true, 200, "TeamPatch", "Team", {}, "Changes a team by a JSON merge patch.", update<config::Team>},
    {Verb::delete_, "/admin/teams/{id}", admin_only, true, 204, "", "", {}, "Removes a team that has no keys and no tokens.", remove<config::Team>},
    {Verb::get, "/admin/teams/{id}/limits", everyone, false, 200, "", "Limits", {}, "Its limits and what has been used of each.", limits<config::Team>},
    {Verb::get, "/admin/tags", readers, false, 200, "", "TagList", list_parameters, "All tags that have limits.", list<config::Tag>},
    {Verb::post, "/admin/tags", admin_only, true, 201, "TagSettings", "Tag", {}, "Sets limits on a tag.", create<config::Tag>},
    {Verb::get, "/admin/tags/{id}", readers, false, 200, "", "Tag", {}, "One tag.", get<config::Tag>},
    {Verb::patch, "/admin/tags/{id}", admin_only, true, 200, "TagPatch", "Tag", {}, "Changes a tag's limits by a JSON merge patch.", update<config::Tag>},
    {Verb::delete_, "/admin/tags/{id}", admin_only, true, 204, "", "", {}, "Removes a tag's limits.", remove<config::Tag>},
    {Verb::get, "/admin/tags/{id}/limits", readers, false, 200, "", "Limits", {}, "Its limits and what has been used of each.", limits<config::Tag>},
};

}  // namespace

std::span<const Route> owner_routes() { return routes; }

}  // namespace sluice::admin
