// What Google's credential files hold, and what is made of them for the token service. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/base/secret.hpp"

namespace sluice::credentials {

// A file of `"type": "service_account"` (a key made for it) or `"authorized_user"` (what `gcloud auth
// application-default login` leaves behind).
struct GoogleAccount {
  enum class Type : unsigned char { service_account, authorized_user } type = Type::service_account;
  std::string email, key_id;           // of a service account
  Secret private_key;
  std::string client_id;               // of a user
  Secret client_secret, refresh_token;
  std::string quota_project;           // whom use is counted for; empty: not said
  std::string token_url;               // always there
};

// An error's message never holds anything of the text.
Result<GoogleAccount> read_google_account(std::string_view json_text);

// The form body by which a token for the cloud platform is asked at token_url.
Result<std::string> token_request(const GoogleAccount&, std::int64_t now);

}  // namespace sluice::credentials
