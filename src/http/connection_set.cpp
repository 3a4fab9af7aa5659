#include <utility>

#include "http/server_connection.hpp"
#include "sluice/net/spawn.hpp"

namespace sluice::http {

ConnectionSet::ConnectionSet(Handler& handler, ServerCounters& counters, std::shared_ptr<const ServerLimits> limits)
    : x_handler(handler), x_counters(counters), x_limits(std::move(limits)) {}

ConnectionSet::~ConnectionSet() = default;

void ConnectionSet::start(std::shared_ptr<ConnectionSet> set, net::Socket socket,
                          std::shared_ptr<net::asio::ssl::context> tls) {
  const net::Executor executor = socket.get_executor();
  auto connection = std::make_unique<ServerConnection>(std::move(set), std::move(socket), std::move(tls));
  net::spawn(executor, ServerConnection::run(std::move(connection)), "a client connection");
}

void ConnectionSet::add(ServerConnection& connection) {
  connection.x_next = x_first;
  if (x_first) x_first->x_previous = &connection;
  x_first = &connection;
  ++x_size;
  x_counters.open.fetch_add(1, std::memory_order_relaxed);
}

void ConnectionSet::remove(ServerConnection& connection) {
  if (connection.x_previous) connection.x_previous->x_next = connection.x_next;
  else x_first = connection.x_next;
  if (connection.x_next) connection.x_next->x_previous = connection.x_previous;
  --x_size;
  x_counters.open.fetch_sub(1, std::memory_order_relaxed);
}

void ConnectionSet::drain() {
  x_draining = true;
  for (ServerConnection* c = x_first; c; c = c->x_next) c->drain();
}

void ConnectionSet::close_all() {
  x_draining = true;
  for (ServerConnection* c = x_first; c; c = c->x_next) c->close();
}

}  // namespace sluice::http
