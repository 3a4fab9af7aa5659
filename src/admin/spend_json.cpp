#include "sluice/admin/spend_json.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "sluice/base/money.hpp"
#include "sluice/base/text.hpp"
#include "sluice/base/time.hpp"

namespace sluice::admin {
namespace {

using Json = nlohmann::ordered_json;
using By = store::SpendQuery::By;
using Span = store::SpendQuery::Span;

// In the order of By.
struct Dimension { std::string_view name; std::string store::SpendRow::*value; };
constexpr std::array<Dimension, 8> dimensions = {{{"customer", &store::SpendRow::customer},
                                                  {"team", &store::SpendRow::team},
                                                  {"key", &store::SpendRow::key_id},
                                                  {"account", &store::SpendRow::account},
                                                  {"provider", &store::SpendRow::provider},
                                                  {"target", &store::SpendRow::target},
                                                  {"model", &store::SpendRow::model},
                                                  {"tag", &store::SpendRow::tag}}};
constexpr std::array<std::string_view, 4> spans = {"all", "hour", "day", "month"};

Result<> add(store::SpendQuery& query, std::string_view name) {
  for (std::size_t i = 1; i < spans.size(); ++i) {
    if (spans[i] != name) continue;
    if (query.span != Span::all) return Error(Code::bad_request, "Only one of hour, day and month can be told apart.").about("group_by");
    query.span = static_cast<Span>(i);
    return {};
  }
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    if (dimensions[i].name != name) continue;
    if (std::find(query.by.begin(), query.by.end(), static_cast<By>(i)) == query.by.end()) query.by.push_back(static_cast<By>(i));
    return {};
  }
  return Error(Code::bad_request, "Spend cannot be told apart by `" + std::string(name.substr(0, 60)) +
                                      "`, but by customer, team, key, account, provider, target, model, tag, hour, day and month.")
      .about("group_by");
}

}  // namespace

Result<> group_spend(store::SpendQuery& query, std::string_view list) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    auto added = add(query, trim(list.substr(0, end)));
    if (!added) return added;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return {};
}

std::string_view name_of(By by) { return dimensions[static_cast<std::size_t>(by)].name; }
const std::string& value_of(const store::SpendRow& row, By by) { return row.*dimensions[static_cast<std::size_t>(by)].value; }

Json sums_json(const store::SpendSums& sums) {
  Json out{{"cost_usd", usd(sums.cost_nano_usd)}};
  for (const auto& [name, sum] : store::spend_columns) out[name] = sums.*sum;
  return out;
}

Json spend_json(const store::SpendRow& row, const store::SpendQuery& query) {
  Json out = Json::object();
  if (query.span != Span::all) out[std::string(spans[static_cast<std::size_t>(query.span)])] = format_rfc3339(row.at);
  for (const By by : query.by) {
    const std::string& value = value_of(row, by);
    out[std::string(name_of(by))] = value.empty() ? Json() : Json(value);
  }
  out.update(sums_json(row.sums));
  return out;
}

}  // namespace sluice::admin
