// A listening socket: accepts in one io_context and hands the clients round robin to the workers. Its functions may be
// called from any thread. Destroy it before the io_contexts, and accept_io before the workers'. Connections still alive
// go on, or die with their io_context: the handlers must outlive the io_contexts.
#pragma once
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <vector>

#include "sluice/base/result.hpp"
#include "sluice/http/server_connection.hpp"
#include "sluice/net/socket.hpp"

namespace sluice::http {

struct ListenerOptions {
  net::tcp::endpoint endpoint;                             // port 0: the system chooses
  std::shared_ptr<net::asio::ssl::context> tls;            // null: plain HTTP
  std::shared_ptr<const ServerLimits> limits = std::make_shared<const ServerLimits>();
  std::uint64_t max_connections = 20'000;                  // the next ones are answered 503 with retry-after
};

class Listener {
 public:
  // Each worker's io_context is run by one thread; its handler is called on that thread only.
  // Several workers may share one handler that can bear it.
  struct Worker {
    net::asio::io_context* io;
    Handler* handler;
  };
  // Binds and listens; accepting begins when `accept_io` (which may be one of the workers') runs. Fails with
  // Code::internal and a message that names the address.
  static Result<std::unique_ptr<Listener>> open(net::asio::io_context& accept_io, const std::vector<Worker>& workers,
                                                ListenerOptions options);
  virtual ~Listener() = default;

  virtual net::tcp::endpoint endpoint() const = 0;
  virtual const ServerCounters& counters() const = 0;      // counters().open is zero when a drain is complete
  virtual void set_limits(std::shared_ptr<const ServerLimits> limits, std::uint64_t max_connections) = 0;
  // Stops accepting and closes idle connections; those at work finish with `Connection: close`.
  virtual void drain() = 0;
  // After the drain limit: closes every connection at once.
  virtual void close_all() = 0;
};

}  // namespace sluice::http
