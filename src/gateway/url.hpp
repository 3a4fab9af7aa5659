// The parts of an address whose form the loader has checked. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::gateway {

struct Url {
  bool tls = false;
  std::string host;           // without brackets
  std::uint16_t port = 0;     // the scheme's, where none is given
  std::string path;           // with the query
};
Url parse_url(std::string_view text);

}  // namespace sluice::gateway
