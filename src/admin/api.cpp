#include "sluice/admin/api.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <set>

#include "admin/call.hpp"
#include "sluice/auth/key_table.hpp"
#include "sluice/base/text.hpp"
#include "sluice/dialects/dialect.hpp"
#include "sluice/http/header_block.hpp"

namespace sluice::admin {
namespace {

constexpr std::string_view json_lines = "Content-Type: application/json\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";

// The ids that stand for {…}; nothing: the path is another.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
  std::vector<std::string> ids;
  while (!pattern.empty() && !path.empty()) {
    if (pattern.front() != '{') {
      if (pattern.front() != path.front()) return std::nullopt;
      pattern.remove_prefix(1), path.remove_prefix(1);
      continue;
    }
    pattern.remove_prefix(pattern.find('}') + 1);
    const std::string_view part = path.substr(0, path.find('/'));
    if (part.empty()) return std::nullopt;
    ids.push_back(percent_decoded(part));
    path.remove_prefix(part.size());
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return ids;
}

std::map<std::string, std::string, std::less<>> read_query(std::string_view query) {
  std::map<std::string, std::string, std::less<>> out;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    std::string pair(query.substr(0, end));
    query.remove_prefix(std::min(end + 1, query.size()));
    std::replace(pair.begin(), pair.end(), '+', ' ');
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (pair.empty()) continue;
    out.try_emplace(percent_decoded(pair.substr(0, equals)), equals < pair.size() ? percent_decoded(pair.substr(equals + 1)) : std::string());
  }
  return out;
}

Error unauthorized(std::string message) { return Error(Code::unauthorized, std::move(message)).named("invalid_admin_token"); }

Role role_of(const std::string& name) { return name == "admin" ? Role::admin : name == "viewer" ? Role::viewer : name == "team" ? Role::team : nobody; }

bool same(const auth::Digest& digest, std::string_view kept) {
  return kept.size() == digest.size() && CRYPTO_memcmp(digest.data(), kept.data(), digest.size()) == 0;
}

Result<Caller> caller_of(Deployment& deployment, std::string_view authorization) {
  const bool bearer = authorization.size() > 7 && iequals(authorization.substr(0, 7), "bearer ");
  if (!bearer) return unauthorized("Send an admin token as `Authorization: Bearer TOKEN`. The first one was shown when the gateway first started.");
  const auth::Digest digest = auth::sha256(trim(authorization.substr(7)));
  const auto declared = deployment.declared();
  if (const auto& token = declared->server.admin.token) {
    const auth::Digest mine = auth::sha256(token->reveal());
    if (CRYPTO_memcmp(digest.data(), mine.data(), mine.size()) == 0) return Caller{Role::admin, "configuration", {}, {}};
  }
  auto tokens = deployment.store().tokens();
  if (!tokens) return std::move(tokens).error();
  Caller caller;
  for (const store::AdminToken& token : *tokens)   // all of them, so that the time does not tell which
    if (same(digest, token.sha256)) caller = {role_of(token.role), token.id, token.team, token.accounts};
  if (caller.role == nobody) return unauthorized("This is no admin token of this gateway. Virtual keys (`sk-sl-…`) are none.");
  return caller;
}

struct Found {
  const Route* route = nullptr;
  std::vector<std::string> ids;
  std::string allow;   // what the path takes, where the method is another
};

Found find(http::Verb method, std::string_view path) {
  Found found;
  if (method == http::Verb::head) method = http::Verb::get;
  for (const Route* route : all_routes()) {
    auto ids = match(route->path, path);
    if (!ids) continue;
    if (route->method == method) return {route, *std::move(ids), {}};
    found.allow.append(found.allow.empty() ? "" : ", ").append(std::string_view(boost::beast::http::to_string(route->method)));
  }
  return found;
}

// A filter that is misspelt and passed over would answer with more than was asked for.
Result<> known_parameters(const Route& route, const Call& call) {
  for (const auto& asked : call.query) {
    const std::string& name = asked.first;
    const auto same = [&name](const Parameter& parameter) { return parameter.name == name; };
    if (std::any_of(route.parameters.begin(), route.parameters.end(), same)) continue;
    std::string known;
    for (const Parameter& parameter : route.parameters) known.append(known.empty() ? "" : ", ").append("`").append(parameter.name).append("`");
    return bad("Unknown parameter `" + name + "`: " + (known.empty() ? "none is taken here." : "there are " + known + "."), name);
  }
  return {};
}

// Of which a parser keeps one and says nothing; empty: there is none.
std::string repeated_member(const std::string& text) {
  std::vector<std::set<std::string>> open;
  std::string repeated;
  const auto look = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    else if (event == Json::parse_event_t::object_end) open.pop_back();
    else if (event == Json::parse_event_t::key && !open.back().insert(parsed.get<std::string>()).second) repeated = parsed.get<std::string>();
    return true;
  };
  const Json parsed = Json::parse(text, look, false);
  return parsed.is_discarded() ? std::string() : repeated;
}

