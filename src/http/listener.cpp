#include "sluice/http/listener.hpp"

#include <boost/asio/post.hpp>
#include <deque>
#include <string>
#include <utility>

#include "sluice/net/deadline.hpp"
#include "sluice/net/spawn.hpp"

namespace sluice::http {
namespace {

namespace asio = net::asio;

constexpr auto pause_without_descriptors = std::chrono::milliseconds(200);
constexpr auto refusal_linger = std::chrono::seconds(1);
constexpr std::uint64_t most_lingering = 256;
constexpr std::string_view no_room_body =
    R"({"error":{"message":"The gateway has as many connections as it may have; try again shortly.",)"
    R"("type":"server_error","param":null,"code":"overloaded"}})";

std::string no_room_answer() {
  return "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nretry-after: 1\r\nContent-Length: " +
         std::to_string(no_room_body.size()) + "\r\nConnection: close\r\n\r\n" + std::string(no_room_body);
}

// What the accepting thread, the workers and the listener's owner share; lives until the last connection is gone.
struct Shared {
  struct Serving {
    Serving(const Listener::Worker& worker, ServerCounters& counters, std::shared_ptr<const ServerLimits> limits)
        : io(*worker.io), connections(*worker.handler, counters, std::move(limits)) {}
    asio::io_context& io;
    ConnectionSet connections;   // on its worker's thread only
  };

  ServerCounters counters;
  std::atomic<std::uint64_t> max_connections{0};
  std::atomic<std::uint64_t> lingering{0};
  std::deque<Serving> workers;
};
using SharedPtr = std::shared_ptr<Shared>;

// Used by the accepting thread alone.
struct Accepting {
  Accepting(net::Executor executor, SharedPtr with, std::shared_ptr<asio::ssl::context> context)
      : shared(std::move(with)), tls(std::move(context)), acceptor(executor), pause(executor) {}
  SharedPtr shared;
  std::shared_ptr<asio::ssl::context> tls;
  net::Acceptor acceptor;
  net::Timer pause;
  std::size_t next_worker = 0;
};

// Tells a client there is no room, and waits a moment for it to read that: closing with its request unread would reset
// the connection.
net::Task<> refuse(net::Socket socket, SharedPtr shared) {
  net::ErrorCode ignored;
  socket.non_blocking(true, ignored);
  const std::string answer = no_room_answer();
  socket.write_some(asio::const_buffer(answer.data(), answer.size()), ignored);
  socket.shutdown(net::tcp::socket::shutdown_send, ignored);
  net::Deadline deadline(socket.get_executor(), [&socket] {
    net::ErrorCode closing;
    socket.close(closing);
  });
  deadline.set(refusal_linger);
  char dropped[2048];
  for (bool open = true; open;) {
    auto [failed, n] = co_await socket.async_read_some(asio::mutable_buffer(dropped, sizeof dropped), net::as_result);
    open = !failed;
  }
  shared->lingering.fetch_sub(1, std::memory_order_relaxed);
}

void hand_over(const Accepting& accepting, Shared::Serving& worker, net::Socket socket) {
  const SharedPtr& shared = accepting.shared;
  const bool room = shared->counters.open.load(std::memory_order_relaxed) <
                    shared->max_connections.load(std::memory_order_relaxed);
  if (!room) {
    shared->counters.refused.fetch_add(1, std::memory_order_relaxed);
    const bool tells = !accepting.tls && shared->lingering.load(std::memory_order_relaxed) < most_lingering;
    if (!tells) return;
    shared->lingering.fetch_add(1, std::memory_order_relaxed);
    const net::Executor executor = socket.get_executor();
    return net::spawn(executor, refuse(std::move(socket), shared), "a refused connection");
  }
  std::shared_ptr<ConnectionSet> connections(shared, &worker.connections);
  auto start = [set = std::move(connections), tls = accepting.tls, socket = std::move(socket)]() mutable {
    ConnectionSet::start(std::move(set), std::move(socket), std::move(tls));
  };
  asio::post(worker.io, std::move(start));
}

bool lacks_descriptors(const net::ErrorCode& failed) {
  using namespace boost::system;
  return failed == errc::too_many_files_open || failed == errc::too_many_files_open_in_system ||
         failed == errc::no_buffer_space || failed == errc::not_enough_memory;
}

net::Task<> accept_clients(std::shared_ptr<Accepting> owned) {
  Accepting& accepting = *owned;
  Shared* shared = accepting.shared.get();
  while (accepting.acceptor.is_open()) {
    Shared::Serving& worker = shared->workers[accepting.next_worker++ % shared->workers.size()];
    auto [failed, socket] = co_await accepting.acceptor.async_accept(worker.io, net::as_result);
    if (!failed) {
      shared->counters.accepted.fetch_add(1, std::memory_order_relaxed);
      hand_over(accepting, worker, std::move(socket));
      continue;
    }
    if (!lacks_descriptors(failed)) continue;   // a client that left before it was accepted; or closed: the loop ends
    shared->counters.emfile.fetch_add(1, std::memory_order_relaxed);
    accepting.pause.expires_after(pause_without_descriptors);
    auto [woken] = co_await accepting.pause.async_wait(net::as_result);
    (void)woken;
  }
}

class AsioListener final : public Listener {
 public:
  AsioListener(std::shared_ptr<Accepting> accepting, net::tcp::endpoint endpoint)
      : x_shared(accepting->shared), x_accepting(std::move(accepting)), x_endpoint(std::move(endpoint)) {}
  ~AsioListener() override { stop_accepting(); }

