#include "sluice/app/server.hpp"

#include <filesystem>

#include "app/metrics_page.hpp"
#include "app/running_server.hpp"
#include "app/virtual_keys.hpp"
#include "sluice/admin/kept.hpp"
#include "sluice/net/tls_server.hpp"
#include "sluice/observability/log.hpp"
#include "sluice/store/recovery.hpp"

namespace sluice::app {
namespace {

using net::asio::ip::make_address;
using namespace std::chrono_literals;

unsigned threads_of(const config::Server& server) {
  return server.threads != 0 ? server.threads : std::max(1u, std::thread::hardware_concurrency());
}

std::filesystem::path journal_of(const std::string& store_path) {
  return std::filesystem::path(store_path).parent_path() / "journal";
}

}  // namespace

Result<> RunningServer::open_all() {
  auto opened = open_store();
  if (opened) opened = open_listeners();
  if (!opened) return opened;
  x_model_fetch = std::make_unique<gateway::ModelFetch>(x_lines.front()->worker);
  x_shared.price_list_fetched = [this](std::string text) { read_price_list(std::move(text)); };
  x_price_fetch = std::make_unique<gateway::PriceFetch>(x_lines.front()->worker);
  x_webhooks = std::make_unique<gateway::Webhooks>(x_lines.front()->worker);
  start_store_thread();
  for (auto& line : x_lines) {
    line->thread = std::thread([&io = line->worker.io] { io.run(); });
  }
  x_admin->start();
  x_running = true;
  return {};
}

std::uint16_t RunningServer::admin_port() const { return x_admin->port().value_or(port()); }

Result<> RunningServer::open_store() {
  const std::string& path = x_config->store.path;
  auto keys_store = store::open_sqlite(path);
  if (!keys_store) return std::move(keys_store).error();
  x_keys_store = *std::move(keys_store);
  auto whole = admin::extended(*x_config, *x_keys_store);   // before anything is made for it
  if (!whole) return std::move(whole).error();
  auto made = make_missing_keys(*x_config, *x_keys_store, whole->keys);
  if (!made) return std::move(made).error();
  x_new_keys = *std::move(made);
  auto token = make_first_token(*x_config, *x_keys_store);
  if (!token) return std::move(token).error();
  x_admin_token = *std::move(token);
  auto admin_store = store::open_sqlite(path);
  if (!admin_store) return std::move(admin_store).error();
  x_admin_store = *std::move(admin_store);
  for (unsigned i = 0; i < threads_of(x_config->server); ++i) {
    auto line = std::make_unique<Line>(i, x_shared);
    auto journal = store::open_journal(journal_of(path), i);
    if (!journal) return std::move(journal).error();
    line->worker.journal = *std::move(journal);
    x_lines.push_back(std::move(line));
  }
  auto recovered = store::recover(journal_of(path), *x_keys_store);
  if (!recovered) return std::move(recovered).error();
  if (recovered->interrupted > 0)
    observability::warn("{} requests were under way when the gateway last ended; they are booked as they were reserved",
                        recovered->interrupted);
  use_kept_price_list();
  x_change_in_force = whole->latest_change;
  auto compiled = compile(*std::move(whole));
  if (!compiled) return std::move(compiled).error();
  auto restored = restore_counters(**compiled);
  if (!restored) return restored;
  x_snapshot = *std::move(compiled);
  for (auto& line : x_lines) line->worker.snapshot = x_snapshot;
  return {};
}

Result<http::ListenerOptions> RunningServer::listener_options(const config::Endpoint& endpoint) const {
  const config::Server& server = x_config->server;
  http::ListenerOptions options;
  net::ErrorCode bad;
  auto address = make_address(endpoint.host == "localhost" ? "127.0.0.1" : endpoint.host, bad);
  if (bad) return Error(Code::internal, "'" + endpoint.host + "' is no IP address to listen on");
  options.endpoint = net::tcp::endpoint(address, endpoint.port);
  options.limits = limits_of(server);
  options.max_connections = server.limits.max_connections;
  if (server.tls) {
    auto context = net::server_tls(server.tls->certificate, server.tls->key.reveal());
    if (!context) return std::move(context).error();
    options.tls = *std::move(context);
  }
  return options;
}

Result<> RunningServer::open_listeners() {
  auto options = listener_options(x_config->server.listen);
  if (!options) return std::move(options).error();
  std::vector<http::Listener::Worker> workers;
  for (auto& line : x_lines) workers.push_back({&line->worker.io, &line->gateway});
  auto listener = http::Listener::open(x_lines.front()->worker.io, workers, *std::move(options));
  if (!listener) return std::move(listener).error();
  x_listener = *std::move(listener);
  x_admin = std::make_unique<AdminThread>(static_cast<admin::Deployment&>(*this));
  const auto& own = x_config->server.admin.listen;
  if (!own) {
    x_shared.administration = x_admin->taker();
    return {};
  }
  auto admin_options = listener_options(*own);
  if (!admin_options) return std::move(admin_options).error();
  return x_admin->listen(*std::move(admin_options));
}

void RunningServer::start_store_thread() {
  auto store = store::open_sqlite(x_config->store.path);
  std::vector<store::Journal*> journals;
  for (auto& line : x_lines) journals.push_back(line->worker.journal.get());
  store::StoreThread::Options options;
  options.retain = retention_of(x_config->logging);
  options.keys_changed = [this] { store_changed(); };
  x_store_thread = std::make_unique<store::StoreThread>(*std::move(store), std::move(journals), std::move(options));
  x_shared.store_writable = [this] { return x_store_thread->writable(); };
  x_shared.metrics = [this] {
    std::vector<const gateway::Counters*> counters;
    for (auto& line : x_lines) counters.push_back(&line->worker.counters);
    return metrics_page(counters, x_shared, x_listener->counters(), *x_store_thread);
  };
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
  x_admin->drain();
  {
    std::unique_lock lock(x_stop_mutex);
    auto until = net::Clock::now() + x_config->server.timeouts.drain;
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
  x_admin->stop();
  if (x_price_reader.joinable()) x_price_reader.join();
  x_shared.metrics = nullptr;
  x_store_thread.reset();
  x_webhooks.reset();   // these after the store thread, which may publish a snapshot
  x_price_fetch.reset();
  x_model_fetch.reset();
  x_admin.reset();
  x_listener.reset();
}

void RunningServer::stop_now() {
  std::lock_guard lock(x_stop_mutex);
  x_stop_now = true;
  x_stop_asked.notify_all();
}

Result<std::unique_ptr<Server>> Server::start(config::Config config) {
  auto server = std::make_unique<RunningServer>(std::move(config));
  auto opened = server->open_all();
  if (!opened) return std::move(opened).error();
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace sluice::app
