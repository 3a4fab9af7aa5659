// The server every integration test talks to in place of a provider. It runs on a thread of its own on 127.0.0.1, port
// chosen by the system, and does what its script says, byte by byte. Nothing in it sleeps: what has to wait, waits for
// a Gate that the test opens or for the peer. All functions may be called from the test's thread at any time.
//
//   FakeUpstream upstream;
//   upstream.when("/v1/chat/completions").reply(429, {{"retry-after", "1"}}, "{}");   // the first request there
//   upstream.when("/v1/chat/completions").reply(200, {}, "{}");                       // the second and all later ones
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/certificate.hpp"

namespace sluice::test {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// What a script waits for until the test lets it go on. Copies are the same gate.
class Gate final {
 public:
  Gate();
  void go();      // lets one waiting step pass, or the next one to come
  void open();    // lets everything pass from now on

 private:
  friend struct FakeConnection;
  struct State;
  std::shared_ptr<State> x_state;
};

// One request as it came.
struct Received {
  std::size_t connection = 0;   // 1 for the first connection accepted
  std::string head;             // every byte up to and including the empty line
  std::string method, target;
  std::string body;             // without chunk framing
  std::string header(std::string_view name) const;   // the first of that name, without case; empty: none
};

class FakeUpstream;
struct FakeBoard;
struct FakeRule;
struct FakeStep;

// The answer to one request, built step by step; steps run in the order in which they were added. Without close(),
// reset(), stall() or half_close() the connection is kept for the next request.
class Script final {
 public:
  // A whole answer with Content-Length.
  Script& reply(int status, const HeaderList& headers, std::string_view body);
  // An answer head and a chunked body, every chunk and the end written on its own. With a gate each of them waits for
  // one go() first (the head does not). head() and chunk() are the same in single steps; end() is the last chunk.
  Script& chunks(const std::vector<std::string>& parts, std::optional<Gate> gate = std::nullopt,
                 const HeaderList& headers = {{"content-type", "text/event-stream"}});
  Script& head(int status, const HeaderList& headers);   // adds no framing of its own
  Script& chunk(std::string_view part);
  Script& end();
  Script& garbage(std::string_view bytes);   // these bytes and no others
  Script& wait(Gate gate);
  Script& stall();                  // says nothing until the peer closes
  Script& close();
  Script& reset();                  // closes with RST
  Script& half_close();             // ends the sending side only, then reads until the peer closes
  Script& close_after(std::size_t bytes);   // cuts what the other steps send after so many bytes, then closes
  Script& stale_keepalive();        // closes upon this request without a byte of answer, but only on a kept connection;
                                    // a request that is its connection's first is answered by the other steps
  Script& before_body();            // answers after the head, without reading the body; it is read afterwards, before
                                    // the next request, unless the script closes
  Script& read_body();              // after before_body(): reads the body now, the steps behind it come after it
  Script& tunnel_to(std::uint16_t port);    // from here on passes bytes between the peer and 127.0.0.1:port
  Script& close_uncleanly();        // TLS: closes the socket without close_notify (close() sends one)

 private:
  friend class FakeUpstream;
  Script(std::shared_ptr<FakeBoard> board, std::shared_ptr<FakeRule> rule)
      : x_board(std::move(board)), x_rule(std::move(rule)) {}
  Script& add(FakeStep step);
  std::shared_ptr<FakeBoard> x_board;
  std::shared_ptr<FakeRule> x_rule;
};

class FakeUpstream final {
 public:
  struct Options {
    std::optional<Certificate> certificate;   // set: speaks TLS
    bool tls12_only = false;
  };
  FakeUpstream();
  explicit FakeUpstream(const Options& options);
  ~FakeUpstream();
  FakeUpstream(const FakeUpstream&) = delete;
  FakeUpstream& operator=(const FakeUpstream&) = delete;

  std::uint16_t port() const;
  std::string url() const;          // "http://127.0.0.1:PORT"

  // Adds a script for requests whose path (the target up to '?') is `path`; "*" is any path without a script of its
  // own. Scripts of one path are used one after the other; the last is used again and again until one is added.
  // Requests without a script are answered 404. Returned by value; it may outlive the statement.
  Script when(std::string path);

  std::vector<Received> requests() const;
  std::size_t connections() const;            // accepted so far
  std::size_t tls_resumed() const;            // handshakes that resumed a session

  // True as soon as it has happened, false when `limit` has passed first.
  using Limit = std::chrono::milliseconds;
  static constexpr Limit usual_limit{10'000};
  bool wait_requests(std::size_t count, Limit limit = usual_limit) const;      // `count` arrived whole, body and all
  bool wait_heads(std::size_t count, Limit limit = usual_limit) const;         // `count` heads arrived
  bool wait_connections(std::size_t count, Limit limit = usual_limit) const;
  bool wait_closed(std::size_t connection, Limit limit = usual_limit) const;   // by the peer or by the script

 private:
  struct Server;
  std::shared_ptr<FakeBoard> x_board;
  std::unique_ptr<Server> x_server;
};

}  // namespace sluice::test
