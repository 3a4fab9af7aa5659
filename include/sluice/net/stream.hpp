// A TCP connection with or without TLS, as one concrete type. Used by one thread: the worker that owns it. At most one
// read and one write may be under way at a time. Closing it ends both with an error; that is how everything is cancelled.
#pragma once
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <optional>
#include <string_view>

#include "sluice/net/socket.hpp"

namespace sluice::net {

class Stream {
 public:
  explicit Stream(Socket socket) : x_socket(std::make_unique<Socket>(std::move(socket))) {}

  Socket& socket() { return *x_socket; }
  bool is_tls() const { return x_tls != nullptr; }
  Executor executor() { return x_socket->get_executor(); }
  bool is_open() const { return x_socket->is_open(); }

  // Puts TLS on the connected socket; the handshake is the caller's next step, on tls().
  using TlsStream = asio::ssl::stream<Socket&>;
  TlsStream& start_tls(asio::ssl::context& context) {
    x_tls = std::make_unique<TlsStream>(*x_socket, context);
    return *x_tls;
  }
  TlsStream& tls() { return *x_tls; }

  template <class Token>
  auto async_read_some(asio::mutable_buffer into, Token&& token) {
    return asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
        [](auto handler, Stream* self, asio::mutable_buffer buffer) {
          if (self->x_tls) self->x_tls->async_read_some(buffer, std::move(handler));
          else self->x_socket->async_read_some(buffer, std::move(handler));
        },
        token, this, into);
  }
  // The bytes must stay until the task ends. Not a coroutine: awaiting it costs one Asio operation.
  Task<IoResult> read_some(asio::mutable_buffer into) {
    if (x_tls) return x_tls->async_read_some(into, as_result);
    return x_socket->async_read_some(into, as_result);
  }
  template <class Buffers>
  Task<IoResult> write_all(const Buffers& buffers) {
    if (x_tls) return asio::async_write(*x_tls, buffers, as_result);
    return asio::async_write(*x_socket, buffers, as_result);
  }

  void close() {
    ErrorCode ignored;
    x_socket->close(ignored);
  }

 private:
  std::unique_ptr<Socket> x_socket;   // on the heap: the TLS stream refers to it, and this object may move
  std::unique_ptr<TlsStream> x_tls;
};

}  // namespace sluice::net
