#include "http/client_call.hpp"

#include <algorithm>
#include <utility>

#include "sluice/net/describe.hpp"

namespace sluice::http {
namespace {

namespace asio = net::asio;
using net::Task;

// How a connection ends that its peer closed; over TLS without close_notify, too.
bool closed_by_peer(const net::ErrorCode& failed) {
  return failed == asio::error::eof || failed == asio::error::connection_reset || failed == asio::error::broken_pipe ||
         failed == asio::error::connection_aborted || failed == asio::ssl::error::stream_truncated;
}

// How soon after the request was written a connection breaks that its peer had closed before: within a round trip, which is
// what connecting took; twice that leaves room, and so does the least, for a busy machine. One that breaks later carried the
// request to a peer that may have worked on it, and nobody may be asked twice without having been told (RFC 9110, 9.2.2).
// A connect of seconds was tried again on its way and tells nothing of a round trip.
net::Clock::duration stale_within(net::Clock::duration round_trip) {
  constexpr net::Clock::duration least = std::chrono::milliseconds(50), most = std::chrono::seconds(1);
  return std::clamp(2 * round_trip, least, most);
}

}  // namespace

PooledCall::~PooledCall() {
  if (x_connection && reusable()) x_pool->give(x_shelf, std::move(x_connection));
}

// HTTP/1.0 says keep_alive only if the peer asked for it; it is not worth the doubt.
bool PooledCall::reusable() const {
  const Connection& connection = *x_connection;
  const ResponseHead& head = connection.head;
  return x_whole && x_sending == Sending::whole && !x_stop.cancelled && connection.stream.is_open() &&
         head.keep_alive && head.version == 11 && !head.until_close && head.status != 101 &&
         connection.unread().empty();
}

void PooledCall::set_deadline(net::Clock::time_point when, const char* what) {
  x_stop.when = when;
  x_stop.what = what;
  if (x_connection) x_connection->limit(x_stop.next());
}

void PooledCall::cancel() {
  x_stop.cancelled = true;
  if (x_connection) x_connection->close();
}

const ResponseHead& PooledCall::head() const {
  static const ResponseHead none;
  return x_connection ? x_connection->head : none;
}

void PooledCall::use(std::unique_ptr<Connection> connection) {
  x_connection = std::move(connection);
  x_connection->limit(x_stop.next());
}

Task<Result<>> PooledCall::open(std::chrono::milliseconds within) {
  use(x_pool->fresh());
  x_progress.reused = false;
  Result<> connected = co_await connect(*x_connection, x_shelf, x_pool->resolver(), x_stop, within);
  if (connected) x_progress.connected = true;
  co_return connected;
}

Task<Result<>> PooledCall::start(std::string_view head, std::string_view body,
                                 std::chrono::milliseconds connect_within) {
  if (x_stop.cancelled) co_return Error(Code::cancelled, "the call to " + x_shelf.name + " was cancelled");
  const bool to_head = head.starts_with("HEAD ");
  std::unique_ptr<Connection> kept = x_pool->take(x_shelf);
  if (kept) {
    use(std::move(kept));
    x_progress.connected = x_progress.reused = true;
  }
  for (;;) {
    if (!x_progress.reused) {
      Result<> opened = co_await open(connect_within);
      if (!opened) co_return opened;
    }
    Connection& connection = *x_connection;
    connection.parser.next(to_head);
    x_sending = Sending::going;
    Pieces unsent = pieces(head, body);
    if (!connection.stream.is_tls()) send_now(unsent);
    if (x_sending == Sending::going) co_await send_rest(unsent);
    const auto written = net::Clock::now();
    const net::ErrorCode ended = co_await read_head();
    std::optional<Error> stopped = x_stop.reason(connection, x_shelf.name);
    if (stopped) co_return *std::move(stopped);
    if (connection.parser.header_done() && !x_garbled) co_return Result<>();
    if (!may_be_stale(ended, net::Clock::now() - written)) co_return why_no_head(ended);
    x_progress.retried_stale = true;
    x_progress.reused = x_progress.connected = false;
  }
}

// A kept connection that its peer closes at once and without a byte of answer was closed while our request was on its way.
bool PooledCall::may_be_stale(const net::ErrorCode& ended, net::Clock::duration after) const {
  const Connection& connection = *x_connection;
  return x_progress.reused && !connection.parser.started() && connection.unread().empty() && closed_by_peer(ended) &&
         after <= stale_within(connection.round_trip);
}

Error PooledCall::why_no_head(const net::ErrorCode& ended) {
  x_connection->close();
  if (x_garbled) return *std::move(x_garbled);
  const bool nothing = !x_connection->parser.started() && x_connection->unread().empty();
  std::string text = x_shelf.name;
  if (!closed_by_peer(ended)) text += ": " + net::describe(ended);
  else if (x_sending != Sending::whole) text += " closed the connection while the request was being sent";
  else if (nothing) text += " closed the connection without an answer";
  else text += " closed the connection in the middle of its answer's head";
  return {Code::upstream_failed, std::move(text)};
}

bool PooledCall::head_parsed() {
  // Not a second time: it would parse on into the body, which read_some() hands out.
  if (x_garbled || x_connection->parser.header_done()) return true;
  Result<> parsed = x_connection->parse();
  if (!parsed) x_garbled = std::move(parsed).error();
  return x_garbled || x_connection->parser.header_done();
}

Task<net::ErrorCode> PooledCall::read_head() {
  Connection& connection = *x_connection;
  for (;;) {
    if (head_parsed()) co_return net::ErrorCode();
    const auto [failed, size] = co_await connection.stream.read_some(connection.room());
    if (failed) co_return failed;
    connection.came(size);
  }
}

Task<Result<std::string_view>> PooledCall::read_some() {
  if (!x_connection) co_return Error(Code::internal, "read_some() before start()");
  Connection& connection = *x_connection;
  connection.body.clear();
  while (!x_whole) {
    std::optional<Error> stopped = x_stop.reason(connection, x_shelf.name);
    if (stopped) co_return *std::move(stopped);
    Result<> parsed = connection.parse();
    if (!parsed) {
      connection.close();
      co_return std::move(parsed).error();
    }
    if (!connection.body.empty()) co_return std::string_view(connection.body);
    if (connection.parser.done()) {
      x_whole = true;
      break;
    }
    const auto [failed, size] = co_await connection.stream.read_some(connection.room());
    if (failed) {
      Result<> over = ended(failed);
      if (!over) co_return std::move(over).error();
    }
    connection.came(size);
  }
  co_return std::string_view();
}

// The body's last read failed: its right end if it ends with the connection, and the connection ended properly.
Result<> PooledCall::ended(const net::ErrorCode& failed) {
  std::optional<Error> stopped = x_stop.reason(*x_connection, x_shelf.name);
  if (stopped) return *std::move(stopped);
  x_connection->close();
  if (failed == asio::error::eof) {
    Result<> over = x_connection->parser.end_of_input();
    if (!over) return Error(Code::upstream_failed, x_shelf.name + " closed the connection in the middle of its answer");
    x_whole = true;
    return {};
  }
  if (closed_by_peer(failed))
    return Error(Code::upstream_failed, x_shelf.name + " broke the connection in the middle of its answer");
  return Error(Code::upstream_failed, x_shelf.name + ": " + net::describe(failed));
}

}  // namespace sluice::http
