// Which fetched price list is in force: the one kept from an earlier run until the first is fetched, and each good one then.
#include <functional>

#include "app/price_lists.hpp"
#include "app/running_server.hpp"
#include "sluice/base/time.hpp"
#include "sluice/observability/log.hpp"

namespace sluice::app {
namespace {

std::filesystem::path price_file_of(const std::string& store_path) {
  return std::filesystem::path(store_path).parent_path() / "prices.json";
}

}  // namespace

void RunningServer::use_kept_price_list() {
  if (x_config->pricing.url.empty()) return;
  std::int64_t kept_at = 0;
  auto kept = kept_price_list(price_file_of(x_config->store.path), kept_at);
  if (!kept) {
    observability::warn("{}", kept.error().message());
    return;
  }
  x_shared.memory.fetched_prices = *std::move(kept);
  x_shared.price_list.good_at.store(kept_at);
}

// On a thread of its own, since it takes longer than a worker may be kept: at most one, for a list comes once in a while.
void RunningServer::read_price_list(std::string text) {
  if (x_price_reader.joinable()) x_price_reader.join();
  x_price_reader = std::thread([this, text = std::move(text)] {
    auto taken = take_price_list(text);
    take_up_changes();
    if (taken) return;
    x_shared.price_list.failures.fetch_add(1);
    observability::error("the price list that was fetched is refused, the one in force stays: {}", taken.error().message());
  });
}

Result<> RunningServer::take_price_list(const std::string& text) {
  const std::lock_guard lock(x_mutex);
  const std::size_t hash = std::hash<std::string>()(text);
  const std::int64_t now = unix_seconds();
  if (x_price_text != hash) {
    auto list = admit_price_list(text, x_snapshot->prices(), now);
    if (!list) return std::move(list).error();
    PriceList before = std::exchange(x_shared.memory.fetched_prices, *std::move(list));
    auto swapped = swap(x_config);
    if (!swapped) {
      x_shared.memory.fetched_prices = std::move(before);
      return swapped;
    }
    x_price_text = hash;
    observability::info("prices are now those of {}", x_snapshot->prices().version());
  }
  x_shared.price_list.good_at.store(now);
  auto kept = keep_price_list(price_file_of(x_config->store.path), *x_shared.memory.fetched_prices);
  if (!kept) observability::warn("the price list is in force, but will not be known at the next start: {}", kept.error().message());
  return {};
}

}  // namespace sluice::app
