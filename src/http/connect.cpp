#include "http/connect.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>

#include "sluice/http/connection_times.hpp"
#include "sluice/net/describe.hpp"

namespace sluice::http {
namespace {

namespace asio = net::asio;
using net::Task;

// One connection being made; lives in connect()'s frame.
class Connecting final {
 public:
  Connecting(Connection& connection, Shelf& shelf, Stop& stop, net::Clock::time_point until)
      : x_connection(connection), x_shelf(shelf), x_stop(stop), x_until(until),
        x_whom(shelf.proxy ? "proxy " + shelf.proxy->name() : shelf.name) {}

  Task<Result<>> reach(net::Addresses addresses);
  Task<Result<>> tunnel();
  Task<Result<>> secure();
  void bound(net::Clock::time_point until) {
    x_stop.phase = until;
    x_connection.limit(x_stop.next());
  }
  // Why a step failed: stopped from outside, out of time, or `error`.
  Error failure(const std::string& step, Error error) const;
  const std::string& whom() const { return x_whom; }

 private:
  Task<Result<>> read_tunnel_answer();
  std::string connect_head() const;
  void tune() const;

  Connection& x_connection;
  Shelf& x_shelf;
  Stop& x_stop;
  net::Clock::time_point x_until;
  std::string x_whom;
};

Error Connecting::failure(const std::string& step, Error error) const {
  if (x_stop.cancelled) return {Code::cancelled, step + ": cancelled"};
  const bool expired = x_connection.deadline.expired();
  if (expired && net::Clock::now() >= x_stop.when)
    return {Code::upstream_timeout, step + ": " + x_stop.what + " timed out"};
  if (expired) return {Code::upstream_timeout, step + ": timed out"};
  return error;
}

void set_option(int socket, int level, int option, int value) {
  setsockopt(socket, level, option, &value, sizeof value);
}

// Events must not wait for more bytes, and a peer that vanished must not hold a connection for ever.
void Connecting::tune() const {
  const int socket = x_connection.stream.socket().native_handle();
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, 60);
  set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, 10);
  set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, 5);
}

Task<Result<>> Connecting::reach(net::Addresses addresses) {
  const std::string step = "connect to " + x_whom;
  net::ErrorCode last = asio::error::host_unreachable;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const net::Clock::time_point now = net::Clock::now();
    bound(std::min(x_until, now + attempt_time(x_until - now, addresses.size() - i)));
    const net::tcp::endpoint there(addresses[i], x_shelf.port());
    const auto connected = co_await x_connection.stream.socket().async_connect(there, net::as_result);
    x_connection.round_trip = net::Clock::now() - now;
    last = std::get<0>(connected);
    const bool expired = x_connection.deadline.expired();
    if (!last && !expired && !x_stop.cancelled) {
      tune();
      co_return Result<>();
    }
    const bool over = x_stop.cancelled || net::Clock::now() >= std::min(x_until, x_stop.when);
    if (over || (expired && i + 1 == addresses.size())) break;
    if (expired) last = asio::error::timed_out;
    x_connection.close();
    x_connection.deadline.rearm();
  }
  const Code code = last == asio::error::timed_out ? Code::upstream_timeout : Code::upstream_failed;
  Error refused(code, step + ": " + net::describe(last));
  co_return failure(step, std::move(refused));
}

std::string Connecting::connect_head() const {
  std::string head = "CONNECT " + x_shelf.name + " HTTP/1.1\r\nHost: " + x_shelf.name + "\r\n";
  head += x_shelf.proxy->authorization.reveal();
  return head + "\r\n";
}

Task<Result<>> Connecting::tunnel() {
  const std::string step = "tunnel through " + x_whom + " to " + x_shelf.name;
  const Secret head(connect_head());
  const asio::const_buffer bytes(head.reveal().data(), head.reveal().size());
  const net::Clock::time_point asked = net::Clock::now();
  const auto [failed, size] = co_await x_connection.stream.write_all(bytes);
  if (failed) {
    Error broken(Code::upstream_failed, step + ": " + net::describe(failed));
    co_return failure(step, std::move(broken));
  }
  Result<> answered = co_await read_tunnel_answer();
  if (!answered) co_return failure(step, Error(answered.error().code(), step + ": " + answered.error().message()));
  x_connection.round_trip += net::Clock::now() - asked;   // the proxy connects to the origin meanwhile
  const int status = x_connection.head.status;
  if (status / 100 != 2)
    co_return Error(Code::upstream_failed, step + ": the proxy answered " + std::to_string(status));
  // A TLS server does not speak first: bytes behind the proxy's answer are not the origin's.
  if (!x_connection.unread().empty()) co_return Error(Code::upstream_failed, step + ": unexpected bytes");
  co_return Result<>();
}

Task<Result<>> Connecting::read_tunnel_answer() {
  x_connection.parser.next(true);
  while (!x_connection.parser.done()) {
    const auto [failed, size] = co_await x_connection.stream.read_some(x_connection.room());
    if (failed) co_return Error(Code::upstream_failed, net::describe(failed));
    x_connection.came(size);
    Result<> parsed = x_connection.parse();
    if (!parsed) co_return parsed;
  }
  co_return Result<>();
}

Task<Result<>> Connecting::secure() {
  if (!x_shelf.tls) {
    auto made = net::TlsClient::make(x_shelf.origin.host, x_shelf.origin.ca_file);
    if (!made) co_return std::move(made).error();
    x_shelf.tls = *std::move(made);
  }
  net::Stream::TlsStream& tls = x_connection.stream.start_tls(x_shelf.tls->context());
  x_shelf.tls->prepare(tls.native_handle());
  const auto shook = co_await tls.async_handshake(asio::ssl::stream_base::client, net::as_result);
  const net::ErrorCode failed = std::get<0>(shook);
  if (!failed && !x_connection.deadline.expired() && !x_stop.cancelled) co_return Result<>();
  Error broken(Code::upstream_failed, x_shelf.tls->explain(tls.native_handle(), failed));
  co_return failure("TLS with " + x_shelf.name, std::move(broken));
}

}  // namespace

std::optional<Error> Stop::reason(const Connection& connection, const std::string& name) const {
  if (cancelled) return Error(Code::cancelled, "the call to " + name + " was cancelled");
  if (connection.deadline.expired()) return Error(Code::upstream_timeout, name + ": " + what + " timed out");
  return std::nullopt;
}

net::Task<Result<>> connect(Connection& connection, Shelf& shelf, net::Resolver& resolver, Stop& stop,
                            std::chrono::milliseconds within) {
  if (shelf.unusable) co_return *shelf.unusable;
  const net::Clock::time_point until = net::Clock::now() + within;
  Connecting connecting(connection, shelf, stop, until);
  connecting.bound(until);
  Result<net::Addresses> addresses = co_await resolver.resolve(shelf.host(), connection.wake);
  if (!addresses || stop.cancelled || connection.deadline.expired()) {
    Error unknown(Code::upstream_failed, addresses ? "" : addresses.error().message());
    co_return connecting.failure("resolve " + shelf.host(), std::move(unknown));
  }
  Result<> reached = co_await connecting.reach(*std::move(addresses));
  if (!reached) co_return reached;
  connecting.bound(until);
  if (shelf.proxy && shelf.origin.tls) {
    Result<> tunnelled = co_await connecting.tunnel();
    if (!tunnelled) co_return tunnelled;
  }
  if (shelf.origin.tls) {
    Result<> secured = co_await connecting.secure();
    if (!secured) co_return secured;
  }
  connecting.bound(net::Clock::time_point::max());
  co_return Result<>();
}

}  // namespace sluice::http
