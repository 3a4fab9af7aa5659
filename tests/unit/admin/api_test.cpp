// The API's handlers: who may do what, and what comes of it.
#include <gmock/gmock.h>

#include <set>

#include "bench.hpp"

namespace sluice::admin {
namespace {

using http::Verb;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;

std::string code_of(const Json& body) { return body["error"]["code"]; }

class AdminApi : public Bench {};

TEST_F(AdminApi, WithoutATokenNothingButTheDocumentIsShown) {
  EXPECT_EQ(ask(Verb::get, "/admin/keys", "", "").status, 401);
  EXPECT_EQ(ask(Verb::get, "/admin/keys", "", "wrong").status, 401);
  EXPECT_EQ(ask(Verb::get, "/admin/keys", "", "text-of-the-declared-key").status, 401) << "a virtual key is none";
  EXPECT_EQ(code_of(ask(Verb::get, "/admin/keys", "", "wrong").body), "invalid_admin_token");
  EXPECT_EQ(ask(Verb::get, "/admin/openapi.json", "", "").status, 200);
  EXPECT_EQ(get("/admin/nothing").status, 404);
  EXPECT_EQ(ask(Verb::put, "/admin/keys").status, 405);
}

TEST_F(AdminApi, PagesOfOtherOriginsAreRefused) {
  Request request;
  request.method = Verb::get;
  request.path = "/admin/keys";
  request.authorization = "Bearer the-token-of-the-file";
  request.foreign_page = true;
  EXPECT_EQ(api.answer(request).status, 403);
}

// Every role at every route: what the document says is what happens.
TEST_F(AdminApi, EveryRoleMayDoWhatTheDocumentSays) {
  const std::map<std::string, std::string> tokens{{"admin", token_of("admin")}, {"viewer", token_of("viewer")}, {"team", token_of("team", R"(,"team":"ml")")}};
  const Json document = get("/admin/openapi.json").body;
  int asked = 0;
  for (const auto& [path, methods] : document["paths"].items()) {
    if (path == "/admin/config/reload") continue;
    for (const auto& [method, operation] : methods.items()) {
      if (operation.contains("security")) continue;
      const Verb verb = method == "get" ? Verb::get : method == "post" ? Verb::post : method == "patch" ? Verb::patch : Verb::delete_;
      std::string target = path;
      if (const auto at = target.find("{id}"); at != target.npos) target.replace(at, 4, "nobody");
      const std::string roles = operation["description"];
      for (const auto& [role, token] : tokens) {
        const Got got = ask(verb, target, method == "get" || method == "delete" ? "" : "{}", token);
        const bool may = roles.find(role) != roles.npos;
        EXPECT_EQ(got.status == 403 && code_of(got.body) == "role_not_allowed", !may) << method << " " << path << " as " << role << ": " << got.text;
        EXPECT_TRUE(operation["responses"].contains(std::to_string(got.status))) << method << " " << path << " as " << role << ": " << got.status << got.text;
        ++asked;
      }
      EXPECT_EQ(ask(verb, target, "{}", "").status, 401) << method << " " << path;
    }
  }
  EXPECT_GT(asked, 100);
}

TEST_F(AdminApi, AKeyIsMadeUsedChangedAndRemoved) {
  const Got made = post("/admin/keys", R"({"id":"ci","account":"main","team":"ml","budget":{"max_spend":5,"reset_duration":"1M"},"tags":["night"]})");
  ASSERT_EQ(made.status, 201) << made.text;
  const std::string text = made.body["key"];
  EXPECT_THAT(text, testing::StartsWith("sk-sl-"));
  EXPECT_EQ(made.body["source"], "store");
  EXPECT_EQ(made.body["customer"], "acme");
  EXPECT_EQ(made.body["limits"][0]["limit"], "5");
  EXPECT_EQ(made.body["limits"][0]["left"], "5");
  const auth::Key* key = x_snapshot->keys().find(text);
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(key->id, "ci");
  EXPECT_FALSE(get("/admin/keys/ci").body.contains("key")) << "shown once";
  const Got changed = ask(Verb::patch, "/admin/keys/ci", R"({"models":["gpt-4o"],"budget":null,"rate_limit":{"max_concurrent":3}})");
  ASSERT_EQ(changed.status, 200) << changed.text;
  EXPECT_FALSE(changed.body.contains("budgets"));
  EXPECT_EQ(changed.body["rate_limits"][0]["max_concurrent"], 3);
  EXPECT_EQ(changed.body["limits"].size(), 1u);
  EXPECT_EQ(x_snapshot->keys().find(text)->models, std::vector<std::string>{"gpt-4o"});
  EXPECT_EQ(post("/admin/keys/ci/disable", "").body["state"], "disabled");
  EXPECT_FALSE(x_snapshot->keys().find(text)->enabled);
  EXPECT_EQ(post("/admin/keys/ci/enable", "").body["state"], "enabled");
  EXPECT_EQ(ask(Verb::delete_, "/admin/keys/ci").status, 204);
  EXPECT_EQ(x_snapshot->keys().find(text), nullptr);
  EXPECT_EQ(get("/admin/keys/ci").status, 404);
}

TEST_F(AdminApi, AnEmptyRestrictionIsRefusedRatherThanTakenForNone) {
  for (const char* field : {"networks", "endpoints", "models", "budgets", "rate_limits", "providers"}) {
    const Got made = post("/admin/keys", R"({"id":"ci","account":"main",")" + std::string(field) + "\":[]}");
    EXPECT_EQ(made.status, 400) << field;
    EXPECT_EQ(made.body["error"]["param"], field);
    EXPECT_THAT(made.text, HasSubstr("eave it out")) << field;
  }
  EXPECT_EQ(post("/admin/keys", R"({"id":"ci","account":"main","networks":null,"budget":null,"rate_limits":[{"max_concurrent":1,"models":null}]})").status, 201)
      << "null is what is not there";
  ASSERT_EQ(ask(Verb::patch, "/admin/keys/ci", R"({"networks":["10.0.0.0/8"]})").status, 200);
  EXPECT_EQ(ask(Verb::patch, "/admin/keys/ci", R"({"networks":[]})").status, 400);
  const Got freed = ask(Verb::patch, "/admin/keys/ci", R"({"networks":null})");
  EXPECT_EQ(freed.status, 200) << freed.text;
  EXPECT_FALSE(freed.body.contains("networks"));
}

TEST_F(AdminApi, AMisspeltParameterIsRefusedRatherThanPassedOver) {
  const Got got = get("/admin/keys?tem=ml");
  EXPECT_EQ(got.status, 400);
  EXPECT_EQ(got.body["error"]["param"], "tem");
  EXPECT_THAT(got.text, HasSubstr("`limit`, `after`, `team`, `customer`"));
  EXPECT_EQ(get("/admin/keys?team=ml&").status, 200);
  EXPECT_THAT(get("/admin/whoami?x=1").text, HasSubstr("none is taken here"));
  EXPECT_EQ(post("/admin/keys?id=x", R"({"id":"x","account":"main"})").status, 400);
  const Json document = get("/admin/openapi.json").body;
  for (const auto& [path, methods] : document["paths"].items()) {
    if (!methods.contains("get")) continue;
    std::string target = path;
    if (const auto at = target.find("{id}"); at != target.npos) target.replace(at, 4, "nobody");
    for (const Json& parameter : methods["get"].value("parameters", Json::array())) {
      if (parameter["in"] != "query") continue;
      EXPECT_THAT(get(target + "?" + std::string(parameter["name"]) + "=1").text, Not(HasSubstr("Unknown parameter"))) << path;
    }
  }
}

TEST_F(AdminApi, AMemberThatStandsTwiceIsRefused) {
  const Got got = post("/admin/keys", R"({"id":"x","account":"main","budget":{"max_spend":1,"reset_duration":"1d","max_spend":1000}})");
  EXPECT_EQ(got.status, 400);
  EXPECT_EQ(got.body["error"]["param"], "max_spend");
  EXPECT_EQ(post("/admin/keys", R"({"id":"x","account":"main","budgets":[{"max_spend":1,"reset_duration":"1d"},{"max_spend":2,"reset_duration":"1w"}]})").status, 201)
      << "in two objects it may";
}

TEST_F(AdminApi, ATeamsTokenIsToldThatItNeedsAnAccount) {
  const std::string token = token_of("team", R"(,"team":"ml","accounts":["main"])");
  EXPECT_THAT(ask(Verb::post, "/admin/keys", R"({"id":"x"})", token).text, HasSubstr("name one as `account`"));
}

TEST_F(AdminApi, RotationWithGraceKeepsBothTextsForAWhile) {
  const std::string first = post("/admin/keys", R"({"id":"ci","account":"main"})").body["key"];
  const Got second = post("/admin/keys/ci/rotate", R"({"grace":"24h"})");
  ASSERT_EQ(second.status, 200) << second.text;
  ASSERT_NE(x_snapshot->keys().find(first), nullptr);
  EXPECT_NEAR(static_cast<double>(*x_snapshot->keys().find(first)->expires_at), static_cast<double>(unix_seconds() + 86'400), 60);
  EXPECT_FALSE(x_snapshot->keys().find(std::string(second.body["key"]))->expires_at);
  EXPECT_TRUE(second.body["previous_until"].is_string());
  const Got third = post("/admin/keys/ci/rotate", "");
  EXPECT_EQ(x_snapshot->keys().find(std::string(second.body["key"])), nullptr) << "without grace at once";
  EXPECT_EQ(x_snapshot->keys().find(first), nullptr);
  EXPECT_NE(x_snapshot->keys().find(std::string(third.body["key"])), nullptr);
  for (const char* grace : {"1", "h", "-1h", "1M", "91d", "99999999h"}) EXPECT_EQ(post("/admin/keys/ci/rotate", R"({"grace":")" + std::string(grace) + "\"}").status, 400) << grace;
}

TEST_F(AdminApi, WhatTheFileDeclaresIsChangedThere) {
  for (const auto& [method, target, body] : std::vector<std::tuple<Verb, std::string, std::string>>{{Verb::post, "/admin/keys", R"({"id":"declared"})"},
                                                                                                   {Verb::patch, "/admin/keys/declared", "{}"},
                                                                                                   {Verb::delete_, "/admin/keys/declared", ""},
                                                                                                   {Verb::post, "/admin/keys/declared/rotate", ""},
                                                                                                   {Verb::post, "/admin/teams", R"({"id":"ml"})"},
                                                                                                   {Verb::patch, "/admin/customers/acme", "{}"},
                                                                                                   {Verb::delete_, "/admin/teams/ml", ""}}) {
    const Got got = ask(method, target, body);
    EXPECT_EQ(got.status, 409) << target << got.text;
    EXPECT_EQ(code_of(got.body), "declared_in_configuration") << target;
  }
  EXPECT_EQ(get("/admin/keys/declared").body["source"], "configuration");
}

TEST_F(AdminApi, AnEntityInUseIsNotRemoved) {
  EXPECT_EQ(post("/admin/customers", R"({"id":"c"})").status, 201);
  EXPECT_EQ(post("/admin/teams", R"({"id":"t","customer":"c"})").status, 201);
  EXPECT_EQ(post("/admin/keys", R"({"id":"k","account":"main","team":"t"})").status, 201);
  const Got used = ask(Verb::delete_, "/admin/customers/c");
  EXPECT_EQ(used.status, 409);
  EXPECT_THAT(used.text, HasSubstr("team `t`"));
  EXPECT_THAT(ask(Verb::delete_, "/admin/teams/t").text, HasSubstr("virtual key `k`"));
  EXPECT_EQ(ask(Verb::delete_, "/admin/keys/k").status, 204);
  EXPECT_EQ(ask(Verb::delete_, "/admin/teams/t").status, 204);
  EXPECT_EQ(ask(Verb::delete_, "/admin/customers/c").status, 204);
}

TEST_F(AdminApi, WhatCannotBeUsedIsNamedAndNothingChanges) {
  const Got bad = post("/admin/keys", R"({"id":"ci","account":"main","budgets":[{"max_spend":"much"}]})");
  EXPECT_EQ(bad.status, 400);
  EXPECT_THAT(bad.text, HasSubstr("budgets[0].max_spend"));
  EXPECT_THAT(bad.text, HasSubstr("reset_duration"));
  EXPECT_EQ(post("/admin/keys", R"({"id":"ci"})").status, 400) << "two accounts: which?";
  EXPECT_EQ(post("/admin/keys", R"({"id":"ci","account":"main","models":["file:/etc/passwd"]})").status, 400);
  EXPECT_EQ(post("/admin/keys", "[]").status, 400);
  EXPECT_EQ(post("/admin/keys", "").status, 400);
  EXPECT_EQ(post("/admin/keys", R"({"id":"a b","account":"main"})").status, 400);
  EXPECT_EQ(post("/admin/keys", R"({"id":"ci","account":"main","key":"short"})").status, 400);
  EXPECT_EQ(post("/admin/keys", R"({"id":"ci","account":"main","key":"text-of-the-declared-key"})").status, 409);
  EXPECT_EQ(get("/admin/keys").body["data"].size(), 1u);
  EXPECT_EQ(get("/admin/audit").body["data"].size(), 0u);
}

TEST_F(AdminApi, ATeamsTokenKeepsToItsTeam) {
  const std::string token = token_of("team", R"(,"team":"ml","accounts":["main"])");
  post("/admin/keys", R"({"id":"theirs","account":"main","team":"ops"})");
  const Got made = post("/admin/keys", R"({"id":"mine","account":"main"})", token);
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.body["team"], "ml");
  EXPECT_EQ(post("/admin/keys", R"({"id":"x","account":"main","team":"ops"})", token).status, 403);
  EXPECT_EQ(post("/admin/keys", R"({"id":"x","account":"other"})", token).status, 403);
  EXPECT_EQ(ask(Verb::patch, "/admin/keys/mine", R"({"team":"ops"})", token).status, 403);
  EXPECT_EQ(ask(Verb::patch, "/admin/keys/mine", R"({"team":null})", token).status, 403);
  EXPECT_EQ(ask(Verb::patch, "/admin/keys/mine", R"({"account":"other"})", token).status, 403);
  for (const char* path : {"/admin/keys/theirs", "/admin/keys/theirs/limits", "/admin/teams/ops"}) EXPECT_EQ(get(path, token).status, 404) << path;
  for (const char* path : {"/admin/keys/theirs/rotate", "/admin/keys/theirs/disable"}) EXPECT_EQ(post(path, "", token).status, 404) << path;
  EXPECT_EQ(ask(Verb::delete_, "/admin/keys/theirs", "", token).status, 404);
  std::set<std::string> seen;
  const Json keys = get("/admin/keys", token).body["data"];
  for (const Json& key : keys) seen.insert(key["id"]);
  EXPECT_EQ(seen, (std::set<std::string>{"declared", "mine"}));
  EXPECT_EQ(get("/admin/teams", token).body["data"].size(), 1u);
  EXPECT_EQ(ask(Verb::patch, "/admin/teams/ml", "{}", token).status, 403);
  EXPECT_EQ(post("/admin/overrides", "{}", token).status, 403);
  EXPECT_EQ(ask(Verb::delete_, "/admin/keys/mine", "", token).status, 204);
}

TEST_F(AdminApi, ATeamSeesItsOwnSpend) {
  std::vector<store::RequestRecord> rows(2);
  for (store::RequestRecord& row : rows) {
    row.at_us = unix_us();
    row.status = 200;
    row.priced = true;
    row.account = "main", row.provider = "up", row.target = "t", row.model_served = "gpt-4o", row.operation = "chat";
    row.attempts = {{"t", "up", "gpt-4o", 200, "", 1, false, 0}};
  }
  rows[0].id = "req_00000000000000000000000001", rows[0].team = "ml", rows[0].key_id = "declared", rows[0].cost_nano_usd = rows[0].attempts[0].cost_nano_usd = 1'500'000'000;
  rows[1].id = "req_00000000000000000000000002", rows[1].team = "ops", rows[1].key_id = "k", rows[1].cost_nano_usd = rows[1].attempts[0].cost_nano_usd = 7;
  ASSERT_TRUE(x_store->write(rows));
  const Json all = get("/admin/spend?group_by=team,model").body;
  EXPECT_EQ(all["data"].size(), 2u);
  EXPECT_EQ(all["total"]["cost_usd"], "1.500000007");
  EXPECT_EQ(all["total"]["cost_nano_usd"], 1'500'000'007);
  const std::string token = token_of("team", R"(,"team":"ml")");
  for (const char* query : {"", "?team=ops", "?group_by=key", "?team=ops&group_by=day"})
    EXPECT_EQ(get("/admin/spend" + std::string(query), token).body["total"]["cost_nano_usd"], 1'500'000'000) << query;
  EXPECT_EQ(get("/admin/spend?group_by=tag", token).status, 400);
  EXPECT_EQ(get("/admin/spend?group_by=nothing").status, 400);
  EXPECT_EQ(get("/admin/spend?since=yesterday").status, 400);
  EXPECT_EQ(get("/admin/logs?key=k").body["data"].size(), 1u);
}

TEST_F(AdminApi, OverridesRaiseABudgetAndAreTakenBack) {
  EXPECT_EQ(get("/admin/keys/declared").body["limits"][0]["limit"], "10");
  const Got made = post("/admin/overrides", R"({"level":"key","subject":"declared","reset_duration":"1M","max_spend":800,"periods":1})");
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(get("/admin/keys/declared/limits").body["data"][0]["limit"], "800");
  EXPECT_EQ(get("/admin/overrides?subject=declared").body["data"].size(), 1u);
  EXPECT_EQ(post("/admin/overrides", R"({"level":"key","subject":"declared","reset_duration":"1d","max_spend":8,"periods":1})").status, 400) << "no such budget";
  EXPECT_EQ(post("/admin/overrides", R"({"level":"key","subject":"declared","max_spend":8})").status, 400) << "no end";
  EXPECT_EQ(ask(Verb::delete_, "/admin/overrides/" + std::string(made.body["id"])).status, 204);
  EXPECT_EQ(get("/admin/keys/declared").body["limits"][0]["limit"], "10");
}

TEST_F(AdminApi, PricesSayWhereTheyAreFrom) {
  const auto price = [this](const std::string& model) { return get("/admin/prices?provider=up&model=" + model).body; };
  EXPECT_EQ(price("gpt-4o")["source"], "built_in");
  EXPECT_EQ(price("mine-1")["source"], "configuration");
  EXPECT_EQ(price("mine-1")["usd_per_million_tokens"]["output"], "2");
  EXPECT_EQ(price("nobody-knows")["priced"], false);
  const Got made = post("/admin/prices/overrides", R"({"model":"gpt-4o","input":0.5,"output":1.25})");
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(price("gpt-4o")["source"], "store");
  EXPECT_EQ(price("gpt-4o")["usd_per_million_tokens"]["output"], "1.25");
  EXPECT_EQ(ask(Verb::delete_, "/admin/prices/overrides/" + std::string(made.body["id"])).status, 204);
  EXPECT_EQ(price("gpt-4o")["source"], "built_in");
  EXPECT_EQ(get("/admin/prices?model=x").status, 400);
  ASSERT_EQ(post("/admin/prices/overrides", R"({"model":"gpt-4o","input":7,"output":8,"team":"ml"})").status, 201);
  EXPECT_EQ(price("gpt-4o")["source"], "built_in") << "it is for others";
  EXPECT_EQ(price("gpt-4o&key=declared")["source"], "store");
  EXPECT_EQ(price("gpt-4o&team=ml")["usd_per_million_tokens"]["input"], "7");
  EXPECT_THAT(post("/admin/prices/overrides", R"({"model":"x","input":7,"output":8,"team":"nobody"})").text, HasSubstr(": team: no team has the id"));
}

TEST_F(AdminApi, WhatAnOverrideOrAPriceIsAboutIsNotRemoved) {
  ASSERT_EQ(post("/admin/keys", R"({"id":"k","account":"main","budget":{"max_spend":1,"reset_duration":"1d"}})").status, 201);
  const std::string price = post("/admin/prices/overrides", R"({"model":"x","input":7,"output":8,"key":"k"})").body["id"];
  EXPECT_THAT(ask(Verb::delete_, "/admin/keys/k").text, HasSubstr("price `" + price));
  ask(Verb::delete_, "/admin/prices/overrides/" + price);
  const std::string raise = post("/admin/overrides", R"({"level":"key","subject":"k","max_spend":9,"periods":1})").body["id"];
  EXPECT_EQ(code_of(ask(Verb::delete_, "/admin/keys/k").body), "in_use");
  ask(Verb::delete_, "/admin/overrides/" + raise);
  EXPECT_EQ(ask(Verb::delete_, "/admin/keys/k").status, 204);
}

TEST_F(AdminApi, EveryChangeIsInTheAuditLogWithoutSecrets) {
  const std::string text = post("/admin/keys", R"({"id":"ci","account":"main"})").body["key"];
  const std::string other = post("/admin/keys/ci/rotate", R"({"grace":"1h"})").body["key"];
  ask(Verb::patch, "/admin/keys/ci", R"({"tags":["x"]})");
  const std::string token = token_of("viewer");
  ask(Verb::delete_, "/admin/keys/ci");
  const Got log = get("/admin/audit");
  std::vector<std::string> actions;
  for (const Json& line : log.body["data"]) actions.push_back(line["action"]);
  EXPECT_EQ(actions, (std::vector<std::string>{"delete", "create", "update", "rotate", "create"}));
  EXPECT_EQ(log.body["data"][2]["after"]["tags"], Json({"x"}));
  EXPECT_EQ(log.body["data"][2]["who"], "configuration");
  for (const std::string& secret : {text, other, token}) EXPECT_THAT(log.text, Not(HasSubstr(secret)));
  EXPECT_EQ(get("/admin/audit?id=ci&action=rotate").body["data"].size(), 1u);
  EXPECT_EQ(get("/admin/audit?limit=2").body["has_more"], true);
}

TEST_F(AdminApi, NoAnswerHasASecret) {
  const std::string key = post("/admin/keys", R"({"id":"ci","account":"main"})").body["key"];
  const std::string token = token_of("viewer");
  const Json document = get("/admin/openapi.json").body;
  for (const auto& [path, methods] : document["paths"].items()) {
    if (!methods.contains("get")) continue;
    std::string target = path;
    if (const auto at = target.find("{id}"); at != target.npos) target.replace(at, 4, "ci");
    const Got got = get(target + "?provider=up&model=gpt-4o");
    for (const std::string& secret : {key, token, std::string("the-token-of-the-file"), std::string("sk-secret-of-the-provider"), std::string("text-of-the-declared-key")})
      EXPECT_THAT(got.text, Not(HasSubstr(secret))) << path;
  }
}

TEST_F(AdminApi, TheLastAdminTokenStays) {
  token_of("admin");
  auto without = std::make_shared<config::Config>(*x_declared);
  without->server.admin.token.reset();
  const std::string other = post("/admin/tokens", R"({"id":"b","role":"admin"})").body["token"];
  x_declared = without;
  EXPECT_EQ(ask(Verb::delete_, "/admin/tokens/admin-token", "", other).status, 204);
  EXPECT_EQ(code_of(ask(Verb::delete_, "/admin/tokens/b", "", other).body), "last_admin_token");
}

TEST_F(AdminApi, ListsComeInPages) {
  for (int i = 0; i < 5; ++i) post("/admin/tags", R"({"id":"t)" + std::to_string(i) + "\"}");
  const Json first = get("/admin/tags?limit=2").body;
  EXPECT_EQ(first["data"].size(), 2u);
  EXPECT_EQ(first["next_after"], "t1");
  const Json last = get("/admin/tags?limit=2&after=t3").body;
  EXPECT_EQ(last["data"][0]["id"], "t4");
  EXPECT_EQ(last["has_more"], false);
  for (const char* limit : {"0", "1001", "x", "-1"}) EXPECT_EQ(get("/admin/tags?limit=" + std::string(limit)).status, 400) << limit;
}

TEST_F(AdminApi, ConfigurationIsShownAndJudged) {
  EXPECT_EQ(get("/admin/config").body["configuration"]["virtual_keys"][0]["key"], "[secret]");
  const Json bad = post("/admin/config/validate", "accounts: [ { id: a } ]\nvirtal_keys: []\n").body;
  EXPECT_EQ(bad["valid"], false);
  EXPECT_EQ(bad["problems"].back()["line"], 2);
  EXPECT_EQ(bad["problems"].back()["column"], 1);
  EXPECT_EQ(post("/admin/config/validate", declared_yaml).body["valid"], true);
  EXPECT_EQ(post("/admin/config/reload", "").body["warnings"][0], "server.listen has changed");
}

TEST_F(AdminApi, TargetsTellTheirHealth) {
  x_memory.health.of("target:main:t")->cool_down(std::chrono::steady_clock::now() + std::chrono::hours(1));
  const Json targets = get("/admin/targets").body["data"];
  ASSERT_EQ(targets.size(), 2u);
  EXPECT_EQ(targets[0]["state"], "cooling");
  EXPECT_TRUE(targets[0]["cooling_until"].is_string());
  EXPECT_EQ(targets[1]["state"], "ready");
}

}  // namespace
}  // namespace sluice::admin
