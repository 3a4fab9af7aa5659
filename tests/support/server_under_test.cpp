#include "support/server_under_test.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "sluice/http/header_block.hpp"

namespace sluice::test {

Result<std::uint64_t> ScriptedHandler::admit(const http::Request& request) {
  if (request.head.path().starts_with("/refused")) return Error(Code::unauthorized, "no");
  return 1024 * 1024;
}

http::Handler::Refusal ScriptedHandler::refuse(const http::RequestHead&, const Error& error) {
  int status = 400;
  switch (error.code()) {
    case Code::unauthorized: status = 401; break;
    case Code::request_timeout: status = 408; break;
    case Code::too_large: status = 413; break;
    case Code::internal: status = 500; break;
    case Code::not_implemented: status = 501; break;
    default: break;
  }
  Refusal out{status, {}, error.name().empty() ? error.message() : error.name()};
  http::append_header(out.headers, "Content-Type", "text/plain");
  return out;
}

net::Task<> ScriptedHandler::serve(http::Request& request, http::Reply& reply) {
  ++served;
  const std::string_view path = request.head.path();
  if (path == "/nothing") co_return;
  if (path == "/throw") throw std::runtime_error("the handler threw");
  if (path == "/slow") {
    const net::Executor executor = co_await net::asio::this_coro::executor;
    net::Timer timer(executor, std::chrono::milliseconds(300));
    auto [woken] = co_await timer.async_wait(net::as_result);
    (void)woken;
    Result<> sent = co_await reply.send(200, "", "slow");
  } else if (path == "/wait") {
    co_await wait_for_leaving(reply);
  } else if (path == "/endless") {
    co_await write_endlessly(reply);
  } else if (path == "/stream") {
    reply.begin(200, "Content-Type: text/event-stream\r\n", {});
    const std::string large(40'000, 'x');
    Result<> first = co_await reply.write("first ");
    if (first) first = co_await reply.write(large);
    if (first) first = co_await reply.end(" last");
  } else if (path == "/abort") {
    reply.begin(200, "", {});
    Result<> first = co_await reply.write("half");
    reply.abort();
  } else if (path == "/sized") {
    reply.begin(200, "", 10);
    Result<> first = co_await reply.write("01234");
    if (first) first = co_await reply.end("56789");
  } else {
    Result<> sent = co_await reply.send(200, "Content-Type: text/plain\r\n", request.body);
  }
}

net::Task<> ScriptedHandler::wait_for_leaving(http::Reply& reply) {
  const net::Executor executor = co_await net::asio::this_coro::executor;
  net::Timer timer(executor, std::chrono::minutes(1));
  auto wake = [this, &timer] {
    ++left;
    timer.cancel();
  };
  reply.when_client_leaves(wake);
  ++waiting;
  auto [woken] = co_await timer.async_wait(net::as_result);
  (void)woken;
  EXPECT_TRUE(reply.client_left());
  Result<> sent = co_await reply.send(200, "", "too late");
  EXPECT_FALSE(sent);
}

net::Task<> ScriptedHandler::write_endlessly(http::Reply& reply) {
  const std::string piece(64 * 1024, 'x');
  reply.begin(200, "", {});
  for (Result<> written; written;) {
    written = co_await reply.write(piece);
    if (written) endless_written += piece.size();
  }
}

ServerUnderTest::ServerUnderTest(http::ServerLimits limits, std::shared_ptr<net::asio::ssl::context> tls,
                                 std::uint64_t max_connections, std::size_t workers) {
  std::vector<http::Listener::Worker> list;
  for (std::size_t i = 0; i < workers; ++i) {
    x_ios.push_back(std::make_unique<net::asio::io_context>(1));
    x_work.emplace_back(x_ios.back()->get_executor());
    list.push_back({x_ios.back().get(), &x_handler});
  }
  http::ListenerOptions options;
  options.endpoint = {net::asio::ip::address_v4::loopback(), 0};
  options.tls = std::move(tls);
  options.limits = std::make_shared<const http::ServerLimits>(limits);
  options.max_connections = max_connections;
  Result<std::unique_ptr<http::Listener>> opened = http::Listener::open(*x_ios.front(), list, std::move(options));
  if (!opened) throw std::runtime_error(opened.error().message());
  x_listener = *std::move(opened);
  for (auto& io : x_ios) x_threads.emplace_back([&io] { io->run(); });
}

void ServerUnderTest::stop() {
  for (auto& io : x_ios) io->stop();
  for (auto& thread : x_threads) thread.join();
  x_threads.clear();
}

ServerUnderTest::~ServerUnderTest() {
  stop();
  x_listener.reset();
}

}  // namespace sluice::test
