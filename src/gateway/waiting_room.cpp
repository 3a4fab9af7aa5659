#include "sluice/gateway/waiting_room.hpp"

#include <boost/asio/post.hpp>

namespace sluice::gateway {

bool Line::join(const std::shared_ptr<Ticket>& ticket, std::size_t most) {
  const std::lock_guard guard(x_mutex);
  if (x_waiting.size() >= most) return false;
  x_waiting.push_back(ticket);
  x_length.store(x_waiting.size(), std::memory_order_relaxed);
  return true;
}

bool Line::first(const Ticket& ticket) const {
  const std::lock_guard guard(x_mutex);
  return !x_waiting.empty() && x_waiting.front().get() == &ticket;
}

void Line::leave(const Ticket& ticket) {
  const std::lock_guard guard(x_mutex);
  std::erase_if(x_waiting, [&ticket](const auto& one) { return one.get() == &ticket; });
  x_length.store(x_waiting.size(), std::memory_order_relaxed);
  wake_first();
}

void Line::stir() {
  if (empty()) return;
  const std::lock_guard guard(x_mutex);
  wake_first();
}

void Line::wake_first() const {
  if (x_waiting.empty()) return;
  net::asio::post(x_waiting.front()->executor, [ticket = x_waiting.front()] {
    if (ticket->timer != nullptr) ticket->timer->cancel();
  });
}

Line& WaitingRoom::line(const std::string& key) {
  const std::lock_guard guard(x_mutex);
  auto& line = x_lines[key];
  if (!line) line = std::make_unique<Line>();
  return *line;
}

}  // namespace sluice::gateway
