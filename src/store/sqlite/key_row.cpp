#include "store/sqlite/key_row.hpp"

#include "store/sqlite/request_row.hpp"

namespace sluice::store {

const std::string_view insert_key =
    "INSERT INTO virtual_keys (id, sha256, hint, account, team, models, enabled, expires_at, created_at, from_config,"
    " settings, previous_sha256, previous_until) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
const std::string_view update_key =
    "UPDATE virtual_keys SET sha256 = ?2, hint = ?3, account = ?4, team = ?5, models = ?6, enabled = ?7,"
    " expires_at = ?8, created_at = ?9, from_config = ?10, settings = ?11, previous_sha256 = ?12,"
    " previous_until = ?13 WHERE id = ?1";

#define COLUMNS \
  "SELECT id, sha256, hint, account, team, models, enabled, expires_at, created_at, from_config, settings, previous_sha256," \
  " previous_until FROM virtual_keys"
const std::string_view select_keys = COLUMNS " ORDER BY id";
const std::string_view select_key = COLUMNS " WHERE id = ?1";
#undef COLUMNS

void bind_key(Statement& s, const StoredKey& key, std::string& models) {
  models = names_to_json(key.models);
  s.bind(1, key.id).bind_blob(2, key.sha256).bind(3, key.hint).bind(4, key.account).bind(5, key.team).bind(6, models);
  s.bind(7, std::int64_t{key.enabled});
  if (key.expires_at) s.bind(8, *key.expires_at);
  else s.bind_null(8);
  s.bind(9, key.created_at).bind(10, std::int64_t{key.from_config});
  s.bind(11, key.settings).bind_blob(12, key.previous_sha256).bind(13, key.previous_until);
}

StoredKey read_key(const Statement& s) {
  StoredKey key;
  key.id = s.text(0);
  key.sha256 = s.text(1);
  key.hint = s.text(2);
  key.account = s.text(3);
  key.team = s.text(4);
  const std::string models = s.text(5);
  if (models != "[]") key.models = names_from_json(models);
  key.enabled = s.integer(6) != 0;
  if (!s.is_null(7)) key.expires_at = s.integer(7);
  key.created_at = s.integer(8);
  key.from_config = s.integer(9) != 0;
  key.settings = s.text(10);
  key.previous_sha256 = s.text(11);
  key.previous_until = s.integer(12);
  return key;
}

}  // namespace sluice::store
