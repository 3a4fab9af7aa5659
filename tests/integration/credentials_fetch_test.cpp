// Every place where authority can be got, as a fake on a port of the system's choice, asked through the real client.
#include <gmock/gmock.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "sluice/base/text.hpp"
#include "sluice/base/time.hpp"
#include "sluice/credentials/source.hpp"
#include "support/client_fixture.hpp"

namespace sluice::test {
namespace {

using credentials::GrantPtr;
using testing::HasSubstr;
using testing::Not;
using Platform = config::CloudAccess::Platform;

const HeaderList as_json = {{"content-type", "application/json"}};
const std::string token_answer = R"({"access_token":"tok-1","expires_in":3600,"token_type":"Bearer"})";
const std::string machine_keys = R"({"Code":"Success","AccessKeyId":"ASIA1","SecretAccessKey":"sk1","Token":"st1","Expiration":"2027-01-01T00:00:00Z"})";

std::string assumed(const std::string& id) {
  return "<R><Credentials><AccessKeyId>" + id + "</AccessKeyId><SecretAccessKey>sk</SecretAccessKey><SessionToken>st</SessionToken>"
         "<Expiration>2027-01-01T00:00:00Z</Expiration></Credentials></R>";
}

// A key made for these tests alone.
std::string private_key();

class CredentialsFetch : public ClientFixture {
 protected:
  CredentialsFetch() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-test-XXXXXX").string();
    directory = ::mkdtemp(name.data());
    settings.provider = "p";
  }
  ~CredentialsFetch() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
  }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(directory / name, std::ios::binary) << text;
    return (directory / name).string();
  }

  static net::Task<Result<GrantPtr>> wait(credentials::Source& source, net::Timer& wake) {
    Result<GrantPtr> got = co_await source.wait(wake);
    co_return got;
  }
  Result<GrantPtr> fetch() {
    sources.emplace(io, *pool, [this] { return now; });
    const auto source = sources->of(std::make_shared<const credentials::Settings>(settings));
    net::Timer wake(io.get_executor());
    return result_of(io, wait(*source, wake));
  }
  std::string why_not() {
    const auto got = fetch();
    return got ? "granted" : got.error().message();
  }
  config::GoogleAccess& google() {
    settings.access.platform = Platform::google;
    return settings.access.google;
  }
  config::EntraAccess& entra() {
    settings.access.platform = Platform::entra;
    settings.access.entra.authority_url = service.url();
    settings.access.entra.metadata_url = service.url();
    settings.access.entra.scope = "https://cognitiveservices.azure.com/.default";
    return settings.access.entra;
  }
  config::AwsAccess& aws() {
    settings.access.platform = Platform::aws;
    settings.access.aws.sts_url = service.url();
    settings.access.aws.region = "eu-west-1";
    return settings.access.aws;
  }

  FakeUpstream service;
  std::filesystem::path directory;
  credentials::Settings settings;
  std::int64_t now = 1'790'000'000;   // 2026-09-21
  std::optional<credentials::Sources> sources;
};

TEST_F(CredentialsFetch, GooglesMetadataServer) {
  google().metadata_url = service.url();
  service.when("/computeMetadata/v1/instance/service-accounts/default/token").reply(200, as_json, token_answer);
  const auto got = fetch();
  ASSERT_TRUE(got) << got.error().message();
  EXPECT_EQ((*got)->header_lines, "Authorization: Bearer tok-1\r\n");
  EXPECT_EQ((*got)->expires, now + 3600);
  EXPECT_EQ(service.requests().at(0).method, "GET");
  EXPECT_EQ(service.requests()[0].header("metadata-flavor"), "Google");
}

TEST_F(CredentialsFetch, GooglesUsers) {
  google().account = Secret(R"({"type":"authorized_user","client_id":"c","client_secret":"cs","refresh_token":"rt","quota_project_id":"q","token_uri":")" +
                            service.url() + R"(/token"})");
  service.when("/token").reply(200, as_json, token_answer);
  const auto got = fetch();
  ASSERT_TRUE(got) << got.error().message();
  EXPECT_EQ((*got)->header_lines, "Authorization: Bearer tok-1\r\nx-goog-user-project: q\r\n");
  EXPECT_EQ(service.requests().at(0).body, "grant_type=refresh_token&client_id=c&client_secret=cs&refresh_token=rt");
  EXPECT_EQ(service.requests()[0].header("content-type"), "application/x-www-form-urlencoded");
}

