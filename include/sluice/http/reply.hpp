// The only thing that writes to the client. One per request; owned by the server connection, used by its handler on
// the connection's thread. Every write waits while the client is slow: that is the back-pressure.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/net/socket.hpp"

namespace sluice::http {

class Reply {
 public:
  virtual ~Reply() = default;

  // Something has been written: nothing can be taken back.
  virtual bool begun() const = 0;
  // `headers` are whole lines as built by append_header. Content-Length, Transfer-Encoding, Connection and Date are the
  // reply's own and must not be among them. All fail with Code::cancelled when the client is gone.
  virtual net::Task<Result<>> send(int status, std::string_view headers, std::string_view body) = 0;
  // Starts a body of that length, or of unknown length (chunked; until close for HTTP/1.0). Written out with the first
  // write(), so that head and first event share a segment; flush() writes it at once.
  virtual void begin(int status, std::string_view headers, std::optional<std::uint64_t> length) = 0;
  virtual net::Task<Result<>> write(std::string_view bytes) = 0;
  // `last` bytes of the body (may be empty) and its normal end, in one write.
  virtual net::Task<Result<>> end(std::string_view last) = 0;
  // The body stops here without its normal end: the connection closes when the handler returns, and the client can
  // tell that the answer is not whole.
  virtual void abort() = 0;

  // `left` runs at most once, when the client closes its connection while a handler works. Empty: stop telling.
  virtual void when_client_leaves(std::function<void()> left) = 0;
  virtual bool client_left() const = 0;
  // `cut` runs at most once, when the server closes the connection under a working handler because it stops: also when the
  // client has left before. Empty: stop telling.
  virtual void when_cut_off(std::function<void()> cut) = 0;
  virtual std::uint64_t bytes_sent() const = 0;
};

}  // namespace sluice::http
