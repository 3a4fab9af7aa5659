// An upstream proxy as its URL tells it: http://[user[:password]@]host[:port]. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/base/secret.hpp"

namespace sluice::http {

struct Proxy {
  std::string host;             // without brackets
  std::uint16_t port = 80;
  Secret authorization;         // the whole header line with its CRLF; empty: none
  std::string name() const;     // host:port, for messages: never the password
};

// Fails with Code::upstream_failed and a message that does not repeat the URL, which may hold a password.
Result<Proxy> parse_proxy(std::string_view url);

// Where to cut a request head in order to put scheme and authority before its target and lines behind its first one.
struct HeadCuts {
  std::string_view method;      // with the space behind it
  std::string_view line;        // the rest of the request line with its CRLF
  std::string_view rest;
};
HeadCuts cut_head(std::string_view head);

}  // namespace sluice::http
