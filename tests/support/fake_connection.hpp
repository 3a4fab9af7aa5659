// The inside of FakeUpstream: what its thread and the test's thread share, and one connection of it.
#pragma once
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>

#include "sluice/net/stream.hpp"
#include "support/fake_upstream.hpp"

namespace sluice::test {

struct FakeStep {
  enum class Kind { send, wait, stall, close, close_uncleanly, reset, half_close, tunnel, read_body };
  Kind kind = Kind::send;
  std::string bytes;
  std::optional<Gate> gate;
  std::uint16_t port = 0;
};

struct FakeRule {
  std::vector<FakeStep> steps;
  std::optional<std::size_t> cut;
  bool stale = false, before_body = false, used = false;
};

struct FakeBoard {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, std::deque<std::shared_ptr<FakeRule>>, std::less<>> rules;
  std::vector<Received> requests;      // in the order of their heads
  std::size_t whole_requests = 0, connections = 0, tls_resumed = 0;
  std::set<std::size_t> closed;

  FakeRule rule_for(std::string_view path);
  std::size_t add_head(Received received);               // its place in `requests`
  void add_body(std::size_t place, std::string body);
  void mark_closed(std::size_t connection);
};

struct FakeConnection : std::enable_shared_from_this<FakeConnection> {
  FakeConnection(std::shared_ptr<FakeBoard> shared, net::Socket socket, std::size_t which);
  ~FakeConnection();
  FakeConnection(const FakeConnection&) = delete;
  FakeConnection& operator=(const FakeConnection&) = delete;

  // Serves requests until the connection ends. `self` keeps this alive.
  static net::Task<> serve(std::shared_ptr<FakeConnection> self, net::asio::ssl::context* tls);

 private:
  net::Task<bool> handshake(net::asio::ssl::context& tls);
  net::Task<bool> more();                                 // reads once; false at the end
  net::Task<bool> read_head(Received& into);
  net::Task<bool> read_body();                            // of the present request, once
  net::Task<bool> read_chunked(std::string& into);
  net::Task<bool> take_line(std::string& into);
  net::Task<bool> take(std::size_t count, std::string& into);
  net::Task<bool> serve_one(std::size_t nth);
  net::Task<bool> run(const FakeRule& rule);              // false: the connection is done
  net::Task<bool> run_step(const FakeStep& step);
  net::Task<bool> send(std::string_view bytes);
  net::Task<bool> wait_gate(Gate gate);
  net::Task<> read_to_end();
  net::Task<> tunnel(std::uint16_t port);
  void watch_peer();
  void close_cleanly();
  void close_now();

  std::shared_ptr<FakeBoard> x_board;
  net::Stream x_stream;
  net::Timer x_gate_timer;
  std::size_t x_number;
  std::string x_in;
  Received x_request;           // the present one
  std::size_t x_place = 0;      // where the board has it
  bool x_body_read = false;
  bool x_watching = false, x_peer_gone = false;
};

}  // namespace sluice::test
