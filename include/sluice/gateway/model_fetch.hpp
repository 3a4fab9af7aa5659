// Asks providers for their own lists of models, in the background of one worker: at the start, after a reload, and every
// `refresh` of each entry. One after the other, so that it never takes more than one connection. What fails is tried
// again later and changes nothing.
#pragma once
#include <atomic>
#include <map>
#include <string>

#include "sluice/gateway/worker.hpp"

namespace sluice::gateway {

class ModelFetch {
 public:
  // Begins with the worker's loop. The worker must outlive it, and its loop must not run any more when this goes, unless
  // ended() has become true.
  explicit ModelFetch(Worker& worker);

  void configuration_changed();   // on the worker's thread: its snapshot is another
  void end();                     // on the worker's thread: whatever is being asked is given up
  bool ended() const { return x_ended.load(); }   // any thread

 private:
  net::Task<> run();
  net::Task<> fetch(std::shared_ptr<const Snapshot> snapshot, const Upstream& upstream);
  net::Task<Result<std::string>> ask(const Upstream& upstream, const std::string& target);
  const Upstream* due(const Snapshot& snapshot, net::Clock::time_point now, net::Clock::time_point& next) const;

  Worker& x_worker;
  net::Timer x_timer;
  http::ClientCall* x_call = nullptr;   // under way
  std::map<std::string, net::Clock::time_point> x_when;   // to ask again, by entry, address and key
  bool x_changed = false, x_ending = false;
  std::atomic<bool> x_ended{false};
};

}  // namespace sluice::gateway
