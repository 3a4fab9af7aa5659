// Google's credential files, and the assertion that is made of a service account's.
#include "credentials/google_account.hpp"

#include <gmock/gmock.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <nlohmann/json.hpp>

#include "credentials/jwt.hpp"
#include "sluice/base/base64.hpp"
#include "sluice/base/text.hpp"

namespace sluice::credentials {
namespace {

using nlohmann::json;
using testing::HasSubstr;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(BIO* bytes) const { BIO_free(bytes); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

EVP_PKEY* rsa_key() {
  static const std::unique_ptr<EVP_PKEY, Free> key(EVP_RSA_gen(2048));
  return key.get();
}
std::string pem_of(EVP_PKEY* key) {
  const std::unique_ptr<BIO, Free> bytes(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bytes.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(bytes.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::vector<std::string> parts_of(const std::string& token) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t dot = token.find('.'); dot != token.npos; dot = token.find('.', begin)) {
    parts.push_back(token.substr(begin, dot - begin));
    begin = dot + 1;
  }
  parts.push_back(token.substr(begin));
  return parts;
}

bool verifies(const std::string& token, EVP_PKEY* key) {
  const std::string text = token.substr(0, token.rfind('.'));
  const std::string signature = from_base64(token.substr(token.rfind('.') + 1)).value_or("");
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
}

std::string service_account(const std::string& pem) {
  return json{{"type", "service_account"}, {"project_id", "p"}, {"private_key_id", "kid-1"}, {"private_key", pem},
              {"client_email", "s@p.iam.gserviceaccount.com"}, {"token_uri", "https://oauth2.googleapis.com/token"}}.dump();
}

TEST(GoogleAccount, ServiceAccountsSignForThemselves) {
  const auto account = read_google_account(service_account(pem_of(rsa_key())));
  ASSERT_TRUE(account) << account.error().message();
  const auto form = token_request(*account, 1'700'000'000);
  ASSERT_TRUE(form);
  const std::string before = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
  ASSERT_TRUE(form->starts_with(before));
  const std::string token = form->substr(before.size());
  const auto parts = parts_of(token);
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(json::parse(from_base64(parts[0]).value()), (json{{"alg", "RS256"}, {"typ", "JWT"}, {"kid", "kid-1"}}));
  EXPECT_EQ(json::parse(from_base64(parts[1]).value()),
            (json{{"iss", "s@p.iam.gserviceaccount.com"}, {"scope", "https://www.googleapis.com/auth/cloud-platform"},
                  {"aud", "https://oauth2.googleapis.com/token"}, {"iat", 1'700'000'000}, {"exp", 1'700'003'600}}));
  EXPECT_TRUE(verifies(token, rsa_key()));
  EXPECT_EQ(token.find_first_of("+/="), token.npos) << "base64url without padding";
  EXPECT_FALSE(verifies(parts[0] + "." + parts[1] + "x." + parts[2], rsa_key()));
}

TEST(GoogleAccount, UsersShowTheirRefreshToken) {
  const auto account = read_google_account(R"({"type":"authorized_user","client_id":"c.apps","client_secret":"s&s","refresh_token":"1//r+","quota_project_id":"q"})");
  ASSERT_TRUE(account);
  EXPECT_EQ(account->token_url, "https://oauth2.googleapis.com/token");
  EXPECT_EQ(account->quota_project, "q");
  EXPECT_EQ(*token_request(*account, 0), "grant_type=refresh_token&client_id=c.apps&client_secret=s%26s&refresh_token=1%2F%2Fr%2B");
}

TEST(GoogleAccount, WhatCannotBeUsedIsSaidWithoutShowingIt) {
  for (const char* text : {"", "[]", "hush", "{\"type\":\"service_account\",\"private_key\":\"hush\"}", "{\"type\":\"external_account\",\"x\":\"hush\"}",
                           "{\"type\":\"authorized_user\",\"refresh_token\":\"hush\"}", "{\"type\":7}"}) {
    const auto account = read_google_account(text);
    ASSERT_FALSE(account) << text;
    EXPECT_THAT(account.error().message(), testing::AllOf(HasSubstr("the Google credentials"), testing::Not(HasSubstr("hush"))));
  }
  const std::unique_ptr<EVP_PKEY, Free> curve(EVP_EC_gen("P-256"));
  for (const std::string& pem : {std::string("hush"), std::string("-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----\n"), pem_of(curve.get())}) {
    const auto account = read_google_account(service_account(pem));
    ASSERT_TRUE(account);
    const auto form = token_request(*account, 0);
    ASSERT_FALSE(form);
    EXPECT_EQ(form.error().message(), "the Google credentials cannot be used: its private_key is not an RSA key in PEM");
  }
}

}  // namespace
}  // namespace sluice::credentials
