// The running gateway. What it is made of and how it starts and stops is in server.cpp; what configuration is in force, and how
// that changes, in in_force.cpp; which price list, in prices_in_force.cpp.
#pragma once
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/admin_thread.hpp"
#include "sluice/admin/deployment.hpp"
#include "sluice/app/server.hpp"
#include "sluice/gateway/gateway.hpp"
#include "sluice/gateway/model_fetch.hpp"
#include "sluice/gateway/price_fetch.hpp"
#include "sluice/gateway/webhooks.hpp"
#include "sluice/http/listener.hpp"
#include "sluice/store/store_thread.hpp"

namespace sluice::app {

// One worker with its handler and its thread.
struct Line {
  Line(unsigned index, gateway::Shared& shared) : worker(index, shared), gateway(worker), work(worker.io.get_executor()) {}
  gateway::Worker worker;
  gateway::Gateway gateway;
  net::asio::executor_work_guard<net::Executor> work;
  std::thread thread;
};

std::shared_ptr<const http::ServerLimits> limits_of(const config::Server& server);
std::optional<std::chrono::seconds> retention_of(const config::Logging& logging);

class RunningServer final : public Server, private admin::Deployment {
 public:
  explicit RunningServer(config::Config config) : x_config(std::make_shared<const config::Config>(std::move(config))) {}
  ~RunningServer() override { stop(); }
  Result<> open_all();

  std::uint16_t port() const override { return x_listener->endpoint().port(); }
  std::uint16_t admin_port() const override;
  bool tls() const override { return x_config->server.tls.has_value(); }
  bool open() const override;
  std::vector<std::pair<std::string, Secret>> take_new_keys() override { return std::exchange(x_new_keys, {}); }
  std::optional<Secret> take_admin_token() override { return std::exchange(x_admin_token, std::nullopt); }
  void set_file(std::string name, Reload reload) override;
  std::uint64_t reloads() const override { return x_shared.reloads.load(); }
  void reload_failed() override { x_shared.failed_reloads.fetch_add(1); }
  Result<std::vector<std::string>> reload(config::Config config) override;
  void stop() override;
  void stop_now() override;
  bool flush() override { return x_store_thread->flush(); }

 private:
  // admin::Deployment
  std::shared_ptr<void> hold() override;
  store::Store& store() override { return *x_admin_store; }
  std::shared_ptr<const config::Config> declared() override;
  std::shared_ptr<const gateway::Snapshot> in_force() override;
  gateway::Memory& memory() override { return x_shared.memory; }
  Result<> put_in_force(admin::Whole whole) override;
  Result<std::vector<std::string>> reload() override;
  config::LoadResult read(std::string_view yaml) override;

  Result<> open_store();
  Result<> open_listeners();
  Result<http::ListenerOptions> listener_options(const config::Endpoint& endpoint) const;
  void start_store_thread();
  void end_webhooks();
  void use_kept_price_list();
  void read_price_list(std::string text);
  Result<> take_price_list(const std::string& text);
  Result<> reload_store();
  Result<> swap(std::shared_ptr<const config::Config> config);   // and what the store has by now
  Result<> swap(std::shared_ptr<const config::Config> config, admin::Whole whole);
  void store_changed();
  void take_up_changes();
  Result<std::shared_ptr<const gateway::Snapshot>> compile(admin::Whole whole);
  void publish(std::shared_ptr<const gateway::Snapshot> snapshot);
  Result<> restore_counters(const gateway::Snapshot& snapshot);
  std::vector<std::string> fixed_at_start(const config::Config& config) const;

  mutable std::recursive_mutex x_mutex;        // the configuration and everything made from it
  std::shared_ptr<const config::Config> x_config;   // as the file has it
  std::shared_ptr<const gateway::Snapshot> x_snapshot;
  std::uint64_t x_version = 0;
  std::unique_ptr<store::Store> x_keys_store;  // a connection of its own, used under x_mutex
  std::int64_t x_change_in_force = 0;          // the last of the store's that x_snapshot has
  std::atomic<bool> x_store_changed{false};    // by somebody, and not taken up yet
  std::vector<std::pair<std::string, Secret>> x_new_keys;
  std::optional<Secret> x_admin_token;
  std::string x_file = "configuration";
  Reload x_reload;

  gateway::Shared x_shared;
  std::vector<std::unique_ptr<Line>> x_lines;
  std::unique_ptr<gateway::ModelFetch> x_model_fetch;   // on the first line
  std::unique_ptr<gateway::PriceFetch> x_price_fetch;   // likewise
  std::unique_ptr<gateway::Webhooks> x_webhooks;        // likewise
  std::thread x_price_reader;                           // started on the first line, where there is a list to be read
  std::size_t x_price_text = 0;                         // hash of the last one taken over; touched by that thread
  std::unique_ptr<store::StoreThread> x_store_thread;
  std::unique_ptr<http::Listener> x_listener;
  std::unique_ptr<store::Store> x_admin_store;          // of the administering thread
  std::unique_ptr<AdminThread> x_admin;

  std::mutex x_stop_mutex;
  std::condition_variable x_stop_asked;
  bool x_stop_now = false, x_running = false;
};

}  // namespace sluice::app
