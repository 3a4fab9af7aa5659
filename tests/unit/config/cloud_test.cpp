// Providers on clouds: where they are, by what authority, and what the vendors' own variables say.
#include <gtest/gtest.h>

#include "unit/config/loading.hpp"
#include "unit/config/scratch.hpp"

namespace sluice::config {
namespace {

using Platform = CloudAccess::Platform;

const std::string account = R"({"type":"service_account","project_id":"from-file","client_email":"s@p","private_key":"hush"})";

std::string file(const std::string& keys) {
  return "providers: [{id: p, " + keys + "}]\naccounts: [{id: a, providers: [{id: t, provider: p, model: m}]}]";
}
Provider provider(const std::string& keys, const Variables& variables = {}) {
  const auto loaded = good(file(keys), variables);
  return loaded.config.providers.empty() ? Provider{} : loaded.config.providers.front();
}
std::string problem(const std::string& keys, const Variables& variables = {}) { return bad(file(keys), variables); }
const Variables google{{"GOOGLE_CLOUD_PROJECT", "env-project"}};

TEST(Vertex, AddressFollowsFromTheRegion) {
  EXPECT_EQ(provider("type: vertex", google).base_url, "https://aiplatform.googleapis.com");
  EXPECT_EQ(provider("type: vertex", google).region, "global");
  EXPECT_EQ(provider("type: vertex, region: us-central1", google).base_url, "https://us-central1-aiplatform.googleapis.com");
  EXPECT_EQ(provider("type: vertex, region: eu", google).base_url, "https://aiplatform.eu.rep.googleapis.com");
  EXPECT_EQ(provider("type: vertex", {{"GOOGLE_CLOUD_PROJECT", "p"}, {"GOOGLE_CLOUD_LOCATION", "asia-east1"}}).region, "asia-east1");
  EXPECT_EQ(provider("type: vertex, base_url: \"http://127.0.0.1:1/v1\", project: mine", google).project, "mine");
  EXPECT_EQ(problem("type: vertex, region: \"evil.example/\"", google), "c.yaml:1:43: providers[0].region: must be letters, digits and . : _ -, not 'evil.example/'\n");
  EXPECT_EQ(problem("type: vertex, region: a.b", google), "c.yaml:1:43: providers[0].region: must be letters, digits and -\n");
}

TEST(Vertex, TheMachineSpeaksForItselfUnlessThereIsAnAccount) {
  const auto machine = provider("type: vertex", google).access;
  EXPECT_EQ(machine.platform, Platform::google);
  EXPECT_TRUE(machine.google.account.empty());
  EXPECT_EQ(machine.google.metadata_url, "http://metadata.google.internal");
  EXPECT_EQ(provider("type: vertex", {{"GOOGLE_CLOUD_PROJECT", "p"}, {"GCE_METADATA_HOST", "127.0.0.1:9"}}).access.google.metadata_url, "http://127.0.0.1:9");
}

TEST(Vertex, AccountsComeFromTheFileOrTheEnvironment) {
  const Scratch scratch;
  scratch.write("account.json", account + "\n");
  scratch.write("wrong.json", R"({"type":"external_account","hush":1})");
  const std::string path = (scratch.path() / "account.json").string(), wrong = (scratch.path() / "wrong.json").string();
  const auto written = provider("type: vertex, credentials: \"file:" + path + "\"");
  EXPECT_EQ(written.access.google.account.reveal(), account);
  EXPECT_EQ(written.project, "from-file");
  EXPECT_EQ(provider("type: vertex", {{"GOOGLE_APPLICATION_CREDENTIALS", path}, {"GOOGLE_CLOUD_PROJECT", "e"}}).project, "e");
  const auto loaded = good(file("type: vertex"), {{"GOOGLE_APPLICATION_CREDENTIALS", path}});
  EXPECT_THAT(loaded.files, testing::Contains(std::filesystem::path(path))) << "a new key in it is a reload";
  const auto shown = problem("type: vertex, credentials: \"file:" + wrong + "\"", google);
  EXPECT_THAT(shown, testing::HasSubstr("providers[0].credentials: must be of type service_account or authorized_user"));
  EXPECT_THAT(shown, testing::Not(testing::HasSubstr("hush")));
  EXPECT_THAT(problem("type: vertex", {{"GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/a.json"}, {"GOOGLE_CLOUD_PROJECT", "p"}}),
              testing::HasSubstr("providers[0]: the environment variable GOOGLE_APPLICATION_CREDENTIALS: cannot read /nowhere/a.json"));
}

TEST(Vertex, WhatGcloudLeavesBehindIsFound) {
  const Scratch scratch;
  std::filesystem::create_directories(scratch.path() / ".config/gcloud");
  scratch.write(".config/gcloud/application_default_credentials.json",
                R"({"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r","quota_project_id":"q"})");
  const auto found = provider("type: vertex", {{"HOME", scratch.path().string()}});
  EXPECT_FALSE(found.access.google.account.empty());
  EXPECT_EQ(found.project, "q");
}

TEST(Vertex, ExpressModeNeedsNoProject) {
  const auto express = provider("type: vertex, api_key: k", google);
  EXPECT_EQ(express.project, "");
  EXPECT_EQ(express.access.platform, Platform::none);
  EXPECT_EQ(problem("type: vertex"), "c.yaml:1:13: providers[0]: needs project: neither the credentials nor GOOGLE_CLOUD_PROJECT name one\n");
  EXPECT_THAT(problem("type: vertex, api_key: k, credentials: x"), testing::HasSubstr("credentials: is a second credential beside the key"));
}

TEST(Bedrock, KeysOfTheFileGoBeforeThoseOfTheEnvironment) {
  const Variables variables{{"AWS_REGION", "eu-west-1"}, {"AWS_ACCESS_KEY_ID", "AKENV"}, {"AWS_SECRET_ACCESS_KEY", "hush"}, {"AWS_SESSION_TOKEN", "t"}};
  const auto from_environment = provider("type: bedrock", variables);
  EXPECT_EQ(from_environment.base_url, "https://bedrock-runtime.eu-west-1.amazonaws.com");
  EXPECT_EQ(from_environment.access.aws.access_key_id, "AKENV");
  EXPECT_EQ(from_environment.access.aws.session_token.reveal(), "t");
  EXPECT_EQ(from_environment.access.aws.sts_url, "https://sts.eu-west-1.amazonaws.com");
  const auto written = provider("type: bedrock, region: cn-north-1, aws: {access_key_id: AK, secret_access_key: sk}", variables);
  EXPECT_EQ(written.access.aws.access_key_id, "AK");
  EXPECT_TRUE(written.access.aws.session_token.empty()) << "that belongs to the other key";
  EXPECT_EQ(written.base_url, "https://bedrock-runtime.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(provider("type: bedrock, aws: {profile: work}", variables).access.aws.access_key_id, "") << "a profile that is named is meant";
  EXPECT_THAT(problem("type: bedrock, region: r, aws: {access_key_id: AK}"), testing::HasSubstr("needs access_key_id and secret_access_key together"));
  EXPECT_EQ(problem("type: bedrock"), "c.yaml:1:13: providers[0]: needs region: AWS_REGION is not set\n");
}

TEST(Bedrock, TheRegionMayBeInTheAddress) {
  EXPECT_EQ(provider("type: bedrock, base_url: \"https://bedrock-runtime.us-west-2.amazonaws.com\"").region, "us-west-2");
  EXPECT_EQ(provider("type: bedrock, api_key: k, base_url: \"http://127.0.0.1:1\"").region, "");
}

TEST(Bedrock, TheRestOfTheChainIsTheEnvironments) {
  const auto machine = provider("type: bedrock, region: r", {{"HOME", "/h"}}).access.aws;
  EXPECT_EQ(machine.profile, "default");
  EXPECT_FALSE(machine.profile_written);
  EXPECT_EQ(machine.credentials_file, "/h/.aws/credentials");
  EXPECT_EQ(machine.metadata_url, "http://169.254.169.254");
  const auto pod = provider("type: bedrock, region: r", {{"AWS_ROLE_ARN", "arn:r"}, {"AWS_WEB_IDENTITY_TOKEN_FILE", "/t"}, {"AWS_EC2_METADATA_DISABLED", "true"}}).access.aws;
  EXPECT_EQ(pod.web_identity_token_file, "/t");
  EXPECT_EQ(pod.role_arn, "arn:r");
  EXPECT_EQ(pod.metadata_url, "");
  EXPECT_EQ(provider("type: bedrock, region: r", {{"AWS_ROLE_ARN", "arn:r"}}).access.aws.role_arn, "") << "means nothing without its token";
  const auto task = provider("type: bedrock, region: r", {{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x"}}).access.aws;
  EXPECT_EQ(task.container_url, "http://169.254.170.2/v2/x");
  EXPECT_THAT(problem("type: bedrock, region: r", {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://evil.example/"}}),
              testing::HasSubstr("AWS_CONTAINER_CREDENTIALS_FULL_URI must be an https:// address or this machine's"));
  EXPECT_EQ(provider("type: bedrock, region: r", {{"AWS_BEARER_TOKEN_BEDROCK", "b"}}).keys.at(0).value.reveal(), "b");
}

TEST(Azure, NeedsAnAddressAndSomethingToShow) {
  EXPECT_THAT(problem("type: azure"), testing::HasSubstr("providers[0]: needs base_url"));
  const Variables endpoint{{"AZURE_OPENAI_ENDPOINT", "https://n.openai.azure.com/"}, {"AZURE_OPENAI_API_KEY", "k"}, {"OPENAI_API_VERSION", "2024-06-01"}};
  EXPECT_EQ(provider("type: azure", endpoint).base_url, "https://n.openai.azure.com");
  EXPECT_EQ(provider("type: azure", endpoint).keys.at(0).value.reveal(), "k");
  EXPECT_EQ(provider("type: azure", endpoint).api_version, "2024-06-01");
  EXPECT_EQ(provider("type: azure, api_version: preview", endpoint).api_version, "preview");
  EXPECT_FALSE(provider("type: azure, base_url: \"https://n.openai.azure.com\"").usable);
  EXPECT_TRUE(provider("type: azure, base_url: \"http://127.0.0.1:1\"").usable);
}

TEST(Azure, IdentitiesAreOfEntra) {
  const std::string at = "type: azure, base_url: \"https://n.openai.azure.com\"";
  const Variables sdk{{"AZURE_TENANT_ID", "t"}, {"AZURE_CLIENT_ID", "c"}, {"AZURE_CLIENT_SECRET", "hush"}};
  EXPECT_EQ(provider(at, sdk).access.platform, Platform::entra);
  EXPECT_EQ(provider(at, sdk).access.entra.authority_url, "https://login.microsoftonline.com");
  EXPECT_EQ(provider(at, sdk).access.entra.scope, "https://cognitiveservices.azure.com/.default");
  const auto written = provider(at + ", entra: {tenant: T, client_id: C, client_secret: S}", {{"AZURE_OPENAI_API_KEY", "k"}});
  EXPECT_TRUE(written.keys.empty()) << "who writes down an identity does not mean the environment's key";
  EXPECT_EQ(written.access.entra.tenant, "T");
  EXPECT_TRUE(provider(at + ", entra: {managed_identity: true}").access.entra.managed_identity);
  EXPECT_THAT(problem(at + ", entra: {tenant: T}"), testing::HasSubstr("providers[0].entra: needs tenant, client_id and client_secret"));
  EXPECT_THAT(problem(at + ", api_key: k, entra: {managed_identity: true}"), testing::HasSubstr("entra: is a second credential beside the key"));
}

TEST(Gemini, TakesEitherVariable) {
  EXPECT_EQ(provider("type: gemini", {{"GEMINI_API_KEY", "g"}}).keys.at(0).value.reveal(), "g");
  EXPECT_EQ(provider("type: gemini", {{"GEMINI_API_KEY", "g"}, {"GOOGLE_API_KEY", "h"}}).keys.at(0).value.reveal(), "h");
  EXPECT_EQ(provider("type: gemini", {{"GEMINI_API_KEY", "g"}}).base_url, "https://generativelanguage.googleapis.com");
  EXPECT_FALSE(provider("type: gemini").usable);
}

TEST(Clouds, KeysOfAnotherTypeAreProblems) {
  EXPECT_EQ(problem("type: openai, region: r", both_keys), "c.yaml:1:43: providers[0].region: is for type vertex and bedrock\n");
  EXPECT_EQ(problem("type: vertex, project: p, aws: {profile: x}"), "c.yaml:1:52: providers[0].aws: is for type bedrock\n");
  EXPECT_EQ(problem("type: bedrock, region: r, entra: {tenant: x}"), "c.yaml:1:54: providers[0].entra: is for type azure\n");
}

TEST(Clouds, WhatIsSaidOfCompatibleServicesIsAProblem) {
  EXPECT_THAT(problem("type: vertex, project: p, auth_header: api-key"), testing::HasSubstr("providers[0].auth_header: is for services that speak OpenAI's dialect, not for type vertex"));
  EXPECT_THAT(problem("type: bedrock, region: r, operations: [chat]"), testing::HasSubstr("operations: is for services that speak OpenAI's dialect"));
}

TEST(Clouds, NothingSecretIsShown) {
  const auto shown = problem("type: bedrock, region: r, aws: {access_key_id: \"a b\", secret_access_key: \"hush hush\", session_token: env.S, profil: x}",
                             {{"S", "hush\x01"}});
  EXPECT_THAT(shown, testing::HasSubstr("providers[0].aws.secret_access_key"));
  EXPECT_THAT(shown, testing::Not(testing::HasSubstr("hush")));
}

}  // namespace
}  // namespace sluice::config
