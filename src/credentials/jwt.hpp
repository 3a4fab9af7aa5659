// JSON Web Tokens as Google takes them for a service account (RFC 7523 section 2.1, signed with RS256 of RFC 7518). Pure.
#pragma once
#include <string>
#include <string_view>

#include "sluice/base/result.hpp"

namespace sluice::credentials {

// header.claims.signature. `claims` is JSON text; `key_id` may be empty. Fails if `key_pem` is no RSA private key; the
// message holds nothing of it.
Result<std::string> signed_token(std::string_view claims, std::string_view key_id, std::string_view key_pem);

}  // namespace sluice::credentials
