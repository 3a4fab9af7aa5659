// Tells people what they should know: budgets that come near their end, targets that fail. Looks every second, in the
// background of one worker, writes a line for each notice, and posts it to the webhooks that want it: one delivery at a
// time to each, tried up to eight times. Each keeps up to a thousand; later ones are dropped and counted.
#pragma once
#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "sluice/gateway/worker.hpp"

namespace sluice::gateway {

struct Announcement;

class Webhooks {
 public:
  // Begins with the worker's loop. The worker must outlive it, and its loop must not run any more when this goes, unless
  // ended() has become true.
  explicit Webhooks(Worker& worker);
  ~Webhooks();

  void configuration_changed();   // on the worker's thread: its snapshot is another
  void end();                     // on the worker's thread: what waits is tried once more, now
  void give_up();                 // on the worker's thread, after end(): what has not gone by now is dropped
  bool ended() const { return x_ended.load(); }   // any thread

 private:
  struct Delivery {
    std::string id, body;
  };
  struct Hook;   // one webhook with what waits for it

  net::Task<> watch();
  net::Task<> deliver(std::shared_ptr<Hook> hook);
  net::Task<bool> post(std::shared_ptr<Hook> hook);   // the first that waits; true: it was taken
  void look();
  void look_at_targets();
  void tell(const Announcement& announcement);
  void drop(Hook& hook);
  void note_end();

  Worker& x_worker;
  net::Timer x_timer;
  std::map<std::string, std::shared_ptr<Hook>> x_hooks;   // by address and secret
  std::map<std::string, bool> x_unhealthy;                // targets, by account and id
  bool x_ending = false, x_watch_ended = false;
  std::size_t x_delivering = 0;
  std::atomic<bool> x_ended{false};
};

}  // namespace sluice::gateway
