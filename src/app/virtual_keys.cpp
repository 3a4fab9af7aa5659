#include "app/virtual_keys.hpp"

#include <algorithm>
#include <unordered_set>

#include "sluice/admin/kept.hpp"
#include "sluice/auth/key_table.hpp"
#include "sluice/base/time.hpp"

namespace sluice::app {

Result<std::vector<std::pair<std::string, Secret>>> make_missing_keys(const config::Config& config, store::Store& store,
                                                                      std::vector<store::StoredKey>& kept) {
  std::vector<std::pair<std::string, Secret>> made;
  std::unordered_set<std::string> known;
  for (const store::StoredKey& key : kept)
    if (key.from_config) known.insert(key.id);
  for (const config::VirtualKey& entry : config.virtual_keys) {
    if (entry.key || known.contains(entry.id)) continue;
    std::string text = auth::make_key();
    auth::Digest digest = auth::sha256(text);
    store::StoredKey key;
    key.id = entry.id;
    key.sha256.assign(digest.begin(), digest.end());
    key.hint = text.substr(text.size() - 4);
    key.created_at = unix_seconds();
    key.from_config = true;
    auto added = store.add_key(key);
    if (!added) return std::move(added).error();
    kept.push_back(std::move(key));
    made.emplace_back(entry.id, Secret(std::move(text)));
  }
  return made;
}

Result<std::optional<Secret>> make_first_token(const config::Config& config, store::Store& store) {
  if (config.server.admin.token) return std::optional<Secret>();
  auto known = store.tokens();
  if (!known) return std::move(known).error();
  if (std::any_of(known->begin(), known->end(), [](const store::AdminToken& t) { return t.role == "admin"; })) return std::optional<Secret>();
  store::AdminToken token;
  token.id = "first";
  token.role = "admin";
  for (int n = 2; std::any_of(known->begin(), known->end(), [&](const store::AdminToken& t) { return t.id == token.id; }); ++n)
    token.id = "first-" + std::to_string(n);
  std::string text = admin::make_token(token, unix_us());
  store::Change change;
  change.add_tokens.push_back(token);
  change.line = {0, token.created_us, "gateway", "create", "admin_token", token.id, "", ""};
  auto kept = store.apply(change);
  if (!kept) return std::move(kept).error();
  return std::optional<Secret>(Secret(std::move(text)));
}

}  // namespace sluice::app
