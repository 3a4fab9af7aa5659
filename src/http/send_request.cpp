// The sending half of a call.
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>

#include "http/client_call.hpp"
#include "sluice/http/proxy.hpp"

namespace sluice::http {
namespace {

namespace asio = net::asio;
using net::Task;

constexpr std::size_t one_record = 16 * 1024;   // of TLS

asio::const_buffer buffer_of(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

template <class Pieces>
void consume(Pieces& pieces, std::size_t size) {
  for (asio::const_buffer& piece : pieces) {
    const std::size_t part = std::min(size, piece.size());
    piece += part;
    size -= part;
    if (size == 0) return;
  }
}

// Ends a write, not the connection, as soon as the peer says something. Shared with a wait that may end after the write.
struct AnswerWatch {
  net::Socket* socket = nullptr;   // null: the write is over, nothing is to be done
  bool interrupted = false;

  static void begin(const std::shared_ptr<AnswerWatch>& watch) {
    watch->socket->async_wait(net::Socket::wait_read, [watch](net::ErrorCode failed) {
      if (failed || watch->socket == nullptr) return;
      watch->interrupted = true;
      net::ErrorCode ignored;
      watch->socket->cancel(ignored);
    });
  }
};

}  // namespace

// A proxy for plain HTTP wants the whole URL in the request line (RFC 9112 3.2.2); the head is the caller's and is not
// copied: what comes in addition goes between its parts.
PooledCall::Pieces PooledCall::pieces(std::string_view head, std::string_view body) {
  Pieces made;
  if (!x_shelf.absolute_form()) {
    made[0] = buffer_of(head);
    made[1] = buffer_of(body);
    return made;
  }
  const HeadCuts cuts = cut_head(head);
  std::string& added = x_connection->out;
  added.assign(cuts.method);
  added += x_shelf.absolute;
  added += cuts.line;
  added += x_shelf.proxy->authorization.reveal();
  made[0] = buffer_of(added);
  made[1] = buffer_of(cuts.rest);
  made[2] = buffer_of(body);
  return made;
}

void PooledCall::note_sent(const net::ErrorCode& failed) { x_sending = failed ? Sending::broken : Sending::whole; }

void PooledCall::send_now(Pieces& pieces) {
  std::array<iovec, std::tuple_size_v<Pieces>> parts;
  std::size_t count = 0, total = 0;
  for (const asio::const_buffer& piece : pieces) {
    if (piece.size() == 0) continue;
    parts[count].iov_base = const_cast<void*>(piece.data());
    parts[count++].iov_len = piece.size();
    total += piece.size();
  }
  msghdr message = {};
  message.msg_iov = parts.data();
  message.msg_iovlen = count;
  const ssize_t sent = sendmsg(x_connection->stream.socket().native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0) {
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR && errno != ENOBUFS) x_sending = Sending::broken;
    return;
  }
  x_progress.sent = true;
  if (static_cast<std::size_t>(sent) == total) x_sending = Sending::whole;
  else consume(pieces, static_cast<std::size_t>(sent));
}

// What remains of a request that does not go out at once: a large one, or one over TLS.
Task<> PooledCall::send_rest(Pieces pieces) {
  Connection& connection = *x_connection;
  if (connection.stream.is_tls()) {
    co_await send_secure(pieces);
    co_return;
  }
  for (;;) {
    const bool interrupted = co_await send_watched(pieces);
    if (!interrupted) co_return;
    // The peer speaks before it has heard all: an early answer, or 100 Continue, which is none.
    const auto [failed, size] = co_await connection.stream.read_some(connection.room());
    if (failed) break;
    connection.came(size);
    if (head_parsed()) break;
  }
  x_sending = Sending::broken;
}

// True: ended because the peer has sent something; `pieces` are what remains.
Task<bool> PooledCall::send_watched(Pieces& pieces) {
  net::Socket& socket = x_connection->stream.socket();
  const auto watch = std::make_shared<AnswerWatch>();
  watch->socket = &socket;
  AnswerWatch::begin(watch);
  net::ErrorCode failed;
  // Not async_write: between two of its writes there is nothing to cancel, and the interruption would be lost.
  while (!failed && !watch->interrupted && asio::buffer_size(pieces) > 0) {
    const auto written = co_await socket.async_write_some(pieces, net::as_result);
    failed = std::get<0>(written);
    consume(pieces, std::get<1>(written));
    if (std::get<1>(written) > 0) x_progress.sent = true;
  }
  watch->socket = nullptr;
  const bool left = asio::buffer_size(pieces) > 0;
  if (left && watch->interrupted && (!failed || failed == asio::error::operation_aborted) && socket.is_open())
    co_return true;
  net::ErrorCode ignored;
  if (socket.is_open()) socket.cancel(ignored);   // the wait for an answer; reading takes over
  if (!left) failed.clear();
  note_sent(failed);
  co_return false;
}

// One buffer each, and the first as full as one TLS record: Asio sends every buffer of its own as its own records.
Task<> PooledCall::send_secure(Pieces pieces) {
  Connection& connection = *x_connection;
  std::string& first = connection.out;
  first.clear();
  for (const asio::const_buffer& piece : pieces) {
    const std::size_t part = std::min(one_record - first.size(), piece.size());
    first.append(static_cast<const char*>(piece.data()), part);
  }
  consume(pieces, first.size());
  x_progress.sent = true;
  const asio::const_buffer beginning(first.data(), first.size());
  const auto begun = co_await connection.stream.write_all(beginning);
  net::ErrorCode failed = std::get<0>(begun);
  if (!failed && asio::buffer_size(pieces) > 0) {
    const auto rest = co_await connection.stream.write_all(pieces);
    failed = std::get<0>(rest);
  }
  note_sent(failed);
}

}  // namespace sluice::http
