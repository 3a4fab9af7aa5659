#include "store/sqlite/spend_select.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "store/ledger.hpp"
#include "store/sqlite/log_query.hpp"

namespace sluice::store {
namespace {

using By = SpendQuery::By;
struct Dimension {
  By by;
  const char* column;
  std::string SpendRow::*value;
  std::optional<std::string> SpendQuery::*filter;
  bool of_tags;                       // tag_spend has it
};
constexpr Dimension dimensions[] = {
    {By::customer, "customer", &SpendRow::customer, &SpendQuery::customer, false},
    {By::team, "team", &SpendRow::team, &SpendQuery::team, false},
    {By::key, "key_id", &SpendRow::key_id, &SpendQuery::key_id, false},
    {By::account, "account", &SpendRow::account, &SpendQuery::account, false},
    {By::provider, "provider", &SpendRow::provider, &SpendQuery::provider, true},
    {By::target, "target", &SpendRow::target, &SpendQuery::target, false},
    {By::model, "model_served", &SpendRow::model, &SpendQuery::model, true},
    {By::tag, "tag", &SpendRow::tag, &SpendQuery::tag, true},
};

const char* time_of(SpendQuery::Span span) {
  switch (span) {
    case SpendQuery::Span::all: return "0";
    case SpendQuery::Span::hour: return "slot - slot % 3600";
    case SpendQuery::Span::day: return "slot - slot % 86400";
    case SpendQuery::Span::month: return "CAST(strftime('%s', slot, 'unixepoch', 'start of month') AS INTEGER)";
  }
  return "0";
}

bool grouped(const SpendQuery& q, By by) { return std::find(q.by.begin(), q.by.end(), by) != q.by.end(); }

// Values are bound: a dimension's filter at its place in `dimensions` + 1, the times and the limit behind them.
constexpr int since_at = std::size(dimensions) + 1, until_at = since_at + 1, limit_at = until_at + 1;

std::string select_text(const SpendQuery& q, bool tags) {
  std::string text = std::string("SELECT ") + time_of(q.span) + " AS at", group = " GROUP BY 1";
  std::string where = " WHERE slot >= ?" + std::to_string(since_at) + " AND slot < ?" + std::to_string(until_at);
  for (std::size_t i = 0; i < std::size(dimensions); ++i) {
    const auto& d = dimensions[i];
    const bool by = grouped(q, d.by);
    text.append(", ").append(by ? d.column : "''");
    if (by) group.append(", ").append(d.column);
    if (!(q.*d.filter)) continue;
    where.append(" AND ").append(d.column).append(d.by == By::model ? " GLOB ?" : " = ?").append(std::to_string(i + 1));
  }
  for (const auto& [name, sum] : spend_columns) text.append(", sum(").append(name).append(") AS ").append(name);
  text.append(tags ? " FROM tag_spend" : " FROM spend").append(where).append(group);
  return text.append(" ORDER BY at, cost_nano_usd DESC LIMIT ?").append(std::to_string(limit_at));
}

std::int64_t slot_from(std::int64_t seconds) { return slot_of(seconds + slot_seconds - 1); }

}  // namespace

Result<std::vector<SpendRow>> select_spend(sqlite3* db, const SpendQuery& q) {
  const bool tags = q.tag || grouped(q, By::tag);
  for (const auto& d : dimensions)
    if (tags && !d.of_tags && (grouped(q, d.by) || q.*d.filter))
      return Error(Code::bad_request, "spend by tag is kept by provider and model, not by " + std::string(d.column));
  auto s = Statement::prepare(db, select_text(q, tags));
  if (!s) return std::move(s).error();
  const auto model = q.model ? as_glob(*q.model) : std::string();
  for (std::size_t i = 0; i < std::size(dimensions); ++i)
    if (const auto& filter = q.*dimensions[i].filter)
      s->bind(static_cast<int>(i + 1), std::string_view(dimensions[i].by == By::model ? model : *filter));
  constexpr auto last = std::numeric_limits<std::int64_t>::max();
  s->bind(since_at, q.since ? slot_of(*q.since) : std::numeric_limits<std::int64_t>::min());
  s->bind(until_at, q.until ? slot_from(*q.until) : last);
  s->bind(limit_at, static_cast<std::int64_t>(std::min(q.limit, static_cast<std::size_t>(last))));
  std::vector<SpendRow> rows;
  for (;;) {
    auto stepped = s->step();
    if (!stepped) return std::move(stepped).error();
    if (!*stepped) return rows;
    auto& row = rows.emplace_back();
    int at = 0;
    row.at = s->integer(at);
    for (const auto& d : dimensions) row.*d.value = s->text(++at);
    for (const auto& [name, sum] : spend_columns) row.sums.*sum = s->integer(++at);
  }
}

}  // namespace sluice::store
