// /admin/keys
#include <algorithm>
#include <unordered_set>

#include "admin/call.hpp"
#include "sluice/admin/kept.hpp"
#include "sluice/base/time.hpp"
#include "sluice/config/write_json.hpp"

namespace sluice::admin {
namespace {

using config::VirtualKey;
using http::Verb;

constexpr std::size_t least_text = 16, most_text = 4096;

const VirtualKey* find(const config::Config& config, const std::string& id) {
  const auto found = std::find_if(config.virtual_keys.begin(), config.virtual_keys.end(), [&](const VirtualKey& key) { return key.id == id; });
  return found == config.virtual_keys.end() ? nullptr : &*found;
}

std::string customer_of(const config::Config& config, const std::string& team) {
  for (const config::Team& one : config.teams)
    if (one.id == team) return one.customer;
  return {};
}

bool visible(const Call& call, const VirtualKey& key) { return !call.of_team() || key.team == call.caller.team; }

std::string state_of(const VirtualKey& key) {
  if (!key.enabled) return "disabled";
  return key.expires_at && *key.expires_at <= unix_seconds() ? "expired" : "enabled";
}

Result<Json> shown(Call& call, const config::Config& config, const VirtualKey& key, bool declared) {
  const auto kept = call.deployment.store().key(key.id);
  if (!kept) return kept.error();
  Json out{{"object", "virtual_key"}};
  out.update(config::to_json(key));
  out["enabled"] = key.enabled;
  const std::string customer = customer_of(config, key.team);
  out["customer"] = customer.empty() ? Json() : Json(customer);
  out["source"] = declared ? "configuration" : "store";
  out["state"] = state_of(key);
  out["hint"] = !*kept || key.key ? Json() : Json((*kept)->hint);
  out["created_at"] = time_or_null(*kept ? (*kept)->created_at * 1'000'000 : 0);
  const bool grace = *kept && (*kept)->previous_until > unix_seconds();
  out["previous_until"] = grace ? Json(format_rfc3339((*kept)->previous_until)) : Json();
  out["limits"] = key.unlimited() ? Json::array() : standings_of(call, governance::Level::key, key.id);
  if (key.providers.empty()) return out;
  for (const Json& one : standings_of(call, governance::Level::key_provider, key.id)) out["limits"].push_back(one);
  return out;
}

Result<Json> shown(Call& call, const std::string& id) {
  const auto snapshot = call.deployment.in_force();
  const VirtualKey* key = find(snapshot->settings(), id);
  if (key == nullptr || !visible(call, *key)) return no_such("virtual key", id);
  return shown(call, snapshot->settings(), *key, find(*call.deployment.declared(), id) != nullptr);
}

Result<Json> get(Call& call) { return shown(call, call.ids[0]); }

bool fits(const Call& call, const config::Config& config, const VirtualKey& key, bool declared) {
  const auto is = [&call](std::string_view name, const std::string& value) {
    const auto asked = call.asked(name);
    return !asked || *asked == value;
  };
  const auto tag = call.asked("tag");
  if (tag && std::find(key.tags.begin(), key.tags.end(), *tag) == key.tags.end()) return false;
  return is("team", key.team) && is("account", key.account) && is("customer", customer_of(config, key.team)) && is("state", state_of(key)) &&
         is("source", declared ? "configuration" : "store");
}

Result<Json> list(Call& call) {
  const auto snapshot = call.deployment.in_force();
  const auto file = call.deployment.declared();
  std::unordered_set<std::string_view> declared;
  for (const VirtualKey& key : file->virtual_keys) declared.insert(key.id);
  const config::Config& config = snapshot->settings();
  std::vector<const VirtualKey*> keys;
  for (const VirtualKey& key : config.virtual_keys)
    if (visible(call, key) && fits(call, config, key, declared.contains(key.id))) keys.push_back(&key);
  return page(call, std::move(keys), [](const VirtualKey* key) -> const std::string& { return key->id; },
              [&](const VirtualKey* key) { return shown(call, config, *key, declared.contains(key->id)); });
}

Result<Json> limits(Call& call) {
  auto whole = get(call);
  if (!whole) return whole;
  return Json{{"object", "limits"}, {"data", (*whole)["limits"]}};
}

// A team's token makes keys of its team, for the accounts that it was given.
Result<> may_have(const Call& call, const Json& settings) {
  if (!call.of_team()) return {};
  if (settings.value("team", "") != call.caller.team)
    return Error(Code::forbidden, "This token manages keys of the team `" + call.caller.team + "` only.").named("other_team").about("team");
  const auto& accounts = call.caller.accounts;
  const std::string account = settings.value("account", "");
  if (!accounts.empty() && std::find(accounts.begin(), accounts.end(), account) == accounts.end())
    return Error(Code::forbidden, account.empty() ? "This token may bind keys to some accounts only: name one as `account`."
                                                 : "This token may not bind keys to the account `" + account + "`.")
        .named("other_account").about("account");
  return {};
}

// A text that the caller brings along; nothing: one is made.
Result<std::optional<std::string>> text_of(Call& call) {
  if (!call.body.contains("key")) return std::optional<std::string>();
  const Json given = std::move(call.body["key"]);
  call.body.erase("key");
  const std::string text = given.is_string() ? given.get<std::string>() : std::string();
  const bool visible_only = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (text.size() < least_text || text.size() > most_text || !visible_only)
    return bad("`key` must be 16 to 4096 visible ASCII characters; without it one is made.", "key");
  if (call.deployment.in_force()->keys().find(text) != nullptr) return conflict("already_exists", "Another virtual key has this text.");
  return std::optional<std::string>(text);
}

// The settings are only looked at where they are of the right type; the loader's tables complain about the rest.
Result<> well_formed(const Json& settings) {
  for (const char* name : {"id", "team", "account", "expires_at"})
    if (settings.contains(name) && !settings[name].is_string()) return bad("`" + std::string(name) + "` must be text.", name);
  if (settings.contains("enabled") && !settings["enabled"].is_boolean()) return bad("`enabled` must be true or false.", "enabled");
  if (!settings.contains("models")) return {};
  const Json& models = settings["models"];
  const bool texts = models.is_array() && std::all_of(models.begin(), models.end(), [](const Json& m) { return m.is_string(); });
  if (!texts || models.empty()) return bad("`models` must be a list of model patterns; leave it out to admit all of the account.", "models");
  return {};
}

Result<> fill(const Call& call, store::StoredKey& key, const Json& settings) {
  auto formed = well_formed(settings);
  if (formed) formed = may_have(call, settings);
  if (!formed) return formed;
  if (settings.contains("expires_at") && !parse_rfc3339(settings["expires_at"].get<std::string>()))
    return bad("`expires_at` must be a time such as 2027-01-01T00:00:00Z.", "expires_at");
  take_settings(key, settings);
  return {};
}

Result<Json> create(Call& call) {
  auto given = text_of(call);
  if (!given) return std::move(given).error();
  Json settings = call.body;
  settings.merge_patch(call.body);   // what is null is as if it were not there
  if (call.of_team() && !settings.contains("team")) settings["team"] = call.caller.team;
  auto formed = well_formed(settings);
  if (!formed) return std::move(formed).error();
  const std::string id = settings.value("id", "");
  if (id.empty()) return bad("`id` is needed.", "id");
  if (find(*call.deployment.declared(), id) != nullptr) return declared_in_configuration("virtual key", id);
  const auto known = call.deployment.store().key(id);
  if (!known) return known.error();
  if (*known && !(*known)->from_config) return conflict("already_exists", "There is a virtual key `" + id + "` already.");
  store::StoredKey key;
  key.id = id;
  key.created_at = unix_seconds();
  auto filled = fill(call, key, settings);
  if (!filled) return std::move(filled).error();
  std::string text = *given ? **given : renew(key, key.created_at, 0);
  if (*given) give_text(key, text);
  store::Change change;
  if (*known) change.remove_keys.push_back(id);   // what the configuration had of that name once
  change.add_keys.push_back(key);
  auto done = commit(call, std::move(change), "create", "virtual_key", id, nullptr, settings_of(key));
  if (!done) return std::move(done).error();
  auto answer = shown(call, id);
  if (answer) (*answer)["key"] = std::move(text);
  return answer;
}

// A key of the store that this caller may change; `text_only`: also one of the configuration whose text was made here.
Result<store::StoredKey> changeable(Call& call, bool text_only) {
  const std::string& id = call.ids[0];
  const auto snapshot = call.deployment.in_force();
  const VirtualKey* key = find(snapshot->settings(), id);
  if (key == nullptr || !visible(call, *key)) return no_such("virtual key", id);
  auto mine = call.deployment.store().key(id);
  if (!mine) return std::move(mine).error();
  const bool declared = find(*call.deployment.declared(), id) != nullptr;
  if (declared && (!text_only || key->key || !*mine)) return declared_in_configuration("virtual key", id);
  if (!*mine) return no_such("virtual key", id);
  return **std::move(mine);
}

Result<Json> replace(Call& call, const store::StoredKey& key, std::string_view action, const Json& before) {
  store::Change change;
  change.replace_keys.push_back(key);
  auto done = commit(call, std::move(change), action, "virtual_key", key.id, before, settings_of(key));
  if (!done) return std::move(done).error();
  return shown(call, key.id);
}

Result<Json> update(Call& call) {
  auto key = changeable(call, false);
  if (!key) return std::move(key).error();
  if (call.body.contains("key")) return bad("The text of a key is changed by POST /admin/keys/{id}/rotate.", "key");
  const Json before = settings_of(*key);
  auto after = patched(before, call.body);
  if (!after) return std::move(after).error();
  auto filled = fill(call, *key, *after);
  if (!filled) return std::move(filled).error();
  return replace(call, *key, "update", before);
}

Result<std::int64_t> grace_of(const Json& body) {
  for (const auto& [name, value] : body.items())
    if (name != "grace") return bad("Unknown key `" + name + "`: only `grace` is taken.", name);
  if (!body.contains("grace")) return std::int64_t{0};
  constexpr std::pair<char, std::int64_t> units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86'400}, {'w', 604'800}};
  const std::string text = body["grace"].is_string() ? body["grace"].get<std::string>() : std::string();
  const bool digits = text.size() >= 2 && text.size() <= 9 && std::all_of(text.begin(), text.end() - 1, [](char c) { return c >= '0' && c <= '9'; });
  for (const auto& [unit, seconds] : units) {
    if (!digits || text.back() != unit) continue;
    const std::int64_t grace = std::stoll(text) * seconds;
    if (grace <= longest_grace) return grace;
  }
  return bad("`grace` must be a duration such as 24h, of at most 90d.", "grace");
}

