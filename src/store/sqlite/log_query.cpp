#include "store/sqlite/log_query.hpp"

#include <algorithm>
#include <limits>

#include "store/sqlite/request_row.hpp"

namespace sluice::store {
namespace {

constexpr std::size_t shortest_end = 6;   // of a request id, to look it up by its end

}  // namespace

std::string as_glob(const std::string& pattern) {
  std::string glob;
  for (const char c : pattern) {
    if (c == '?' || c == '[') glob.append("[").append(1, c).append("]");
    else glob += c;
  }
  return glob;
}

LogSelect::LogSelect(const LogQuery& q) : x_query(q), x_sql(select_requests) {
  const char* joint = " WHERE ";
  const auto where = [&](bool wanted, std::string_view condition) {
    if (!wanted) return;
    x_sql.append(joint).append(condition);
    joint = " AND ";
  };
  if (q.model) x_model_pattern = as_glob(*q.model);
  where(q.key_id.has_value(), "key_id = ?1");
  where(q.model.has_value(), "(model_asked GLOB ?2 OR model_served GLOB ?2)");
  where(q.provider.has_value(), "provider = ?3");
  where(q.account.has_value(), "account = ?4");
  const bool whole = q.request_id && q.request_id->size() < shortest_end;
  where(q.request_id.has_value(), whole ? "id = ?5" : "(id = ?5 OR substr(id, -length(?5)) = ?5)");
  where(q.status.has_value(), "status = ?6");
  where(q.errors_only, "(status >= 400 OR error <> '')");
  where(q.since_us.has_value(), "at_us >= ?7");
  where(q.until_us.has_value(), "at_us < ?8");
  where(q.after_row > 0, "row > ?9");
  if (!q.newest_first) x_sql += " ORDER BY row LIMIT ?10";
  else x_sql += q.by_row ? " ORDER BY row DESC LIMIT ?10" : " ORDER BY at_us DESC, row DESC LIMIT ?10";
}

void LogSelect::bind(Statement& s) const {
  const auto text = [&s](int index, const std::optional<std::string>& value) {
    if (value) s.bind(index, std::string_view(*value));
  };
  text(1, x_query.key_id);
  if (x_query.model) s.bind(2, std::string_view(x_model_pattern));
  text(3, x_query.provider), text(4, x_query.account), text(5, x_query.request_id);
  if (x_query.status) s.bind(6, std::int64_t{*x_query.status});
  if (x_query.since_us) s.bind(7, *x_query.since_us);
  if (x_query.until_us) s.bind(8, *x_query.until_us);
  if (x_query.after_row > 0) s.bind(9, x_query.after_row);
  constexpr std::size_t most = std::numeric_limits<std::int64_t>::max();
  s.bind(10, static_cast<std::int64_t>(std::min(x_query.limit, most)));
}

}  // namespace sluice::store
