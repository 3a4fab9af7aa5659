// Host names to addresses, with a memory. One per worker, used on its thread only. The system is asked on a hidden
// thread of Asio's, one name at a time; look-ups of one name that overlap are one look-up. An answer is fresh for 30 s.
// When asking again fails, the old one is used until it is 5 min old. A failure is remembered for 1 s.
#pragma once
#include <boost/asio/ip/address.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/base/result.hpp"
#include "sluice/net/socket.hpp"

namespace sluice::net {

using Addresses = std::vector<asio::ip::address>;

// The order in which to try: as given, but alternating between IPv6 and IPv4, beginning with the first one's family
// (RFC 8305 section 4), so that one family that leads nowhere costs one attempt and not all.
Addresses interleave_families(const Addresses& given);

struct ResolverTimes {
  Clock::duration fresh = std::chrono::seconds(30);
  Clock::duration stale = std::chrono::minutes(5);    // counted from the answer, as `fresh` is
  Clock::duration failed = std::chrono::seconds(1);
};

class Resolver final {
 public:
  using Answer = std::function<void(ErrorCode, Addresses)>;
  using Ask = std::function<void(const std::string& host, Answer)>;   // must answer on the worker's thread
  using Now = std::function<Clock::time_point()>;

  explicit Resolver(asio::io_context& io);
  Resolver(asio::io_context& io, Ask ask, Now now, ResolverTimes times = {});   // for tests
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // The addresses of `host`, in the order in which to try them; an IP address (with or without brackets) is itself.
  // Waits for the system if need be, on `wake`: cancelling that timer ends the wait with Code::cancelled, while the
  // look-up goes on for others. Otherwise fails with Code::upstream_failed.
  Task<Result<Addresses>> resolve(std::string_view host, Timer& wake);

 private:
  struct Entry;
  struct State;
  std::shared_ptr<State> x_state;   // shared with answers that may come after this is gone
};

}  // namespace sluice::net
