#include "credentials/ask.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include "sluice/base/text.hpp"
#include "sluice/http/header_block.hpp"

namespace sluice::credentials {
namespace {

constexpr std::size_t longest_answer = 256 << 10;

bool name_of_host(std::string_view host) {
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  return !host.empty() && std::all_of(host.begin(), host.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' ||
           (bracketed && c == ':');
  });
}

bool takes_port(std::string_view& authority, std::uint16_t& port) {
  const std::size_t colon = authority.rfind(':');
  if (colon == authority.npos || authority.find(']', colon) != authority.npos) return true;
  const char* const end = authority.data() + authority.size();
  const auto [stop, failed] = std::from_chars(authority.data() + colon + 1, end, port);
  authority = authority.substr(0, colon);
  return failed == std::errc() && stop == end && port != 0;
}

std::string head_of(const Question& question) {
  std::string head;
  head.append(question.method).append(" ").append(question.place.target).append(" HTTP/1.1\r\n");
  http::append_header(head, "Host", question.place.origin.authority());
  head += "User-Agent: sluice/" SLUICE_VERSION "\r\nAccept: */*\r\n";
  head += question.lines;
  if (question.method != "GET") {
    head += "Content-Length: ";
    append_integer(head, static_cast<std::int64_t>(question.body.size()));
    head += "\r\n";
  }
  return head + "\r\n";
}

// A refusal may repeat what was shown to it.
void hide_secrets(std::string_view form, std::string& answer) {
  constexpr std::array<std::string_view, 5> secret = {"client_secret", "refresh_token", "assertion", "client_assertion", "WebIdentityToken"};
  while (!form.empty()) {
    const std::size_t end = std::min(form.find('&'), form.size());
    const std::string_view pair = form.substr(0, end);
    form.remove_prefix(std::min(end + 1, form.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (std::find(secret.begin(), secret.end(), pair.substr(0, equals)) == secret.end()) continue;
    const std::string value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (value.size() < 4) continue;
    for (std::size_t at = answer.find(value); at != answer.npos; at = answer.find(value, at)) answer.replace(at, value.size(), "[hidden]");
  }
}

}  // namespace

Result<Place> place_of(std::string_view url) {
  const Error wrong(Code::upstream_failed, "an address of its token service is not a URL");
  const bool visible = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '#'; });
  Place place;
  place.origin.tls = url.starts_with("https://");
  if (!visible || (!place.origin.tls && !url.starts_with("http://"))) return wrong;
  url.remove_prefix(place.origin.tls ? 8 : 7);
  const std::size_t end = std::min(url.find_first_of("/?"), url.size());
  std::string_view authority = url.substr(0, end);
  place.origin.port = place.origin.tls ? 443 : 80;
  if (!takes_port(authority, place.origin.port) || !name_of_host(authority)) return wrong;
  if (authority.front() == '[') authority = authority.substr(1, authority.size() - 2);
  place.origin.host = authority;
  place.origin.max_idle = 0;   // asked once in an hour
  place.target = url.substr(end);
  if (!place.target.starts_with('/')) place.target.insert(0, 1, '/');
  return place;
}

net::Task<Result<Reply>> ask(http::ClientPool& pool, const Question& question) {
  const std::string head = head_of(question);
  const std::unique_ptr<http::ClientCall> call = pool.call(question.place.origin);
  call->set_deadline(net::Clock::now() + question.total, "the token service");
  Result<> started = co_await call->start(head, question.body, question.connect);
  if (!started) co_return std::move(started).error();
  Reply reply;
  reply.status = call->head().status;
  for (;;) {
    Result<std::string_view> piece = co_await call->read_some();
    if (!piece) co_return std::move(piece).error();
    if (piece->empty()) break;
    if (reply.body.size() + piece->size() > longest_answer) co_return Error(Code::upstream_failed, "its answer is too long");
    reply.body.append(*piece);
  }
  if (reply.status != 200) hide_secrets(question.body, reply.body);
  co_return reply;
}

}  // namespace sluice::credentials
