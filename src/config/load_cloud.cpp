// What a provider on a cloud platform may say besides: where it is, and by what authority it is asked.
#include <algorithm>

#include "config/drafts.hpp"
#include "config/scalars.hpp"
#include "sluice/config/provider_types.hpp"

namespace sluice::config {
namespace {

// Goes into host names and paths.
void read_word_of_place(const Value& v, std::string& out) {
  std::string text;
  read_text(v, text);
  const bool good = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':' || c == '_';
  });
  if (good) out = std::move(text);
  else v.refuse("must be letters, digits and . : _ -");
}

void read_path(const Value& v, std::string& out) {
  std::string path;
  read_text(v, path);
  if (!path.empty()) out = (v.findings.directory() / path).lexically_normal().string();
}

void read_credentials(const Value& v, CloudDraft& out) {
  out.credentials_given = true;
  if (const auto text = v.text()) out.credentials = Secret(*text);
}

constexpr Field<AwsAccess> aws_fields[] = {
    {{"access_key_id", Shape::scalar, "text", "AWS_ACCESS_KEY_ID", "A key of one's own; with secret_access_key."},
     [](const Value& v, AwsAccess& out) { read_word_of_place(v, out.access_key_id); }},
    {{"secret_access_key", Shape::scalar, "text", "AWS_SECRET_ACCESS_KEY", "Its secret.", false, true, true},
     [](const Value& v, AwsAccess& out) { read_secret(v, 1, out.secret_access_key); }},
    {{"session_token", Shape::scalar, "text", "AWS_SESSION_TOKEN", "Of temporary keys.", false, true, true},
     [](const Value& v, AwsAccess& out) { read_secret(v, 1, out.session_token); }},
    {{"profile", Shape::scalar, "text", "AWS_PROFILE, else `default`", "A profile of the shared files `~/.aws/credentials` and `~/.aws/config`."},
     [](const Value& v, AwsAccess& out) { read_text(v, out.profile); }},
    {{"role_arn", Shape::scalar, "text", "AWS_ROLE_ARN beside a web identity", "A role to assume, with the web identity or with what other keys there are."},
     [](const Value& v, AwsAccess& out) { read_text(v, out.role_arn); }},
    {{"role_session_name", Shape::scalar, "text", "AWS_ROLE_SESSION_NAME, else `sluice`", "How the assumed role's sessions are called in AWS's logs."},
     [](const Value& v, AwsAccess& out) { read_word_of_place(v, out.role_session_name); }},
    {{"web_identity_token_file", Shape::scalar, "a path", "AWS_WEB_IDENTITY_TOKEN_FILE", "A token by which the role is assumed; read anew each time."},
     [](const Value& v, AwsAccess& out) { read_path(v, out.web_identity_token_file); }},
};

constexpr Field<EntraAccess> entra_fields[] = {
    {{"tenant", Shape::scalar, "text", "AZURE_TENANT_ID", "The directory's id or name."},
     [](const Value& v, EntraAccess& out) { read_word_of_place(v, out.tenant); }},
    {{"client_id", Shape::scalar, "text", "AZURE_CLIENT_ID", "The application's id; of a managed identity, which of several."},
     [](const Value& v, EntraAccess& out) { read_word_of_place(v, out.client_id); }},
    {{"client_secret", Shape::scalar, "text", "AZURE_CLIENT_SECRET", "The application's secret.", false, true, true},
     [](const Value& v, EntraAccess& out) { read_secret(v, 1, out.client_secret); }},
    {{"federated_token_file", Shape::scalar, "a path", "AZURE_FEDERATED_TOKEN_FILE", "A token instead of the secret (workload identity); read anew each time."},
     [](const Value& v, EntraAccess& out) { read_path(v, out.federated_token_file); }},
    {{"managed_identity", Shape::scalar, "true or false", "false", "The machine, app or container speaks for itself."},
     [](const Value& v, EntraAccess& out) { read_plain(v, parse_bool, out.managed_identity); }},
    {{"authority", Shape::scalar, "a URL", "AZURE_AUTHORITY_HOST, else `https://login.microsoftonline.com`", "Of another cloud than the public one."},
     [](const Value& v, EntraAccess& out) { read_url(v, out.authority_url); }},
    {{"scope", Shape::scalar, "text", "`https://cognitiveservices.azure.com/.default`", "What the token is for."},
     [](const Value& v, EntraAccess& out) { read_text(v, out.scope); }},
};

}  // namespace

void read_region(const Value& v, std::string& out) { read_word_of_place(v, out); }
void read_cloud_credentials(const Value& v, CloudDraft& out) { read_credentials(v, out); }

void read_aws(const Value& v, CloudDraft& out) {
  out.aws_given = true;
  read_fields<AwsAccess>(v, aws_fields, out.aws);
}

void read_entra(const Value& v, CloudDraft& out) {
  out.entra_given = true;
  read_fields<EntraAccess>(v, entra_fields, out.entra);
}

void describe_cloud(std::vector<Section>& out) {
  out.push_back(describe<AwsAccess>("providers[].aws",
                                    "For `type: bedrock` without a key. The first that is there is used: keys written here or in the environment, the web "
                                    "identity, the profile, the endpoint of an ECS or EKS container, the EC2 machine's own role (IMDSv2).",
                                    aws_fields));
  out.push_back(describe<EntraAccess>("providers[].entra", "For `type: azure` without a key: a token of Microsoft Entra ID.", entra_fields));
}

}  // namespace sluice::config
