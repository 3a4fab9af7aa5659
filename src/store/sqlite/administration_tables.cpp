#include "store/sqlite/administration_tables.hpp"

#include <algorithm>
#include <string_view>

#include "store/sqlite/key_row.hpp"
#include "store/sqlite/request_row.hpp"

namespace sluice::store {

const char* const create_administration_tables =
    "CREATE TABLE entities ("
    " kind TEXT NOT NULL, id TEXT NOT NULL, settings TEXT NOT NULL, created_at_us INTEGER NOT NULL,"
    " updated_at_us INTEGER NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;"
    "CREATE TABLE admin_tokens ("
    " id TEXT PRIMARY KEY NOT NULL, role TEXT NOT NULL, team TEXT NOT NULL, accounts TEXT NOT NULL, sha256 BLOB NOT NULL UNIQUE,"
    " hint TEXT NOT NULL, created_at_us INTEGER NOT NULL) WITHOUT ROWID;"
    // `row` never begins again, so that pages of it stay whole.
    "CREATE TABLE changes ("
    " row INTEGER PRIMARY KEY AUTOINCREMENT, at_us INTEGER NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL,"
    " kind TEXT NOT NULL, id TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL);"
    "ALTER TABLE virtual_keys ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';"
    "ALTER TABLE virtual_keys ADD COLUMN previous_sha256 BLOB NOT NULL DEFAULT x'';"
    "ALTER TABLE virtual_keys ADD COLUMN previous_until INTEGER NOT NULL DEFAULT 0;";

namespace {

bool is_constraint(sqlite3* db) { return (sqlite3_extended_errcode(db) & 0xFF) == SQLITE_CONSTRAINT; }

template <class Row, class Read>
Result<std::vector<Row>> read_all(Statement& statement, Read read) {
  std::vector<Row> rows;
  for (;;) {
    auto row = statement.step();
    if (!row) return std::move(row).error();
    if (!*row) return rows;
    rows.push_back(read(statement));
  }
}

Result<> put_entities(sqlite3* db, const std::vector<Entity>& entities) {
  auto s = Statement::prepare(db, "INSERT INTO entities (kind, id, settings, created_at_us, updated_at_us) VALUES (?1, ?2, ?3, ?4, ?5)"
                                  " ON CONFLICT DO UPDATE SET settings = excluded.settings, updated_at_us = excluded.updated_at_us");
  if (!s) return std::move(s).error();
  for (const Entity& entity : entities) {
    s->bind(1, entity.kind).bind(2, entity.id).bind(3, entity.settings).bind(4, entity.created_us).bind(5, entity.updated_us);
    auto put = s->run();
    if (!put) return put;
  }
  return {};
}

Result<> remove_entities(sqlite3* db, const std::vector<std::pair<std::string, std::string>>& names) {
  auto s = Statement::prepare(db, "DELETE FROM entities WHERE kind = ?1 AND id = ?2");
  if (!s) return std::move(s).error();
  for (const auto& [kind, id] : names) {
    auto removed = s->bind(1, std::string_view(kind)).bind(2, std::string_view(id)).run();
    if (!removed) return removed;
    if (s->changes() == 0) return Error(Code::not_found, "no " + kind + " \"" + id + "\" is kept");
  }
  return {};
}

Result<> write_keys(sqlite3* db, std::string_view sql, const std::vector<StoredKey>& keys) {
  auto s = Statement::prepare(db, sql);
  if (!s) return std::move(s).error();
  for (const StoredKey& key : keys) {
    std::string models;
    bind_key(*s, key, models);
    auto written = s->run();
    if (!written && is_constraint(db))
      return Error(Code::bad_request, "a virtual key \"" + key.id + "\" (or one of the same text) exists already");
    if (!written) return written;
    if (s->changes() == 0) return Error(Code::not_found, "no virtual key \"" + key.id + "\" is kept");
  }
  return {};
}

Result<> remove_by_id(sqlite3* db, std::string_view sql, const std::vector<std::string>& ids) {
  auto s = Statement::prepare(db, sql);
  if (!s) return std::move(s).error();
  for (const std::string& id : ids) {
    auto removed = s->bind(1, std::string_view(id)).run();
    if (!removed) return removed;
    if (s->changes() == 0) return Error(Code::not_found, "nothing with the id \"" + id + "\" is kept");
  }
  return {};
}

Result<> add_tokens(sqlite3* db, const std::vector<AdminToken>& tokens) {
  auto s = Statement::prepare(db, "INSERT INTO admin_tokens (id, role, team, sha256, hint, created_at_us, accounts)"
                                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  if (!s) return std::move(s).error();
  for (const AdminToken& token : tokens) {
    const std::string accounts = names_to_json(token.accounts);
    s->bind(1, token.id).bind(2, token.role).bind(3, token.team).bind_blob(4, token.sha256).bind(5, token.hint).bind(6, token.created_us);
    s->bind(7, accounts);
    auto added = s->run();
    if (!added && is_constraint(db)) return Error(Code::bad_request, "an admin token \"" + token.id + "\" exists already");
    if (!added) return added;
  }
  return {};
}

Result<> add_line(sqlite3* db, const LoggedChange& line) {
  auto s = Statement::prepare(db, "INSERT INTO changes (at_us, who, action, kind, id, before, after) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  if (!s) return std::move(s).error();
  return s->bind(1, line.at_us).bind(2, line.who).bind(3, line.action).bind(4, line.kind).bind(5, line.id).bind(6, line.before)
      .bind(7, line.after).run();
}

}  // namespace

Result<std::vector<Entity>> read_entities(sqlite3* db) {
  auto s = Statement::prepare(db, "SELECT kind, id, settings, created_at_us, updated_at_us FROM entities ORDER BY kind, id");
  if (!s) return std::move(s).error();
  return read_all<Entity>(*s, [](const Statement& row) {
    return Entity{row.text(0), row.text(1), row.text(2), row.integer(3), row.integer(4)};
  });
}

Result<std::vector<AdminToken>> read_tokens(sqlite3* db) {
  auto s = Statement::prepare(db, "SELECT id, role, team, accounts, sha256, hint, created_at_us FROM admin_tokens ORDER BY id");
  if (!s) return std::move(s).error();
  return read_all<AdminToken>(*s, [](const Statement& row) {
    return AdminToken{row.text(0), row.text(1), row.text(2), names_from_json(row.text(3)), row.text(4), row.text(5), row.integer(6)};
  });
}

Result<> apply_change(sqlite3* db, const Change& change) {
  auto transaction = Transaction::begin(db);
  if (!transaction) return std::move(transaction).error();
  auto done = remove_entities(db, change.remove_entities);
  if (done) done = put_entities(db, change.put_entities);
  if (done) done = remove_by_id(db, "DELETE FROM virtual_keys WHERE id = ?1", change.remove_keys);
  if (done) done = write_keys(db, insert_key, change.add_keys);
  if (done) done = write_keys(db, update_key, change.replace_keys);
  if (done) done = remove_by_id(db, "DELETE FROM admin_tokens WHERE id = ?1", change.remove_tokens);
  if (done) done = add_tokens(db, change.add_tokens);
  if (done) done = add_line(db, change.line);
  return done ? transaction->commit() : std::move(done);
}

Result<std::vector<LoggedChange>> read_changes(sqlite3* db, const ChangeQuery& query) {
  auto s = Statement::prepare(db, "SELECT row, at_us, who, action, kind, id, before, after FROM changes WHERE (?1 = 0 OR row < ?1)"
                                  " AND (?2 IS NULL OR who = ?2) AND (?3 IS NULL OR action = ?3) AND (?4 IS NULL OR kind = ?4)"
                                  " AND (?5 IS NULL OR id = ?5) AND (?6 IS NULL OR at_us >= ?6) AND (?7 IS NULL OR at_us < ?7)"
                                  " ORDER BY row DESC LIMIT ?8");
  if (!s) return std::move(s).error();
  s->bind(1, query.before_row).bind(8, static_cast<std::int64_t>(std::min<std::size_t>(query.limit, INT32_MAX)));
  const std::pair<int, const std::optional<std::string>&> texts[] = {{2, query.who}, {3, query.action}, {4, query.kind}, {5, query.id}};
  for (const auto& [index, text] : texts)
    if (text) s->bind(index, std::string_view(*text));
  if (query.since_us) s->bind(6, *query.since_us);
  if (query.until_us) s->bind(7, *query.until_us);
  return read_all<LoggedChange>(*s, [](const Statement& row) {
    return LoggedChange{row.integer(0), row.integer(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6), row.text(7)};
  });
}

}  // namespace sluice::store
