#include <csignal>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <thread>

#include <boost/asio/signal_set.hpp>

#include "app/banner.hpp"
#include "app/options.hpp"
#include "sluice/app/command_line.hpp"
#include "sluice/app/server.hpp"
#include "sluice/config/load.hpp"
#include "sluice/config/watch.hpp"
#include "sluice/net/socket.hpp"
#include "sluice/observability/log.hpp"

namespace sluice::app {
namespace {

using observability::error;
using observability::info;
using observability::warn;

constexpr std::string_view usage = R"(usage: sluice serve [--config FILE]

Runs the gateway. Without --config: $SLUICE_CONFIG, or config/sluice.yaml.
The file is watched: a change is loaded, validated and swapped in whole; a bad file changes nothing and says why.
Signals: SIGHUP reloads; SIGTERM and SIGINT finish the requests under way and stop; a second one stops at once.
Exit code 0: stopped as told; 1: the configuration or the arguments were refused; 2: could not start.
)";

void warn_of(const std::vector<config::Problem>& warnings) {
  for (const config::Problem& warning : warnings) {
    warn("{}:{}:{}: {}: {}", warning.file, warning.line, warning.column, warning.path, warning.message);
  }
}

std::vector<std::filesystem::path> watched(const std::string& file, const config::Loaded& loaded) {
  std::vector<std::filesystem::path> files = loaded.files;
  files.emplace_back(file);
  return files;
}

// Loads the file again when it changes and swaps it in, or says why not. reload() is called by the watch and by SIGHUP.
class Reloader {
 public:
  explicit Reloader(std::string file) : x_file(std::move(file)), x_watch({x_file}, [this] { (void)reload(); }) {}

  // From now on there is something to reload. A change since the watch began is made up for.
  void attach(Server& server, const config::Loaded& loaded) {
    x_watch.watch(watched(x_file, loaded));
    bool missed = false;
    {
      std::lock_guard lock(x_mutex);
      x_server = &server;
      missed = std::exchange(x_missed, false);
    }
    server.set_file(x_file, [this] { return reload(); });
    if (missed) (void)reload();
  }

  // The server is about to go.
  void detach() {
    std::lock_guard lock(x_mutex);
    x_server = nullptr;
  }

  // What it warns of, or why the file was not loaded; both are logged.
  Result<std::vector<std::string>> reload() {
    const std::lock_guard lock(x_mutex);
    x_missed = x_server == nullptr;
    if (x_missed) return Error(Code::draining, "the gateway is starting or stopping");
    auto loaded = config::load_file(x_file, config::process_environment());
    if (const auto* problems = std::get_if<std::vector<config::Problem>>(&loaded)) {
      x_server->reload_failed();
      return refused(config::format(*problems));
    }
    auto& good = std::get<config::Loaded>(loaded);
    x_watch.watch(watched(x_file, good));
    auto swapped = x_server->reload(std::move(good.config));
    if (!swapped) return refused(swapped.error().message());
    warn_of(good.warnings);
    for (std::string& name : *swapped) warn("{}", name += " has changed: it takes effect at the next start");
    info("{} loaded", x_file);
    return std::move(*swapped);
  }

 private:
  Error refused(const std::string& why) const {
    error("{} was not loaded; the configuration in force stays as it is:{}{}", x_file, why.find('\n') == why.npos ? " " : "\n", why);
    return Error(Code::bad_request, why);
  }

  std::string x_file;
  std::mutex x_mutex;
  Server* x_server = nullptr;
  bool x_missed = false;
  config::FileWatch x_watch;   // last: its thread uses all of the above
};

// Waits for signals until the gateway has stopped.
class Signals {
 public:
  Signals(Server& server, Reloader& reloader) : x_server(server), x_reloader(reloader) {
    wait_for_stop();
    wait_for_reload();
  }
  ~Signals() {
    if (x_stopper.joinable()) x_stopper.join();
  }
  void run() { x_io.run(); }

 private:
  void wait_for_stop() {
    x_stop.async_wait([this](const net::ErrorCode& failed, int) {
      if (failed) return;
      if (x_stopper.joinable()) {
        info("stopping at once");
        x_server.stop_now();
      } else {
        info("stopping: requests under way are finished; a second signal stops at once");
        x_stopper = std::thread([this] {
          x_server.stop();
          x_io.stop();
        });
      }
      wait_for_stop();
    });
  }
  void wait_for_reload() {
    x_hangup.async_wait([this](const net::ErrorCode& failed, int) {
      if (failed) return;
      (void)x_reloader.reload();
      wait_for_reload();
    });
  }

  Server& x_server;
  Reloader& x_reloader;
  net::asio::io_context x_io{1};
  net::asio::signal_set x_stop{x_io, SIGTERM, SIGINT};
  net::asio::signal_set x_hangup{x_io, SIGHUP};
  std::thread x_stopper;
};

void show_new_keys(Server& server, std::ostream& err) {
  for (const auto& [id, text] : server.take_new_keys()) {
    err << "  Virtual key '" << id << "' was made. It is kept hashed and shown only this once:\n    " << text.reveal() << "\n";
  }
  if (const auto token = server.take_admin_token())
    err << "  Admin token for /admin, kept hashed and shown only this once:\n    " << token->reveal() << "\n";
}

}  // namespace

int serve_command(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
  constexpr std::string_view with_value[] = {"--config"};
  Options options = read_options(arguments, with_value);
  if (options.help) {
    out << usage;
    return 0;
  }
  if (options.problem || !options.words.empty()) {
    err << "sluice serve: " << options.problem.value_or("no argument is taken but --config FILE") << ". `sluice serve --help` tells more.\n";
    return 1;
  }
  std::string file = options.value("--config") != nullptr ? *options.value("--config") : default_config();
  Reloader reloader(file);
  auto loaded = config::load_file(file, config::process_environment());
  if (const auto* problems = std::get_if<std::vector<config::Problem>>(&loaded)) {
    err << config::format(*problems);
    return 1;
  }
  auto& good = std::get<config::Loaded>(loaded);
  observability::start_log();
  observability::set_level(good.config.logging.level);
  warn_of(good.warnings);
  std::signal(SIGPIPE, SIG_IGN);
  config::Config config = good.config;
  auto started = Server::start(std::move(good.config));
  if (!started) {
    err << "sluice: could not start: " << started.error().message() << '\n';
    return 2;
  }
  Server& server = **started;
  reloader.attach(server, good);
  Signals signals(server, reloader);
  show_new_keys(server, err);
  err << banner(config, server.port(), server.open());   // ends with a command to copy
  err.flush();
  signals.run();
  reloader.detach();
  info("stopped");
  return 0;
}

}  // namespace sluice::app
