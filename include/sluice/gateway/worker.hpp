// One thread's share of the gateway: its event loop, its kept upstream connections, its journal, its counters. Touched
// by its own thread only, but for the counters, which any thread may read.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>

#include "sluice/credentials/source.hpp"
#include "sluice/gateway/administration.hpp"
#include "sluice/gateway/model_lists.hpp"
#include "sluice/gateway/refusal_rows.hpp"
#include "sluice/gateway/snapshot.hpp"
#include "sluice/gateway/waiting_room.hpp"
#include "sluice/http/client.hpp"
#include "sluice/net/socket.hpp"
#include "sluice/store/journal.hpp"

namespace sluice::gateway {

// Written by one worker, read by /metrics: relaxed adds on a cache line of its own.
struct alignas(64) Counters {
  using Cell = std::atomic<std::uint64_t>;
  std::array<Cell, 6> answers{};      // by status class: [2] = 2xx …, [0] = the caller left
  Cell requests{}, streams{}, attempts{}, failed_attempts{}, stale_retries{}, possible_double_charges{};
  Cell input_tokens{}, output_tokens{}, cost_nano_usd{}, estimated{}, unpriced{};
  Cell bytes_in{}, bytes_out{}, gateway_us{}, journal_failures{}, unlogged_refusals{};

  static void add(Cell& cell, std::uint64_t n = 1) { cell.fetch_add(n, std::memory_order_relaxed); }
};

// Of the price list that is fetched, for /metrics.
struct PriceListState {
  std::atomic<std::int64_t> good_at{0};     // Unix seconds: when the last one that could be used came; 0: never
  std::atomic<std::uint64_t> failures{0};
};

// Of the notices sent to webhooks, for /metrics.
struct WebhookCounters {
  std::atomic<std::uint64_t> delivered{0}, failed{0}, dropped{0};   // failed: attempts
};

// What all workers share.
struct Shared {
  Memory memory;
  WaitingRoom waiting;
  ModelLists model_lists;
  std::atomic<bool> draining{false};
  std::atomic<bool> closing{false};   // the time to drain is over: connections are cut
  std::atomic<std::uint32_t> in_flight{0};
  std::atomic<std::uint64_t> reloads{0}, failed_reloads{0};
  std::function<bool()> store_writable;   // thread-safe
  std::function<void(std::string)> price_list_fetched;   // takes the text as it came, and returns at once
  PriceListState price_list;
  WebhookCounters webhooks;
  std::function<std::string()> metrics;   // the whole /metrics page; thread-safe
  Administration administration;          // unset: /admin is not served here
};

struct Worker {
  Worker(unsigned a_index, Shared& a_shared);

  unsigned index;
  Shared& shared;
  net::asio::io_context io{1};
  std::unique_ptr<http::ClientPool> pool;
  credentials::Sources credentials;
  std::unique_ptr<store::Journal> journal;
  bool journal_full = false;                  // requests are being refused for it
  std::shared_ptr<const Snapshot> snapshot;   // replaced by tasks posted to `io`
  Counters counters;
  RefusalRows refusal_rows;
  std::minstd_rand random;

  double draw();   // [0, 1)
};

}  // namespace sluice::gateway
