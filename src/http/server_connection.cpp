#include "http/server_connection.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "sluice/net/spawn.hpp"

namespace sluice::http {
namespace {

using std::chrono::seconds;

constexpr std::size_t body_per_deadline = 64 * 1024;   // a body must bring this much in each header timeout
constexpr std::size_t skipped_body = 64 * 1024;        // a refused request's body is read past if no larger
constexpr std::size_t kept_body_memory = 256 * 1024;
constexpr auto tick = seconds(10);
constexpr auto linger_total = seconds(5), linger_silence = seconds(1), tls_shutdown = seconds(1);

std::string name_of(const net::asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return net::asio::ip::make_address_v4(net::asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

bool is_loopback(const net::asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return net::asio::ip::make_address_v4(net::asio::ip::v4_mapped, address.to_v6()).is_loopback();
  return address.is_loopback();
}

ParseLimits parse_limits(const ServerLimits& limits) {
  ParseLimits out;
  out.head_bytes = limits.max_headers;
  return out;
}

}  // namespace

ServerConnection::ServerConnection(std::shared_ptr<ConnectionSet> set, net::Socket socket,
                                   std::shared_ptr<net::asio::ssl::context> tls)
    : x_set(std::move(set)),
      x_tls(std::move(tls)),
      x_limits(x_set->x_limits),
      x_input(std::make_shared<ClientInput>(std::move(socket))),
      x_parser(x_request.head, x_request.body),
      x_deadline(x_input->stream().executor(), tick, [this] { expired(); }),
      x_reply(*x_input, x_deadline, x_set->x_draining) {
  net::ErrorCode ignored;
  net::Socket& client = x_input->stream().socket();
  client.non_blocking(true, ignored);   // ServerReply writes without waiting first
  client.set_option(net::tcp::no_delay(true), ignored);
  const net::tcp::endpoint peer = client.remote_endpoint(ignored);
  x_request.peer = name_of(peer.address());
  x_request.from_loopback = is_loopback(peer.address());
  x_set->add(*this);
}

ServerConnection::~ServerConnection() {
  x_set->remove(*this);
  x_input->on_end(nullptr);
  x_input->close();
}

net::Task<> ServerConnection::run(std::unique_ptr<ServerConnection> self) {
  bool secure = true;
  if (self->x_tls) secure = co_await self->handshake();
  if (!secure) co_return;
  co_await self->serve_requests();
  co_await self->wind_up();
}

net::Task<bool> ServerConnection::handshake() {
  x_phase = Phase::handshake;
  net::Stream::TlsStream& tls = x_input->stream().start_tls(*x_tls);
  x_deadline.set(x_limits->header);
  auto [failed] = co_await tls.async_handshake(net::asio::ssl::stream_base::server, net::as_result);
  x_deadline.clear();
  co_return !failed;
}

// One coroutine for the whole connection: each nested one costs some 450 instructions a request.
net::Task<> ServerConnection::serve_requests() {
  for (;;) {
    begin_request();
    Step step = advance();
    while (step == Step::wait || step == Step::say_continue) {
      if (step == Step::wait) {
        co_await x_input->wait();
      } else {
        const Result<> said = co_await x_reply.say_continue();
        static_cast<void>(said);   // a client that left is seen by advance()
      }
      step = advance();
    }
    if (step == Step::close) co_return;
    if (step == Step::serve) {
      begin_serving();
      std::exception_ptr escaped;
      try {
        co_await x_set->x_handler.serve(x_request, x_reply);
      } catch (...) {
        escaped = std::current_exception();
      }
      end_serving(escaped);
    }
    bool again = !x_reply.closes();
    if (x_refusal) again = co_await refuse();
    if (!again) co_return;
  }
}

void ServerConnection::begin_request() {
  if (x_limits != x_set->x_limits) x_limits = x_set->x_limits;
  if (x_request.body.capacity() > kept_body_memory) std::string().swap(x_request.body);
  x_parser.next(parse_limits(*x_limits));
  x_input->hold_at_most(std::max<std::size_t>(64 * 1024, x_limits->max_headers + 16 * 1024));
  x_refusal.reset();
  x_admitted = x_fatal = x_timed_out = false;
  x_phase = Phase::idle;
  x_reply.next(x_request.head, false, x_limits->write);
}

// Goes as far as the bytes that are there reach.
ServerConnection::Step ServerConnection::advance() {
  const std::optional<Step> step = take_bytes();
  if (step) return *step;
  if (x_input->ended()) return Step::close;
  if (x_timed_out) return timed_out();
  if (draining() && !x_parser.started()) return Step::close;
  set_phase_deadline();
  return Step::wait;
}

std::optional<ServerConnection::Step> ServerConnection::take_bytes() {
  while (!x_input->bytes().empty()) {
    if (x_phase == Phase::idle) {
      x_phase = Phase::head;
      x_request.began = net::Clock::now();
      x_timed_out = false;
      x_deadline.clear();
    }
    Result<std::size_t> used = x_parser.feed(x_input->bytes());
    if (!used) {
      x_refusal = std::move(used).error();
      x_fatal = true;
      return Step::refuse;
    }
    x_input->consume(*used);
    const bool head_is_new = x_parser.header_done() && !x_admitted;
    if (head_is_new) {
      const std::optional<Step> step = head_came();
      if (step) return step;
    }
    if (x_parser.done()) return Step::serve;
    if (!head_is_new) break;   // the rest must wait for more
  }
  return {};
}

std::optional<ServerConnection::Step> ServerConnection::head_came() {
  Result<std::uint64_t> limit = x_set->x_handler.admit(x_request);
  Result<> fits;
  if (limit) fits = x_parser.admit(*limit);
  if (!limit || !fits) {
    x_refusal = limit ? std::move(fits).error() : std::move(limit).error();
    return Step::refuse;
  }
  x_admitted = true;
  x_body_mark = 0;
  x_deadline.clear();
  const bool waits = x_request.head.expect_continue && !x_parser.done() && x_input->bytes().empty();
  if (waits) return Step::say_continue;
  return {};
}

void ServerConnection::set_phase_deadline() {
  const net::Clock::time_point now = net::Clock::now();
  if (x_phase == Phase::idle) return x_deadline.set_at(now + x_limits->idle, now);
  if (!x_admitted) return x_deadline.set_at(x_request.began + x_limits->header, now);
  const bool first = x_phase == Phase::head;
  if (!first && x_request.body.size() - x_body_mark < body_per_deadline) return;
  x_phase = Phase::body;
  x_body_mark = x_request.body.size();
  x_deadline.set_at(now + x_limits->header, now);
}

ServerConnection::Step ServerConnection::timed_out() {
  if (!x_parser.started()) return Step::close;
  x_refusal = Error(Code::request_timeout, "The request did not arrive in time.");
  x_fatal = true;
  return Step::refuse;
}

void ServerConnection::expired() {
  const bool broken = x_phase == Phase::handshake || x_phase == Phase::serving || x_reply.writing();
  if (broken) return x_input->close();
  x_timed_out = true;
  x_input->interrupt();
}

void ServerConnection::begin_serving() {
  x_phase = Phase::serving;
  x_deadline.clear();
  x_input->shrink();
  x_input->read_ahead();   // from here on it tells when the client leaves
  x_reply.next(x_request.head, !x_request.head.keep_alive, x_limits->write);
}

void ServerConnection::end_serving(const std::exception_ptr& escaped) {
  x_input->on_end(nullptr);
  x_reply.when_cut_off(nullptr);
  if (escaped) net::report_escaped("an HTTP handler", escaped);
  if (!x_reply.begun() && !x_input->ended()) x_refusal = Error(Code::internal, "The request got no answer.");
}

// Answers with the handler's words for the error. True: the connection can go on.
net::Task<bool> ServerConnection::refuse() {
  const RequestHead& head = x_request.head;
  const bool small_rest = x_parser.header_done() && !head.expect_continue &&
                          (x_parser.done() || head.content_length.value_or(skipped_body + 1) <= skipped_body);
  const bool keeps = !x_fatal && head.keep_alive && small_rest && !draining();
  x_deadline.clear();
  x_phase = Phase::closing;
  Handler::Refusal refusal = x_set->x_handler.refuse(head, *x_refusal);
  x_reply.next(head, !keeps, x_limits->write);
  Result<> sent = co_await x_reply.send(refusal.status, refusal.headers, refusal.body);
  if (!sent) co_return false;
  x_linger = !keeps;
  if (!keeps) co_return false;
  const bool skipped = co_await skip_body();
  co_return skipped;
}

net::Task<bool> ServerConnection::skip_body() {
  if (x_parser.done()) co_return true;
  const Result<> fits = x_parser.admit(skipped_body);
  if (!fits) co_return false;
  x_admitted = true;
  x_timed_out = false;
  x_phase = Phase::head;
  Step step = advance();
  while (step == Step::wait) {
    co_await x_input->wait();
    step = advance();
  }
  co_return step == Step::serve;
}

net::Task<> ServerConnection::wind_up() {
  x_phase = Phase::closing;
  const bool unread = x_linger || (x_reply.ended() && !x_input->bytes().empty());
  if (unread && !x_input->ended()) co_await linger();
  if (!x_tls || !x_input->stream().is_open()) co_return;
  x_phase = Phase::handshake;   // its deadline closes the socket
  x_deadline.set(tls_shutdown);
  // A peer that does not answer our close_notify would keep us waiting, and one that just closes is no matter.
  co_await x_input->stream().tls().async_shutdown(net::as_result);
}

// Closing with unread input would reset the connection, and the client might lose the answer it was sent.
net::Task<> ServerConnection::linger() {
  net::ErrorCode ignored;
  if (!x_tls) x_input->stream().socket().shutdown(net::tcp::socket::shutdown_send, ignored);
  const net::Clock::time_point until = net::Clock::now() + linger_total;
  x_timed_out = false;
  x_input->consume(x_input->bytes().size());
  while (!x_input->ended() && !x_timed_out && net::Clock::now() < until) {
    x_deadline.set(linger_silence);
    co_await x_input->wait();
    x_input->consume(x_input->bytes().size());
  }
  x_deadline.clear();
}

}  // namespace sluice::http
