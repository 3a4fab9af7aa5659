#include "http/client_input.hpp"

#include <boost/asio/post.hpp>
#include <cstring>
#include <utility>

namespace sluice::http {

// The handler of the outstanding read. It keeps the input alive, and when the io_context is torn down with the read
// still pending it lets go of the waiting coroutine, which otherwise would keep itself alive through the input.
struct ClientInput::ReadDone {
  explicit ReadDone(std::shared_ptr<ClientInput> owner) : input(std::move(owner)) {}
  ReadDone(ReadDone&&) noexcept = default;
  ReadDone(const ReadDone&) = delete;
  ~ReadDone() {
    if (input) input->drop_waiter();
  }
  void operator()(net::ErrorCode failed, std::size_t n) {
    const std::shared_ptr<ClientInput> alive = std::move(input);
    alive->read_done(failed, n);
  }
  std::shared_ptr<ClientInput> input;
};

ClientInput::~ClientInput() { drop_waiter(); }

void ClientInput::drop_waiter() noexcept {
  std::optional<Waiter> waiter = std::move(x_waiter);
  x_waiter.reset();
}

void ClientInput::read_ahead() {
  if (x_reading || x_ended || x_end - x_begin >= x_most) return;
  make_room();
  x_reading = true;
  x_stream.async_read_some(net::asio::mutable_buffer(x_buffer.get() + x_end, x_size - x_end),
                           ReadDone(shared_from_this()));
}

void ClientInput::make_room() {
  if (!x_buffer) {
    x_buffer.reset(new char[first_size]);   // not value-initialised: that would make all of it resident
    x_size = first_size;
  }
  const std::size_t held = x_end - x_begin;
  if (x_begin > 0) {
    if (held > 0) std::memmove(x_buffer.get(), x_buffer.get() + x_begin, held);
    x_begin = 0;
    x_end = held;
  }
  // Much is coming, or much is held: fewer, larger reads.
  if (x_size - held < x_size / 4 && x_size < 2 * x_most) {
    std::unique_ptr<char[]> larger(new char[2 * x_size]);
    if (held > 0) std::memcpy(larger.get(), x_buffer.get(), held);
    x_buffer = std::move(larger);
    x_size *= 2;
  }
}

void ClientInput::shrink() {
  if (x_reading || x_size <= first_size || x_begin != x_end) return;
  x_buffer.reset();
  x_size = x_begin = x_end = 0;
}

net::Task<> ClientInput::wait() {
  read_ahead();
  return net::asio::async_initiate<const net::asio::use_awaitable_t<net::Executor>, void()>(
      [](auto handler, ClientInput* self) { self->x_waiter.emplace(std::move(handler)); }, net::use_task, this);
}

void ClientInput::interrupt() {
  if (!x_waiter) return;
  Waiter waiter = std::move(*x_waiter);
  x_waiter.reset();
  net::asio::post(x_stream.executor(), std::move(waiter));
}

void ClientInput::resume() {
  Waiter waiter = std::move(*x_waiter);
  x_waiter.reset();
  waiter();   // runs the coroutine to its next wait, or to its end
}

void ClientInput::read_done(net::ErrorCode failed, std::size_t n) {
  x_reading = false;
  x_end += n;
  if (failed) x_ended = true;
  if (x_waiter) return resume();
  if (failed) return announce_end();
  read_ahead();
}

void ClientInput::on_end(std::function<void()> fn) {
  x_on_end = std::move(fn);
  if (!x_ended || !x_on_end) return;
  net::asio::post(x_stream.executor(), [self = shared_from_this()] { self->announce_end(); });
}

void ClientInput::announce_end() {
  if (!x_on_end) return;
  const std::function<void()> fn = std::exchange(x_on_end, nullptr);
  fn();
}

void ClientInput::close() {
  if (!x_stream.is_open()) return;
  x_stream.close();
  if (x_reading) return;   // the read's end tells
  x_ended = true;
  on_end(std::move(x_on_end));
  interrupt();
}

}  // namespace sluice::http
