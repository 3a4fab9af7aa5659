#include "gateway/turn.hpp"

#include <algorithm>

#include "sluice/gateway/waiting_room.hpp"
#include "sluice/gateway/worker.hpp"

namespace sluice::gateway {
namespace {

using net::Clock;

// A place among those at once may become free anywhere above the key, of which nobody tells.
constexpr Clock::duration look_again{std::chrono::milliseconds(50)};

// Takes its place in the line with it when it goes.
class Place {
 public:
  Place(Line& line, std::shared_ptr<Ticket> ticket) : x_line(line), x_ticket(std::move(ticket)) {}
  ~Place() { x_line.leave(*x_ticket); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  Line& x_line;
  std::shared_ptr<Ticket> x_ticket;
};

net::Task<> sleep_until(Exchange& ex, Worker& worker, Ticket& ticket, Clock::time_point until) {
  net::Timer timer(worker.io.get_executor(), until);
  ticket.timer = &timer;
  ex.reply.when_client_leaves([&timer] { timer.cancel(); });
  ClientWait waiting(ex);
  auto woken = co_await timer.async_wait(net::as_result);
  (void)woken;   // by the time, by the line, or by the caller's leaving: all of it is looked at again
  ex.reply.when_client_leaves({});
  ticket.timer = nullptr;
}

Denied full(Denied denied, const config::Queue& queue) {
  Error error(Code::rate_limited, denied.error.message() + " " + std::to_string(queue.max_length) + " requests of this key wait already.");
  std::move(error).named(denied.error.name_or_usual());
  if (denied.error.retry_after()) std::move(error).retry_in(*denied.error.retry_after());
  denied.error = std::move(error);
  return denied;
}

}  // namespace

net::Task<std::optional<Denied>> reserve_in_turn(Exchange& ex, Worker& worker, const Target& target, std::string_view model) {
  const config::Queue& queue = ex.terms->queue;
  if (ex.line == nullptr) ex.line = &worker.shared.waiting.line(ex.key->id);
  Line& line = *ex.line;
  std::optional<Denied> denied;
  // Nobody goes before those who wait.
  const bool others_wait = !line.empty();
  if (!others_wait) {
    denied = reserve(ex, worker, target, model);
    if (!denied || !denied->may_wait) co_return denied;
  }
  auto ticket = std::make_shared<Ticket>(worker.io.get_executor());
  if (!line.join(ticket, queue.max_length)) {
    if (!denied) denied = Denied{Error(Code::rate_limited, "Requests of this key wait for its rate limit.").retry_in(std::chrono::seconds(1)), false, true, 0};
    co_return full(*std::move(denied), queue);
  }
  Place place(line, ticket);
  const Clock::time_point patience = Clock::now() + queue.max_wait;
  for (;;) {
    Clock::time_point until = patience;
    if (line.first(*ticket)) {
      denied = reserve(ex, worker, target, model);
      if (!denied || !denied->may_wait) co_return denied;
      const bool place_wanted = denied->wait_us == governance::wait_for_a_place;
      const auto wait = place_wanted ? look_again : std::chrono::duration_cast<Clock::duration>(std::chrono::microseconds(denied->wait_us));
      // Too long to be worth it: told now, not at the end.
      if (!place_wanted && Clock::now() + wait > patience) co_return denied;
      until = std::min(until, Clock::now() + wait);
    }
    if (Clock::now() >= patience || ex.reply.client_left()) break;
    co_await sleep_until(ex, worker, *ticket, until);
  }
  if (!denied) denied = Denied{Error(Code::rate_limited, "The turn of this request did not come in time.").retry_in(std::chrono::seconds(1)), false, true, 0};
  co_return denied;
}

}  // namespace sluice::gateway
