#include "sluice/app/server.hpp"

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "app/metrics_page.hpp"
#include "app/price_lists.hpp"
#include "app/virtual_keys.hpp"
#include "sluice/base/time.hpp"
#include "sluice/gateway/gateway.hpp"
#include "sluice/gateway/model_fetch.hpp"
#include "sluice/gateway/price_fetch.hpp"
#include "sluice/gateway/webhooks.hpp"
#include "sluice/http/listener.hpp"
#include "sluice/net/tls_server.hpp"
#include "sluice/observability/log.hpp"
#include "sluice/store/recovery.hpp"
#include "sluice/store/store_thread.hpp"

namespace sluice::app {
namespace {

using net::asio::ip::make_address;
using namespace std::chrono_literals;

// One worker with its handler and its thread.
struct Line {
  Line(unsigned index, gateway::Shared& shared) : worker(index, shared), gateway(worker), work(worker.io.get_executor()) {}
  gateway::Worker worker;
  gateway::Gateway gateway;
  net::asio::executor_work_guard<net::Executor> work;
  std::thread thread;
};

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

unsigned threads_of(const config::Server& server) {
  return server.threads != 0 ? server.threads : std::max(1u, std::thread::hardware_concurrency());
}

std::filesystem::path journal_of(const std::string& store_path) {
  return std::filesystem::path(store_path).parent_path() / "journal";
}

std::filesystem::path price_file_of(const std::string& store_path) {
  return std::filesystem::path(store_path).parent_path() / "prices.json";
}

class RunningServer final : public Server {
 public:
  explicit RunningServer(config::Config config) : x_config(std::move(config)) {}

  ~RunningServer() override { stop(); }

  Result<> open_all() {
    auto opened = open_store();
    if (opened) opened = open_listener();
    if (!opened) return opened;
    x_model_fetch = std::make_unique<gateway::ModelFetch>(x_lines.front()->worker);
    x_shared.price_list_fetched = [this](std::string text) { read_price_list(std::move(text)); };
    x_price_fetch = std::make_unique<gateway::PriceFetch>(x_lines.front()->worker);
    x_webhooks = std::make_unique<gateway::Webhooks>(x_lines.front()->worker);
    start_store_thread();
    for (auto& line : x_lines) {
      line->thread = std::thread([&io = line->worker.io] { io.run(); });
    }
    x_running = true;
    return {};
  }

  std::uint16_t port() const override { return x_listener->endpoint().port(); }
  bool tls() const override { return x_config.server.tls.has_value(); }
  bool open() const override {
    std::lock_guard lock(x_mutex);
    return x_snapshot->open();
  }
  std::vector<std::pair<std::string, Secret>> take_new_keys() override { return std::exchange(x_new_keys, {}); }
  std::uint64_t reloads() const override { return x_shared.reloads.load(); }
  void reload_failed() override { x_shared.failed_reloads.fetch_add(1); }
  bool flush() override { return x_store_thread->flush(); }

  Result<std::vector<std::string>> reload(config::Config config) override {
    std::lock_guard lock(x_mutex);
    if (config.accounts.empty() && !x_config.accounts.empty()) {
      x_shared.failed_reloads.fetch_add(1);
      return Error(Code::bad_request, "it has no accounts any more, as a file that is empty or half written. To run without any, restart.");
    }
    std::vector<std::string> later = fixed_at_start(config);
    auto compiled = compile(config);
    if (!compiled) {
      x_shared.failed_reloads.fetch_add(1);
      return std::move(compiled).error();
    }
    x_store_thread->flush();
    auto restored = restore_counters(**compiled);
    if (!restored) {
      x_shared.failed_reloads.fetch_add(1);
      return std::move(restored).error();
    }
    x_config = std::move(config);
    publish(*std::move(compiled));
    x_store_thread->set_retain(retention_of(x_config.logging));
    observability::set_level(x_config.logging.level);
    x_shared.reloads.fetch_add(1);
    return later;
  }

  void stop() override;
  void stop_now() override {
    std::lock_guard lock(x_stop_mutex);
    x_stop_now = true;
    x_stop_asked.notify_all();
  }

 private:
  Result<> open_store();
  Result<> open_listener();
  void end_webhooks();
  void use_kept_price_list();
  void read_price_list(std::string text);
  Result<> take_price_list(const std::string& text);
  void start_store_thread();
  void keys_changed();
  Result<std::shared_ptr<const gateway::Snapshot>> compile(const config::Config& config);
  void publish(std::shared_ptr<const gateway::Snapshot> snapshot);
  Result<> restore_counters(const gateway::Snapshot& snapshot);
  std::vector<std::string> fixed_at_start(const config::Config& config) const;

  mutable std::mutex x_mutex;                  // the configuration and everything made from it
  config::Config x_config;
  std::shared_ptr<const gateway::Snapshot> x_snapshot;
  std::uint64_t x_version = 0;
  std::unique_ptr<store::Store> x_keys_store;  // a connection of its own, used under x_mutex
  std::vector<std::pair<std::string, Secret>> x_new_keys;