// An object, or nothing where the route takes none.
Result<Json> body_of(const Route& route, const std::string& text) {
  if (route.takes.empty() || (route.takes == "RotateRequest" && text.empty())) return Json::object();
  if (route.takes == "Yaml") return Json(text);
  Json body = Json::parse(text, nullptr, false);
  if (!body.is_object()) return bad("The body must be a JSON object.");
  const std::string repeated = repeated_member(text);
  if (!repeated.empty()) return bad("`" + repeated + "` stands in one object twice.", repeated);
  return body;
}

Error forbidden(const Caller& caller) {
  const char* role = caller.role == Role::viewer ? "viewer" : caller.role == Role::team ? "team" : "admin";
  return Error(Code::forbidden, "The admin token `" + caller.token + "` has the role " + role + ", which may not do this.").named("role_not_allowed");
}

Answer answered(const Route& route, const Result<Json>& result) {
  if (!result) return refusal(result.error());
  if (route.status == 204) return {204, std::string(json_lines), {}};
  return {route.status, std::string(json_lines), result->dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"};
}

}  // namespace

std::vector<const Route*> all_routes() {
  std::vector<const Route*> all;
  for (const auto routes : {owner_routes(), key_routes(), token_routes(), override_routes(), price_routes(), spend_routes(), log_routes(),
                            target_routes(), config_routes()})
    for (const Route& route : routes) all.push_back(&route);
  return all;
}

Answer refusal(const Error& error) {
  const int status = error.status() != 0 ? error.status() : dialects::http_status(error.code());
  std::string lines(json_lines);
  if (status == 401) lines += "WWW-Authenticate: Bearer\r\n";
  return {status, std::move(lines), dialects::caller_dialect(llm::Dialect::openai).write_error(error)};
}

Answer Api::answer(const Request& request) {
  if (request.foreign_page) return refusal(Error(Code::forbidden, "Web pages of other origins may not administer this gateway.").named("foreign_origin"));
  Found found = find(request.method, request.path);
  if (found.route == nullptr && found.allow.empty()) {
    return refusal(Error(Code::not_found, "Unknown path. GET /admin/openapi.json lists them all.").named("unknown_url"));
  }
  if (found.route == nullptr) {
    Answer answer = refusal(Error(Code::method_not_allowed, "This path takes " + found.allow + " requests."));
    http::append_header(answer.headers, "Allow", found.allow);
    return answer;
  }
  const Route& route = *found.route;
  Call call{x_deployment, {}, std::move(found.ids), read_query(request.query), {}};
  if (route.roles != anyone) {
    auto caller = caller_of(x_deployment, request.authorization);
    if (!caller) return refusal(caller.error());
    call.caller = *std::move(caller);
    if ((route.roles & call.caller.role) == 0) return refusal(forbidden(call.caller));
  }
  auto known = known_parameters(route, call);
  if (!known) return refusal(known.error());
  auto body = body_of(route, request.body);
  if (!body) return refusal(body.error());
  call.body = *std::move(body);
  std::shared_ptr<void> held;
  if (route.changes) held = x_deployment.hold();
  return answered(route, route.run(call));
}

}  // namespace sluice::admin
