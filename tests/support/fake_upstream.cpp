#include "support/fake_upstream.hpp"

#include <strings.h>

#include <cstdio>
#include <thread>

#include "sluice/net/spawn.hpp"
#include "support/fake_connection.hpp"

namespace sluice::test {
namespace asio = net::asio;
namespace {

std::string head_text(int status, const HeaderList& headers, std::string_view framing) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " Scripted\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  text += framing;
  return text + "\r\n";
}

FakeStep send_step(std::string bytes) {
  FakeStep step;
  step.bytes = std::move(bytes);
  return step;
}

FakeStep step_of(FakeStep::Kind kind) {
  FakeStep step;
  step.kind = kind;
  return step;
}

std::string chunk_text(std::string_view part) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", part.size());
  return size + std::string(part) + "\r\n";
}

}  // namespace

std::string Received::header(std::string_view name) const {
  std::string_view rest = head;
  for (std::size_t end; (end = rest.find("\r\n")) != std::string_view::npos; rest.remove_prefix(end + 2)) {
    const std::string_view line = rest.substr(0, end);
    if (line.size() <= name.size() || line[name.size()] != ':') continue;
    if (strncasecmp(line.data(), name.data(), name.size()) != 0) continue;
    const std::size_t start = line.find_first_not_of(" \t", name.size() + 1);
    return start == std::string_view::npos ? std::string() : std::string(line.substr(start));
  }
  return {};
}

FakeRule FakeBoard::rule_for(std::string_view path) {
  const std::lock_guard lock(mutex);
  auto found = rules.find(path);
  if (found == rules.end()) found = rules.find("*");
  if (found == rules.end()) {
    FakeRule unknown;
    unknown.steps.push_back(send_step(head_text(404, {}, "content-length: 0\r\n")));
    return unknown;
  }
  auto& queue = found->second;
  if (queue.front()->used && queue.size() > 1) queue.pop_front();
  queue.front()->used = true;
  return *queue.front();
}

std::size_t FakeBoard::add_head(Received received) {
  const std::lock_guard lock(mutex);
  requests.push_back(std::move(received));
  changed.notify_all();
  return requests.size() - 1;
}

void FakeBoard::add_body(std::size_t place, std::string body) {
  const std::lock_guard lock(mutex);
  requests[place].body = std::move(body);
  ++whole_requests;
  changed.notify_all();
}

void FakeBoard::mark_closed(std::size_t connection) {
  const std::lock_guard lock(mutex);
  closed.insert(connection);
  changed.notify_all();
}

Script& Script::add(FakeStep step) {
  const std::lock_guard lock(x_board->mutex);
  x_rule->steps.push_back(std::move(step));
  return *this;
}

Script& Script::reply(int status, const HeaderList& headers, std::string_view body) {
  const std::string framing = "content-length: " + std::to_string(body.size()) + "\r\n";
  return add(send_step(head_text(status, headers, framing) + std::string(body)));
}

Script& Script::head(int status, const HeaderList& headers) { return add(send_step(head_text(status, headers, ""))); }

Script& Script::chunks(const std::vector<std::string>& parts, std::optional<Gate> gate, const HeaderList& headers) {
  add(send_step(head_text(200, headers, "transfer-encoding: chunked\r\n")));
  for (const std::string& part : parts) {
    if (gate) wait(*gate);
    chunk(part);
  }
  if (gate) wait(*gate);
  return end();
}

Script& Script::chunk(std::string_view part) { return add(send_step(chunk_text(part))); }
Script& Script::end() { return add(send_step("0\r\n\r\n")); }
Script& Script::garbage(std::string_view bytes) { return add(send_step(std::string(bytes))); }

Script& Script::wait(Gate gate) {
  FakeStep step = step_of(FakeStep::Kind::wait);
  step.gate = std::move(gate);
  return add(std::move(step));
}

Script& Script::tunnel_to(std::uint16_t port) {
  FakeStep step = step_of(FakeStep::Kind::tunnel);
  step.port = port;
  return add(std::move(step));
}

Script& Script::stall() { return add(step_of(FakeStep::Kind::stall)); }
Script& Script::close() { return add(step_of(FakeStep::Kind::close)); }
Script& Script::close_uncleanly() { return add(step_of(FakeStep::Kind::close_uncleanly)); }
Script& Script::reset() { return add(step_of(FakeStep::Kind::reset)); }
Script& Script::read_body() { return add(step_of(FakeStep::Kind::read_body)); }
Script& Script::half_close() { return add(step_of(FakeStep::Kind::half_close)); }

Script& Script::close_after(std::size_t bytes) {
  const std::lock_guard lock(x_board->mutex);
  x_rule->cut = bytes;
  return *this;
}

