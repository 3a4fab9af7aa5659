// Who is calling: virtual keys by the SHA-256 of their text. Immutable; built into each snapshot.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sluice/base/result.hpp"

namespace sluice::auth {

using Digest = std::array<unsigned char, 32>;
Digest sha256(std::string_view text);

// A new key: "sk-sl-" and 256 random bits in base64url.
std::string make_key();

struct Key {
  std::string id, account, team;
  std::vector<std::string> models;           // patterns; empty: all the account admits
  bool enabled = true;
  std::optional<std::int64_t> expires_at;    // Unix seconds
  Digest digest{};
  std::size_t index = 0;                     // in the list that the table was built of
};

class KeyTable {
 public:
  // Two keys of one digest are refused (the ids are named, never the text).
  static Result<KeyTable> build(std::vector<Key> keys);
  bool empty() const { return x_keys.empty(); }
  std::size_t size() const { return x_keys.size(); }
  // The key whose text this is, compared in constant time; nullptr: nobody's. Enabled and expiry are the caller's check.
  const Key* find(std::string_view text) const;

 private:
  std::vector<Key> x_keys;
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> x_by_prefix;   // first eight bytes of the digest
};

// The presented key's text from a request's headers and query, in the order of docs/configuration.md; empty: none.
// 401 invalid_api_key, 403 key_disabled, 403 key_expired: the reasons a key is refused.
Result<const Key*> authenticate(const KeyTable&, std::string_view presented, std::int64_t now_seconds);

}  // namespace sluice::auth