TEST_F(CredentialsFetch, GooglesServiceAccounts) {
  google().account = Secret(nlohmann::json{{"type", "service_account"}, {"client_email", "s@p"}, {"private_key", private_key()}, {"token_uri", service.url() + "/token"}}.dump());
  service.when("/token").reply(200, as_json, token_answer);
  ASSERT_TRUE(fetch());
  EXPECT_THAT(service.requests().at(0).body, testing::StartsWith("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=eyJ"));
}

TEST_F(CredentialsFetch, EntrasApplications) {
  entra().tenant = "t/1";
  entra().client_id = "c";
  entra().client_secret = Secret("hush hush");
  service.when("/t%2F1/oauth2/v2.0/token").reply(200, as_json, token_answer);
  ASSERT_TRUE(fetch());
  EXPECT_EQ(service.requests().at(0).body,
            "grant_type=client_credentials&client_id=c&scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default&client_secret=hush%20hush");
  entra().client_secret = Secret();
  entra().federated_token_file = file("token", "fed.er.ated\n");
  ASSERT_TRUE(fetch());
  EXPECT_THAT(service.requests().at(1).body, testing::EndsWith("jwt-bearer&client_assertion=fed.er.ated"));
}

TEST_F(CredentialsFetch, AzuresMachines) {
  entra().managed_identity = true;
  entra().client_id = "mi";
  const std::string as_text = R"({"access_token":"tok-1","expires_in":"3600","resource":"r"})";
  service.when("/metadata/identity/oauth2/token").reply(200, as_json, as_text);
  ASSERT_TRUE(fetch());
  EXPECT_EQ(service.requests().at(0).target,
            "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fcognitiveservices.azure.com&client_id=mi");
  EXPECT_EQ(service.requests()[0].header("metadata"), "true");
  entra().identity_url = service.url() + "/msi/token";
  entra().identity_header = Secret("shown");
  service.when("/msi/token").reply(200, as_json, R"({"access_token":"tok-2","expires_on":"1790003600"})");
  const auto got = fetch();
  ASSERT_TRUE(got) << got.error().message();
  EXPECT_EQ((*got)->expires, now + 3600);
  EXPECT_EQ(service.requests().at(1).header("x-identity-header"), "shown");
}

