#include "sluice/gateway/webhooks.hpp"

#include <algorithm>

#include "gateway/errand.hpp"
#include "gateway/notices.hpp"
#include "sluice/base/ids.hpp"
#include "sluice/base/time.hpp"
#include "sluice/net/spawn.hpp"
#include "sluice/observability/log.hpp"

namespace sluice::gateway {
namespace {

using net::Clock;
using namespace std::chrono_literals;

constexpr auto between_looks = 1s, first_wait = 1s, longest_wait = 300s;
constexpr auto time_for_a_delivery = 20s;
constexpr int wait_factor = 3, most_attempts = 8;
constexpr std::size_t most_waiting = 1000;

std::string key_of(const config::Webhook& hook) {
  return hook.url + '\n' + std::to_string(std::hash<std::string_view>()(hook.secret.reveal()));
}

std::string make_id() {
  std::string id(RequestId::make(unix_us() / 1000).view());
  return id.replace(0, id.find('_'), "msg");
}

}  // namespace

struct Webhooks::Hook {
  Hook(net::Executor executor, const config::Webhook& a_settings) : settings(a_settings), timer(executor) {}
  config::Webhook settings;
  net::Timer timer;                     // until the next attempt
  std::deque<Delivery> waiting;
  http::ClientCall* call = nullptr;     // under way
  int attempts = 0;                     // at the first that waits
  bool delivering = false, gone = false;
};

Webhooks::Webhooks(Worker& worker) : x_worker(worker), x_timer(worker.io.get_executor()) {
  net::spawn(worker.io.get_executor(), watch(), "the watch for notices");
}

Webhooks::~Webhooks() = default;

// Those that stay keep what waits for them; of those that are gone it is dropped.
void Webhooks::configuration_changed() {
  std::map<std::string, std::shared_ptr<Hook>> kept;
  for (const config::Webhook& entry : x_worker.snapshot->settings().webhooks) {
    std::shared_ptr<Hook>& hook = kept[key_of(entry)];
    if (hook) continue;
    const auto known = x_hooks.find(key_of(entry));
    if (known != x_hooks.end()) hook = known->second;
    else hook = std::make_shared<Hook>(x_worker.io.get_executor(), entry);
    hook->settings = entry;
  }
  for (auto& [key, hook] : x_hooks)
    if (!kept.contains(key)) drop(*hook);
  x_hooks = std::move(kept);
}

void Webhooks::drop(Hook& hook) {
  x_worker.shared.webhooks.dropped.fetch_add(hook.waiting.size());
  hook.waiting.clear();
  hook.gone = true;
  hook.timer.cancel();
  if (hook.call != nullptr) hook.call->cancel();
}

void Webhooks::end() {
  x_ending = true;
  x_timer.cancel();
  for (auto& [key, hook] : x_hooks) hook->timer.cancel();
}

void Webhooks::give_up() {
  for (auto& [key, hook] : x_hooks) drop(*hook);
}

void Webhooks::note_end() {
  if (x_watch_ended && x_delivering == 0) x_ended.store(true);
}

net::Task<> Webhooks::watch() {
  configuration_changed();
  while (!x_ending) {
    look();
    x_timer.expires_after(between_looks);
    auto woken = co_await x_timer.async_wait(net::as_result);
    (void)woken;
  }
  look();
  x_watch_ended = true;
  note_end();
}

void Webhooks::look() {
  for (const governance::Notice& notice : x_worker.shared.memory.book.take_notices()) tell(announcement_of(notice));
  look_at_targets();
}

void Webhooks::look_at_targets() {
  std::map<std::string, bool> unhealthy;
  const std::shared_ptr<const Snapshot> snapshot = x_worker.snapshot;
  for (const config::Account& entry : snapshot->settings().accounts) {
    const Account& account = *snapshot->account(entry.id);
    for (std::size_t i = 0; i < account.targets.size(); ++i) {
      const routing::Target& target = account.routes.targets[i];
      const std::string name = entry.id + "/" + target.id;
      const bool now = account.targets[i].health->unhealthy();
      const auto known = x_unhealthy.find(name);
      const bool before = known != x_unhealthy.end() && known->second;
      if (now != before) tell(announcement_of(entry.id, target.id, account.targets[i].upstream->id, !now));
      unhealthy.emplace(name, now);
    }
  }
  x_unhealthy = std::move(unhealthy);
}

void Webhooks::tell(const Announcement& announcement) {
  observability::warn("{}", announcement.line);
  for (auto& [key, hook] : x_hooks) {
    if (!hook->settings.wants(announcement.event)) continue;
    if (hook->waiting.size() >= most_waiting) {
      x_worker.shared.webhooks.dropped.fetch_add(1);
      continue;
    }
    std::string id = make_id();
    std::string body = delivery_body(announcement, id, unix_seconds());
    hook->waiting.push_back({std::move(id), std::move(body)});
    if (std::exchange(hook->delivering, true)) continue;
    ++x_delivering;
    net::spawn(x_worker.io.get_executor(), deliver(hook), "the delivery of notices");
  }
}

net::Task<> Webhooks::deliver(std::shared_ptr<Hook> hook) {
  Clock::duration wait = first_wait;
  while (!hook->waiting.empty()) {
    const bool last = x_ending;   // nothing is tried again after it
    const bool taken = co_await post(hook);
    if (hook->gone) break;
    ++hook->attempts;
    const bool over = taken || last || hook->attempts >= most_attempts;
    if (!taken && over) x_worker.shared.webhooks.dropped.fetch_add(1);
    if (over) {
      hook->waiting.pop_front();
      hook->attempts = 0;
      wait = first_wait;
      continue;
    }
    if (x_ending) continue;   // end() came while it was being tried
    hook->timer.expires_after(wait);
    wait = std::min<Clock::duration>(wait * wait_factor, longest_wait);
    auto woken = co_await hook->timer.async_wait(net::as_result);
    (void)woken;
  }
  hook->delivering = false;
  --x_delivering;
  note_end();
}

net::Task<bool> Webhooks::post(std::shared_ptr<Hook> hook) {
  const Delivery delivery = hook->waiting.front();
  const config::Webhook& settings = hook->settings;
  const std::string headers = delivery_headers(settings.secret.reveal(), delivery.id, unix_seconds(), delivery.body);
  Errand errand("POST", settings.url, settings.proxy, headers, delivery.body);
  errand.within = time_for_a_delivery;
  errand.what = "the webhook";
  auto answer = co_await run_errand(*x_worker.pool, errand, hook->call);
  if (answer && answer->status / 100 == 2) {
    x_worker.shared.webhooks.delivered.fetch_add(1);
    co_return true;
  }
  x_worker.shared.webhooks.failed.fetch_add(1);
  const std::string why = answer ? "it answered " + std::to_string(answer->status) : answer.error().message();
  observability::warn("the webhook at {} did not take notice {}: {}", errand.origin.authority(), delivery.id, why);
  co_return false;
}

}  // namespace sluice::gateway