Result<Json> rotate(Call& call) {
  auto key = changeable(call, true);
  if (!key) return std::move(key).error();
  auto grace = grace_of(call.body);
  if (!grace) return std::move(grace).error();
  const Json before = settings_of(*key);
  std::string text = renew(*key, unix_seconds(), *grace);
  auto answer = replace(call, *key, "rotate", before);
  if (answer) (*answer)["key"] = std::move(text);
  return answer;
}

Result<Json> enable(Call& call, bool enabled) {
  auto key = changeable(call, false);
  if (!key) return std::move(key).error();
  const Json before = settings_of(*key);
  key->enabled = enabled;
  return replace(call, *key, enabled ? "enable" : "disable", before);
}
Result<Json> enable(Call& call) { return enable(call, true); }
Result<Json> disable(Call& call) { return enable(call, false); }

Result<Json> remove(Call& call) {
  auto key = changeable(call, false);
  if (!key) return std::move(key).error();
  const std::string users = kept_about(call, "key", key->id);
  if (!users.empty()) return conflict("in_use", "The virtual key `" + key->id + "` is referred to by " + users + ".");
  store::Change change;
  change.remove_keys.push_back(key->id);
  auto done = commit(call, std::move(change), "delete", "virtual_key", key->id, settings_of(*key), nullptr);
  if (!done) return std::move(done).error();
  return Json();
}

