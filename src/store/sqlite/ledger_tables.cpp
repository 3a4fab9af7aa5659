#include "store/sqlite/ledger_tables.hpp"

#include <span>

namespace sluice::store {
namespace {

using Name = std::string LedgerLine::*;
struct Column { const char* name; Name member; };
constexpr Column spend_names[] = {{"customer", &LedgerLine::customer}, {"team", &LedgerLine::team},
                                  {"key_id", &LedgerLine::key_id},     {"account", &LedgerLine::account},
                                  {"provider", &LedgerLine::provider}, {"target", &LedgerLine::target},
                                  {"model_served", &LedgerLine::model}};
constexpr Column tag_names[] = {
    {"tag", &LedgerLine::tag}, {"model_served", &LedgerLine::model}, {"provider", &LedgerLine::provider}};

std::string columns_of(std::span<const Column> names) {
  std::string columns = "slot";
  for (const auto& column : names) columns.append(", ").append(column.name);
  for (const auto& [name, sum] : spend_columns) columns.append(", ").append(name);
  return columns;
}

std::string upsert(const char* table, std::span<const Column> names) {
  std::string sql = "INSERT INTO " + std::string(table) + " (" + columns_of(names) + ") VALUES (?";
  for (std::size_t i = 0; i < names.size() + spend_columns.size(); ++i) sql += ",?";
  sql += ") ON CONFLICT DO UPDATE SET ";
  const char* joint = "";
  for (const auto& [name, sum] : spend_columns) {
    sql.append(joint).append(name).append(" = ").append(name).append(" + excluded.").append(name);
    joint = ", ";
  }
  return sql;
}

Result<> add_lines(Statement& s, std::span<const Column> names, const Ledger::Lines& lines) {
  for (const auto& [key, line] : lines) {
    int at = 0;
    s.bind(++at, line.slot);
    for (const auto& column : names) s.bind(++at, std::string_view(line.*column.member));
    for (const auto& [name, sum] : spend_columns) s.bind(++at, line.sums.*sum);
    auto added = s.run();
    if (!added) return added;
  }
  return {};
}

Result<> read_lines(sqlite3* db, const char* table, std::span<const Column> names, std::int64_t since,
                    const std::function<void(const LedgerLine&)>& each) {
  const auto sql = "SELECT " + columns_of(names) + " FROM " + table + " WHERE slot >= ?1";
  auto s = Statement::prepare(db, sql);
  if (!s) return std::move(s).error();
  s->bind(1, since);
  LedgerLine line;
  for (;;) {
    auto row = s->step();
    if (!row) return std::move(row).error();
    if (!*row) return {};
    int at = 0;
    line.slot = s->integer(at);
    for (const auto& column : names) line.*column.member = s->text(++at);
    for (const auto& [name, sum] : spend_columns) line.sums.*sum = s->integer(++at);
    each(line);
  }
}

}  // namespace

Result<LedgerTables> LedgerTables::prepare(sqlite3* db) {
  LedgerTables made;
  auto spend = Statement::prepare(db, upsert("spend", spend_names));
  if (!spend) return std::move(spend).error();
  auto tag_spend = Statement::prepare(db, upsert("tag_spend", tag_names));
  if (!tag_spend) return std::move(tag_spend).error();
  made.x_spend = std::move(*spend), made.x_tag_spend = std::move(*tag_spend);
  return made;
}

Result<> LedgerTables::add(const Ledger& ledger) {
  auto added = add_lines(x_spend, spend_names, ledger.lines());
  if (!added) return added;
  return add_lines(x_tag_spend, tag_names, ledger.tag_lines());
}

Result<> read_spend(sqlite3* db, std::int64_t since, const std::function<void(const LedgerLine&)>& each) {
  return read_lines(db, "spend", spend_names, since, each);
}

Result<> read_tag_spend(sqlite3* db, std::int64_t since, const std::function<void(const LedgerLine&)>& each) {
  return read_lines(db, "tag_spend", tag_names, since, each);
}

}  // namespace sluice::store
