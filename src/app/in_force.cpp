// What configuration is in force: what the file declares and what the store keeps, and how that changes.
#include <algorithm>

#include "app/running_server.hpp"
#include "sluice/admin/kept.hpp"
#include "sluice/base/time.hpp"
#include "sluice/observability/log.hpp"

namespace sluice::app {

std::shared_ptr<const http::ServerLimits> limits_of(const config::Server& server) {
  auto limits = std::make_shared<http::ServerLimits>();
  limits->max_headers = server.limits.max_headers;
  limits->header = server.timeouts.header;
  limits->idle = server.timeouts.idle;
  return limits;
}

std::optional<std::chrono::seconds> retention_of(const config::Logging& logging) {
  if (!logging.retain) return std::nullopt;
  constexpr std::int64_t seconds[] = {1, 60, 3600, 86400, 604800, 2678400, 31622400};
  return std::chrono::seconds(logging.retain->count * seconds[static_cast<std::size_t>(logging.retain->unit)]);
}

bool RunningServer::open() const {
  const std::lock_guard lock(x_mutex);
  return x_snapshot->open();
}

std::shared_ptr<void> RunningServer::hold() {
  x_mutex.lock();
  return std::shared_ptr<void>(this, [this](void*) {
    x_mutex.unlock();
    take_up_changes();
  });
}

std::shared_ptr<const config::Config> RunningServer::declared() {
  const std::lock_guard lock(x_mutex);
  return x_config;
}

std::shared_ptr<const gateway::Snapshot> RunningServer::in_force() {
  const std::lock_guard lock(x_mutex);
  return x_snapshot;
}

void RunningServer::set_file(std::string name, Reload reload) {
  const std::lock_guard lock(x_mutex);
  x_file = std::move(name);
  x_reload = std::move(reload);
}

Result<std::shared_ptr<const gateway::Snapshot>> RunningServer::compile(admin::Whole whole) {
  for (const config::Problem& warning : whole.warnings) observability::warn("{}: {}", warning.file, warning.message);
  return gateway::Snapshot::compile(std::move(whole.config), whole.keys, x_shared.memory, ++x_version, unix_seconds());
}

// What the limits of this configuration have been used so far, for those that are new to this process. What waits in the
// journals must be in the store already.
Result<> RunningServer::restore_counters(const gateway::Snapshot& snapshot) {
  const auto now = governance::Moment::now();
  const std::vector<store::Counter> counters = snapshot.counters();
  std::vector<std::vector<std::int64_t>> periods;
  std::vector<store::Declaration> declarations;
  std::int64_t since = now.seconds();
  periods.reserve(counters.size());
  for (const store::Counter& counter : counters) {
    periods.push_back(governance::periods_of(counter, now.seconds()));
    declarations.push_back({&counter, periods.back()});
    since = std::min(since, periods.back().front());
  }
  auto declared = x_keys_store->declare(declarations);
  if (!declared) return declared;
  auto values = x_keys_store->counter_values(since);
  if (!values) return std::move(values).error();
  x_shared.memory.book.restore(*values, now);
  return {};
}

// Everything that the file and the store say, from now on.
Result<> RunningServer::swap(std::shared_ptr<const config::Config> config) {
  auto whole = admin::extended(*config, *x_keys_store);
  if (!whole) return std::move(whole).error();
  return swap(std::move(config), *std::move(whole));
}

Result<> RunningServer::swap(std::shared_ptr<const config::Config> config, admin::Whole whole) {
  const std::int64_t latest = whole.latest_change;
  auto compiled = compile(std::move(whole));
  if (!compiled) return std::move(compiled).error();
  auto restored = restore_counters(**compiled);
  if (!restored) return restored;
  x_config = std::move(config);
  x_change_in_force = latest;
  publish(*std::move(compiled));
  return {};
}

void RunningServer::publish(std::shared_ptr<const gateway::Snapshot> snapshot) {
  x_snapshot = std::move(snapshot);
  for (auto& line : x_lines) {
    net::asio::post(line->worker.io, [worker = &line->worker, next = x_snapshot] { worker->snapshot = next; });
  }
  net::asio::post(x_lines.front()->worker.io, [this] {
    x_model_fetch->configuration_changed();
    x_price_fetch->configuration_changed();
    x_webhooks->configuration_changed();
  });
  x_listener->set_limits(limits_of(x_config->server), x_config->server.limits.max_connections);
}

Result<std::vector<std::string>> RunningServer::reload(config::Config config) {
  std::vector<std::string> later;
  {
    const std::lock_guard lock(x_mutex);
    if (config.accounts.empty() && !x_config->accounts.empty()) {
      x_shared.failed_reloads.fetch_add(1);
      return Error(Code::bad_request, "it has no accounts any more, as a file that is empty or half written. To run without any, restart.");
    }
    later = fixed_at_start(config);
    x_store_thread->flush();
    auto swapped = swap(std::make_shared<const config::Config>(std::move(config)));
    if (!swapped) {
      x_shared.failed_reloads.fetch_add(1);
      return std::move(swapped).error();
    }
    x_store_thread->set_retain(retention_of(x_config->logging));
    observability::set_level(x_config->logging.level);
    x_shared.reloads.fetch_add(1);
  }
  take_up_changes();
  return later;
}

// The change that was checked as `whole` has been written: it is the next one, or there is another beside it to be taken up.
Result<> RunningServer::put_in_force(admin::Whole whole) {
  const std::lock_guard lock(x_mutex);
  x_store_thread->flush();
  ++whole.latest_change;
  return swap(x_config, std::move(whole));
}

Result<> RunningServer::reload_store() {
  auto latest = admin::latest_change(*x_keys_store);
  if (!latest) return std::move(latest).error();
  if (*latest == x_change_in_force) return {};   // administration here wrote it, and put it in force
  return swap(x_config);   // the store thread has just written what there was, or is about to
}

// Somebody changed the store: `sluice keys` in another process did, or administration here. Called on the store thread, which
// whoever holds the lock may wait for: then they take it up when they have let go.
void RunningServer::store_changed() {
  x_store_changed.store(true);
  take_up_changes();
}

void RunningServer::take_up_changes() {
  while (x_store_changed.load()) {
    const std::unique_lock lock(x_mutex, std::try_to_lock);
    if (!lock || !x_store_changed.exchange(false)) return;
    auto swapped = reload_store();
    if (!swapped) observability::error("what has changed in the store could not be put in force: {}", swapped.error().message());
  }
}

Result<std::vector<std::string>> RunningServer::reload() {
  Reload reload;
  {
    const std::lock_guard lock(x_mutex);
    reload = x_reload;
  }
  if (!reload) return Error(Code::not_implemented, "this gateway was not started with a file");
  return reload();
}

config::LoadResult RunningServer::read(std::string_view yaml) {
  std::string file;
  {
    const std::lock_guard lock(x_mutex);
    file = x_file;
  }
  return config::load(yaml, file, config::process_environment());
}

std::vector<std::string> RunningServer::fixed_at_start(const config::Config& config) const {
  std::vector<std::string> names;
  const config::Server &now = x_config->server, &next = config.server;
  if (now.listen.host != next.listen.host || now.listen.port != next.listen.port) names.push_back("server.listen");
  if (now.threads != next.threads) names.push_back("server.threads");
  bool same_tls = now.tls.has_value() == next.tls.has_value() &&
                  (!now.tls || (now.tls->certificate == next.tls->certificate && now.tls->key == next.tls->key));
  if (!same_tls) names.push_back("server.tls");
  const auto place = [](const config::Server& server) {
    const auto& listen = server.admin.listen;
    return listen ? listen->host + ":" + std::to_string(listen->port) : std::string();
  };
  if (place(now) != place(next)) names.push_back("server.admin.listen");
  if (x_config->store.path != config.store.path) names.push_back("store");
  return names;
}

}  // namespace sluice::app
