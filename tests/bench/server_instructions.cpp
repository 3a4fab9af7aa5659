// What one keep-alive request costs in the server side alone: a listener with a trivial handler, and a client in another
// process. Run it under valgrind --tool=callgrind with 1000 and with 11000 requests: the difference of the totals of the
// parent process, divided by 10000, is the number of user-space instructions a request.
// Usage: server_instructions REQUESTS
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "sluice/http/listener.hpp"

namespace {

using namespace sluice;

class Trivial final : public http::Handler {
 public:
  Result<std::uint64_t> admit(const http::Request&) override { return 1 << 20; }
  Refusal refuse(const http::RequestHead&, const Error&) override { return {400, "", ""}; }
  net::Task<> serve(http::Request&, http::Reply& reply) override {
    Result<> sent = co_await reply.send(200, "Content-Type: application/json\r\n", x_body);
  }

 private:
  const std::string x_body = std::string(200, 'b');
};

void request(std::uint16_t port, long count) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) std::_Exit(1);
  const std::string body(64, 'a');
  const std::string bytes = "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: bench\r\n"
                            "Content-Type: application/json\r\nContent-Length: 64\r\n\r\n" + body;
  char answer[4096];
  for (long i = 0; i < count; ++i) {
    if (::send(fd, bytes.data(), bytes.size(), 0) < 0) std::_Exit(1);
    if (::recv(fd, answer, sizeof answer, 0) <= 0) std::_Exit(1);
  }
  std::_Exit(0);
}

void stop_after(pid_t client, net::Timer& timer, net::asio::io_context& io) {
  if (::waitpid(client, nullptr, WNOHANG) != 0) return io.stop();
  timer.expires_after(std::chrono::milliseconds(20));
  timer.async_wait([client, &timer, &io](net::ErrorCode) { stop_after(client, timer, io); });
}

}  // namespace

int main(int argc, char** argv) {
  const long count = argc > 1 ? std::atol(argv[1]) : 1000;
  net::asio::io_context io(1);
  Trivial handler;
  http::ListenerOptions options;
  options.endpoint = {net::asio::ip::address_v4::loopback(), 0};
  Result<std::unique_ptr<http::Listener>> listener = http::Listener::open(io, {{&io, &handler}}, std::move(options));
  if (!listener) return 1;
  const pid_t client = ::fork();
  if (client == 0) request((*listener)->endpoint().port(), count);
  net::Timer done(io.get_executor());
  stop_after(client, done, io);
  io.run();
  return 0;
}
