#include <algorithm>

#include "credentials/fetch.hpp"
#include "sluice/base/time.hpp"
#include "sluice/credentials/source.hpp"

namespace sluice::credentials {
namespace {

constexpr std::int64_t forgotten_after = 3600;   // settings that a reload has changed and nobody uses any more

net::Task<Result<Grant>> fetch_by(http::ClientPool& pool, std::shared_ptr<const Settings> settings, std::int64_t now) {
  const config::CloudAccess& access = settings->access;
  const Reach reach{pool, settings->proxy, settings->ca_file};
  if (access.platform == config::CloudAccess::Platform::google) {
    Result<Grant> grant = co_await fetch_google(reach, access.google, now);
    co_return grant;
  }
  if (access.platform == config::CloudAccess::Platform::entra) {
    Result<Grant> grant = co_await fetch_entra(reach, access.entra, now);
    co_return grant;
  }
  Result<Grant> grant = co_await fetch_aws(reach, access.aws, now);
  co_return grant;
}

}  // namespace

Source::Fetch fetch_for(http::ClientPool& pool, std::shared_ptr<const Settings> settings, Source::Now now) {
  return [&pool, settings = std::move(settings), now = std::move(now)] { return fetch_by(pool, settings, now()); };
}

Sources::Sources(net::asio::io_context& io, http::ClientPool& pool) : Sources(io, pool, &unix_seconds) {}

Sources::Sources(net::asio::io_context& io, http::ClientPool& pool, Source::Now now)
    : x_executor(io.get_executor()), x_pool(pool), x_now(std::move(now)) {}

std::shared_ptr<Source> Sources::of(const std::shared_ptr<const Settings>& settings) {
  const std::int64_t at = x_now();
  const auto known = std::find_if(x_entries.begin(), x_entries.end(),
                                  [&](const Entry& e) { return e.settings == settings || *e.settings == *settings; });
  if (known != x_entries.end()) {
    known->settings = settings;   // the next comparison is of pointers
    known->used = at;
    return known->source;
  }
  std::erase_if(x_entries, [&](const Entry& e) { return at - e.used > forgotten_after; });
  auto source = std::make_shared<Source>(x_executor, settings->provider, fetch_for(x_pool, settings, x_now), x_now);
  x_entries.push_back({settings, source, at});
  return source;
}

}  // namespace sluice::credentials
