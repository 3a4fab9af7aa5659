#include "sluice/gateway/model_fetch.hpp"

#include <algorithm>

#include "gateway/read_model_list.hpp"
#include "sluice/base/text.hpp"
#include "sluice/http/header_block.hpp"
#include "sluice/net/spawn.hpp"
#include "sluice/observability/log.hpp"
#include "sluice/providers/model_listing.hpp"

namespace sluice::gateway {
namespace {

using net::Clock;
using namespace std::chrono_literals;

constexpr auto time_for_a_page = 20s;
constexpr auto wait_after_failure = 60s;     // or `refresh`, if that is shorter
constexpr std::size_t largest_page = 8 << 20;
constexpr int most_pages = 20;

// Another address or another key may see another list.
std::string key_of(const Upstream& upstream) {
  const std::size_t credential = std::hash<std::string_view>()(upstream.keys.front().header_lines);
  return upstream.id + '\n' + upstream.base_url + '\n' + std::to_string(credential);
}

std::string request_head(const Upstream& upstream, const std::string& target) {
  std::string head = "GET " + target + " HTTP/1.1\r\n";
  head += upstream.header_lines;
  head += upstream.keys.front().header_lines;
  providers::Headers usual;
  upstream.adapter->add_headers({}, usual);
  for (const auto& [name, value] : usual) http::append_header(head, name, value);
  head += "User-Agent: sluice/" SLUICE_VERSION "\r\nAccept: application/json\r\n\r\n";
  return head;
}

// Sorted, each name once.
void tidy(ListedModels& models) {
  std::stable_sort(models.begin(), models.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  models.erase(std::unique(models.begin(), models.end(), [](const auto& a, const auto& b) { return a.id == b.id; }), models.end());
}

}  // namespace

ModelFetch::ModelFetch(Worker& worker) : x_worker(worker), x_timer(worker.io.get_executor()) {
  net::spawn(worker.io.get_executor(), run(), "the fetching of model lists");
}

void ModelFetch::configuration_changed() {
  x_changed = true;
  x_timer.cancel();
}

void ModelFetch::end() {
  x_ending = true;
  x_timer.cancel();
  if (x_call != nullptr) x_call->cancel();
}

// The first entry whose time has come; `next`: when the next one's comes.
const Upstream* ModelFetch::due(const Snapshot& snapshot, Clock::time_point now, Clock::time_point& next) const {
  for (const auto& upstream : snapshot.upstreams()) {
    if (!upstream->list_models) continue;
    const auto known = x_when.find(key_of(*upstream));
    if (known == x_when.end() || known->second <= now) return upstream.get();
    next = std::min(next, known->second);
  }
  return nullptr;
}

net::Task<> ModelFetch::run() {
  while (!x_ending) {
    const std::shared_ptr<const Snapshot> snapshot = x_worker.snapshot;
    auto next = Clock::now() + 24h;
    const Upstream* upstream = snapshot ? due(*snapshot, Clock::now(), next) : nullptr;
    if (upstream != nullptr) {
      co_await fetch(snapshot, *upstream);
      continue;
    }
    if (std::exchange(x_changed, false)) continue;
    x_timer.expires_at(next);
    auto woken = co_await x_timer.async_wait(net::as_result);
    (void)woken;
  }
  x_ended.store(true);
}

// `snapshot` keeps the upstream.
net::Task<> ModelFetch::fetch([[maybe_unused]] std::shared_ptr<const Snapshot> snapshot, const Upstream& upstream) {
  const auto listing = providers::model_listing(upstream.type, upstream.base_url);
  auto& when = x_when[key_of(upstream)];
  when = Clock::now() + upstream.refresh;
  if (!listing) co_return;
  const std::string first = (listing->from_host ? std::string() : upstream.base_path) + listing->path;
  std::string target = first;
  ListedModels models;
  for (int pages = 0; pages < most_pages; ++pages) {
    auto body = co_await ask(upstream, target);
    Result<ModelListPage> page = body ? read_model_list(*body) : Result<ModelListPage>(body.error());
    if (!page) {
      when = Clock::now() + std::min<Clock::duration>(upstream.refresh, wait_after_failure);
      if (!x_ending) observability::warn("provider {}: its models could not be listed: {}", upstream.id, page.error().message());
      co_return;
    }
    models.insert(models.end(), std::make_move_iterator(page->models.begin()), std::make_move_iterator(page->models.end()));
    if (page->next.empty() || listing->next.empty()) break;
    target = first + (first.find('?') == first.npos ? '?' : '&') + listing->next + '=' + percent_encoded(page->next);
  }
  tidy(models);
  observability::debug("provider {} lists {} models", upstream.id, models.size());
  x_worker.shared.model_lists.put(upstream.id, upstream.base_url, std::move(models));
}

net::Task<Result<std::string>> ModelFetch::ask(const Upstream& upstream, const std::string& target) {
  auto call = x_worker.pool->call(upstream.origin);
  x_call = call.get();
  call->set_deadline(Clock::now() + time_for_a_page, "the list of models");
  const std::string head = request_head(upstream, target);
  const std::string_view nothing;
  std::string body;
  auto answered = co_await call->start(head, nothing, upstream.timeouts.connect);
  Result<> good = std::move(answered);
  while (good) {
    auto piece = co_await call->read_some();
    if (!piece) good = std::move(piece).error();
    else if (piece->empty()) break;
    else if (body.size() + piece->size() > largest_page) good = Error(Code::upstream_failed, "its list is too long");
    else body.append(*piece);
  }
  x_call = nullptr;
  if (!good) co_return std::move(good).error();
  const int status = call->head().status;
  if (status != 200) co_return Error(Code::upstream_failed, "it answered " + std::to_string(status));
  co_return std::move(body);
}

}  // namespace sluice::gateway
