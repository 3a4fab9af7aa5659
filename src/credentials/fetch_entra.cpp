// Microsoft Entra ID, for Azure's services.
#include "credentials/fetch.hpp"
#include "credentials/files.hpp"
#include "credentials/token_answer.hpp"
#include "sluice/base/text.hpp"
#include "sluice/http/header_block.hpp"

namespace sluice::credentials {
namespace {

Error of_source(const char* source, const Error& why) {
  return {why.code(), std::string(source) + ": " + why.message()};
}

// "https://cognitiveservices.azure.com/.default" as the machines' services want it.
std::string resource_of(const std::string& scope) {
  constexpr std::string_view all = "/.default";
  return scope.ends_with(all) ? scope.substr(0, scope.size() - all.size()) : scope;
}

// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow (secret and federated credential)
Result<Question> client_question(const Reach& reach, const config::EntraAccess& access) {
  auto question = question_to(reach, access.authority_url + "/" + percent_encoded(access.tenant) + "/oauth2/v2.0/token");
  if (!question) return question;
  question->lines = form_line;
  question->body = "grant_type=client_credentials&client_id=" + percent_encoded(access.client_id) + "&scope=" + percent_encoded(access.scope);
  if (!access.client_secret.empty()) {
    question->body += "&client_secret=" + percent_encoded(access.client_secret.reveal());
    return question;
  }
  auto token = read_token_file(access.federated_token_file);
  if (!token) return std::move(token).error();
  question->body += "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=" +
                    percent_encoded(token->reveal());
  return question;
}

// https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token (virtual machines),
// https://learn.microsoft.com/azure/app-service/overview-managed-identity (App Service and Container Apps)
Result<Question> machine_question(const config::EntraAccess& access) {
  const bool app_service = !access.identity_url.empty();
  std::string url = app_service ? access.identity_url + "?api-version=2019-08-01"
                                : access.metadata_url + "/metadata/identity/oauth2/token?api-version=2018-02-01";
  url += "&resource=" + percent_encoded(resource_of(access.scope));
  if (!access.client_id.empty()) url += "&client_id=" + percent_encoded(access.client_id);
  auto question = question_to_machine(url);
  if (!question) return question;
  if (app_service) http::append_header(question->lines, "X-IDENTITY-HEADER", access.identity_header.reveal());
  else question->lines = "Metadata: true\r\n";
  return question;
}

}  // namespace

net::Task<Result<Grant>> fetch_entra(Reach reach, const config::EntraAccess& access, std::int64_t now) {
  const char* const source = access.managed_identity ? "Azure's managed identity endpoint" : "Microsoft Entra ID";
  auto question = access.managed_identity ? machine_question(access) : client_question(reach, access);
  if (!question) co_return of_source(source, question.error());
  Result<Reply> reply = co_await ask(reach.pool, *question);
  if (!reply) co_return of_source(source, reply.error());
  auto grant = read_token(*reply, now);
  if (!grant) co_return of_source(source, grant.error());
  co_return grant;
}

}  // namespace sluice::credentials
