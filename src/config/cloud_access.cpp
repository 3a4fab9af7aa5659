#include "config/cloud_access.hpp"

#include <algorithm>

#include "config/addresses.hpp"
#include "config/finishing.hpp"
#include "config/secrets.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::config {
namespace {

constexpr std::size_t longest_account = 64 << 10;

std::string or_variable(std::string written, const Findings& findings, std::string_view name, std::string otherwise = {}) {
  return written.empty() ? variable(findings, name).value_or(std::move(otherwise)) : written;
}
Secret or_variable(const Secret& written, const Findings& findings, std::string_view name) {
  return written.empty() ? Secret(variable(findings, name).value_or(std::string())) : written;
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

std::string text_of(std::string_view object, std::string_view name) {
  const auto raw = json::find(object, name);
  return raw ? json::unquoted(*raw).value_or(std::string()) : std::string();
}

// ---- Google

// What is wrong with a credential file's text; empty: nothing that can be seen.
std::string wrong_with(std::string_view account) {
  if (account.size() > longest_account) return "is too long to be a Google credential file";
  if (json::kind_of(account) != json::Kind::object || json::validate(account)) return "must be the JSON text of a Google credential file (file:PATH)";
  const std::string type = text_of(account, "type");
  const auto lacks = [&](const char* name) { return text_of(account, name).empty(); };
  if (type == "service_account") return lacks("client_email") || lacks("private_key") ? "lacks client_email or private_key" : "";
  if (type == "authorized_user") return lacks("client_id") || lacks("refresh_token") ? "lacks client_id or refresh_token" : "";
  return "must be of type service_account or authorized_user";
}

// The file that the environment names, or where `gcloud auth application-default login` leaves one.
void account_from_environment(ProviderDraft& draft, Findings& findings) {
  std::string path = variable(findings, "GOOGLE_APPLICATION_CREDENTIALS").value_or(std::string());
  const bool named = !path.empty();
  if (!named) {
    const auto home = variable(findings, "HOME");
    if (!home) return;
    path = *home + "/.config/gcloud/application_default_credentials.json";
  }
  auto text = read_whole_file(path, longest_account);
  if (!text) {
    if (named) findings.problem(draft.path, "the environment variable GOOGLE_APPLICATION_CREDENTIALS: " + text.error().message());
    return;
  }
  findings.uses_file(path);
  const std::string wrong = wrong_with(*text);
  if (wrong.empty()) draft.provider.access.google.account = Secret(*std::move(text));
  else findings.problem(draft.path, path + " " + wrong);
}

// ---- AWS

// Plain HTTP is for the machine itself only: docs, "Container credential provider", AWS_CONTAINER_CREDENTIALS_FULL_URI.
bool may_be_plain(const std::string& url) {
  const Origin origin = origin_of(url);
  if (origin.https || loopback(origin.host)) return true;
  return origin.host == "169.254.170.2" || origin.host == "169.254.170.23" || origin.host == "[fd00:ec2::23]" || origin.host == "fd00:ec2::23";
}

void container_from_environment(const ProviderDraft& draft, AwsAccess& aws, Findings& findings) {
  if (const auto relative = variable(findings, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
    aws.container_url = "http://169.254.170.2" + *relative;
  } else if (const auto full = variable(findings, "AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
    const std::size_t query = full->find('?');
    auto url = parse_base_url(full->substr(0, query));
    if (!url || !may_be_plain(*url)) findings.problem(draft.path, "the environment variable AWS_CONTAINER_CREDENTIALS_FULL_URI must be an https:// address or this machine's");
    else aws.container_url = *full;
  }
  if (aws.container_url.empty()) return;
  aws.container_token_file = variable(findings, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE").value_or(std::string());
  if (aws.container_token_file.empty()) aws.container_token = Secret(variable(findings, "AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or(std::string()));
}

void keys_of(const ProviderDraft& draft, AwsAccess& aws, Findings& findings) {
  if (!aws.access_key_id.empty() || !aws.secret_access_key.empty()) {
    if (aws.access_key_id.empty() || aws.secret_access_key.empty()) findings.problem(draft.path + ".aws", "needs access_key_id and secret_access_key together");
    return;
  }
  // A profile or a token that is written down goes before keys that happen to be in the environment.
  if (!aws.profile.empty() || !aws.web_identity_token_file.empty()) return;
  const auto id = variable(findings, "AWS_ACCESS_KEY_ID"), secret = variable(findings, "AWS_SECRET_ACCESS_KEY");
  if (!id || !secret) return;
  aws.access_key_id = *id;
  aws.secret_access_key = Secret(*secret);
  aws.session_token = Secret(variable(findings, "AWS_SESSION_TOKEN").value_or(std::string()));
}

void web_identity_of(const ProviderDraft& draft, AwsAccess& aws, Findings& findings) {
  if (!aws.profile_written && aws.web_identity_token_file.empty()) {
    const auto file = variable(findings, "AWS_WEB_IDENTITY_TOKEN_FILE");
    if (file && (!aws.role_arn.empty() || variable(findings, "AWS_ROLE_ARN"))) aws.web_identity_token_file = *file;
  }
  if (!aws.web_identity_token_file.empty()) aws.role_arn = or_variable(std::move(aws.role_arn), findings, "AWS_ROLE_ARN");
  if (!aws.web_identity_token_file.empty() && aws.role_arn.empty()) findings.problem(draft.path + ".aws", "needs role_arn beside web_identity_token_file");
}

}  // namespace

void google_access(ProviderDraft& draft, Findings& findings) {
  CloudAccess& access = draft.provider.access;
  access.platform = CloudAccess::Platform::google;
  access.google.metadata_url = "http://" + variable(findings, "GCE_METADATA_HOST").value_or("metadata.google.internal");
  if (!draft.cloud.credentials_given) return account_from_environment(draft, findings);
  if (draft.cloud.credentials.empty()) return;   // which has been said
  const std::string wrong = wrong_with(draft.cloud.credentials.reveal());
  if (wrong.empty()) access.google.account = draft.cloud.credentials;
  else findings.problem(draft.path + ".credentials", wrong);
}

std::string google_project(const Secret& account) {
  std::string project = text_of(account.reveal(), "project_id");
  return project.empty() ? text_of(account.reveal(), "quota_project_id") : project;
}

void aws_access(ProviderDraft& draft, std::string sts_url, Findings& findings) {
  CloudAccess& access = draft.provider.access;
  access.platform = CloudAccess::Platform::aws;
  AwsAccess& aws = access.aws = draft.cloud.aws;
  aws.region = draft.provider.region;
  aws.sts_url = without_slash(variable(findings, "AWS_ENDPOINT_URL_STS").value_or(std::move(sts_url)));
  aws.role_session_name = or_variable(std::move(aws.role_session_name), findings, "AWS_ROLE_SESSION_NAME", "sluice");
  aws.profile_written = !aws.profile.empty();
  keys_of(draft, aws, findings);
  if (!aws.access_key_id.empty()) return;
  web_identity_of(draft, aws, findings);
  const auto profile = variable(findings, "AWS_PROFILE");
  aws.profile_written = aws.profile_written || profile.has_value();
  if (aws.profile.empty()) aws.profile = profile.value_or("default");
  const std::string home = variable(findings, "HOME").value_or(std::string());
  const std::string shared = home.empty() ? std::string() : home + "/.aws/";
  aws.credentials_file = variable(findings, "AWS_SHARED_CREDENTIALS_FILE").value_or(shared.empty() ? shared : shared + "credentials");
  aws.config_file = variable(findings, "AWS_CONFIG_FILE").value_or(shared.empty() ? shared : shared + "config");
  container_from_environment(draft, aws, findings);
  if (lower(variable(findings, "AWS_EC2_METADATA_DISABLED").value_or("")) == "true") return;
  aws.metadata_url = without_slash(variable(findings, "AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or("http://169.254.169.254"));
}

bool entra_access(ProviderDraft& draft, Findings& findings) {
  EntraAccess entra = draft.cloud.entra;
  entra.client_id = or_variable(std::move(entra.client_id), findings, "AZURE_CLIENT_ID");
  entra.authority_url = without_slash(or_variable(std::move(entra.authority_url), findings, "AZURE_AUTHORITY_HOST", "https://login.microsoftonline.com"));
  if (entra.scope.empty()) entra.scope = "https://cognitiveservices.azure.com/.default";
  entra.identity_url = variable(findings, "IDENTITY_ENDPOINT").value_or(std::string());
  entra.identity_header = Secret(variable(findings, "IDENTITY_HEADER").value_or(std::string()));
  entra.metadata_url = without_slash(variable(findings, "AZURE_POD_IDENTITY_AUTHORITY_HOST").value_or("http://169.254.169.254"));
  if (!entra.managed_identity) {
    entra.tenant = or_variable(std::move(entra.tenant), findings, "AZURE_TENANT_ID");
    entra.client_secret = or_variable(entra.client_secret, findings, "AZURE_CLIENT_SECRET");
    if (entra.client_secret.empty()) entra.federated_token_file = or_variable(std::move(entra.federated_token_file), findings, "AZURE_FEDERATED_TOKEN_FILE");
  }
  const bool whole = !entra.tenant.empty() && !entra.client_id.empty() && !(entra.client_secret.empty() && entra.federated_token_file.empty());
  // Within App Service and Container Apps the endpoint is there if an identity was given to the app.
  if (!whole && !draft.cloud.entra_given) entra.managed_identity = !entra.identity_url.empty();
  if (!whole && !entra.managed_identity) {
    if (!draft.cloud.entra_given) return false;
    findings.problem(draft.path + ".entra", "needs tenant, client_id and client_secret (or federated_token_file), or managed_identity: true");
  }
  draft.provider.access.platform = CloudAccess::Platform::entra;
  draft.provider.access.entra = std::move(entra);
  return true;
}

}  // namespace sluice::config
