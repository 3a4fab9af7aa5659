// The kept connections of one worker. Calls hold the state too, so that one that outlives its pool is safe.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "http/client_connection.hpp"
#include "sluice/http/client.hpp"
#include "sluice/http/proxy.hpp"
#include "sluice/net/resolver.hpp"
#include "sluice/net/tls.hpp"

namespace sluice::http {

// What is kept for one origin. Lives as long as the pool: there are as many as the configuration has known.
struct Shelf final {
  explicit Shelf(const Origin& from);
  const std::string& host() const { return proxy ? proxy->host : origin.host; }   // whom to connect to
  std::uint16_t port() const { return proxy ? proxy->port : origin.port; }
  bool absolute_form() const { return proxy.has_value() && !origin.tls; }

  Origin origin;
  std::string name;                       // host:port of the origin, for messages
  std::string absolute;                   // "http://authority": goes before the target when asking a proxy
  std::optional<Proxy> proxy;
  std::optional<Error> unusable;          // the proxy's URL is wrong
  std::unique_ptr<net::TlsClient> tls;    // made with the first connection
  std::vector<std::unique_ptr<Connection>> idle;   // newest last
};

class PoolState final : public std::enable_shared_from_this<PoolState> {
 public:
  PoolState(net::asio::io_context& io, std::unique_ptr<net::Resolver> resolver);

  Shelf& shelf(const Origin& origin);
  // A kept connection that is alive, the newest first; null: none.
  std::unique_ptr<Connection> take(Shelf& shelf);
  std::unique_ptr<Connection> fresh();
  // Keeps a connection whose answer has been read to its end, if it may be used again and there is room.
  void give(Shelf& shelf, std::unique_ptr<Connection> connection);
  void drop_all();
  void shut() { x_shut = true; drop_all(); x_sweep.cancel(); }
  net::Resolver& resolver() { return *x_resolver; }

 private:
  void schedule_sweep(net::Clock::time_point when);
  void sweep();

  net::asio::io_context& x_io;
  std::unique_ptr<net::Resolver> x_resolver;
  net::Timer x_sweep;
  std::vector<std::unique_ptr<Shelf>> x_shelves;
  std::unordered_map<const Origin*, Shelf*> x_known;   // a hint: the address may since have been given to another
  std::uint32_t x_random;
  bool x_sweeping = false, x_shut = false;
};

}  // namespace sluice::http
