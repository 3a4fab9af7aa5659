// Where requests go and what stands between: URLs, proxies, header syntax. Pure. Error messages never repeat the
// text, which may have a password in it.
#pragma once
#include <string>
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/config/load.hpp"

namespace sluice::config {

// RFC 9110 5.1 and 5.5: a token; no control characters, no space at either end.
bool header_name(std::string_view);
bool header_value(std::string_view);

std::string lower(std::string_view);  // ASCII

// http:// or https://, a host, perhaps a port and a path; no user, query or fragment. Trailing slashes are taken off.
Result<std::string> parse_base_url(std::string_view);

// An address that the gateway itself asks, path and query as they are; at least "/".
Result<std::string> parse_own_url(std::string_view text);

// [http://][user:password@]host[:port] to http://[user:password@]host:port.
Result<std::string> parse_proxy(std::string_view);

// The parts of a base URL that passed parse_base_url.
struct Origin {
  bool https = false;
  std::string host;
  std::uint16_t port = 0;
};
Origin origin_of(std::string_view base_url);

// True if the host is this machine by name or address.
bool loopback(std::string_view host);

// The environment's proxy for an address; none: go straight. curl's conventions: https_proxy or http_proxy by scheme, then
// all_proxy, small letters before capitals; no_proxy lists "*", addresses, networks (10.0.0.0/8), hosts and domains,
// each perhaps with a port. This machine is never reached through a proxy.
struct EnvironmentProxy {
  std::string variable, value;
};
std::optional<EnvironmentProxy> proxy_from(const Environment&, const Origin&);
bool bypasses_proxy(std::string_view no_proxy, const Origin&);

}  // namespace sluice::config
