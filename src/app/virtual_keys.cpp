#include "app/virtual_keys.hpp"

#include <algorithm>

#include "sluice/auth/key_table.hpp"
#include "sluice/base/time.hpp"

namespace sluice::app {

Result<std::vector<std::pair<std::string, Secret>>> make_missing_keys(const config::Config& config, store::Store& store) {
  std::vector<std::pair<std::string, Secret>> made;
  auto stored = store.keys();
  if (!stored) return std::move(stored).error();
  for (const config::VirtualKey& entry : config.virtual_keys) {
    auto known = [&](const store::StoredKey& key) { return key.from_config && key.id == entry.id; };
    if (entry.key || std::any_of(stored->begin(), stored->end(), known)) continue;
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
    made.emplace_back(entry.id, Secret(std::move(text)));
  }
  return made;
}

}  // namespace sluice::app
