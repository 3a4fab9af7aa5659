// AWS's shared files, and the answers by which it gives temporary keys.
#include <gmock/gmock.h>

#include "credentials/aws_answers.hpp"
#include "credentials/aws_profile.hpp"
#include "sluice/base/time.hpp"

namespace sluice::credentials {
namespace {

using testing::HasSubstr;
using Start = AwsRoute::Start;

constexpr std::string_view credentials_file = R"(# keys
[default]
aws_access_key_id = AKDEFAULT
aws_secret_access_key=sk/default+1=
[ base ]
AWS_ACCESS_KEY_ID=AKBASE
aws_secret_access_key = skbase ; of the base
aws_session_token = tok
[both]
aws_access_key_id = AKBOTH
[keyless]
)";
constexpr std::string_view config_file = "[default]\r\nregion = us-east-1\r\n[profile work]\r\nrole_arn = arn:aws:iam::1:role/work\r\nsource_profile = base\r\n"
    "external_id = ext\r\nrole_session_name = me\r\ns3 =\r\n  role_arn = nested\r\n"
    "[profile twice]\nrole_arn = arn:2\nsource_profile = work\n"
    "[profile self]\nrole_arn = arn:self\nsource_profile = self\naws_access_key_id = AKSELF\naws_secret_access_key = sks\n"
    "[profile machine]\nrole_arn = arn:m\ncredential_source = Ec2InstanceMetadata\n"
    "[profile pod]\nrole_arn = arn:pod\nweb_identity_token_file = /t\n"
    "[profile a]\nrole_arn = arn:a\nsource_profile = b\n[profile b]\nrole_arn = arn:b\nsource_profile = a\n"
    "[profile sso]\nsso_session = s\n[profile loner]\nrole_arn = arn:l\n[profile both]\naws_secret_access_key = hush\n"
    "[base]\naws_access_key_id = NOT-A-PROFILE\n";

Result<AwsRoute> route(std::string_view profile) { return route_of(profile, credentials_file, config_file); }
std::string why_not(std::string_view profile) {
  const auto found = route(profile);
  return found ? "found" : found.error().message();
}

TEST(AwsProfile, KeysOfTheFiles) {
  EXPECT_EQ(route("default")->keys.access_key, "AKDEFAULT");
  EXPECT_EQ(route("default")->keys.secret.reveal(), "sk/default+1=");
  EXPECT_TRUE(route("default")->roles.empty());
  EXPECT_EQ(route("base")->keys.access_key, "AKBASE");
  EXPECT_EQ(route("base")->keys.secret.reveal(), "skbase");
  EXPECT_EQ(route("base")->keys.session_token.reveal(), "tok");
}

TEST(AwsProfile, RolesAreAssumedWithTheirSourcesKeys) {
  const auto work = route("work");
  ASSERT_TRUE(work) << work.error().message();
  EXPECT_EQ(work->keys.access_key, "AKBASE");
  ASSERT_EQ(work->roles.size(), 1u);
  EXPECT_EQ(work->roles[0].arn, "arn:aws:iam::1:role/work") << "what is indented belongs to another setting";
  EXPECT_EQ(work->roles[0].external_id, "ext");
  EXPECT_EQ(work->roles[0].session_name, "me");
  const auto twice = route("twice");
  ASSERT_EQ(twice->roles.size(), 2u);
  EXPECT_EQ(twice->roles[0].arn + " " + twice->roles[1].arn, "arn:aws:iam::1:role/work arn:2") << "in the order of assuming";
  EXPECT_EQ(route("self")->keys.access_key, "AKSELF");
  EXPECT_EQ(route("self")->roles.size(), 1u);
}

TEST(AwsProfile, RolesMayBeginElsewhere) {
  EXPECT_EQ(route("machine")->start, Start::metadata);
  EXPECT_EQ(route("machine")->roles.at(0).arn, "arn:m");
  EXPECT_EQ(route("pod")->start, Start::web_identity);
  EXPECT_EQ(route("pod")->web_identity_token_file, "/t");
}

TEST(AwsProfile, WhatLeadsNowhereIsSaid) {
  EXPECT_EQ(why_not("none"), "the AWS profile none is not in the shared files");
  EXPECT_EQ(why_not("keyless"), "the AWS profile keyless has no keys");
  EXPECT_EQ(why_not("a"), "the AWS profile a leads through too many profiles");
  EXPECT_EQ(why_not("sso"), "the AWS profile sso gets its keys by sso_session, which is not supported");
  EXPECT_EQ(why_not("loner"), "the AWS profile loner has a role_arn without a source for its keys");
  EXPECT_EQ(why_not("both"), "the AWS profile both has no keys") << "one file's id with the other's secret is nobody's";
}

TEST(AwsAnswers, AssumedRoles) {
  const std::string body = R"(<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult><SubjectFromWebIdentityToken>x</SubjectFromWebIdentityToken>
  <Credentials><SessionToken>AQoD/+=&amp;x</SessionToken><SecretAccessKey>wJalr/K7</SecretAccessKey>
  <Expiration>2027-01-24T23:00:23Z</Expiration><AccessKeyId>ASIA1</AccessKeyId></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>)";
  const auto grant = read_assumed_role({200, body});
  ASSERT_TRUE(grant) << grant.error().message();
  EXPECT_EQ(grant->aws->access_key, "ASIA1");
  EXPECT_EQ(grant->aws->session_token.reveal(), "AQoD/+=&x");
  EXPECT_EQ(grant->expires, *parse_rfc3339("2027-01-24T23:00:23Z"));
  EXPECT_EQ(grant->secret.reveal(), "wJalr/K7");
  const auto refused = read_assumed_role({400, "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredTokenException</Code><Message>Token &lt;expired&gt;</Message></Error></ErrorResponse>"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "answered 400 ExpiredTokenException: Token <expired>");
  for (std::size_t cut = 0; cut < body.find("</Credentials>"); ++cut) EXPECT_FALSE(read_assumed_role({200, body.substr(0, cut)})) << cut;
}

TEST(AwsAnswers, MachinesAndContainers) {
  const std::string keys = R"("AccessKeyId":"ASIA1","SecretAccessKey":"s","Token":"t","Expiration":"2027-01-24T23:00:23Z"})";
  EXPECT_EQ(read_machine_keys({200, R"({"Code":"Success",)" + keys})->aws->access_key, "ASIA1");
  EXPECT_EQ(read_machine_keys({200, "{" + keys})->aws->session_token.reveal(), "t");
  EXPECT_EQ(read_machine_keys({200, R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"m"})"}).error().message(), "answered AssumeRoleUnauthorizedAccess");
  EXPECT_EQ(read_machine_keys({404, "<html>"}).error().message(), "answered 404");
  for (const char* body : {"", "[]", "{}", R"({"AccessKeyId":"a","SecretAccessKey":"s","Expiration":"soon"})", R"({"AccessKeyId":"a\n","SecretAccessKey":"s","Expiration":"2027-01-24T23:00:23Z"})"}) {
    EXPECT_FALSE(read_machine_keys({200, body})) << body;
  }
}

}  // namespace
}  // namespace sluice::credentials
