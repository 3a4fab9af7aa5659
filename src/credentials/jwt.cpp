#include "credentials/jwt.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

#include "sluice/base/base64.hpp"
#include "sluice/json/write.hpp"

namespace sluice::credentials {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

// A key under a pass phrase would make OpenSSL ask for it at the terminal.
int no_pass_phrase(char*, int, int, void*) { return -1; }

Key read_key(std::string_view pem) {
  std::unique_ptr<BIO, decltype(&BIO_free)> bytes(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  if (!bytes) return {nullptr, &EVP_PKEY_free};
  return {PEM_read_bio_PrivateKey(bytes.get(), nullptr, &no_pass_phrase, nullptr), &EVP_PKEY_free};
}

std::string rs256(EVP_PKEY* key, std::string_view text) {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::size_t size = 0;
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1) {
    return {};
  }
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, text.size()) != 1) return {};
  signature.resize(size);
  return signature;
}

}  // namespace

Result<std::string> signed_token(std::string_view claims, std::string_view key_id, std::string_view key_pem) {
  constexpr std::size_t longest_key = 64 << 10;
  const Key key = key_pem.size() > longest_key ? Key(nullptr, &EVP_PKEY_free) : read_key(key_pem);
  std::string header = R"({"alg":"RS256","typ":"JWT")";
  if (!key_id.empty()) {
    header += ",\"kid\":";
    json::append_quoted(header, key_id);
  }
  header += '}';
  std::string token = to_base64url(header) + "." + to_base64url(claims);
  const std::string signature = key && EVP_PKEY_base_id(key.get()) == EVP_PKEY_RSA ? rs256(key.get(), token) : std::string();
  ERR_clear_error();   // of this thread: TLS would take what is left in it for its own
  if (signature.empty()) return Error(Code::upstream_failed, "its private_key is not an RSA key in PEM");
  return token + "." + to_base64url(signature);
}

}  // namespace sluice::credentials
