#include "sluice/gateway/price_fetch.hpp"

#include "gateway/errand.hpp"
#include "sluice/net/spawn.hpp"
#include "sluice/observability/log.hpp"

namespace sluice::gateway {
namespace {

using net::Clock;
using namespace std::chrono_literals;

constexpr auto wait_after_failure = 60s;   // or `refresh`, if that is shorter
constexpr std::size_t largest_list = 32 << 20;

}  // namespace

PriceFetch::PriceFetch(Worker& worker) : x_worker(worker), x_timer(worker.io.get_executor()) {
  net::spawn(worker.io.get_executor(), run(), "the fetching of the price list");
}

void PriceFetch::configuration_changed() { x_timer.cancel(); }

void PriceFetch::end() {
  x_ending = true;
  x_timer.cancel();
  if (x_call != nullptr) x_call->cancel();
}

net::Task<> PriceFetch::run() {
  while (!x_ending) {
    const std::shared_ptr<const Snapshot> snapshot = x_worker.snapshot;
    const bool wanted = snapshot && !snapshot->settings().pricing.url.empty();
    if (wanted && (x_url != snapshot->settings().pricing.url || x_next <= Clock::now())) {
      co_await fetch(snapshot);
      continue;
    }
    if (!wanted) x_url.clear();
    x_timer.expires_at(wanted ? x_next : Clock::now() + 24h);
    auto woken = co_await x_timer.async_wait(net::as_result);
    (void)woken;
  }
  x_ended.store(true);
}

net::Task<> PriceFetch::fetch(std::shared_ptr<const Snapshot> snapshot) {
  const config::Pricing& pricing = snapshot->settings().pricing;
  x_url = pricing.url;
  x_next = Clock::now() + pricing.refresh;
  Errand errand("GET", pricing.url, pricing.proxy, "Accept: application/json\r\n", {});
  errand.largest = largest_list;
  errand.what = "the price list";
  auto answer = co_await run_errand(*x_worker.pool, errand, x_call);
  if (answer && answer->status == 200) {
    x_worker.shared.price_list_fetched(std::move(answer->body));
    co_return;
  }
  if (x_ending) co_return;
  x_next = Clock::now() + std::min<Clock::duration>(pricing.refresh, wait_after_failure);
  x_worker.shared.price_list.failures.fetch_add(1);
  const std::string why = answer ? "it answered " + std::to_string(answer->status) : answer.error().message();
  observability::warn("the price list at {} could not be fetched, the one in force stays: {}", errand.origin.authority(), why);
}

}  // namespace sluice::gateway