constexpr Parameter list_parameters[] = {limit_parameter,
                                         after_parameter,
                                         {"team", "string", "Whose keys."},
                                         {"customer", "string", "Whose teams' keys."},
                                         {"account", "string", "What they are bound to."},
                                         {"tag", "string", "A tag that they have."},
                                         {"state", "string", "`enabled`, `disabled` or `expired`."},
                                         {"source", "string", "`configuration` or `store`."}};
constexpr std::uint8_t makers = Role::admin | Role::team;
constexpr Route routes[] = {
    {Verb::get, "/admin/keys", everyone, false, 200, "", "VirtualKeyList", list_parameters, "All virtual keys, without their texts; with a team's token its own.", list},
    {Verb::post, "/admin/keys", makers, true, 201, "VirtualKeySettings", "NewVirtualKey", {}, "Makes a virtual key; its text is told this once.", create},
    {Verb::get, "/admin/keys/{id}", everyone, false, 200, "", "VirtualKey", {}, "One virtual key.", get},
    {Verb::patch, "/admin/keys/{id}", makers, true, 200, "VirtualKeyPatch", "VirtualKey", {}, "Changes a virtual key by a JSON merge patch.", update},
    {Verb::delete_, "/admin/keys/{id}", makers, true, 204, "", "", {}, "Removes a virtual key for good.", remove},
    {Verb::get, "/admin/keys/{id}/limits", everyone, false, 200, "", "Limits", {}, "Its limits and what has been used of each.", limits},
    {Verb::post, "/admin/keys/{id}/rotate", makers, true, 200, "RotateRequest", "NewVirtualKey", {},
     "Gives it another text, told this once. For the time of `grace` the old one works too.", rotate},
    {Verb::post, "/admin/keys/{id}/disable", makers, true, 200, "", "VirtualKey", {}, "Refuses its requests until it is enabled again.", disable},
    {Verb::post, "/admin/keys/{id}/enable", makers, true, 200, "", "VirtualKey", {}, "Takes its requests again.", enable},
};

}  // namespace

std::span<const Route> key_routes() { return routes; }

}  // namespace sluice::admin
