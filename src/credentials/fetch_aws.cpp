// Keys for signing requests to AWS, in the order in which its SDKs look for them:
// https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
#include "credentials/aws_answers.hpp"
#include "credentials/aws_profile.hpp"
#include "credentials/fetch.hpp"
#include "credentials/files.hpp"
#include "credentials/token_answer.hpp"
#include "sluice/base/text.hpp"
#include "sluice/http/header_block.hpp"

namespace sluice::credentials {
namespace {

using config::AwsAccess;

// Other programs write fresh keys into the shared files before those in them expire, and say nothing about when.
constexpr std::int64_t file_is_good_for = 600;

Error failed(std::string why) { return {Code::upstream_failed, std::move(why)}; }
Error of_source(const char* source, const Error& why) { return {why.code(), std::string(source) + ": " + why.message()}; }

// The bytes of a file that may be missing.
std::string text_of_file(const std::string& path) {
  if (path.empty()) return {};
  auto text = read_small_file(path);
  return text ? std::string(text->reveal()) : std::string();
}

struct Plan {
  AwsRoute route;
  std::int64_t keys_expire = never;
};

// Nothing: no profile is there, and nobody said that one must be.
Result<bool> plan_profile(const AwsAccess& access, std::int64_t now, Plan& plan) {
  if (access.profile.empty()) return false;
  const std::string credentials = text_of_file(access.credentials_file), settings = text_of_file(access.config_file);
  const AwsProfile profile = find_profile(access.profile, credentials, settings);
  const bool gives_keys = profile.has_keys() || !profile.role_arn.empty() || !profile.not_supported.empty();
  if (!access.profile_written && !gives_keys) return false;   // a [default] that holds a region only
  auto route = route_of(access.profile, credentials, settings);
  if (!route) return std::move(route).error();
  plan.route = *std::move(route);
  plan.keys_expire = now + file_is_good_for;
  return true;
}

Result<Plan> plan_for(const AwsAccess& access, std::int64_t now) {
  Plan plan;
  const AwsRoute::Role role{access.role_arn, access.role_session_name, {}};
  if (!access.access_key_id.empty()) {
    plan.route.keys = {access.access_key_id, access.secret_access_key, access.session_token};
  } else if (!access.web_identity_token_file.empty()) {
    plan.route.start = AwsRoute::Start::web_identity;
    plan.route.web_identity_token_file = access.web_identity_token_file;
  } else {
    auto by_profile = plan_profile(access, now, plan);
    if (!by_profile) return std::move(by_profile).error();
    if (!*by_profile && access.container_url.empty() && access.metadata_url.empty()) return failed("no source of AWS keys is configured");
    if (!*by_profile) plan.route.start = access.container_url.empty() ? AwsRoute::Start::metadata : AwsRoute::Start::container;
  }
  if (!role.arn.empty()) plan.route.roles.push_back(role);
  return plan;
}

net::Task<Result<Grant>> from_container(Reach reach, const AwsAccess& access) {
  const char* const source = "the container's credentials endpoint";
  if (access.container_url.empty()) co_return failed("this is no ECS or EKS container");
  auto question = question_to_machine(access.container_url);
  if (!question) co_return of_source(source, question.error());
  Secret token = access.container_token;
  if (!access.container_token_file.empty()) {
    auto read = read_token_file(access.container_token_file);
    if (!read) co_return of_source(source, read.error());
    token = *std::move(read);
  }
  if (!token.empty()) http::append_header(question->lines, "Authorization", token.reveal());
  Result<Reply> reply = co_await ask(reach.pool, *question);
  if (!reply) co_return of_source(source, reply.error());
  auto grant = read_machine_keys(*reply);
  if (!grant) co_return of_source(source, grant.error());
  co_return grant;
}

// IMDSv2: a session first, then the name of the machine's role, then its keys.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
net::Task<Result<Grant>> from_machine(Reach reach, const AwsAccess& access) {
  const char* const source = "EC2's metadata endpoint";
  if (access.metadata_url.empty()) co_return failed("EC2's metadata endpoint is switched off");
  auto question = question_to_machine(access.metadata_url + "/latest/api/token");
  if (!question) co_return of_source(source, question.error());
  question->method = "PUT";
  question->lines = "X-aws-ec2-metadata-token-ttl-seconds: 300\r\n";
  Result<Reply> session = co_await ask(reach.pool, *question);
  if (!session) co_return of_source(source, session.error());
  if (session->status != 200) co_return failed(std::string(source) + ": answered " + std::to_string(session->status) + " to the request for a session");
  question->method = "GET";
  question->lines.clear();
  if (!http::append_header(question->lines, "X-aws-ec2-metadata-token", session->body)) co_return failed(std::string(source) + ": gave no usable session");
  question->place.target = "/latest/meta-data/iam/security-credentials/";
  Result<Reply> role = co_await ask(reach.pool, *question);
  if (!role) co_return of_source(source, role.error());
  const std::string name(trim(std::string_view(role->body).substr(0, role->body.find_first_of("\r\n"))));
  if (role->status != 200 || name.empty()) co_return failed(std::string(source) + ": answered " + std::to_string(role->status) + ": the machine has no role");
  question->place.target += percent_encoded(name);
  Result<Reply> keys = co_await ask(reach.pool, *question);
  if (!keys) co_return of_source(source, keys.error());
  auto grant = read_machine_keys(*keys);
  if (!grant) co_return of_source(source, grant.error());
  co_return grant;
}

std::string role_form(const char* action, const AwsRoute::Role& role) {
  const std::string name = role.session_name.empty() ? "sluice" : role.session_name;
  return std::string("Action=") + action + "&Version=2011-06-15&RoleArn=" + percent_encoded(role.arn) + "&RoleSessionName=" + percent_encoded(name);
}

// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html, which is not signed
Result<Question> web_identity_question(const Reach& reach, const AwsAccess& access, const AwsRoute& route) {
  if (route.roles.empty()) return failed("a web identity needs a role_arn");
  auto token = read_token_file(route.web_identity_token_file);
  if (!token) return std::move(token).error();
  auto question = question_to(reach, access.sts_url);
  if (!question) return question;
  question->lines = form_line;
  question->body = role_form("AssumeRoleWithWebIdentity", route.roles.front()) + "&WebIdentityToken=" + percent_encoded(token->reveal());
  return question;
}

// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
Result<Question> role_question(const Reach& reach, const AwsAccess& access, const AwsRoute::Role& role, const providers::AwsCredentials& keys,
                               std::int64_t now) {
  auto question = question_to(reach, access.sts_url);
  if (!question) return question;
  question->body = role_form("AssumeRole", role);
  if (!role.external_id.empty()) question->body += "&ExternalId=" + percent_encoded(role.external_id);
  question->lines = form_line;
  const std::string host = question->place.origin.authority(), digest = providers::hex_sha256(question->body);
  providers::SigningRequest signing;
  signing.host = host;
  signing.path = question->place.target;
  signing.body_sha256 = digest;
  signing.region = access.region;
  signing.service = "sts";
  signing.unix_seconds = now;
  for (const auto& [name, value] : providers::sign(signing, keys)) http::append_header(question->lines, name, value);
  return question;
}

net::Task<Result<Grant>> assume(http::ClientPool& pool, Result<Question> question) {
  const char* const source = "AWS STS";
  if (!question) co_return of_source(source, question.error());
  Result<Reply> reply = co_await ask(pool, *question);
  if (!reply) co_return of_source(source, reply.error());
  auto grant = read_assumed_role(*reply);
  if (!grant) co_return of_source(source, grant.error());
  co_return grant;
}

net::Task<Result<Grant>> first_keys(Reach reach, const AwsAccess& access, const Plan& plan) {
  using Start = AwsRoute::Start;
  if (plan.route.start == Start::environment) {
    co_return failed("an AWS profile with credential_source Environment is not supported: give the keys and aws.role_arn");
  }
  if (plan.route.start == Start::keys) co_return grant_of(plan.route.keys, plan.keys_expire);
  if (plan.route.start == Start::container) {
    Result<Grant> grant = co_await from_container(reach, access);
    co_return grant;
  }
  if (plan.route.start == Start::metadata) {
    Result<Grant> grant = co_await from_machine(reach, access);
    co_return grant;
  }
  Result<Question> question = web_identity_question(reach, access, plan.route);
  Result<Grant> grant = co_await assume(reach.pool, question);
  co_return grant;
}

}  // namespace

net::Task<Result<Grant>> fetch_aws(Reach reach, const AwsAccess& access, std::int64_t now) {
  auto plan = plan_for(access, now);
  if (!plan) co_return std::move(plan).error();
  Result<Grant> grant = co_await first_keys(reach, access, *plan);
  const std::size_t assumed = plan->route.start == AwsRoute::Start::web_identity ? 1 : 0;
  for (std::size_t i = assumed; grant && i < plan->route.roles.size(); ++i) {
    Result<Question> question = role_question(reach, access, plan->route.roles[i], *grant->aws, now);
    grant = co_await assume(reach.pool, question);
  }
  co_return grant;
}

}  // namespace sluice::credentials
