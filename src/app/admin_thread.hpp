// The thread that administers: it may wait for the database, so it is no worker. Requests come from the workers, which wait for
// its answer, or from a listener of its own.
#pragma once
#include <memory>
#include <optional>
#include <thread>

#include "sluice/admin/api.hpp"
#include "sluice/http/listener.hpp"

namespace sluice::app {

class AdminThread {
 public:
  explicit AdminThread(admin::Deployment& deployment);
  ~AdminThread();

  // Before start(). A listener that serves /admin and nothing else.
  Result<> listen(http::ListenerOptions options);
  std::optional<std::uint16_t> port() const;      // of that listener
  gateway::Administration taker();                // for the workers; it must not be called after this has gone
  void start();
  void drain();
  void stop();                                    // what waits is not answered any more

 private:
  class Handler;
  net::asio::io_context x_io{1};
  net::asio::executor_work_guard<net::Executor> x_work;
  admin::Api x_api;
  std::unique_ptr<Handler> x_handler;
  std::unique_ptr<http::Listener> x_listener;
  std::thread x_thread;
};

}  // namespace sluice::app
