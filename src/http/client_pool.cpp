#include "http/client_pool.hpp"

#include <algorithm>
#include <random>

#include "http/client_call.hpp"
#include "sluice/http/connection_times.hpp"

namespace sluice::http {
namespace {

constexpr std::size_t most_hints = 4096;

std::string bracketed(const std::string& host) {
  return host.find(':') != std::string::npos && host.front() != '[' ? "[" + host + "]" : host;
}

}  // namespace

std::string Origin::authority() const {
  const std::string name = bracketed(host);
  return port == (tls ? 443 : 80) ? name : name + ":" + std::to_string(port);
}

Shelf::Shelf(const Origin& from)
    : origin(from),
      name(bracketed(from.host) + ":" + std::to_string(from.port)),
      absolute("http://" + from.authority()) {
  if (origin.proxy.empty()) return;
  Result<Proxy> parsed = parse_proxy(origin.proxy);
  if (parsed) proxy = *std::move(parsed);
  else unusable = std::move(parsed).error();
}

PoolState::PoolState(net::asio::io_context& io, std::unique_ptr<net::Resolver> resolver)
    : x_io(io), x_resolver(std::move(resolver)), x_sweep(io.get_executor()), x_random(std::random_device()()) {}

Shelf& PoolState::shelf(const Origin& origin) {
  const auto hint = x_known.find(&origin);
  if (hint != x_known.end() && hint->second->origin == origin) return *hint->second;
  if (x_known.size() > most_hints) x_known.clear();
  const auto same = [&origin](const auto& shelf) { return shelf->origin == origin; };
  const auto found = std::find_if(x_shelves.begin(), x_shelves.end(), same);
  Shelf* shelf = found != x_shelves.end() ? found->get() : nullptr;
  if (shelf == nullptr) shelf = x_shelves.emplace_back(std::make_unique<Shelf>(origin)).get();
  x_known.insert_or_assign(&origin, shelf);
  return *shelf;
}

std::unique_ptr<Connection> PoolState::take(Shelf& shelf) {
  if (shelf.idle.empty()) return nullptr;
  const net::Clock::time_point now = net::Clock::now();
  while (!shelf.idle.empty()) {
    std::unique_ptr<Connection> connection = std::move(shelf.idle.back());
    shelf.idle.pop_back();
    if (now < connection->idle_until && connection->is_quiet()) return connection;
  }
  return nullptr;
}

std::unique_ptr<Connection> PoolState::fresh() {
  auto connection = std::make_unique<Connection>(x_io.get_executor());
  x_random = x_random * 1664525u + 1013904223u;   // spreads retirements; need not be unguessable
  connection->retire_at = retirement(net::Clock::now(), x_random >> 8);
  return connection;
}

void PoolState::give(Shelf& shelf, std::unique_ptr<Connection> connection) {
  if (x_shut) return;
  const std::string_view keep_alive = connection->head.fields.get(FieldName::keep_alive);
  const net::Clock::time_point now = net::Clock::now();
  connection->idle_until =
      keep_until(now, shelf.origin.max_idle_time, keep_alive_timeout(keep_alive), connection->retire_at);
  if (connection->idle_until <= now || shelf.origin.max_idle == 0) return;
  connection->rest();
  if (shelf.idle.size() >= shelf.origin.max_idle) shelf.idle.erase(shelf.idle.begin());
  schedule_sweep(connection->idle_until);
  shelf.idle.push_back(std::move(connection));
}

void PoolState::drop_all() {
  for (const auto& shelf : x_shelves) shelf->idle.clear();
}

// One timer for all, set again only when it has fired: a connection may stay a little longer than its time, but take()
// does not hand it out.
void PoolState::schedule_sweep(net::Clock::time_point when) {
  if (x_sweeping) return;
  x_sweeping = true;
  x_sweep.expires_at(when);
  x_sweep.async_wait([weak = weak_from_this()](net::ErrorCode) {
    const std::shared_ptr<PoolState> self = weak.lock();
    if (self) self->sweep();
  });
}

void PoolState::sweep() {
  x_sweeping = false;
  if (x_shut) return;
  const net::Clock::time_point now = net::Clock::now();
  net::Clock::time_point next = net::Clock::time_point::max();
  for (const auto& shelf : x_shelves) {
    std::erase_if(shelf->idle, [now](const auto& connection) { return connection->idle_until <= now; });
    for (const auto& connection : shelf->idle) next = std::min(next, connection->idle_until);
  }
  if (next != net::Clock::time_point::max()) schedule_sweep(next);
}

namespace {

class Pool final : public ClientPool {
 public:
  explicit Pool(std::shared_ptr<PoolState> state) : x_state(std::move(state)) {}
  ~Pool() override { x_state->shut(); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  std::unique_ptr<ClientCall> call(const Origin& origin) override {
    return std::make_unique<PooledCall>(x_state, x_state->shelf(origin));
  }
  void close_idle() override { x_state->drop_all(); }

 private:
  std::shared_ptr<PoolState> x_state;
};

}  // namespace

std::unique_ptr<ClientPool> make_client_pool(net::asio::io_context& io, std::unique_ptr<net::Resolver> resolver) {
  return std::make_unique<Pool>(std::make_shared<PoolState>(io, std::move(resolver)));
}

std::unique_ptr<ClientPool> make_client_pool(net::asio::io_context& io) {
  return make_client_pool(io, std::make_unique<net::Resolver>(io));
}

}  // namespace sluice::http
