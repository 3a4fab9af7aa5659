// What a server connection asks of the program behind it.
#pragma once
#include <any>
#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/http/head.hpp"
#include "sluice/http/reply.hpp"
#include "sluice/net/socket.hpp"

namespace sluice::http {

struct Request {
  RequestHead head;
  std::string body;
  net::Clock::time_point began;       // its first byte came
  bool from_loopback = false;
  std::string peer;                   // the client's address, "127.0.0.1"
  std::any kept;                      // the handler's own, kept from one request of the connection to the next
};

class Handler {
 public:
  virtual ~Handler() = default;
  // After the head, before any byte of the body: how many bytes of body to accept, or a refusal (404, 401, 413 …).
  virtual Result<std::uint64_t> admit(const Request&) = 0;
  // A whole answer (header lines and body) for an error, in the dialect of the path asked for. Called for refusals of
  // admit() and for what the HTTP layer itself refuses; `head` may be incomplete then.
  struct Refusal { int status; std::string headers; std::string body; };
  virtual Refusal refuse(const RequestHead& head, const Error&) = 0;
  // The whole request is there. Must answer through `reply`.
  virtual net::Task<> serve(Request&, Reply&) = 0;
};

}  // namespace sluice::http