TEST_F(CredentialsFetch, AwsWebIdentity) {
  aws().role_arn = "arn:aws:iam::1:role/r";
  aws().role_session_name = "sluice";
  aws().web_identity_token_file = file("token", "web.id\n");
  service.when("/").reply(200, {{"content-type", "text/xml"}}, assumed("ASIA1"));
  const auto got = fetch();
  ASSERT_TRUE(got) << got.error().message();
  EXPECT_EQ((*got)->aws->access_key, "ASIA1");
  EXPECT_EQ((*got)->expires, *parse_rfc3339("2027-01-01T00:00:00Z"));
  EXPECT_EQ(service.requests().at(0).body,
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=sluice&WebIdentityToken=web.id");
  EXPECT_EQ(service.requests()[0].header("authorization"), "") << "the token speaks for itself";
}

TEST_F(CredentialsFetch, AwsProfilesAndTheirRoles) {
  aws().profile = "work";
  aws().profile_written = true;
  aws().credentials_file = file("credentials", "[base]\naws_access_key_id=AKBASE\naws_secret_access_key=hush\n");
  aws().config_file = file("config", "[profile work]\nrole_arn=arn:1\nsource_profile=base\n");
  service.when("/").reply(200, {}, assumed("ASIA2"));
  const auto got = fetch();
  ASSERT_TRUE(got) << got.error().message();
  EXPECT_EQ((*got)->aws->access_key, "ASIA2");
  const Received asked = service.requests().at(0);
  EXPECT_THAT(asked.header("authorization"), testing::StartsWith("AWS4-HMAC-SHA256 Credential=AKBASE/20260921/eu-west-1/sts/aws4_request"));
  EXPECT_THAT(asked.body, HasSubstr("Action=AssumeRole&"));
  aws().profile = "base";
  const auto plain = fetch();
  ASSERT_TRUE(plain);
  EXPECT_EQ((*plain)->aws->access_key, "AKBASE");
  EXPECT_EQ((*plain)->expires, now + 600) << "other programs put new keys into the file";
}

TEST_F(CredentialsFetch, AwsContainers) {
  aws().profile = "default";   // which is not there, and nobody said that it is
  aws().container_url = service.url() + "/v1/credentials?x=1";
  aws().container_token_file = file("token", "tok en\n");
  service.when("/v1/credentials").reply(200, as_json, machine_keys);
  const auto got = fetch();
  ASSERT_TRUE(got) << got.error().message();
  EXPECT_EQ((*got)->aws->session_token.reveal(), "st1");
  EXPECT_EQ(service.requests().at(0).target, "/v1/credentials?x=1");
  EXPECT_EQ(service.requests()[0].header("authorization"), "tok en");
}

TEST_F(CredentialsFetch, AwsMachinesBySession) {
  aws().metadata_url = service.url();
  service.when("/latest/api/token").reply(200, {}, "session==");
  service.when("/latest/meta-data/iam/security-credentials/").reply(200, {}, "my-role");
  service.when("/latest/meta-data/iam/security-credentials/my-role").reply(200, as_json, machine_keys);
  const auto got = fetch();
  ASSERT_TRUE(got) << got.error().message();
  EXPECT_EQ((*got)->aws->access_key, "ASIA1");
  const auto asked = service.requests();
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_EQ(asked[0].method, "PUT");
  EXPECT_EQ(asked[0].header("x-aws-ec2-metadata-token-ttl-seconds"), "300");
  EXPECT_EQ(asked[1].header("x-aws-ec2-metadata-token"), "session==");
  EXPECT_EQ(asked[2].header("x-aws-ec2-metadata-token"), "session==");
}

TEST_F(CredentialsFetch, AwsKeysOfTheConfigurationMayAssumeARole) {
  aws().access_key_id = "AK";
  aws().secret_access_key = Secret("hush");
  ASSERT_TRUE(fetch());
  EXPECT_TRUE(service.requests().empty());
  aws().role_arn = "arn:r";
  service.when("/").reply(200, {}, assumed("ASIA3"));
  EXPECT_EQ((*fetch())->aws->access_key, "ASIA3");
}

TEST_F(CredentialsFetch, RefusalsNameTheSourceAndNoSecret) {
  entra().tenant = "t";
  entra().client_id = "c";
  entra().client_secret = Secret("hush hush");
  service.when("/t/oauth2/v2.0/token").reply(401, as_json, R"({"error":"invalid_client","error_description":"AADSTS7000215: hush hush is not it"})");
  EXPECT_EQ(why_not(), "No authority for provider `p`: Microsoft Entra ID: answered 401 invalid_client: AADSTS7000215: [hidden] is not it.");
  aws().web_identity_token_file = file("token", "web.id.hush");
  aws().role_arn = "arn:r";
  service.when("/").reply(400, {}, "<E><Error><Code>InvalidIdentityToken</Code><Message>web.id.hush is odd</Message></Error></E>");
  EXPECT_EQ(why_not(), "No authority for provider `p`: AWS STS: answered 400 InvalidIdentityToken: [hidden] is odd.");
  aws().web_identity_token_file = (directory / "none").string();
  EXPECT_THAT(why_not(), HasSubstr("AWS STS: cannot read " + (directory / "none").string()));
}

TEST_F(CredentialsFetch, WhatCannotBeReachedIsSaid) {
  google().metadata_url = "http://127.0.0.1:1";
  EXPECT_THAT(why_not(), HasSubstr("Google's metadata server: connect"));
  google().metadata_url = "nowhere";
  EXPECT_THAT(why_not(), HasSubstr("is not a URL"));
  google().metadata_url = service.url();
  service.when("*").reply(200, as_json, std::string(300 << 10, ' '));
  EXPECT_THAT(why_not(), HasSubstr("too long"));
  aws().profile = "default";
  EXPECT_THAT(why_not(), HasSubstr("no source of AWS keys is configured"));
}

std::string private_key() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_RSA_gen(2048), &EVP_PKEY_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> bytes(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_PrivateKey(bytes.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(bytes.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace
}  // namespace sluice::test
