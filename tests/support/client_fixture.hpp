// A ClientPool on an io_context of the test's own, and one call as most tests make it.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sluice/http/client.hpp"
#include "sluice/net/resolver.hpp"
#include "sluice/net/spawn.hpp"
#include "support/fake_upstream.hpp"
#include "support/run_task.hpp"

namespace sluice::test {

struct Answer {
  std::optional<Error> error;     // of start() or of reading the body
  bool started = false;           // start() succeeded
  int status = 0;
  std::string body;
  std::size_t reads = 0;          // that brought bytes
  http::ClientCall::Progress progress;
};

template <class T>
net::Task<> keep_result(net::Task<T> task, std::optional<T>& into) {
  T value = co_await std::move(task);
  into.emplace(std::move(value));
}

template <class T>
T result_of(net::asio::io_context& io, net::Task<T> task) {
  std::optional<T> result;
  run_task(io, keep_result(std::move(task), result));
  return std::move(result).value();
}

class ClientFixture : public testing::Test {
 protected:
  static constexpr std::chrono::milliseconds long_time{10'000};

  static http::Origin origin_of(const FakeUpstream& server) {
    http::Origin origin;
    origin.host = "127.0.0.1";
    origin.port = server.port();
    return origin;
  }

  static std::string post(const std::string& path, std::size_t length) {
    return "POST " + path + " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
  }
  static std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n"; }

  // Arguments outlive the task: it is awaited within run().
  static net::Task<> converse(http::ClientCall& call, const std::string& head, const std::string& body, Answer& answer,
                              std::chrono::milliseconds connect_within) {
    Result<> started = co_await call.start(head, body, connect_within);
    answer.progress = call.progress();
    if (!started) {
      answer.error = started.error();
      co_return;
    }
    answer.started = true;
    answer.status = call.head().status;
    for (;;) {
      Result<std::string_view> some = co_await call.read_some();
      if (!some) {
        answer.error = some.error();
        co_return;
      }
      if (some->empty()) co_return;
      ++answer.reads;
      answer.body += *some;
    }
  }

  Answer run(http::ClientCall& call, const std::string& head, const std::string& body,
             std::chrono::milliseconds connect_within = long_time) {
    Answer answer;
    run_task(io, converse(call, head, body, answer, connect_within));
    return answer;
  }

  // One call from beginning to end, given back to the pool.
  Answer ask(const http::Origin& origin, const std::string& path, const std::string& body = "{}") {
    const std::unique_ptr<http::ClientCall> call = pool->call(origin);
    return run(*call, post(path, body.size()), body);
  }

  // From here on the pool knows these names and no others. A name without addresses is never answered.
  using Names = std::map<std::string, std::vector<std::string>>;
  void use_names(Names names) {
    auto ask = [this, known = std::move(names)](const std::string& host, const net::Resolver::Answer& answer) {
      const auto found = known.find(host);
      net::Addresses addresses;
      if (found != known.end())
        for (const std::string& each : found->second) addresses.push_back(net::asio::ip::make_address(each));
      if (found != known.end() && addresses.empty()) return;
      net::asio::post(io, [answer, addresses] { answer({}, addresses); });
    };
    pool = http::make_client_pool(io, std::make_unique<net::Resolver>(io, std::move(ask), &net::Clock::now));
  }

  // Starts a call that runs while the test goes on; wait_for() drives it.
  struct Running {
    std::string head, body;
    Answer answer;
    bool done = false;
  };
  static net::Task<> converse_on(http::ClientCall& call, std::shared_ptr<Running> running) {
    co_await converse(call, running->head, running->body, running->answer, long_time);
    running->done = true;
  }
  std::shared_ptr<Running> begin(http::ClientCall& call, std::string head, std::string body = "") {
    auto running = std::make_shared<Running>();
    running->head = std::move(head);
    running->body = std::move(body);
    net::spawn(io.get_executor(), converse_on(call, running), "test");
    return running;
  }
  // Runs the io_context until the condition holds; false: it did not within the limit.
  template <class Condition>
  bool wait_for(Condition holds, std::chrono::milliseconds limit = long_time) {
    const auto until = net::Clock::now() + limit;
    io.restart();
    while (!holds()) {
      if (net::Clock::now() >= until) return false;
      io.restart();
      io.run_one_for(std::chrono::milliseconds(1));
    }
    return true;
  }

  net::asio::io_context io{1};
  std::unique_ptr<http::ClientPool> pool = http::make_client_pool(io);
};

}  // namespace sluice::test
