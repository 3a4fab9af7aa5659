// One connection to an upstream, with all that is worth keeping between its requests: buffers, parser, timers. Owned by
// the call that uses it or by the pool, one at a time; used on the worker's thread.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "sluice/http/head.hpp"
#include "sluice/http/parser.hpp"
#include "sluice/net/deadline.hpp"
#include "sluice/net/stream.hpp"

namespace sluice::http {

struct Connection final {
  explicit Connection(net::Executor executor);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Closes the socket and ends a wait for a name: whatever is being waited for ends.
  void close();
  // The time at which to close() by itself; the distant future: none.
  void limit(net::Clock::time_point when);
  // True if the peer has neither closed nor sent anything unasked: the connection may carry another request.
  bool is_quiet();
  // What has been read and not yet been parsed.
  std::string_view unread() const { return {in.data() + in_begin, in_end - in_begin}; }
  // Room to read into; behind unread(), which it may move.
  net::asio::mutable_buffer room();
  // `size` bytes have come into room().
  void came(std::size_t size);
  // Feeds unread() to the parser until it wants more, has the head or the whole message, or some body.
  Result<> parse();
  // Makes ready for another request and gives memory beyond the usual back.
  void rest();

  net::Stream stream;
  net::Timer wake;
  ResponseHead head;
  std::string body;             // decoded bytes not yet handed out
  ResponseParser parser;
  std::string in;               // its size is the capacity
  std::size_t in_begin = 0, in_end = 0;
  std::string out;              // a small request over TLS in one piece
  net::Deadline deadline;
  net::Clock::time_point retire_at{}, idle_until{};
  net::Clock::duration round_trip{};   // to the origin, as connecting took it
};

}  // namespace sluice::http