  net::tcp::endpoint endpoint() const override { return x_endpoint; }
  const ServerCounters& counters() const override { return x_shared->counters; }
  void set_limits(std::shared_ptr<const ServerLimits> limits, std::uint64_t max_connections) override {
    x_shared->max_connections = max_connections;
    for (Shared::Serving& worker : x_shared->workers)
      asio::post(worker.io, [keep = x_shared, &worker, limits] { worker.connections.set_limits(limits); });
  }
  void drain() override {
    stop_accepting();
    for (Shared::Serving& worker : x_shared->workers)
      asio::post(worker.io, [keep = x_shared, &worker] { worker.connections.drain(); });
  }
  void close_all() override {
    stop_accepting();
    for (Shared::Serving& worker : x_shared->workers)
      asio::post(worker.io, [keep = x_shared, &worker] { worker.connections.close_all(); });
  }

 private:
  void stop_accepting() {
    asio::post(x_accepting->acceptor.get_executor(), [accepting = x_accepting] {
      net::ErrorCode ignored;
      accepting->acceptor.close(ignored);
      accepting->pause.cancel();
    });
  }

  SharedPtr x_shared;
  std::shared_ptr<Accepting> x_accepting;
  net::tcp::endpoint x_endpoint;
};

Error cannot_listen(const net::tcp::endpoint& endpoint, const net::ErrorCode& why) {
  const bool v6 = endpoint.address().is_v6();
  const std::string host = v6 ? "[" + endpoint.address().to_string() + "]" : endpoint.address().to_string();
  return {Code::internal, "Cannot listen on " + host + ":" + std::to_string(endpoint.port()) + ": " + why.message()};
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::open(net::asio::io_context& accept_io, const std::vector<Worker>& workers,
                                                 ListenerOptions options) {
  const net::tcp::endpoint endpoint = options.endpoint;
  auto shared = std::make_shared<Shared>();
  shared->max_connections = options.max_connections;
  for (const Worker& worker : workers) shared->workers.emplace_back(worker, shared->counters, options.limits);
  auto accepting = std::make_shared<Accepting>(accept_io.get_executor(), std::move(shared), std::move(options.tls));
  net::Acceptor& acceptor = accepting->acceptor;
  net::ErrorCode failed;
  acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.set_option(net::Acceptor::reuse_address(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(4096, failed);
  if (failed) return cannot_listen(endpoint, failed);
  const net::tcp::endpoint bound = acceptor.local_endpoint(failed);
  if (failed) return cannot_listen(endpoint, failed);
  net::spawn(accept_io.get_executor(), accept_clients(accepting), "the listener");
  return std::unique_ptr<Listener>(std::make_unique<AsioListener>(std::move(accepting), bound));
}

}  // namespace sluice::http
