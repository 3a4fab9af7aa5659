// What administration keeps: the entities made at run time, who may administer, and what was changed by whom. Values.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::store {

struct StoredKey;

// A customer, team, tag, temporary raise of a budget or price, with its settings as one JSON object.
struct Entity {
  std::string kind;                 // "customer", "team", "tag", "override", "price"
  std::string id;                   // unique among its kind
  std::string settings;
  std::int64_t created_us = 0, updated_us = 0;
};

// Who may administer; never the token's text, only the SHA-256 of it.
struct AdminToken {
  std::string id, role, team;       // role: "admin", "viewer" or "team"; team: of the latter
  std::vector<std::string> accounts;   // of a team's: what it may bind keys to; empty: all
  std::string sha256;               // 32 raw bytes
  std::string hint;                 // last four characters
  std::int64_t created_us = 0;
};

// A line of the audit log. `before` and `after` are JSON without secrets; empty: there was nothing, or nothing is left.
struct LoggedChange {
  std::int64_t row = 0;             // grows
  std::int64_t at_us = 0;
  std::string who;                  // id of the token; "cli", "gateway"
  std::string action;               // "create", "update", "delete", "rotate" …
  std::string kind, id;             // what was changed
  std::string before, after;
};

// What one step of administration does: all of it together with its line of the audit log, or nothing.
struct Change {
  std::vector<Entity> put_entities;                                   // made, or replaced
  std::vector<std::pair<std::string, std::string>> remove_entities;   // kind and id
  std::vector<StoredKey> add_keys, replace_keys;                      // as Store::add_key and replace_key
  std::vector<std::string> remove_keys;
  std::vector<AdminToken> add_tokens;
  std::vector<std::string> remove_tokens;
  LoggedChange line;                                                  // its row is given by the store
};

struct ChangeQuery {
  std::optional<std::string> who{}, action{}, kind{}, id{};
  std::optional<std::int64_t> since_us{}, until_us{};
  std::int64_t before_row = 0;      // rows with a smaller number, for paging; 0: from the newest
  std::size_t limit = 100;
};

}  // namespace sluice::store
