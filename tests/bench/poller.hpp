// The little of sockets and epoll that the two measuring programs share. One thread, non-blocking, fails loudly: a
// measurement with a broken tool is worth nothing.
#pragma once
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

namespace sluice::bench {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::microseconds;

[[noreturn]] inline void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

inline int checked(int result, const char* what) {
  if (result < 0) die(what);
  return result;
}

inline void tune(int socket) {
  const int on = 1;
  checked(setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
}

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

// A listening socket on 127.0.0.1; port 0 takes any. `port` is set to the one it got.
inline int listen_on(std::uint16_t& port) {
  const int socket = checked(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  const int on = 1;
  checked(setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "SO_REUSEADDR");
  sockaddr_in address = loopback(port);
  checked(bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
  checked(listen(socket, 4096), "listen");
  socklen_t length = sizeof address;
  checked(getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length), "getsockname");
  port = ntohs(address.sin_port);
  return socket;
}

inline void raise_file_limit() {
  rlimit limit{};
  checked(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
  limit.rlim_cur = limit.rlim_max;
  checked(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
}

class Poller {
 public:
  Poller() : x_epoll(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {}
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;
  ~Poller() { close(x_epoll); }

  void add(int socket, std::uint32_t events) { control(EPOLL_CTL_ADD, socket, events); }
  void change(int socket, std::uint32_t events) { control(EPOLL_CTL_MOD, socket, events); }

  // Waits at most until `until`, rounded up to a millisecond; without it as long as it takes.
  std::span<const epoll_event> wait(Clock::time_point until = Clock::time_point::max()) {
    int timeout = -1;
    if (until != Clock::time_point::max()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
      timeout = left > 0 ? static_cast<int>(left) : 0;
    }
    const int ready = epoll_wait(x_epoll, x_events.data(), static_cast<int>(x_events.size()), timeout);
    if (ready < 0 && errno != EINTR) die("epoll_wait");
    return {x_events.data(), ready > 0 ? static_cast<std::size_t>(ready) : 0};
  }

 private:
  void control(int operation, int socket, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = socket;
    checked(epoll_ctl(x_epoll, operation, socket, &event), "epoll_ctl");
  }

  int x_epoll;
  std::array<epoll_event, 512> x_events{};
};

// The number given as "--name N", or `otherwise`.
inline long option(int count, char** arguments, std::string_view name, long otherwise) {
  for (int i = 1; i + 1 < count; ++i) {
    if (arguments[i] == name) return std::atol(arguments[i + 1]);
  }
  return otherwise;
}

}  // namespace sluice::bench
