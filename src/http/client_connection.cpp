#include "http/client_connection.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "sluice/net/tls.hpp"

namespace sluice::http {
namespace {

constexpr std::size_t usual_read = 8 * 1024;     // holds most answers and any stream event; doubles while reads fill it
constexpr std::size_t largest_read = 128 * 1024; // more than the largest head
constexpr std::size_t kept_capacity = 32 * 1024; // of each buffer of an idle connection

}  // namespace

Connection::Connection(net::Executor executor)
    : stream(net::Socket(executor)),
      wake(executor),
      parser(head, body),
      in(usual_read, '\0'),
      deadline(executor, [this] { close(); }) {}

Connection::~Connection() {
  if (stream.is_tls()) net::TlsClient::forgive(stream.tls().native_handle());
}

void Connection::close() {
  stream.close();
  wake.cancel();
}

void Connection::limit(net::Clock::time_point when) {
  if (when == net::Clock::time_point::max()) deadline.clear();
  else deadline.set_at(when);
}

bool Connection::is_quiet() {
  if (stream.is_tls()) {
    // What has been read from the socket but not yet from TLS is out of the peek's sight: a goodbye, or an answer that
    // nobody asked for and that would be taken for the next request's.
    SSL* const ssl = stream.tls().native_handle();
    if (SSL_has_pending(ssl) == 1 || BIO_ctrl_pending(SSL_get_rbio(ssl)) > 0) return false;
  }
  char byte;
  const ssize_t got = recv(stream.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

net::asio::mutable_buffer Connection::room() {
  if (in_begin == in_end) {
    in_begin = in_end = 0;
  } else if (in_end == in.size() && in_begin > 0) {
    std::memmove(in.data(), in.data() + in_begin, in_end - in_begin);
    in_end -= in_begin;
    in_begin = 0;
  }
  // Only a head or a chunk's line can fill the buffer unparsed, and the parser refuses both long before the limit.
  if (in_end == in.size()) in.resize(in.size() * 2);
  return net::asio::mutable_buffer(in.data() + in_end, in.size() - in_end);
}

void Connection::came(std::size_t size) {
  in_end += size;
  if (in_end == in.size() && in.size() < largest_read) in.resize(in.size() * 2);
}

Result<> Connection::parse() {
  while (in_begin < in_end && !parser.done()) {
    const bool had_head = parser.header_done();
    const Result<std::size_t> used = parser.feed(unread());
    if (!used) return used.error();
    in_begin += *used;
    if (!body.empty() || *used == 0 || had_head != parser.header_done()) break;
  }
  return {};
}

void Connection::rest() {
  limit(net::Clock::time_point::max());
  in_begin = in_end = 0;
  if (in.size() > kept_capacity) {
    in.resize(usual_read);
    in.shrink_to_fit();
  }
  if (body.capacity() > kept_capacity) std::string().swap(body);
  if (out.capacity() > kept_capacity) std::string().swap(out);
}

}  // namespace sluice::http
