#include "config/addresses.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstring>

namespace sluice::config {
namespace {

bool host_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_';
}

template <class Number>
bool parse_number(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return !text.empty() && error == std::errc{} && end == text.data() + text.size();
}

struct Authority {
  std::string host;
  std::uint16_t port = 0;
  bool valid = false;
};

// host, host:port, [v6], [v6]:port. Port 0: not given.
Authority parse_authority(std::string_view text) {
  Authority out;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return out;
    out.host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
    in6_addr address{};
    if (inet_pton(AF_INET6, out.host.c_str(), &address) != 1) return out;
  } else {
    const auto colon = text.find(':');
    out.host = lower(text.substr(0, colon));
    rest = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
    const bool good = !out.host.empty() && out.host.size() <= 253 && out.host.front() != '.' &&
                      out.host.front() != '-' && out.host.find("..") == std::string::npos &&
                      std::all_of(out.host.begin(), out.host.end(), host_character);
    if (!good) return out;
  }
  if (!rest.empty() && (rest.front() != ':' || !parse_number(rest.substr(1), out.port) || out.port == 0)) return out;
  out.valid = true;
  return out;
}

std::string bracketed(const std::string& host) { return host.find(':') == std::string::npos ? host : "[" + host + "]"; }

// An address as bytes, v4 as 4 and v6 as 16; empty: a name.
std::string address_bytes(const std::string& host) {
  std::array<char, sizeof(in6_addr)> bytes{};
  if (inet_pton(AF_INET, host.c_str(), bytes.data()) == 1) return {bytes.data(), 4};
  if (inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1) return {bytes.data(), 16};
  return {};
}

bool in_network(const std::string& address, std::string_view network) {
  const auto slash = network.find('/');
  const std::string base = address_bytes(std::string(network.substr(0, slash)));
  unsigned bits = 0;
  if (base.empty() || base.size() != address.size() || !parse_number(network.substr(slash + 1), bits)) return false;
  if (bits > base.size() * 8) return false;
  const std::size_t whole = bits / 8;
  if (std::memcmp(base.data(), address.data(), whole) != 0) return false;
  if (bits % 8 == 0) return true;
  const unsigned mask = 0xffu << (8 - bits % 8);
  return ((static_cast<unsigned char>(base[whole]) ^ static_cast<unsigned char>(address[whole])) & mask & 0xffu) == 0;
}

bool entry_matches(std::string_view entry, const Origin& origin, const std::string& address) {
  if (entry == "*") return true;
  if (entry.find('/') != std::string_view::npos) return !address.empty() && in_network(address, entry);
  std::string host = lower(entry);
  if (!address_bytes(host).empty()) return address_bytes(host) == address;
  if (host.starts_with("*.")) host.erase(0, 1);
  const bool domain_only = host.starts_with('.');
  const Authority parsed = parse_authority(domain_only ? std::string_view(host).substr(1) : std::string_view(host));
  if (!parsed.valid || (parsed.port != 0 && parsed.port != origin.port)) return false;
  if (!address_bytes(parsed.host).empty()) return address_bytes(parsed.host) == address;
  return origin.host == parsed.host || (address.empty() && origin.host.ends_with("." + parsed.host));
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool header_name(std::string_view name) {
  constexpr std::string_view symbols = "!#$%&'*+-.^_`|~";
  return !name.empty() && name.size() <= 256 && std::all_of(name.begin(), name.end(), [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || symbols.find(c) != std::string_view::npos;
  });
}

bool header_value(std::string_view value) {
  if (value.starts_with(' ') || value.ends_with(' ') || value.size() > 8192) return false;
  return std::none_of(value.begin(), value.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; });
}

Result<std::string> parse_base_url(std::string_view text) {
  const auto wrong = [](std::string why) { return Error{Code::bad_request, std::move(why)}; };
  const std::string scheme = text.starts_with("https://") ? "https://" : text.starts_with("http://") ? "http://" : "";
  if (scheme.empty()) return wrong("must begin with http:// or https://");
  const std::string_view rest = text.substr(scheme.size());
  const auto slash = rest.find('/');
  std::string_view path = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash);
  if (rest.find_first_of("?#") != std::string_view::npos) return wrong("must not have a query or fragment");
  if (rest.substr(0, slash).find('@') != std::string_view::npos)
    return wrong("must not have a user or password: use api_key or headers");
  const Authority authority = parse_authority(rest.substr(0, slash));
  if (!authority.valid) return wrong("must be a URL such as https://api.openai.com/v1");
  for (const char c : path)
    if (c <= ' ' || c >= '\x7f' || c == '\\' || c == '"' || c == '<' || c == '>')
      return wrong("has a character in its path that must be percent-encoded");
  while (path.ends_with('/')) path.remove_suffix(1);
  for (const std::string_view operation : {"/chat/completions", "/messages", "/responses", "/embeddings", "/completions"}) {
    if (path.ends_with(operation)) return wrong("must end before " + std::string(operation) + ": each request's own path is put behind it");
  }
  if (path.find("/openai/deployments/") != path.npos) {
    return wrong("must end before /openai/deployments/: a deployment is named as the model");
  }
  return scheme + bracketed(authority.host) + (authority.port != 0 ? ":" + std::to_string(authority.port) : "") +
         std::string(path);
}

