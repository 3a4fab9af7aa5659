#include "credentials/fetch.hpp"
#include "credentials/google_account.hpp"
#include "credentials/token_answer.hpp"
#include "sluice/http/header_block.hpp"

namespace sluice::credentials {
namespace {

Error of_source(const char* source, const Error& why) {
  return {why.code(), std::string(source) + ": " + why.message()};
}

// https://cloud.google.com/compute/docs/access/authenticate-workloads#applications
net::Task<Result<Grant>> from_machine(Reach reach, std::string metadata_url, std::int64_t now) {
  const char* const source = "Google's metadata server";
  auto question = question_to_machine(metadata_url + "/computeMetadata/v1/instance/service-accounts/default/token");
  if (!question) co_return of_source(source, question.error());
  question->lines = "Metadata-Flavor: Google\r\n";
  Result<Reply> reply = co_await ask(reach.pool, *question);
  if (!reply) co_return of_source(source, reply.error());
  auto grant = read_token(*reply, now);
  if (!grant) co_return of_source(source, grant.error());
  co_return grant;
}

}  // namespace

net::Task<Result<Grant>> fetch_google(Reach reach, const config::GoogleAccess& access, std::int64_t now) {
  if (access.account.empty()) {
    Result<Grant> grant = co_await from_machine(reach, access.metadata_url, now);
    co_return grant;
  }
  const char* const source = "Google's token service";
  auto account = read_google_account(access.account.reveal());
  if (!account) co_return std::move(account).error();
  auto body = token_request(*account, now);
  if (!body) co_return std::move(body).error();
  auto question = question_to(reach, account->token_url);
  if (!question) co_return of_source(source, question.error());
  question->lines = form_line;
  question->body = *std::move(body);
  Result<Reply> reply = co_await ask(reach.pool, *question);
  if (!reply) co_return of_source(source, reply.error());
  auto grant = read_token(*reply, now);
  if (!grant) co_return of_source(source, grant.error());
  if (!account->quota_project.empty()) http::append_header(grant->header_lines, "x-goog-user-project", account->quota_project);
  co_return grant;
}

}  // namespace sluice::credentials
