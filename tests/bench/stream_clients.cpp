// Opens many event streams at once through a proxy, reads them to their ends and says how it went, as one JSON line.
//
//   stream_clients --port N [--streams N] [--deltas N] [--ramp-us N] [--key TEXT]
//
// A stream is opened every --ramp-us, so that first-byte times are those of a loaded, not of a stampeded proxy. First
// byte: the age of the first event, by the time that bench_upstream wrote into it, when its last byte is read.
#include <algorithm>
#include <cinttypes>
#include <cstdlib>
#include <vector>

#include "poller.hpp"

namespace sluice::bench {
namespace {

struct Stream {
  bool begun = false;
  bool done = false;
  std::string seam{};   // the last bytes of the previous read: a marker may be cut
};

struct Settings {
  std::uint16_t port;
  long streams, deltas;
  Microseconds ramp;
  std::string key;
};

std::string request(const Settings& settings) {
  const std::string body =
      R"({"model":"gpt-4o","messages":[{"role":"system","content":"You are a terse assistant who answers in one line."},)"
      R"({"role":"user","content":"Tell me what a sluice is, and why a mill needs one."}],"temperature":0.7,"max_tokens":)" +
      std::to_string(settings.deltas) + R"(,"stream":true})";
  return "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + settings.key +
         "\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

class Clients {
 public:
  explicit Clients(Settings settings) : x_settings(std::move(settings)), x_request(request(x_settings)) {}

  int run() {
    const auto began = Clock::now();
    for (auto next = began; x_opened < x_settings.streams || x_open > 0;) {
      while (x_opened < x_settings.streams && Clock::now() >= next) {
        open();
        next += x_settings.ramp;
      }
      const auto until = x_opened < x_settings.streams ? next : Clock::time_point::max();
      for (const epoll_event& event : x_poller.wait(until)) read(event.data.fd);
    }
    report(Clock::now() - began);
    return x_whole == x_settings.streams ? 0 : 1;
  }

 private:
  void open() {
    const int socket = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    const sockaddr_in address = loopback(x_settings.port);
    checked(connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), "connect");
    tune(socket);
    checked(static_cast<int>(send(socket, x_request.data(), x_request.size(), MSG_NOSIGNAL)), "send");
    checked(fcntl(socket, F_SETFL, O_NONBLOCK), "O_NONBLOCK");
    if (static_cast<std::size_t>(socket) >= x_streams.size()) x_streams.resize(static_cast<std::size_t>(socket) + 1);
    x_streams[static_cast<std::size_t>(socket)] = {};
    x_poller.add(socket, EPOLLIN);
    ++x_opened;
    ++x_open;
    x_most_open = std::max(x_most_open, x_open);
  }

  void read(int socket) {
    Stream& stream = x_streams[static_cast<std::size_t>(socket)];
    char buffer[65536];
    const ssize_t got = recv(socket, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got > 0) look(stream, {buffer, static_cast<std::size_t>(got)});
    if (got <= 0 || stream.done) {
      if (stream.done) ++x_whole;
      close(socket);
      --x_open;
    }
  }

  void look(Stream& stream, std::string_view bytes) {
    ++x_reads;
    const std::string text = stream.seam.append(bytes);
    constexpr std::string_view mark = "\"sent_us\":";
    const std::size_t stamp = stream.begun ? text.npos : text.find(mark);
    if (stamp != text.npos && text.find("\n\n", stamp) != text.npos) {
      stream.begun = true;
      const Microseconds now = std::chrono::duration_cast<Microseconds>(Clock::now().time_since_epoch());
      x_first.push_back(now.count() - std::strtol(text.c_str() + stamp + mark.size(), nullptr, 10));
    }
    std::size_t at = 0, after = 0;
    while ((at = text.find("\n\n", after)) != std::string::npos) {
      after = at + 2;
      ++x_events;
    }
    stream.done = text.find("\r\n0\r\n\r\n") != std::string::npos;
    stream.seam = text.substr(std::max(after, text.size() - std::min<std::size_t>(text.size(), 16)));
  }

  long percentile(double share) const {
    if (x_first.empty()) return -1;
    return x_first[std::min(x_first.size() - 1, static_cast<std::size_t>(share * static_cast<double>(x_first.size())))];
  }

  void report(Clock::duration took) {
    std::sort(x_first.begin(), x_first.end());
    std::printf("{\"streams\":%ld,\"whole\":%ld,\"most_open\":%ld,\"events\":%" PRIu64 ",\"reads\":%" PRIu64
                ",\"seconds\":%.3f,\"first_us\":{\"p50\":%ld,\"p90\":%ld,\"p99\":%ld,\"max\":%ld}}\n",
                x_settings.streams, x_whole, x_most_open, x_events, x_reads, std::chrono::duration<double>(took).count(),
                percentile(.5), percentile(.9), percentile(.99), percentile(1));
  }

  Settings x_settings;
  std::string x_request;
  Poller x_poller;
  std::vector<Stream> x_streams;   // by descriptor
  std::vector<long> x_first;
  long x_opened = 0, x_open = 0, x_most_open = 0, x_whole = 0;
  std::uint64_t x_events = 0, x_reads = 0;
};

std::string text_option(int count, char** arguments, std::string_view name) {
  for (int i = 1; i + 1 < count; ++i) {
    if (arguments[i] == name) return arguments[i + 1];
  }
  return "none";
}

}  // namespace
}  // namespace sluice::bench

int main(int count, char** arguments) {
  using namespace sluice::bench;
  raise_file_limit();
  Clients clients({.port = static_cast<std::uint16_t>(option(count, arguments, "--port", 8080)),
                   .streams = option(count, arguments, "--streams", 1000),
                   .deltas = option(count, arguments, "--deltas", 100),
                   .ramp = Microseconds(option(count, arguments, "--ramp-us", 500)),
                   .key = text_option(count, arguments, "--key")});
  return clients.run();
}
