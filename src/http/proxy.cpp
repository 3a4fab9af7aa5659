#include "sluice/http/proxy.hpp"

#include <openssl/evp.h>

#include <charconv>
#include <optional>

#include "sluice/base/text.hpp"

namespace sluice::http {
namespace {

Error unusable() { return {Code::upstream_failed, "the proxy's URL must be http://[user:password@]host[:port]"}; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char low = to_lower(c);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    plain += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return plain;
}

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
  auto* to = reinterpret_cast<unsigned char*>(text.data());
  const int size = EVP_EncodeBlock(to, from, static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

bool parse_port(std::string_view text, std::uint16_t& port) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
  return failed == std::errc() && end == text.data() + text.size() && port != 0;
}

bool parse_host(std::string_view text, Proxy& proxy) {
  std::size_t end = text.find(':');
  if (!text.empty() && text.front() == '[') {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) return false;
    proxy.host = text.substr(1, bracket - 1);
    end = bracket + 1 < text.size() ? bracket + 1 : std::string_view::npos;
    if (end != std::string_view::npos && text[end] != ':') return false;
  } else {
    proxy.host = text.substr(0, end);
  }
  if (proxy.host.empty() || proxy.host.find_first_of(" \t\r\n@/") != std::string::npos) return false;
  return end == std::string_view::npos || parse_port(text.substr(end + 1), proxy.port);
}

}  // namespace

std::string Proxy::name() const {
  const bool address6 = host.find(':') != std::string::npos;
  return (address6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Proxy> parse_proxy(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  constexpr std::size_t longest_credentials = 4096;
  if (!iequals(url.substr(0, scheme.size()), scheme)) return unusable();
  url.remove_prefix(scheme.size());
  if (!url.empty() && url.back() == '/') url.remove_suffix(1);
  Proxy proxy;
  const std::size_t at = url.rfind('@');
  if (at != std::string_view::npos) {
    std::string_view user = url.substr(0, at);
    if (user.size() > longest_credentials) return unusable();
    // Only the name and the password are encoded; the colon between them is not (RFC 3986 3.2.1, RFC 7617 2).
    const std::size_t colon = user.find(':');
    const std::optional<std::string> name = percent_decoded(user.substr(0, colon));
    const std::optional<std::string> password =
        percent_decoded(colon == std::string_view::npos ? std::string_view() : user.substr(colon + 1));
    if (!name || !password) return unusable();
    proxy.authorization = Secret("Proxy-Authorization: Basic " + base64(*name + ":" + *password) + "\r\n");
    url.remove_prefix(at + 1);
  }
  if (!parse_host(url, proxy)) return unusable();
  return proxy;
}

HeadCuts cut_head(std::string_view head) {
  const std::size_t space = head.find(' ');
  const std::size_t line = head.find("\r\n");
  HeadCuts cuts;
  if (space == std::string_view::npos || line == std::string_view::npos || space > line) {
    cuts.rest = head;
    return cuts;
  }
  cuts.method = head.substr(0, space + 1);
  cuts.line = head.substr(space + 1, line + 2 - (space + 1));
  cuts.rest = head.substr(line + 2);
  return cuts;
}

}  // namespace sluice::http
