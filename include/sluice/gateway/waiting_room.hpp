// Requests over a rate limit of their key that wait for their turn, in the order in which they came, whichever worker
// they are on.
#pragma once
#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "sluice/net/socket.hpp"

namespace sluice::gateway {

// One request's place in its line. Woken through its own worker's loop.
struct Ticket {
  explicit Ticket(net::Executor its) : executor(std::move(its)) {}
  net::Executor executor;
  net::Timer* timer = nullptr;    // while it waits; touched on its own thread only
};

// The line of one key.
class Line {
 public:
  // False: so many wait already.
  bool join(const std::shared_ptr<Ticket>& ticket, std::size_t most);
  bool first(const Ticket& ticket) const;
  // The next one is woken: its turn has come.
  void leave(const Ticket& ticket);
  // Something has become free: the first one is woken, to try again.
  void stir();
  bool empty() const { return x_length.load(std::memory_order_relaxed) == 0; }

 private:
  void wake_first() const;   // with the lock held
  mutable std::mutex x_mutex;
  std::deque<std::shared_ptr<Ticket>> x_waiting;
  std::atomic<std::size_t> x_length{0};
};

// Lines by key; survives reloads. Any thread.
class WaitingRoom {
 public:
  Line& line(const std::string& key);

 private:
  std::mutex x_mutex;
  std::map<std::string, std::unique_ptr<Line>> x_lines;
};

}  // namespace sluice::gateway
