// A ClientPool on an io_context of the test's own, and one call as most tests make it.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "sluice/http/client.hpp"
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

  net::asio::io_context io{1};
  std::unique_ptr<http::ClientPool> pool = http::make_client_pool(io);
};

}  // namespace sluice::test