Script& Script::stale_keepalive() {
  const std::lock_guard lock(x_board->mutex);
  x_rule->stale = true;
  return *this;
}

Script& Script::before_body() {
  const std::lock_guard lock(x_board->mutex);
  x_rule->before_body = true;
  return *this;
}

struct FakeUpstream::Server {
  explicit Server(const Options& options) : acceptor(io.get_executor()) {
    if (options.certificate) use_tls(options);
    const net::tcp::endpoint local(asio::ip::address_v4::loopback(), 0);
    acceptor.open(local.protocol());
    acceptor.set_option(asio::socket_base::reuse_address(true));
    acceptor.bind(local);
    acceptor.listen(1024);
    port = acceptor.local_endpoint().port();
  }

  void use_tls(const Options& options) {
    tls.emplace(asio::ssl::context::tls_server);
    if (options.tls12_only) SSL_CTX_set_max_proto_version(tls->native_handle(), TLS1_2_VERSION);
    const Certificate& made = *options.certificate;
    tls->use_certificate_chain(asio::const_buffer(made.leaf.data(), made.leaf.size()));
    tls->use_private_key(asio::const_buffer(made.key.data(), made.key.size()), asio::ssl::context::pem);
    static const unsigned char id[] = "fake";
    SSL_CTX_set_session_id_context(tls->native_handle(), id, sizeof id - 1);
  }

  static net::Task<> accept(Server& self, std::shared_ptr<FakeBoard> board) {
    for (;;) {
      net::Socket socket(self.io.get_executor());
      const auto accepted = co_await self.acceptor.async_accept(socket, net::as_result);
      if (std::get<0>(accepted)) co_return;
      std::size_t number;
      {
        const std::lock_guard lock(board->mutex);
        number = ++board->connections;
        board->changed.notify_all();
      }
      auto connection = std::make_shared<FakeConnection>(board, std::move(socket), number);
      asio::ssl::context* secure = self.tls ? &*self.tls : nullptr;
      net::spawn(self.io.get_executor(), FakeConnection::serve(std::move(connection), secure), "fake upstream");
    }
  }

  asio::io_context io{1};
  std::optional<asio::ssl::context> tls;
  net::Acceptor acceptor;
  std::uint16_t port = 0;
  std::thread thread;
};

FakeUpstream::FakeUpstream() : FakeUpstream(Options()) {}

FakeUpstream::FakeUpstream(const Options& options)
    : x_board(std::make_shared<FakeBoard>()), x_server(std::make_unique<Server>(options)) {
  net::spawn(x_server->io.get_executor(), Server::accept(*x_server, x_board), "fake upstream accept");
  x_server->thread = std::thread([server = x_server.get()] { server->io.run(); });
}

FakeUpstream::~FakeUpstream() {
  x_server->io.stop();
  x_server->thread.join();
}

std::uint16_t FakeUpstream::port() const { return x_server->port; }
std::string FakeUpstream::url() const { return "http://127.0.0.1:" + std::to_string(port()); }

Script FakeUpstream::when(std::string path) {
  auto rule = std::make_shared<FakeRule>();
  const std::lock_guard lock(x_board->mutex);
  x_board->rules[std::move(path)].push_back(rule);
  return Script(x_board, std::move(rule));
}

std::vector<Received> FakeUpstream::requests() const {
  const std::lock_guard lock(x_board->mutex);
  return x_board->requests;
}

std::size_t FakeUpstream::connections() const {
  const std::lock_guard lock(x_board->mutex);
  return x_board->connections;
}

std::size_t FakeUpstream::tls_resumed() const {
  const std::lock_guard lock(x_board->mutex);
  return x_board->tls_resumed;
}

bool FakeUpstream::wait_requests(std::size_t count, Limit limit) const {
  std::unique_lock lock(x_board->mutex);
  return x_board->changed.wait_for(lock, limit, [&] { return x_board->whole_requests >= count; });
}

bool FakeUpstream::wait_heads(std::size_t count, Limit limit) const {
  std::unique_lock lock(x_board->mutex);
  return x_board->changed.wait_for(lock, limit, [&] { return x_board->requests.size() >= count; });
}

bool FakeUpstream::wait_connections(std::size_t count, Limit limit) const {
  std::unique_lock lock(x_board->mutex);
  return x_board->changed.wait_for(lock, limit, [&] { return x_board->connections >= count; });
}

bool FakeUpstream::wait_closed(std::size_t connection, Limit limit) const {
  std::unique_lock lock(x_board->mutex);
  return x_board->changed.wait_for(lock, limit, [&] { return x_board->closed.contains(connection); });
}

}  // namespace sluice::test
