// One lazy timer that closes a socket when its time comes. Moving the deadline is a store; the timer fires early, looks
// and re-arms (a timer per operation costs 2.1 k instructions). Owned beside the socket it closes, same thread.
#pragma once
#include <functional>
#include <memory>

#include "sluice/net/socket.hpp"

namespace sluice::net {

class Deadline {
 public:
  // `expire` runs once when the deadline passes; typically it closes the socket. It must stay valid for the life of this.
  Deadline(Executor executor, std::function<void()> expire);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  void set(Clock::duration from_now) { set_at(Clock::now() + from_now); }
  void set_at(Clock::time_point when);
  void clear();                     // no deadline; an armed timer fires once more and does nothing
  bool expired() const { return x_state->expired; }   // tells a timeout from any other end of the socket
  void rearm() { x_state->expired = false; }          // for the next socket of the same owner

 private:
  struct State {
    State(Executor executor, std::function<void()> fn) : timer(executor), expire(std::move(fn)) {}
    Timer timer;
    std::function<void()> expire;
    Clock::time_point when = Clock::time_point::max();
    bool armed = false, expired = false, live = true;
  };
  static void wait(std::shared_ptr<State> state);
  std::shared_ptr<State> x_state;   // shared with the pending wait, which may outlive this object
};

}  // namespace sluice::net
