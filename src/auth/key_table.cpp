#include "sluice/auth/key_table.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cstring>
#include <memory>
#include <stdexcept>

namespace sluice::auth {
namespace {

struct MdFree { void operator()(EVP_MD* md) const { EVP_MD_free(md); } };
struct ContextFree { void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); } };

// Fetched once: OpenSSL 3 looks the algorithm up by name in each call that is given EVP_sha256(), which costs more than
// the hash of a key.
const EVP_MD* fetched_sha256() {
  static const std::unique_ptr<EVP_MD, MdFree> md(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  return md.get();
}

EVP_MD_CTX* context_of_thread() {
  thread_local const std::unique_ptr<EVP_MD_CTX, ContextFree> context(EVP_MD_CTX_new());
  return context.get();
}

std::uint64_t prefix_of(const Digest& digest) {
  std::uint64_t prefix = 0;
  std::memcpy(&prefix, digest.data(), sizeof prefix);
  return prefix;
}

bool same(const Digest& a, const Digest& b) { return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0; }

// At most the last four characters, and never most of a short text. What could break a log line or a terminal is
// hidden too.
std::string masked(std::string_view text) {
  constexpr std::size_t shown = 4;
  if (text.size() < 4 * shown) return "***";
  std::string out = "***";
  for (const char c : text.substr(text.size() - shown)) out.push_back(c > 0x20 && c < 0x7f ? c : '?');
  return out;
}

Error nothing_presented() {
  return Error(Code::unauthorized,
               "You didn't provide an API key. Send one in the Authorization header, as 'Authorization: Bearer "
               "YOUR_KEY' (x-api-key, x-goog-api-key, api-key and ?key= are read too).")
      .named("invalid_api_key");
}

Error unknown(std::string_view presented) {
  return Error(Code::unauthorized,
               "Incorrect API key provided: " + masked(presented) + ". Ask whoever runs this gateway for one.")
      .named("invalid_api_key");
}

}  // namespace

Digest sha256(std::string_view text) {
  Digest digest{};
  EVP_MD_CTX* const context = context_of_thread();
  const bool hashed = EVP_DigestInit_ex(context, fetched_sha256(), nullptr) == 1 &&
                      EVP_DigestUpdate(context, text.data(), text.size()) == 1 &&
                      EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1;
  // Only a broken OpenSSL gets here. An all-zero digest must not be taken for a hash.
  if (!hashed) throw std::runtime_error("OpenSSL cannot compute SHA-256");
  return digest;
}

std::string make_key() {
  constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::array<unsigned char, 33> random{};   // the last byte stays zero: it fills up the last character
  if (RAND_bytes(random.data(), 32) != 1) throw std::runtime_error("OpenSSL has no random numbers");
  std::string key = "sk-sl-";
  for (std::size_t i = 0; i < random.size(); i += 3) {
    const unsigned bits = static_cast<unsigned>(random[i] << 16 | random[i + 1] << 8 | random[i + 2]);
    for (int shift = 18; shift >= 0; shift -= 6) key.push_back(alphabet[bits >> shift & 63]);
  }
  key.pop_back();   // 43 characters hold 256 bits
  OPENSSL_cleanse(random.data(), random.size());
  return key;
}

Result<KeyTable> KeyTable::build(std::vector<Key> keys) {
  KeyTable table;
  table.x_keys = std::move(keys);
  for (std::uint32_t i = 0; i < table.x_keys.size(); ++i) {
    const Key& key = table.x_keys[i];
    auto& slots = table.x_by_prefix[prefix_of(key.digest)];
    for (const std::uint32_t other : slots) {
      if (!same(table.x_keys[other].digest, key.digest)) continue;
      return Error(Code::bad_request,
                   "the virtual keys '" + table.x_keys[other].id + "' and '" + key.id + "' have the same secret");
    }
    slots.push_back(i);
  }
  return table;
}

const Key* KeyTable::find(std::string_view text) const {
  const Digest digest = sha256(text);
  const auto slots = x_by_prefix.find(prefix_of(digest));
  if (slots == x_by_prefix.end()) return nullptr;
  for (const std::uint32_t i : slots->second) {
    if (same(x_keys[i].digest, digest)) return &x_keys[i];
  }
  return nullptr;
}

Result<const Key*> authenticate(const KeyTable& table, std::string_view presented, std::int64_t now_seconds) {
  if (presented.empty()) return nothing_presented();
  const Key* const key = table.find(presented);
  if (key == nullptr) return unknown(presented);
  if (!key->enabled) return Error(Code::forbidden, "The API key '" + key->id + "' is disabled.").named("key_disabled");
  if (key->expires_at && *key->expires_at <= now_seconds) {
    return Error(Code::forbidden, "The API key '" + key->id + "' has expired.").named("key_expired");
  }
  return key;
}

}  // namespace sluice::auth
