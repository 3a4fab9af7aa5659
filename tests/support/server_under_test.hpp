// A Listener with its workers' threads for tests, and a handler whose paths do what servers must bear.
#pragma once
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "sluice/http/listener.hpp"

namespace sluice::test {

// /echo answers with the body; /slow does after 300 ms; /stream with three chunks; /sized with ten bytes in two writes;
// /wait when the client left; /endless with bytes until the client stops it; /abort with half an answer; /nothing not at
// all; /throw by an exception. What is under /refused is refused by admit(). Bodies may be 1 MiB.
class ScriptedHandler final : public http::Handler {
 public:
  Result<std::uint64_t> admit(const http::Request&) override;
  Refusal refuse(const http::RequestHead&, const Error&) override;
  net::Task<> serve(http::Request&, http::Reply&) override;

  std::atomic<int> served{0}, waiting{0}, left{0};
  std::atomic<std::uint64_t> endless_written{0};

 private:
  net::Task<> wait_for_leaving(http::Reply&);
  net::Task<> write_endlessly(http::Reply&);
};

class ServerUnderTest final {
 public:
  explicit ServerUnderTest(http::ServerLimits limits = {}, std::shared_ptr<net::asio::ssl::context> tls = nullptr,
                           std::uint64_t max_connections = 1000, std::size_t workers = 1);
  ~ServerUnderTest();
  ServerUnderTest(const ServerUnderTest&) = delete;
  ServerUnderTest& operator=(const ServerUnderTest&) = delete;

  std::uint16_t port() const { return x_listener->endpoint().port(); }
  http::Listener& listener() { return *x_listener; }
  ScriptedHandler& handler() { return x_handler; }
  // Stops the threads, with whatever is under way left where it is.
  void stop();

 private:
  ScriptedHandler x_handler;
  std::vector<std::unique_ptr<net::asio::io_context>> x_ios;
  std::vector<net::asio::executor_work_guard<net::Executor>> x_work;
  std::unique_ptr<http::Listener> x_listener;
  std::vector<std::thread> x_threads;
};

// Whether `claim` became true within the limit; asked every millisecond.
template <class Claim>
bool soon(Claim claim, std::chrono::milliseconds limit = std::chrono::seconds(10)) {
  for (const auto until = net::Clock::now() + limit; net::Clock::now() < until;) {
    if (claim()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return claim();
}

}  // namespace sluice::test
