// /admin/spend
#include <algorithm>
#include <array>

#include "admin/call.hpp"
#include "sluice/admin/spend_json.hpp"

namespace sluice::admin {
namespace {

using By = store::SpendQuery::By;

Result<Json> spend(Call& call) {
  store::SpendQuery query;
  const auto since = moment_of(call, "since"), until = moment_of(call, "until");
  if (!since) return since.error();
  if (!until) return until.error();
  query.since = *since, query.until = *until;
  query.customer = call.asked("customer"), query.team = call.asked("team"), query.key_id = call.asked("key");
  query.account = call.asked("account"), query.provider = call.asked("provider"), query.target = call.asked("target");
  query.model = call.asked("model"), query.tag = call.asked("tag");
  if (call.of_team()) {
    if (query.tag) return bad("Spend by tag is not kept apart by team.", "tag");
    query.team = call.caller.team;
  }
  auto grouped = group_spend(query, call.asked("group_by").value_or(""));
  if (!grouped) return std::move(grouped).error();
  if (call.of_team() && std::find(query.by.begin(), query.by.end(), By::tag) != query.by.end())
    return bad("Spend by tag is not kept apart by team.", "group_by");
  const auto limit = limit_of(call);
  if (!limit) return limit.error();
  query.limit = *limit + 1;   // one more tells that there are more
  call.deployment.flush();
  auto rows = call.deployment.store().spend(query);
  if (!rows) return std::move(rows).error();
  const bool more = rows->size() > *limit;
  if (more) rows->pop_back();
  Json out{{"object", "list"}, {"data", Json::array()}, {"has_more", more}};
  store::SpendSums total;
  for (const store::SpendRow& row : *rows) {
    out["data"].push_back(spend_json(row, query));
    total += row.sums;
  }
  out["total"] = sums_json(total);
  return out;
}

constexpr Parameter parameters[] = {{"group_by", "string", "What to tell apart: customer, team, key, account, provider, target, model, tag, and one of hour, day, month; with commas."},
                                    {"since", "date-time", "From when on; widened to whole quarters of an hour."},
                                    {"until", "date-time", "Until when, exclusive."},
                                    {"customer", "string", "Only of this customer."},
                                    {"team", "string", "Only of this team."},
                                    {"key", "string", "Only of this virtual key."},
                                    {"account", "string", "Only of this account."},
                                    {"provider", "string", "Only of this provider."},
                                    {"target", "string", "Only of this target."},
                                    {"model", "string", "Only of these models; `*` stands for any text."},
                                    {"tag", "string", "Only of this tag."},
                                    {"limit", "integer", "How many rows at most: 1 to 1000, otherwise 100."}};
constexpr Route routes[] = {
    {http::Verb::get, "/admin/spend", everyone, false, 200, "", "Spend", parameters,
     "What was spent and used, from the ledger; with a team's token its own.", spend},
};

}  // namespace

std::span<const Route> spend_routes() { return routes; }

}  // namespace sluice::admin
