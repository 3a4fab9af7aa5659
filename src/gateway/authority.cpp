#include "gateway/authority.hpp"

#include <algorithm>

#include "gateway/wire.hpp"
#include "sluice/base/time.hpp"
#include "sluice/gateway/worker.hpp"
#include "sluice/http/header_block.hpp"
#include "sluice/providers/sigv4.hpp"

namespace sluice::gateway {
namespace {

net::Task<Result<>> fetch(Exchange& ex, Worker& worker, std::shared_ptr<credentials::Source> source, credentials::GrantPtr& grant) {
  net::Timer wake(worker.io.get_executor());
  UpstreamWait waiting(ex);
  ex.reply.when_client_leaves([&wake] { wake.cancel(); });
  Result<credentials::GrantPtr> fetched = co_await source->wait(wake);
  ex.reply.when_client_leaves({});
  if (!fetched) co_return std::move(fetched).error();
  grant = *std::move(fetched);
  co_return Result<>();
}

std::string signature_lines(const Exchange& ex, const Upstream& upstream, const providers::AwsCredentials& keys,
                            const providers::Call& call, std::string_view body) {
  const std::string target = upstream_target(ex, upstream, call), host = upstream.origin.authority(), digest = providers::hex_sha256(body);
  const std::string_view whole = target;
  const std::size_t query = std::min(whole.find('?'), whole.size());
  providers::SigningRequest signing;
  const std::string_view method = upstream_method(ex);
  signing.method = method;
  signing.host = host;
  signing.path = whole.substr(0, query);
  signing.query = whole.substr(std::min(query + 1, whole.size()));
  signing.body_sha256 = digest;
  signing.region = upstream.region;
  signing.service = "bedrock";
  signing.unix_seconds = unix_seconds();
  std::string lines;
  for (const auto& [name, value] : providers::sign(signing, keys)) http::append_header(lines, name, value);
  return lines;
}

}  // namespace

net::Task<Result<>> obtain_grant(Exchange& ex, Worker& worker, const Credential& key, credentials::GrantPtr& grant) {
  const std::shared_ptr<credentials::Source> source = worker.credentials.of(key.source);
  grant = source->ready();
  if (grant) co_return Result<>();
  Result<> fetched = co_await fetch(ex, worker, source, grant);
  co_return fetched;
}

net::Task<Result<>> replace_grant(Exchange& ex, Worker& worker, const Credential& key, credentials::GrantPtr& grant) {
  const std::shared_ptr<credentials::Source> source = worker.credentials.of(key.source);
  const credentials::GrantPtr newest = source->ready();
  if (newest && newest != grant) {   // another request has had it replaced
    grant = newest;
    co_return Result<>();
  }
  if (!source->doubt(grant)) co_return Error(Code::upstream_failed, "nothing else to show");
  Result<> fetched = co_await fetch(ex, worker, source, grant);
  co_return fetched;
}

std::string authority_lines(const Exchange& ex, const Upstream& upstream, const Credential& key, const credentials::Grant& grant,
                            const providers::Call& call, std::string_view body) {
  if (grant.aws) return key.header_lines + signature_lines(ex, upstream, *grant.aws, call, body);
  return key.header_lines + grant.header_lines;
}

}  // namespace sluice::gateway
