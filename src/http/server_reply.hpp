// The reply of a server connection: builds heads, frames bodies, and writes with as few system calls as the bytes need.
#pragma once
#include <array>
#include <boost/asio/buffer.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/client_input.hpp"
#include "http/phase_deadline.hpp"
#include "sluice/http/head.hpp"
#include "sluice/http/reply.hpp"

namespace sluice::http {

class ServerReply final : public Reply {
 public:
  // `draining`: whether connections are to end with their present answer; looked at when a head is built.
  ServerReply(ClientInput& input, PhaseDeadline& deadline, const bool& draining)
      : x_input(input), x_deadline(deadline), x_draining(draining) {}

  // Before each request. `close`: the connection ends with this answer.
  void next(const RequestHead& request, bool close, net::Clock::duration write_limit);
  // The connection must not be used after this answer.
  void close_after() { x_close = true; }
  bool closes() const { return x_close || x_state != State::ended; }
  bool ended() const { return x_state == State::ended; }
  bool writing() const { return x_writing; }   // a write is waiting for the client
  net::Task<Result<>> say_continue();

  bool begun() const override { return x_begun; }
  net::Task<Result<>> send(int status, std::string_view headers, std::string_view body) override;
  void begin(int status, std::string_view headers, std::optional<std::uint64_t> length) override;
  net::Task<Result<>> write(std::string_view bytes) override;
  net::Task<Result<>> end(std::string_view last) override;
  void abort() override;
  void when_client_leaves(std::function<void()> left) override { x_input.on_end(std::move(left)); }
  bool client_left() const override { return x_input.ended(); }
  void when_cut_off(std::function<void()> cut) override { x_cut_off = std::move(cut); }
  // The server is about to close the connection.
  void cut_off() {
    const std::function<void()> cut = std::exchange(x_cut_off, nullptr);
    if (cut) cut();
  }
  std::uint64_t bytes_sent() const override { return x_bytes_sent; }

 private:
  enum class State { fresh, head_built, body, ended, broken };
  enum class Framing { none, length, chunked, until_close };

  void build_head(int status, std::string_view headers, std::optional<std::uint64_t> length);
  void frame(std::string_view bytes, bool last);
  void put(std::string_view bytes);
  bool write_now();
  net::Task<Result<>> write_rest();
  void take(std::size_t n);
  Error gone();

  ClientInput& x_input;
  PhaseDeadline& x_deadline;
  const bool& x_draining;
  std::function<void()> x_cut_off;
  net::Clock::duration x_write_limit{};
  std::string x_out;                    // head and framing, and small bodies
  std::array<net::asio::const_buffer, 3> x_pieces;   // what is to be written, in order
  State x_state = State::fresh;
  Framing x_framing = Framing::none;
  bool x_head_only = false, x_old = false, x_close = false, x_begun = false, x_writing = false;
  std::uint64_t x_left = 0;             // of a body of known length
  std::uint64_t x_bytes_sent = 0;
};

}  // namespace sluice::http
