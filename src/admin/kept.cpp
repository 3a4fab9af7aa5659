#include "sluice/admin/kept.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sluice/auth/key_table.hpp"
#include "sluice/base/time.hpp"

namespace sluice::admin {
namespace {

using Json = nlohmann::ordered_json;

// As the columns of a key say them; all else is in its `settings`.
constexpr const char* own_columns[] = {"id", "account", "team", "enabled", "models", "expires_at"};

Error problems_error(const std::vector<config::Problem>& problems) {
  std::string text;
  for (const config::Problem& problem : problems) {
    text.append(text.empty() ? "" : "\n").append(problem.file);
    if (!problem.path.empty()) text.append(": ").append(problem.path);
    text.append(": ").append(problem.message);
  }
  return Error(Code::bad_request, std::move(text)).named("invalid_settings").about(problems.front().path);
}

// What the columns of a key say, but for its id.
void add_columns(const store::StoredKey& key, Json& settings) {
  if (!key.account.empty()) settings["account"] = key.account;
  if (!key.team.empty()) settings["team"] = key.team;
  if (!key.enabled) settings["enabled"] = false;
  if (!key.models.empty()) settings["models"] = key.models;
  if (key.expires_at) settings["expires_at"] = format_rfc3339(*key.expires_at);
}

// The same text for keys that differ in nothing but their ids: then it is read once for all of them.
std::string settings_text(const store::StoredKey& key) {
  Json columns = Json::object();
  add_columns(key, columns);
  std::string text = columns.dump();
  const std::size_t first = key.settings.find_first_not_of(" \t\r\n{");
  if (first == std::string::npos || key.settings[first] == '}') return text;
  if (columns.empty()) return "{" + key.settings.substr(first);
  text.back() = ',';
  return text.append(key.settings, first);
}

template <class List, class Same>
void drop(List& list, Same same) { list.erase(std::remove_if(list.begin(), list.end(), same), list.end()); }

void change_keys(std::vector<store::StoredKey>& keys, const store::Change& change) {
  const auto put = [&keys](const store::StoredKey& key) {
    drop(keys, [&](const store::StoredKey& other) { return other.id == key.id; });
    keys.push_back(key);
  };
  for (const std::string& id : change.remove_keys) drop(keys, [&](const store::StoredKey& key) { return key.id == id; });
  for (const store::StoredKey& key : change.add_keys) put(key);
  for (const store::StoredKey& key : change.replace_keys) put(key);
}

void change_entities(std::vector<store::Entity>& entities, const store::Change& change) {
  const auto remove = [&entities](const std::string& kind, const std::string& id) {
    drop(entities, [&](const store::Entity& other) { return other.kind == kind && other.id == id; });
  };
  for (const auto& [kind, id] : change.remove_entities) remove(kind, id);
  for (const store::Entity& entity : change.put_entities) {
    remove(entity.kind, entity.id);
    entities.push_back(entity);
  }
}

}  // namespace

Json settings_of(const store::StoredKey& key) {
  Json settings{{"id", key.id}};
  add_columns(key, settings);
  const Json more = Json::parse(key.settings, nullptr, false);
  if (more.is_object())
    for (const auto& [name, value] : more.items()) settings[name] = value;
  return settings;
}

void take_settings(store::StoredKey& key, const Json& settings) {
  key.account = settings.value("account", "");
  key.team = settings.value("team", "");
  key.enabled = settings.value("enabled", true);
  key.models = settings.value("models", std::vector<std::string>());
  key.expires_at.reset();
  if (settings.contains("expires_at")) key.expires_at = parse_rfc3339(settings["expires_at"].get<std::string>());
  Json more = settings;
  for (const char* column : own_columns) more.erase(column);
  key.settings = more.dump();
}

std::vector<config::Stored> kept(std::span<const store::Entity> entities, std::span<const store::StoredKey> keys) {
  std::vector<config::Stored> all;
  for (const store::Entity& entity : entities) all.push_back({entity.kind, entity.id, entity.settings});
  for (const store::StoredKey& key : keys)
    if (!key.from_config) all.push_back({"virtual_key", key.id, settings_text(key)});
  return all;
}

Result<std::int64_t> latest_change(store::Store& store) {
  store::ChangeQuery query;
  query.limit = 1;
  auto changes = store.changes(query);
  if (!changes) return std::move(changes).error();
  return changes->empty() ? 0 : changes->front().row;
}

Result<Whole> extended(const config::Config& declared, store::Store& store) { return extended_after(declared, store, {}); }

Result<Whole> extended_after(const config::Config& declared, store::Store& store, const store::Change& change) {
  auto latest = latest_change(store);
  if (!latest) return std::move(latest).error();
  auto entities = store.entities();
  if (!entities) return std::move(entities).error();
  auto keys = store.keys();
  if (!keys) return std::move(keys).error();
  change_entities(*entities, change);
  change_keys(*keys, change);
  auto result = config::extend(declared, kept(*entities, *keys));
  if (const auto* problems = std::get_if<std::vector<config::Problem>>(&result)) return problems_error(*problems);
  return Whole{std::get<config::Extended>(std::move(result)), *std::move(keys), *latest};
}

void give_text(store::StoredKey& key, std::string_view text) {
  const auth::Digest digest = auth::sha256(text);
  key.sha256.assign(digest.begin(), digest.end());
  key.hint = text.substr(text.size() - 4);
}

std::string renew(store::StoredKey& key, std::int64_t now, std::int64_t grace) {
  key.previous_sha256 = grace > 0 ? key.sha256 : std::string();
  key.previous_until = grace > 0 ? now + grace : 0;
  std::string text = auth::make_key();
  give_text(key, text);
  return text;
}

std::string make_token(store::AdminToken& token, std::int64_t now_us) {
  std::string text = auth::make_key();
  text.insert(std::string_view("sk-sl-").size(), "admin-");
  const auth::Digest digest = auth::sha256(text);
  token.sha256.assign(digest.begin(), digest.end());
  token.hint = text.substr(text.size() - 4);
  token.created_us = now_us;
  return text;
}

}  // namespace sluice::admin