  gateway::Shared x_shared;
  std::vector<std::unique_ptr<Line>> x_lines;
  std::unique_ptr<gateway::ModelFetch> x_model_fetch;   // on the first line
  std::unique_ptr<gateway::PriceFetch> x_price_fetch;   // likewise
  std::unique_ptr<gateway::Webhooks> x_webhooks;        // likewise
  std::thread x_price_reader;                           // started on the first line, where there is a list to be read
  std::size_t x_price_text = 0;                         // hash of the last one taken over; touched by that thread
  std::unique_ptr<store::StoreThread> x_store_thread;
  std::unique_ptr<http::Listener> x_listener;

  std::mutex x_stop_mutex;
  std::condition_variable x_stop_asked;
  bool x_stop_now = false, x_running = false;
};

Result<> RunningServer::open_store() {
  const std::string& path = x_config.store.path;
  auto keys_store = store::open_sqlite(path);
  if (!keys_store) return std::move(keys_store).error();
  x_keys_store = *std::move(keys_store);
  auto made = make_missing_keys(x_config, *x_keys_store);
  if (!made) return std::move(made).error();
  x_new_keys = *std::move(made);
  for (unsigned i = 0; i < threads_of(x_config.server); ++i) {
    auto line = std::make_unique<Line>(i, x_shared);
    auto journal = store::open_journal(journal_of(path), i);
    if (!journal) return std::move(journal).error();
    line->worker.journal = *std::move(journal);
    x_lines.push_back(std::move(line));
  }
  auto recovered = store::recover(journal_of(path), *x_keys_store);
  if (!recovered) return std::move(recovered).error();
  if (recovered->interrupted > 0)
    observability::warn("{} requests were under way when the gateway last ended; they are booked at what was reserved for them",
                        recovered->interrupted);
  use_kept_price_list();
  auto compiled = compile(x_config);
  if (!compiled) return std::move(compiled).error();
  auto restored = restore_counters(**compiled);
  if (!restored) return restored;
  x_snapshot = *std::move(compiled);
  for (auto& line : x_lines) line->worker.snapshot = x_snapshot;
  return {};
}

// Until the first one is fetched.
void RunningServer::use_kept_price_list() {
  if (x_config.pricing.url.empty()) return;
  std::int64_t kept_at = 0;
  auto kept = kept_price_list(price_file_of(x_config.store.path), kept_at);
  if (!kept) {
    observability::warn("{}", kept.error().message());
    return;
  }
  x_shared.memory.fetched_prices = *std::move(kept);
  x_shared.price_list.good_at.store(kept_at);
}

// On a thread of its own, since it takes longer than a worker may be kept: at most one, for a list comes once in a while.
void RunningServer::read_price_list(std::string text) {
  if (x_price_reader.joinable()) x_price_reader.join();
  x_price_reader = std::thread([this, text = std::move(text)] {
    auto taken = take_price_list(text);
    if (taken) return;
    x_shared.price_list.failures.fetch_add(1);
    observability::error("the price list that was fetched is refused, the one in force stays: {}", taken.error().message());
  });
}

Result<> RunningServer::take_price_list(const std::string& text) {
  std::lock_guard lock(x_mutex);
  const std::size_t hash = std::hash<std::string>()(text);
  const std::int64_t now = unix_seconds();
  if (x_price_text != hash) {
    auto list = admit_price_list(text, x_snapshot->prices(), now);
    if (!list) return std::move(list).error();
    PriceList before = std::exchange(x_shared.memory.fetched_prices, *std::move(list));
    auto compiled = compile(x_config);
    if (!compiled) {
      x_shared.memory.fetched_prices = std::move(before);
      return std::move(compiled).error();
    }
    publish(*std::move(compiled));
    x_price_text = hash;
    observability::info("prices are now those of {}", x_snapshot->prices().version());
  }
  x_shared.price_list.good_at.store(now);
  auto kept = keep_price_list(price_file_of(x_config.store.path), *x_shared.memory.fetched_prices);
  if (!kept) observability::warn("the price list is in force, but will not be known at the next start: {}", kept.error().message());
  return {};
}

Result<> RunningServer::open_listener() {
  const config::Server& server = x_config.server;
  http::ListenerOptions options;
  net::ErrorCode bad;
  auto address = make_address(server.listen.host == "localhost" ? "127.0.0.1" : server.listen.host, bad);
  if (bad) return Error(Code::internal, "server.listen: '" + server.listen.host + "' is no IP address");
  options.endpoint = net::tcp::endpoint(address, server.listen.port);
  options.limits = limits_of(server);
  options.max_connections = server.limits.max_connections;
  if (server.tls) {
    auto context = net::server_tls(server.tls->certificate, server.tls->key.reveal());
    if (!context) return std::move(context).error();
    options.tls = *std::move(context);
  }
  std::vector<http::Listener::Worker> workers;
  for (auto& line : x_lines) workers.push_back({&line->worker.io, &line->gateway});
  auto listener = http::Listener::open(x_lines.front()->worker.io, workers, std::move(options));
  if (!listener) return std::move(listener).error();
  x_listener = *std::move(listener);
  return {};
}

void RunningServer::start_store_thread() {
  auto store = store::open_sqlite(x_config.store.path);
  std::vector<store::Journal*> journals;
  for (auto& line : x_lines) journals.push_back(line->worker.journal.get());
  store::StoreThread::Options options;
  options.retain = retention_of(x_config.logging);
  options.keys_changed = [this] { keys_changed(); };
  x_store_thread = std::make_unique<store::StoreThread>(*std::move(store), std::move(journals), std::move(options));
  x_shared.store_writable = [this] { return x_store_thread->writable(); };
  x_shared.metrics = [this] {
    std::vector<const gateway::Counters*> counters;
    for (auto& line : x_lines) counters.push_back(&line->worker.counters);
    return metrics_page(counters, x_shared, x_listener->counters(), *x_store_thread);
  };
}

Result<std::shared_ptr<const gateway::Snapshot>> RunningServer::compile(const config::Config& config) {
  auto stored = x_keys_store->keys();
  if (!stored) return std::move(stored).error();
  return gateway::Snapshot::compile(config, *stored, x_shared.memory, ++x_version, unix_seconds());
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
  x_listener->set_limits(limits_of(x_config.server), x_config.server.limits.max_connections);
}

// Another process changed the store: `sluice keys` did. Called on the store thread.
void RunningServer::keys_changed() {
  std::lock_guard lock(x_mutex);
  auto compiled = compile(x_config);
  Result<> restored;
  if (compiled) restored = restore_counters(**compiled);   // this thread has just written all there was
  if (!compiled) restored = std::move(compiled).error();
  if (restored) publish(*std::move(compiled));
  else observability::error("the changed virtual keys could not be loaded: {}", restored.error().message());
}

std::vector<std::string> RunningServer::fixed_at_start(const config::Config& config) const {
  std::vector<std::string> names;
  const config::Server &now = x_config.server, &next = config.server;
  if (now.listen.host != next.listen.host || now.listen.port != next.listen.port) names.push_back("server.listen");
  if (now.threads != next.threads) names.push_back("server.threads");
  bool same_tls = now.tls.has_value() == next.tls.has_value() &&
                  (!now.tls || (now.tls->certificate == next.tls->certificate && now.tls->key == next.tls->key));
  if (!same_tls) names.push_back("server.tls");
  if (x_config.store.path != config.store.path) names.push_back("store");
  return names;
}

// Notices that wait are sent, if that does not take long.
void RunningServer::end_webhooks() {
  net::asio::io_context& io = x_lines.front()->worker.io;
  net::asio::post(io, [this] { x_webhooks->end(); });
  const auto grace = net::Clock::now() + 2s;
  while (!x_webhooks->ended() && net::Clock::now() < grace) std::this_thread::sleep_for(1ms);
  net::asio::post(io, [this] { x_webhooks->give_up(); });
}

void RunningServer::stop() {
  if (!x_running) return;
  x_running = false;
  x_shared.draining.store(true);
  x_listener->drain();
  {
    std::unique_lock lock(x_stop_mutex);
    auto until = net::Clock::now() + x_config.server.timeouts.drain;
    while (!x_stop_now && x_listener->counters().open.load() > 0 && net::Clock::now() < until) {
      x_stop_asked.wait_for(lock, 10ms);
    }
  }
  // What is cut off settles on its worker before the loops end.
  x_shared.closing.store(true);
  x_listener->close_all();
  end_webhooks();
  net::asio::post(x_lines.front()->worker.io, [this] {
    x_model_fetch->end();
    x_price_fetch->end();
  });
  auto grace = net::Clock::now() + 1s;
  const auto ended = [this] { return x_model_fetch->ended() && x_price_fetch->ended() && x_webhooks->ended(); };
  while ((x_listener->counters().open.load() > 0 || x_shared.in_flight.load() > 0 || !ended()) && net::Clock::now() < grace) {
    std::this_thread::sleep_for(1ms);
  }
  for (auto& line : x_lines) {
    line->work.reset();
    line->worker.io.stop();
  }
  for (auto& line : x_lines) line->thread.join();
  if (x_price_reader.joinable()) x_price_reader.join();
  x_shared.metrics = nullptr;
  x_store_thread.reset();
  x_webhooks.reset();
  x_price_fetch.reset();
  x_model_fetch.reset();   // after the store thread, which may publish a snapshot
  x_listener.reset();
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(config::Config config) {
  auto server = std::make_unique<RunningServer>(std::move(config));
  auto opened = server->open_all();
  if (!opened) return std::move(opened).error();
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace sluice::app
