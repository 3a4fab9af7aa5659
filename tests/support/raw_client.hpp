// A blocking client that sends and sees exact bytes, for tests of the server side.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sluice/http/head.hpp"

namespace sluice::test {

struct RawAnswer {
  http::ResponseHead head;
  std::string body;
  bool whole = false;   // it came to its normal end
};

class RawClient final {
 public:
  // Connects to the loopback address. `receive_buffer`: bytes of SO_RCVBUF, 0: the system's.
  explicit RawClient(std::uint16_t port, int receive_buffer = 0);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False when the peer does not take them all (it closed, or 10 s passed).
  bool send(std::string_view bytes);
  // The next answer; `to_head`: to a HEAD request. Bytes behind it stay for the next call.
  RawAnswer read_answer(bool to_head = false);
  RawAnswer ask(std::string_view request) { send(request); return read_answer(); }
  // What comes within the time; empty when nothing does.
  std::string read_some(std::chrono::milliseconds limit);
  // Whether the peer ends the connection (orderly or not) within the time; bytes that come are dropped.
  bool ends(std::chrono::milliseconds limit = std::chrono::seconds(10));
  void close();
  void reset();   // with a RST
  int fd() const { return x_fd; }

 private:
  std::optional<std::string> receive(std::chrono::milliseconds limit);
  int x_fd = -1;
  std::string x_pending;
};

}  // namespace sluice::test
