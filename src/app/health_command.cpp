#include <charconv>
#include <chrono>
#include <ostream>

#include "app/options.hpp"
#include "sluice/app/command_line.hpp"
#include "sluice/http/client.hpp"
#include "sluice/net/spawn.hpp"

namespace sluice::app {
namespace {

constexpr std::string_view usage = R"(usage: sluice health [--url URL]

Asks a running gateway whether it is alive, for container health checks. Default: http://127.0.0.1:8080/healthz.
Exit code 0: it answered 200; 1: anything else.
)";

struct Target { http::Origin origin; std::string path = "/"; };

std::optional<Target> parse(std::string_view url) {
  Target target;
  if (url.starts_with("https://")) target.origin.tls = true;
  else if (!url.starts_with("http://")) return std::nullopt;
  url.remove_prefix(target.origin.tls ? 8 : 7);
  std::size_t slash = url.find('/');
  if (slash != std::string_view::npos) target.path = url.substr(slash);
  std::string_view authority = url.substr(0, slash);
  target.origin.port = target.origin.tls ? 443 : 80;
  std::size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    auto digits = authority.substr(colon + 1);
    auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), target.origin.port);
    if (bad != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[') && authority.ends_with(']')) authority = authority.substr(1, authority.size() - 2);
  target.origin.host = authority;
  if (target.origin.host.empty()) return std::nullopt;
  return target;
}

net::Task<> ask(http::ClientPool& pool, const Target& target, std::string& told) {
  using namespace std::chrono_literals;
  auto call = pool.call(target.origin);
  call->set_deadline(net::Clock::now() + 5s, "an answer");
  std::string head = "GET " + target.path + " HTTP/1.1\r\nHost: " + target.origin.authority() + "\r\nConnection: close\r\n\r\n";
  auto answered = co_await call->start(head, "", 3000ms);
  if (!answered) told = answered.error().message();
  else if (call->head().status != 200) told = "status " + std::to_string(call->head().status);
  else told.clear();
}

}  // namespace

int health_command(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
  constexpr std::string_view with_value[] = {"--url"};
  Options options = read_options(arguments, with_value);
  if (options.help) {
    out << usage;
    return 0;
  }
  const std::string* url = options.value("--url");
  auto target = parse(url != nullptr ? *url : "http://127.0.0.1:8080/healthz");
  if (options.problem || !options.words.empty() || !target) {
    err << "sluice health: " << options.problem.value_or(target ? "too many arguments" : "--url must be an http or https URL") << ".\n";
    return 1;
  }
  net::asio::io_context io(1);
  std::string told = "no answer";
  {
    auto pool = http::make_client_pool(io);
    net::spawn(io.get_executor(), ask(*pool, *target, told), "health");
    io.run_for(std::chrono::seconds(10));
  }
  if (told.empty()) return 0;
  err << "sluice health: " << told << '\n';
  return 1;
}

}  // namespace sluice::app
