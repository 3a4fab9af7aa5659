#include "support/fake_connection.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "sluice/net/spawn.hpp"
#include "support/gate.hpp"

namespace sluice::test {
namespace asio = net::asio;
using net::Task;

FakeConnection::FakeConnection(std::shared_ptr<FakeBoard> shared, net::Socket socket, std::size_t which)
    : x_board(std::move(shared)), x_stream(std::move(socket)), x_gate_timer(x_stream.executor()), x_number(which) {
  net::ErrorCode ignored;
  x_stream.socket().set_option(net::tcp::no_delay(true), ignored);
}

FakeConnection::~FakeConnection() { close_now(); }

void FakeConnection::close_now() {
  x_stream.close();
  x_board->mark_closed(x_number);
}

Task<> FakeConnection::serve(std::shared_ptr<FakeConnection> self, asio::ssl::context* tls) {
  if (tls != nullptr) {
    const bool secured = co_await self->handshake(*tls);
    if (!secured) {
      self->close_now();
      co_return;
    }
  }
  for (std::size_t nth = 1;; ++nth) {
    const bool keep = co_await self->serve_one(nth);
    if (!keep) break;
  }
  self->close_now();
}

Task<bool> FakeConnection::handshake(asio::ssl::context& tls) {
  net::Stream::TlsStream& stream = x_stream.start_tls(tls);
  const auto shook = co_await stream.async_handshake(asio::ssl::stream_base::server, net::as_result);
  if (std::get<0>(shook)) co_return false;
  const std::lock_guard lock(x_board->mutex);
  if (SSL_session_reused(stream.native_handle()) == 1) ++x_board->tls_resumed;
  co_return true;
}

Task<bool> FakeConnection::more() {
  std::array<char, 16384> bytes;
  const asio::mutable_buffer into(bytes.data(), bytes.size());
  const auto [failed, size] = co_await x_stream.read_some(into);
  x_in.append(bytes.data(), size);
  co_return !failed && size > 0;
}

Task<bool> FakeConnection::take_line(std::string& into) {
  for (;;) {
    const std::size_t end = x_in.find("\r\n");
    if (end != std::string::npos) {
      into = x_in.substr(0, end);
      x_in.erase(0, end + 2);
      co_return true;
    }
    const bool got = co_await more();
    if (!got) co_return false;
  }
}

Task<bool> FakeConnection::take(std::size_t count, std::string& into) {
  while (x_in.size() < count) {
    const bool got = co_await more();
    if (!got) co_return false;
  }
  into.append(x_in, 0, count);
  x_in.erase(0, count);
  co_return true;
}

Task<bool> FakeConnection::read_head(Received& into) {
  std::size_t end;
  while ((end = x_in.find("\r\n\r\n")) == std::string::npos) {
    const bool got = co_await more();
    if (!got) co_return false;
  }
  into.connection = x_number;
  into.head = x_in.substr(0, end + 4);
  x_in.erase(0, end + 4);
  const std::size_t space = into.head.find(' ');
  into.method = into.head.substr(0, space);
  into.target = into.head.substr(space + 1, into.head.find(' ', space + 1) - space - 1);
  co_return true;
}

Task<bool> FakeConnection::read_chunked(std::string& into) {
  for (;;) {
    std::string line;
    const bool sized = co_await take_line(line);
    if (!sized) co_return false;
    const std::size_t size = std::strtoul(line.c_str(), nullptr, 16);
    if (size == 0) break;
    const bool got = co_await take(size, into);
    if (!got) co_return false;
    const bool ended = co_await take_line(line);
    if (!ended) co_return false;
  }
  for (std::string trailer = "?"; !trailer.empty();) {
    const bool got = co_await take_line(trailer);
    if (!got) co_return false;
  }
  co_return true;
}

Task<bool> FakeConnection::read_body() {
  if (x_body_read) co_return true;
  x_body_read = true;
  std::string body;
  bool whole = true;
  const std::string length = x_request.header("content-length");
  if (x_request.header("transfer-encoding") == "chunked") {
    whole = co_await read_chunked(body);
  } else if (!length.empty()) {
    whole = co_await take(std::strtoul(length.c_str(), nullptr, 10), body);
  }
  if (whole) x_board->add_body(x_place, std::move(body));
  co_return whole;
}

Task<bool> FakeConnection::serve_one(std::size_t nth) {
  const bool arrived = co_await read_head(x_request);
  if (!arrived) co_return false;
  x_body_read = false;
  x_place = x_board->add_head(x_request);
  const FakeRule rule = x_board->rule_for(std::string_view(x_request.target).substr(0, x_request.target.find('?')));
  if (!rule.before_body) {
    const bool whole = co_await read_body();
    if (!whole || (rule.stale && nth > 1)) co_return false;
  }
  const bool keep = co_await run(rule);
  if (!keep) co_return false;
  const bool whole = co_await read_body();
  co_return whole;
}

Task<bool> FakeConnection::run(const FakeRule& rule) {
  std::size_t left = rule.cut.value_or(SIZE_MAX);
  for (const FakeStep& step : rule.steps) {
    bool goes_on = true;
    if (step.kind == FakeStep::Kind::send && step.bytes.size() >= left) {
      const std::string_view prefix = std::string_view(step.bytes).substr(0, left);
      goes_on = co_await send(prefix);
      close_cleanly();
      co_return false;
    }
    if (step.kind == FakeStep::Kind::send) left -= step.bytes.size();
    goes_on = co_await run_step(step);
    if (!goes_on) co_return false;
  }
  co_return true;
}

Task<bool> FakeConnection::run_step(const FakeStep& step) {
  using Kind = FakeStep::Kind;
  net::ErrorCode ignored;
  switch (step.kind) {
    case Kind::send: {
      const bool sent = co_await send(step.bytes);
      co_return sent;
    }
    case Kind::wait: {
      Gate gate = *step.gate;
      const bool passed = co_await wait_gate(std::move(gate));
      co_return passed;
    }
    case Kind::stall:
      co_await read_to_end();
      break;
    case Kind::half_close:
      x_stream.socket().shutdown(net::Socket::shutdown_send, ignored);
      co_await read_to_end();
      break;
    case Kind::close:
      close_cleanly();
      break;
    case Kind::reset:
      x_stream.socket().set_option(asio::socket_base::linger(true, 0), ignored);
      break;
    case Kind::read_body: {
      const bool whole = co_await read_body();
      co_return whole;
    }
    case Kind::tunnel:
      co_await tunnel(step.port);
      break;
    case Kind::close_uncleanly:
      break;
  }
  co_return false;
}

Task<bool> FakeConnection::send(std::string_view bytes) {
  if (bytes.empty()) co_return true;
  const asio::const_buffer buffer(bytes.data(), bytes.size());
  const auto [failed, size] = co_await x_stream.write_all(buffer);
  co_return !failed;
}

Task<bool> FakeConnection::wait_gate(Gate gate) {
  watch_peer();
  for (;;) {
    if (x_peer_gone) co_return false;
    x_gate_timer.expires_at(net::Clock::time_point::max());
    // Runs on the thread of whoever opens the gate; the wait below has begun by the time the post is carried out.
    std::function<void()> wake = [weak = weak_from_this()] {
      const std::shared_ptr<FakeConnection> self = weak.lock();
      if (self) asio::post(self->x_stream.executor(), [self] { self->x_gate_timer.cancel(); });
    };
    if (gate.x_state->pass_or(std::move(wake))) co_return true;
    co_await x_gate_timer.async_wait(net::as_result);
  }
}

void FakeConnection::watch_peer() {
  if (x_watching) return;
  x_watching = true;
  x_stream.socket().async_wait(net::Socket::wait_read, [self = shared_from_this()](net::ErrorCode failed) {
    self->x_watching = false;
    if (failed) return;
    char byte;
    const ssize_t got = recv(self->x_stream.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    // Over TLS whatever a client sends while it waits for its answer is its goodbye.
    if (got > 0 && !self->x_stream.is_tls()) return;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;   // the next request, read already
    self->x_peer_gone = true;
    self->x_board->mark_closed(self->x_number);
    self->x_gate_timer.cancel();
  });
}

Task<> FakeConnection::read_to_end() {
  for (bool open = true; open;) {
    x_in.clear();
    open = co_await more();
  }
}

void FakeConnection::close_cleanly() {
  if (x_stream.is_tls()) {
    // Waits for the peer's close_notify if allowed to; its own is on the way once this returns.
    x_stream.tls().async_shutdown([self = shared_from_this()](net::ErrorCode) {});
  }
  net::ErrorCode ignored;
  x_stream.socket().shutdown(net::Socket::shutdown_send, ignored);
}

namespace {

Task<> pump(net::Socket& from, net::Socket& to) {
  std::array<char, 16384> bytes;
  for (;;) {
    const asio::mutable_buffer into(bytes.data(), bytes.size());
    const auto [failed, size] = co_await from.async_read_some(into, net::as_result);
    if (failed) break;
    const asio::const_buffer out(bytes.data(), size);
    const auto [broken, written] = co_await asio::async_write(to, out, net::as_result);
    if (broken) break;
  }
  net::ErrorCode ignored;
  to.shutdown(net::Socket::shutdown_send, ignored);
}

// `keep` owns `to`: this one is spawned and has to hold what it uses.
Task<> pump_back([[maybe_unused]] std::shared_ptr<FakeConnection> keep, std::shared_ptr<net::Socket> from,
                 net::Socket& to) {
  co_await pump(*from, to);
}

}  // namespace

Task<> FakeConnection::tunnel(std::uint16_t port) {
  const auto inner = std::make_shared<net::Socket>(x_stream.executor());
  const net::tcp::endpoint there(asio::ip::address_v4::loopback(), port);
  const auto connected = co_await inner->async_connect(there, net::as_result);
  if (std::get<0>(connected)) co_return;
  net::ErrorCode ignored;
  inner->set_option(net::tcp::no_delay(true), ignored);
  const asio::const_buffer first(x_in.data(), x_in.size());
  const auto written = co_await asio::async_write(*inner, first, net::as_result);
  if (std::get<0>(written)) co_return;
  net::spawn(x_stream.executor(), pump_back(shared_from_this(), inner, x_stream.socket()), "tunnel");
  co_await pump(x_stream.socket(), *inner);
}

}  // namespace sluice::test
