// Requests to upstream servers over kept connections. A ClientPool belongs to one worker and is used on its thread only.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/http/head.hpp"
#include "sluice/net/socket.hpp"

namespace sluice::net {
class Resolver;
}

namespace sluice::http {

// Where to connect: all that tells one set of interchangeable connections from another.
struct Origin {
  bool tls = false;
  std::string host;
  std::uint16_t port = 0;
  std::string proxy;          // http://[user:pass@]host:port or empty: CONNECT for TLS, absolute-form for plain
  std::string ca_file;        // extra trust anchors, PEM path; empty: the system's
  std::uint32_t max_idle = 64;
  std::chrono::milliseconds max_idle_time{20'000};

  std::string authority() const;   // host[:port] as it stands in a Host header
  friend bool operator==(const Origin&, const Origin&) = default;
};

class ClientPool;

// One request and its answer. Destroying it gives the connection back to the pool if the answer was read to its end and
// may be reused, and closes it otherwise. Every function returning Task is awaited to its end before the next is called.
class ClientCall {
 public:
  virtual ~ClientCall() = default;

  // How far it came, for the failover table and the log.
  struct Progress { bool connected = false, reused = false, sent = false, retried_stale = false; };
  virtual const Progress& progress() const = 0;

  // The time by which the call's present wait must end, whatever it waits for; replaces the one before. Passing it
  // closes the connection, and the wait fails with Code::upstream_timeout and `what` in its message.
  virtual void set_deadline(net::Clock::time_point when, const char* what) = 0;

  // Connects (or takes a kept connection: peeked at first; a kept one that closes within about a round trip of the
  // request, before the first byte of an answer, is replaced once by a fresh one), sends, and reads the answer's head, skipping 1xx. `head` is a complete request
  // head. Neither may change until done. `connect_within` bounds name resolution, TCP, proxy and TLS together; each of
  // several addresses gets its part of it (attempt_time() in connection_times.hpp). An answer that comes before the
  // request is sent whole is taken, and the rest is not sent. After a failure progress().sent says whether any byte of
  // the request went out, be it over a kept connection that proved stale.
  virtual net::Task<Result<>> start(std::string_view head, std::string_view body, std::chrono::milliseconds connect_within) = 0;
  virtual const ResponseHead& head() const = 0;
  // The next bytes of the body, decoded from their framing, as one read brought them; empty: the body is whole. The
  // view stays valid until the next call. A body cut short fails with Code::upstream_failed.
  virtual net::Task<Result<std::string_view>> read_some() = 0;
  // Ends whatever is being waited for with Code::cancelled, at once. Safe when nothing is.
  virtual void cancel() = 0;
};

class ClientPool {
 public:
  virtual ~ClientPool() = default;
  // `origin` must outlive the call.
  virtual std::unique_ptr<ClientCall> call(const Origin& origin) = 0;
  virtual void close_idle() = 0;   // drops all kept connections; those past their time go by themselves
};

std::unique_ptr<ClientPool> make_client_pool(net::asio::io_context& io);
// With a resolver of the caller's: tests have names of their own.
std::unique_ptr<ClientPool> make_client_pool(net::asio::io_context& io, std::unique_ptr<net::Resolver> resolver);

}  // namespace sluice::http