Result<std::string> parse_own_url(std::string_view text) {
  const auto wrong = [](std::string why) { return Error{Code::bad_request, std::move(why)}; };
  const std::string scheme = text.starts_with("https://") ? "https://" : text.starts_with("http://") ? "http://" : "";
  if (scheme.empty()) return wrong("must begin with http:// or https://");
  const std::string_view rest = text.substr(scheme.size()), host = rest.substr(0, rest.find_first_of("/?#"));
  const std::string_view path = rest.substr(host.size());
  if (host.find('@') != std::string_view::npos) return wrong("must not have a user or password");
  const Authority authority = parse_authority(host);
  if (!authority.valid) return wrong("must be a URL such as https://example.com/path");
  for (const char c : path)
    if (c <= ' ' || c >= '\x7f' || c == '\\' || c == '"' || c == '<' || c == '>' || c == '#')
      return wrong("has a character in its path that must be percent-encoded");
  return scheme + bracketed(authority.host) + (authority.port != 0 ? ":" + std::to_string(authority.port) : "") +
         (path.starts_with('/') ? "" : "/") + std::string(path);
}

Result<std::string> parse_proxy(std::string_view text) {
  const auto wrong = [](std::string why) { return Error{Code::bad_request, std::move(why)}; };
  if (text.starts_with("http://")) text.remove_prefix(7);
  else if (text.find("://") != std::string_view::npos)
    return wrong("must be an http:// proxy; others are not supported");
  while (text.ends_with('/')) text.remove_suffix(1);
  const auto at = text.rfind('@');
  std::string user;
  if (at != std::string_view::npos) {
    user = std::string(text.substr(0, at + 1));
    text.remove_prefix(at + 1);
    if (std::any_of(user.begin(), user.end(), [](char c) { return c <= ' ' || c >= '\x7f' || c == '/'; }))
      return wrong("has a user or password with characters that must be percent-encoded");
  }
  const Authority authority = parse_authority(text);
  if (!authority.valid) return wrong("must be a proxy such as http://user:password@proxy.example:3128");
  return "http://" + user + bracketed(authority.host) + ":" + std::to_string(authority.port != 0 ? authority.port : 80);
}

Origin origin_of(std::string_view base_url) {
  Origin out;
  out.https = base_url.starts_with("https://");
  std::string_view rest = base_url.substr(std::min<std::size_t>(base_url.size(), out.https ? 8 : 7));
  const Authority authority = parse_authority(rest.substr(0, rest.find('/')));
  out.host = authority.host;
  out.port = authority.port != 0 ? authority.port : (out.https ? 443 : 80);
  return out;
}

bool loopback(std::string_view host) {
  const std::string name = lower(host);
  if (name == "localhost" || name.ends_with(".localhost")) return true;
  const std::string bytes = address_bytes(name);
  if (bytes.size() == 4) return bytes[0] == 127;
  return bytes.size() == 16 && bytes.substr(0, 15) == std::string(15, '\0') && bytes[15] == 1;
}

bool bypasses_proxy(std::string_view no_proxy, const Origin& origin) {
  const std::string address = address_bytes(origin.host);
  while (!no_proxy.empty()) {
    const auto end = no_proxy.find_first_of(", ");
    const auto entry = no_proxy.substr(0, end);
    if (!entry.empty() && entry_matches(entry, origin, address)) return true;
    no_proxy.remove_prefix(end == std::string_view::npos ? no_proxy.size() : end + 1);
  }
  return false;
}

std::optional<EnvironmentProxy> proxy_from(const Environment& environment, const Origin& origin) {
  const auto either = [&](const std::string& small) -> std::optional<EnvironmentProxy> {
    std::string capital = small;
    std::transform(capital.begin(), capital.end(), capital.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    for (const auto& name : {small, capital}) {
      auto value = environment(name);
      if (value && !value->empty()) return EnvironmentProxy{name, std::move(*value)};
    }
    return std::nullopt;
  };
  if (loopback(origin.host)) return std::nullopt;
  auto proxy = either(origin.https ? "https_proxy" : "http_proxy");
  if (!proxy) proxy = either("all_proxy");
  if (!proxy) return std::nullopt;
  const auto except = either("no_proxy");
  if (except && bypasses_proxy(except->value, origin)) return std::nullopt;
  return proxy;
}

}  // namespace sluice::config
