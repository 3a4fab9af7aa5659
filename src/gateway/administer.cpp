#include "gateway/administer.hpp"

#include <memory>
#include <utility>

#include "sluice/http/header_block.hpp"

namespace sluice::gateway {
namespace {

// Shared by the request and the thread that answers it; touched on the worker's thread only.
struct Waiting {
  explicit Waiting(net::asio::io_context& io) : until(io.get_executor(), net::Clock::time_point::max()) {}
  net::Timer until;
  AdminAnswer answer;
};

}  // namespace

net::Task<> administer(Exchange& ex, Worker& worker) {
  auto waiting = std::make_shared<Waiting>(worker.io);
  const auto done = [waiting, &io = worker.io](AdminAnswer answer) {
    net::asio::post(io, [waiting, answer = std::move(answer)]() mutable {
      waiting->answer = std::move(answer);
      waiting->until.cancel();
    });
  };
  worker.shared.administration(admin_request(ex.request), done);
  auto woken = co_await waiting->until.async_wait(net::as_result);
  (void)woken;   // cancelled: there is an answer
  AdminAnswer& answer = waiting->answer;
  http::append_header(answer.headers, "x-request-id", ex.record.id);
  Counters::add(worker.counters.answers[static_cast<std::size_t>(answer.status / 100)]);
  auto sent = co_await ex.reply.send(answer.status, answer.headers, answer.body);
  (void)sent;
}

}  // namespace sluice::gateway
