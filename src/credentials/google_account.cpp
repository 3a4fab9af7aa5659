#include "credentials/google_account.hpp"

#include "credentials/jwt.hpp"
#include "sluice/base/text.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::credentials {
namespace {

constexpr std::string_view scope = "https://www.googleapis.com/auth/cloud-platform";
constexpr std::string_view usual_token_url = "https://oauth2.googleapis.com/token";
constexpr std::int64_t assertion_lasts = 3600;   // the most that Google takes

std::string text_of(std::string_view object, std::string_view name) {
  const auto raw = json::find(object, name);
  return raw ? json::unquoted(*raw).value_or(std::string()) : std::string();
}

Error no_account(std::string why) { return {Code::upstream_failed, "the Google credentials " + std::move(why)}; }

}  // namespace

Result<GoogleAccount> read_google_account(std::string_view text) {
  if (json::kind_of(text) != json::Kind::object || json::validate(text)) return no_account("are no JSON object");
  GoogleAccount account;
  const std::string type = text_of(text, "type");
  account.token_url = text_of(text, "token_uri");
  if (account.token_url.empty()) account.token_url = usual_token_url;
  account.quota_project = text_of(text, "quota_project_id");
  if (type == "service_account") {
    account.email = text_of(text, "client_email");
    account.key_id = text_of(text, "private_key_id");
    account.private_key = Secret(text_of(text, "private_key"));
    if (account.email.empty() || account.private_key.empty()) return no_account("lack client_email or private_key");
    return account;
  }
  if (type != "authorized_user") return no_account("are neither of type service_account nor authorized_user");
  account.type = GoogleAccount::Type::authorized_user;
  account.client_id = text_of(text, "client_id");
  account.client_secret = Secret(text_of(text, "client_secret"));
  account.refresh_token = Secret(text_of(text, "refresh_token"));
  if (account.client_id.empty() || account.refresh_token.empty()) return no_account("lack client_id or refresh_token");
  return account;
}

Result<std::string> token_request(const GoogleAccount& account, std::int64_t now) {
  if (account.type == GoogleAccount::Type::authorized_user) {
    return "grant_type=refresh_token&client_id=" + percent_encoded(account.client_id) +
           "&client_secret=" + percent_encoded(account.client_secret.reveal()) +
           "&refresh_token=" + percent_encoded(account.refresh_token.reveal());
  }
  // https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests
  const std::string claims = "{\"iss\":" + json::quoted(account.email) + ",\"scope\":" + json::quoted(scope) +
                             ",\"aud\":" + json::quoted(account.token_url) + ",\"iat\":" + std::to_string(now) +
                             ",\"exp\":" + std::to_string(now + assertion_lasts) + "}";
  auto token = signed_token(claims, account.key_id, account.private_key.reveal());
  if (!token) return no_account("cannot be used: " + token.error().message());
  return "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + *token;
}

}  // namespace sluice::credentials
