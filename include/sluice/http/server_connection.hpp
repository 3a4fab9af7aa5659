// The client connections of one worker: HTTP/1.1 with keep-alive and sequential pipelining, plain or TLS. A
// ConnectionSet and its connections belong to the worker's thread; every connection keeps its set alive.
#pragma once
#include <atomic>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <cstdint>
#include <memory>

#include "sluice/http/handler.hpp"
#include "sluice/http/parser.hpp"
#include "sluice/net/socket.hpp"

namespace sluice::http {

struct ServerLimits {
  std::uint32_t max_headers = 32 * 1024;                  // bytes of a request's head
  // From a request's first byte to its head's end; also for each 64 KiB of its body, and for the TLS handshake.
  net::Clock::duration header = std::chrono::seconds(10);
  net::Clock::duration idle = std::chrono::seconds(75);   // between requests, and before the first
  net::Clock::duration write = std::chrono::seconds(60);  // without any progress of a write
};

// Counted by any thread.
struct ServerCounters {
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> open{0};       // connections alive now
  std::atomic<std::uint64_t> refused{0};    // answered 503 for want of room
  std::atomic<std::uint64_t> emfile{0};     // times the process had no file descriptor left for a client
};

class ServerConnection;

class ConnectionSet final {
 public:
  // `handler` and `counters` must outlive the set and every connection.
  ConnectionSet(Handler& handler, ServerCounters& counters, std::shared_ptr<const ServerLimits> limits);
  ~ConnectionSet();
  ConnectionSet(const ConnectionSet&) = delete;
  ConnectionSet& operator=(const ConnectionSet&) = delete;

  // Serves a connected socket of this worker's io_context. With `tls` the handshake comes first; the context is shared.
  static void start(std::shared_ptr<ConnectionSet> set, net::Socket socket,
                    std::shared_ptr<net::asio::ssl::context> tls);
  // For requests that begin from now on.
  void set_limits(std::shared_ptr<const ServerLimits> limits) { x_limits = std::move(limits); }
  // Closes idle connections; those at work answer with `Connection: close` and close then.
  void drain();
  // Closes all at once; the handlers at work see their client leave.
  void close_all();
  std::size_t size() const { return x_size; }

 private:
  friend class ServerConnection;
  void add(ServerConnection&);
  void remove(ServerConnection&);

  Handler& x_handler;
  ServerCounters& x_counters;
  std::shared_ptr<const ServerLimits> x_limits;
  ServerConnection* x_first = nullptr;
  std::size_t x_size = 0;
  bool x_draining = false;
};

}  // namespace sluice::http
