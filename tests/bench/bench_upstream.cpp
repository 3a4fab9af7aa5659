// A fake OpenAI server that is as fast as one thread allows, so that what is measured is the proxy before it. A body with
// "stream":true is answered by an event stream of `max_tokens` deltas of 170 to 220 bytes, one every --interval-us;
// any other by one chat completion of about 600 bytes after --delay-us.
//
//   bench_upstream [--port N] [--interval-us N] [--delay-us N]      prints "port N" once it listens
#include <algorithm>
#include <memory>
#include <optional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "poller.hpp"

namespace sluice::bench {
namespace {

std::string whole_answer() {
  const std::string body =
      R"({"id":"chatcmpl-9nXW4QxGzqZ1lq0v7cXk2mB5eYt3H","object":"chat.completion","created":1721075653,)"
      R"("model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","content":)"
      R"("The sluice gate was raised a little after dawn, and the water went where it was told to go.","refusal":null},)"
      R"("logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":182,"completion_tokens":24,"total_tokens":206,)"
      R"("prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,)"
      R"("audio_tokens":0}},"system_fingerprint":"fp_48196bc67a"})";
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-request-id: req_5b1f7a1c\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string chunk(std::string_view event) {
  char size[24];
  std::snprintf(size, sizeof size, "%zx\r\n", event.size());
  return size + std::string(event) + "\r\n";
}

// The first event of a stream says when it was sent, by the machine's own clock: whoever reads it knows its age.
std::string sent_now() {
  const auto now = std::chrono::duration_cast<Microseconds>(Clock::now().time_since_epoch()).count();
  return chunk("data: {\"sent_us\":" + std::to_string(now) + ",\"object\":\"chat.completion.chunk\",\"choices\":[]}\n\n");
}

std::vector<std::string> deltas() {
  std::vector<std::string> all;
  for (const char* word : {" the", " water", " gateway", " and", " a", " considerably longer", " token", "."}) {
    all.push_back(chunk(
        R"(data: {"id":"chatcmpl-9nXW4QxGzqZ1lq0v7cXk2mB5eYt3H","object":"chat.completion.chunk","created":1721075653,)"
        R"("model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{"content":")" +
        std::string(word) + "\"}}]}\n\n"));
  }
  return all;
}

const std::string stream_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nx-request-id: req_5b1f7a1c\r\n"
    "Transfer-Encoding: chunked\r\n\r\n";
const std::string stream_end =
    chunk(R"(data: {"id":"chatcmpl-9nXW4QxGzqZ1lq0v7cXk2mB5eYt3H","object":"chat.completion.chunk","created":1721075653,)"
          R"("model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{)"
          R"("prompt_tokens":182,"completion_tokens":24,"total_tokens":206}})"
          "\n\n") +
    chunk("data: [DONE]\n\n") + "0\r\n\r\n";

struct Connection {
  std::string in;
  std::string out;           // what the socket did not take
  long deltas_left = 0;
  std::size_t next_delta = 0;
  std::uint64_t serial = 0;  // tells a descriptor's new connection from the one a timer was set for
};

struct Turn {
  Clock::time_point at;
  int socket;
  std::uint64_t serial;
  bool operator>(const Turn& other) const { return at > other.at; }
};

struct Ask {
  std::size_t length;   // head and body
  bool stream;
  long max_tokens;
};

// The first request in `in`, once it is all there.
std::optional<Ask> whole_request(std::string_view in) {
  const std::size_t head_end = in.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return {};
  std::string head(in.substr(0, head_end));
  std::transform(head.begin(), head.end(), head.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  const std::size_t field = head.find("\r\ncontent-length:");
  const std::size_t length = field == std::string::npos ? 0 : std::strtoul(head.c_str() + field + 17, nullptr, 10);
  if (in.size() < head_end + 4 + length) return {};
  const std::string_view body = in.substr(head_end + 4, length);
  const bool stream = body.find("\"stream\":true") != std::string_view::npos ||
                      body.find("\"stream\": true") != std::string_view::npos;
  const std::size_t tokens = body.find("\"max_tokens\":");
  const long count = tokens == std::string_view::npos ? 20 : std::atol(std::string(body.substr(tokens + 13, 12)).c_str());
  return Ask{head_end + 4 + length, stream, count};
}

class Upstream {
 public:
  Upstream(std::uint16_t port, Microseconds interval, Microseconds delay)
      : x_port(port), x_interval(interval), x_delay(delay), x_listener(listen_on(x_port)) {
    x_poller.add(x_listener, EPOLLIN);
    std::printf("port %u\n", x_port);
    std::fflush(stdout);
  }

  void run() {
    for (;;) {
      for (const epoll_event& event : x_poller.wait(x_turns.empty() ? Clock::time_point::max() : x_turns.top().at)) {
        if (event.data.fd == x_listener) accept_all();
        else if (event.events & (EPOLLERR | EPOLLHUP)) drop(event.data.fd);
        else if (event.events & EPOLLOUT) flush(event.data.fd);
        else read(event.data.fd);
      }
      take_turns();
    }
  }

 private:
  void accept_all() {
    for (;;) {
      const int socket = accept4(x_listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (socket < 0) return;
      tune(socket);
      x_connections[socket] = std::make_unique<Connection>();
      x_connections[socket]->serial = ++x_serial;
      x_poller.add(socket, EPOLLIN);
    }
  }

  void drop(int socket) {
    x_connections.erase(socket);
    close(socket);
  }

  void read(int socket) {
    Connection& connection = *x_connections.at(socket);
    char buffer[65536];
    const ssize_t got = recv(socket, buffer, sizeof buffer, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN)) return drop(socket);
    if (got > 0) connection.in.append(buffer, static_cast<std::size_t>(got));
    while (const auto ask = whole_request(connection.in)) {
      connection.in.erase(0, ask->length);
      if (!answer(socket, connection, *ask)) return;
    }
  }

  // False when the connection is gone.
  bool answer(int socket, Connection& connection, const Ask& ask) {
    if (ask.stream) {
      connection.deltas_left = ask.max_tokens;
      later(socket, connection, x_delay);
      return true;
    }
    if (x_delay.count() == 0) return send(socket, connection, x_answer);
    connection.deltas_left = -1;
    later(socket, connection, x_delay);
    return true;
  }

  void later(int socket, const Connection& connection, Microseconds wait) {
    x_turns.push({Clock::now() + wait, socket, connection.serial});
  }

  void take_turns() {
    const auto now = Clock::now();
    while (!x_turns.empty() && x_turns.top().at <= now) {
      const Turn turn = x_turns.top();
      x_turns.pop();
      const auto found = x_connections.find(turn.socket);
      if (found == x_connections.end() || found->second->serial != turn.serial) continue;
      take_turn(turn.socket, *found->second, turn.at);
    }
  }

  void take_turn(int socket, Connection& connection, Clock::time_point was_due) {
    if (connection.deltas_left < 0) {
      connection.deltas_left = 0;
      send(socket, connection, x_answer);
      return;
    }
    if (connection.deltas_left == 0) {
      connection.next_delta = 0;
      send(socket, connection, stream_end);
      return;
    }
    const bool first = connection.next_delta == 0;
    const std::string& delta = x_deltas[connection.next_delta++ % x_deltas.size()];
    --connection.deltas_left;
    // From when it was due, not from now: a late turn must not slow the whole stream down.
    if (send(socket, connection, first ? stream_head + sent_now() + delta : delta)) {
      x_turns.push({was_due + x_interval, socket, connection.serial});
    }
  }

  bool send(int socket, Connection& connection, std::string_view bytes) {
    if (!connection.out.empty()) {
      connection.out += bytes;
      return true;
    }
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
      drop(socket);
      return false;
    }
    const auto taken = static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
    if (taken < bytes.size()) {
      connection.out = bytes.substr(taken);
      x_poller.change(socket, EPOLLIN | EPOLLOUT);
    }
    return true;
  }

  void flush(int socket) {
    Connection& connection = *x_connections.at(socket);
    const std::string rest = std::move(connection.out);
    connection.out.clear();
    if (send(socket, connection, rest) && connection.out.empty()) x_poller.change(socket, EPOLLIN);
  }

  std::uint16_t x_port;
  Microseconds x_interval, x_delay;
  int x_listener;
  Poller x_poller;
  std::uint64_t x_serial = 0;
  std::unordered_map<int, std::unique_ptr<Connection>> x_connections;
  std::priority_queue<Turn, std::vector<Turn>, std::greater<>> x_turns;
  const std::string x_answer = whole_answer();
  const std::vector<std::string> x_deltas = deltas();
};

}  // namespace
}  // namespace sluice::bench

int main(int count, char** arguments) {
  using namespace sluice::bench;
  raise_file_limit();
  Upstream upstream(static_cast<std::uint16_t>(option(count, arguments, "--port", 0)),
                    Microseconds(option(count, arguments, "--interval-us", 0)),
                    Microseconds(option(count, arguments, "--delay-us", 0)));
  upstream.run();
}
