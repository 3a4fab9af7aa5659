// /admin/tokens
#include <algorithm>

#include "admin/call.hpp"
#include "sluice/admin/kept.hpp"
#include "sluice/base/time.hpp"

namespace sluice::admin {
namespace {

using http::Verb;

Json shown(const store::AdminToken& token) {
  Json out{{"object", "admin_token"}, {"id", token.id}, {"role", token.role}};
  out["team"] = token.team.empty() ? Json() : Json(token.team);
  out["accounts"] = token.accounts;
  out["hint"] = token.hint;
  out["created_at"] = time_or_null(token.created_us);
  return out;
}

Result<Json> list(Call& call) {
  auto tokens = call.deployment.store().tokens();
  if (!tokens) return std::move(tokens).error();
  std::vector<Json> items;
  for (const store::AdminToken& token : *tokens) items.push_back(shown(token));
  return page(call, std::move(items));
}

bool is_id(const std::string& id) {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

template <class List>
bool has(const List& list, const std::string& id) {
  return std::any_of(list.begin(), list.end(), [&](const auto& one) { return one.id == id; });
}

Result<store::AdminToken> read(const Json& body, const config::Config& config) {
  store::AdminToken token;
  for (const auto& [name, value] : body.items()) {
    std::string* const texts[] = {name == "id" ? &token.id : name == "role" ? &token.role : name == "team" ? &token.team : nullptr};
    if (texts[0] != nullptr && value.is_string()) *texts[0] = value.get<std::string>();
    else if (name == "accounts" && value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& v) { return v.is_string(); }))
      token.accounts = value.get<std::vector<std::string>>();
    else return bad("`" + name + "` is unknown or of the wrong type: id, role, team and accounts are taken.", name);
  }
  if (!is_id(token.id) || token.id == "configuration") return bad("`id` is needed: letters, digits and . _ -, and not `configuration`.", "id");
  if (token.role != "admin" && token.role != "viewer" && token.role != "team") return bad("`role` must be admin, viewer or team.", "role");
  if ((token.role == "team") != !token.team.empty()) return bad("`team` is needed for the role team, and only there.", "team");
  if (!token.team.empty() && !has(config.teams, token.team)) return bad("There is no team `" + token.team + "`.", "team");
  if (!token.accounts.empty() && token.role != "team") return bad("`accounts` is for the role team.", "accounts");
  for (const std::string& account : token.accounts)
    if (!has(config.accounts, account)) return bad("There is no account `" + account + "`.", "accounts");
  return token;
}

Result<Json> create(Call& call) {
  auto token = read(call.body, call.deployment.in_force()->settings());
  if (!token) return std::move(token).error();
  auto tokens = call.deployment.store().tokens();
  if (!tokens) return std::move(tokens).error();
  if (has(*tokens, token->id)) return conflict("already_exists", "There is an admin token `" + token->id + "` already.");
  std::string text = make_token(*token, unix_us());
  Json answer = shown(*token);
  store::Change change;
  change.add_tokens.push_back(*token);
  auto done = commit(call, std::move(change), "create", "admin_token", token->id, nullptr, answer);
  if (!done) return std::move(done).error();
  answer["token"] = std::move(text);
  return answer;
}

Result<Json> remove(Call& call) {
  auto tokens = call.deployment.store().tokens();
  if (!tokens) return std::move(tokens).error();
  const auto found = std::find_if(tokens->begin(), tokens->end(), [&](const store::AdminToken& t) { return t.id == call.ids[0]; });
  if (found == tokens->end()) return no_such("admin token", call.ids[0]);
  const auto admins = std::count_if(tokens->begin(), tokens->end(), [](const store::AdminToken& t) { return t.role == "admin"; });
  if (found->role == "admin" && admins == 1 && !call.deployment.declared()->server.admin.token)
    return conflict("last_admin_token", "It is the last token of the role admin: make another one first.");
  store::Change change;
  change.remove_tokens.push_back(found->id);
  auto done = commit(call, std::move(change), "delete", "admin_token", found->id, shown(*found), nullptr);
  if (!done) return std::move(done).error();
  return Json();
}

constexpr Parameter list_parameters[] = {limit_parameter, after_parameter};
constexpr std::uint8_t admin_only = Role::admin;
constexpr Route routes[] = {
    {Verb::get, "/admin/tokens", readers, false, 200, "", "AdminTokenList", list_parameters, "Who may administer, without the tokens' texts.", list},
    {Verb::post, "/admin/tokens", admin_only, true, 201, "AdminTokenSettings", "NewAdminToken", {}, "Makes an admin token; its text is told this once.", create},
    {Verb::delete_, "/admin/tokens/{id}", admin_only, true, 204, "", "", {}, "Removes an admin token; not the last one of the role admin.", remove},
};

}  // namespace

std::span<const Route> token_routes() { return routes; }

}  // namespace sluice::admin
