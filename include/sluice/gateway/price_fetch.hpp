// Fetches the price list at `pricing.url`, in the background of one worker: at the start, when a reload names another, and
// every `pricing.refresh`. What comes is handed to Shared::price_list_fetched as it is; what fails is counted, logged and
// tried again, and changes nothing.
#pragma once
#include <atomic>
#include <string>

#include "sluice/gateway/worker.hpp"

namespace sluice::gateway {

class PriceFetch {
 public:
  // Begins with the worker's loop. The worker must outlive it, and its loop must not run any more when this goes, unless
  // ended() has become true.
  explicit PriceFetch(Worker& worker);

  void configuration_changed();   // on the worker's thread: its snapshot is another
  void end();                     // on the worker's thread: whatever is being fetched is given up
  bool ended() const { return x_ended.load(); }   // any thread

 private:
  net::Task<> run();
  net::Task<> fetch(std::shared_ptr<const Snapshot> snapshot);

  Worker& x_worker;
  net::Timer x_timer;
  http::ClientCall* x_call = nullptr;   // under way
  std::string x_url;                    // that was asked last
  net::Clock::time_point x_next{};      // when it is asked again
  bool x_ending = false;
  std::atomic<bool> x_ended{false};
};

}  // namespace sluice::gateway
