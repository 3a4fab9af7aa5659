// The receiving half of a client connection. One read is outstanding on the socket almost all the time, into this
// object's buffer: while a handler works it tells when the client leaves, and when the answer is done it already is the
// read of the next request (no extra system call). Shared by the connection's coroutine and the pending read, which may
// outlive it. One thread.
#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "sluice/net/stream.hpp"

namespace sluice::http {

class ClientInput final : public std::enable_shared_from_this<ClientInput> {
 public:
  explicit ClientInput(net::Socket socket) : x_stream(std::move(socket)) {}
  ~ClientInput();
  ClientInput(const ClientInput&) = delete;
  ClientInput& operator=(const ClientInput&) = delete;

  net::Stream& stream() { return x_stream; }
  // What has come and was not consumed. Valid until wait() or read_ahead().
  std::string_view bytes() const { return {x_buffer.get() + x_begin, x_end - x_begin}; }
  void consume(std::size_t n) { x_begin += n; }

  // At most this many bytes are held unconsumed; reading stops there until some are consumed.
  void hold_at_most(std::size_t bytes) { x_most = bytes; }
  // Starts a read if none is outstanding and there is room.
  void read_ahead();
  // Until more bytes came, the input ended, or interrupt(). Not a coroutine: awaiting it costs one operation. Must not
  // be called when the input has ended.
  net::Task<> wait();
  // Ends a wait() that is under way, soon.
  void interrupt();
  // The client closed, the connection broke, or close() was called. bytes() may still hold some.
  bool ended() const { return x_ended; }
  // `fn` runs at most once when the input ends; soon, if it has ended. Empty: nobody wants to know.
  void on_end(std::function<void()> fn);
  void close();
  // Gives back the memory of a large message.
  void shrink();

 private:
  struct ReadDone;
  void make_room();
  void read_done(net::ErrorCode failed, std::size_t n);
  void announce_end();
  void resume();
  void drop_waiter() noexcept;

  using Waiter = net::asio::async_result<net::asio::use_awaitable_t<net::Executor>, void()>::handler_type;
  static constexpr std::size_t first_size = 16 * 1024;   // resident only as far as bytes come

  net::Stream x_stream;
  std::unique_ptr<char[]> x_buffer;
  std::size_t x_size = 0, x_begin = 0, x_end = 0, x_most = 64 * 1024;
  bool x_reading = false, x_ended = false;
  std::optional<Waiter> x_waiter;
  std::function<void()> x_on_end;
};

}  // namespace sluice::http
