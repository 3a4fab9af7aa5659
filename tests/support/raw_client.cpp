#include "support/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

#include "sluice/http/parser.hpp"

namespace sluice::test {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds patience{10'000};

bool ready(int fd, short events, milliseconds limit) {
  pollfd wanted{fd, events, 0};
  return ::poll(&wanted, 1, static_cast<int>(limit.count())) > 0;
}

}  // namespace

RawClient::RawClient(std::uint16_t port, int receive_buffer) : x_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (x_fd < 0) throw std::runtime_error("no socket for a test client");
  const int on = 1;
  ::setsockopt(x_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (receive_buffer > 0) ::setsockopt(x_fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(x_fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error("a test client cannot connect");
}

RawClient::~RawClient() { close(); }

void RawClient::close() {
  if (x_fd >= 0) ::close(x_fd);
  x_fd = -1;
}

void RawClient::reset() {
  const linger at_once{1, 0};
  ::setsockopt(x_fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!ready(x_fd, POLLOUT, patience)) return false;
    const ssize_t n = ::send(x_fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

// None: the connection ended. Empty: nothing came in time.
std::optional<std::string> RawClient::receive(milliseconds limit) {
  if (!ready(x_fd, POLLIN, limit)) return std::string();
  std::string bytes(64 * 1024, '\0');
  const ssize_t n = ::recv(x_fd, bytes.data(), bytes.size(), 0);
  if (n <= 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(n));
  return bytes;
}

std::string RawClient::read_some(milliseconds limit) {
  if (!x_pending.empty()) return std::exchange(x_pending, {});
  return receive(limit).value_or(std::string());
}

bool RawClient::ends(milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (std::chrono::steady_clock::now() < until) {
    const auto left = std::chrono::duration_cast<milliseconds>(until - std::chrono::steady_clock::now());
    if (!receive(left)) return true;
  }
  return false;
}

RawAnswer RawClient::read_answer(bool to_head) {
  RawAnswer out;
  http::ResponseParser parser(out.head, out.body);
  parser.next(to_head);
  for (;;) {
    const bool had_head = parser.header_done();
    Result<std::size_t> used = parser.feed(x_pending);
    if (!used) return out;
    x_pending.erase(0, *used);
    out.whole = parser.done();
    if (out.whole) return out;
    if (!had_head && parser.header_done()) continue;
    std::optional<std::string> more = receive(patience);
    if (!more) {
      const Result<> ended = parser.end_of_input();
      out.whole = ended.has_value();
      return out;
    }
    if (more->empty()) return out;
    x_pending += *more;
  }
}

}  // namespace sluice::test
