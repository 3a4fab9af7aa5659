// What the store keeps, as the configuration's loader reads it; and the way into the store for whoever changes it.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "sluice/config/extend.hpp"
#include "sluice/store/store.hpp"

namespace sluice::admin {

// A key's settings with the names of the configuration, `id` included.
nlohmann::ordered_json settings_of(const store::StoredKey& key);
// Puts settings of that form into it; what is not among them is as by default. They have been checked.
void take_settings(store::StoredKey& key, const nlohmann::ordered_json& settings);

std::vector<config::Stored> kept(std::span<const store::Entity> entities, std::span<const store::StoredKey> keys);

// The row of the store's last change, 0 for none: it grows with each.
Result<std::int64_t> latest_change(store::Store& store);

// What the file's configuration and the store come to.
struct Whole : config::Extended {
  std::vector<store::StoredKey> keys;   // all that the store keeps
  std::int64_t latest_change = 0;       // when the store was read: what came later may be in it or not
};
// Code::bad_request with every problem a line.
Result<Whole> extended(const config::Config& declared, store::Store& store);
// As it would be after the change.
Result<Whole> extended_after(const config::Config& declared, store::Store& store, const store::Change& change);

inline constexpr std::int64_t longest_grace = 90 * 86'400;   // seconds

// Gives the key another text. The one it had goes on working for `grace` seconds; one that still did so ends at once.
std::string renew(store::StoredKey& key, std::int64_t now, std::int64_t grace);
// The same for a text that is given.
void give_text(store::StoredKey& key, std::string_view text);

// A token "sk-sl-admin-…" of that role; its text is the answer.
std::string make_token(store::AdminToken& token, std::int64_t now_us);

}  // namespace sluice::admin
