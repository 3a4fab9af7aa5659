// One client connection: reads requests, asks the handler, sends refusals, decides when the connection closes. Owned by
// its own coroutine; listed in its worker's ConnectionSet while it lives.
#pragma once
#include <boost/asio/ssl/context.hpp>
#include <exception>
#include <memory>
#include <optional>

#include "http/client_input.hpp"
#include "http/phase_deadline.hpp"
#include "http/server_reply.hpp"
#include "sluice/http/parser.hpp"
#include "sluice/http/server_connection.hpp"

namespace sluice::http {

class ServerConnection final {
 public:
  ServerConnection(std::shared_ptr<ConnectionSet> set, net::Socket socket,
                   std::shared_ptr<net::asio::ssl::context> tls);
  ~ServerConnection();
  ServerConnection(const ServerConnection&) = delete;
  ServerConnection& operator=(const ServerConnection&) = delete;

  static net::Task<> run(std::unique_ptr<ServerConnection> self);
  // The worker drains: close if no request is under way.
  void drain() { x_input->interrupt(); }
  void close() {
    x_reply.cut_off();
    x_input->close();
  }

 private:
  friend class ConnectionSet;
  enum class Phase { handshake, idle, head, body, serving, closing };
  enum class Step { wait, say_continue, serve, refuse, close };

  net::Task<> serve_requests();
  net::Task<bool> handshake();
  void begin_request();
  Step advance();
  std::optional<Step> take_bytes();
  std::optional<Step> head_came();
  Step timed_out();
  void set_phase_deadline();
  void begin_serving();
  void end_serving(const std::exception_ptr& escaped);
  net::Task<bool> refuse();
  net::Task<bool> skip_body();
  net::Task<> wind_up();
  net::Task<> linger();
  void expired();
  bool draining() const { return x_set->x_draining; }

  std::shared_ptr<ConnectionSet> x_set;
  ServerConnection *x_next = nullptr, *x_previous = nullptr;   // in the set
  std::shared_ptr<net::asio::ssl::context> x_tls;
  std::shared_ptr<const ServerLimits> x_limits;
  std::shared_ptr<ClientInput> x_input;
  Request x_request;
  RequestParser x_parser;
  PhaseDeadline x_deadline;
  ServerReply x_reply;
  std::optional<Error> x_refusal;
  std::size_t x_body_mark = 0;      // size of the body when its deadline was last set
  Phase x_phase = Phase::idle;
  bool x_admitted = false, x_fatal = false, x_timed_out = false, x_linger = false;
};

}  // namespace sluice::http
