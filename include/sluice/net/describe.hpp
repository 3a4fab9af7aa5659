// An error code as the end of one of our own sentences: "connect to h:443: " + "connection refused".
#pragma once
#include <string>

#include "sluice/base/text.hpp"
#include "sluice/net/socket.hpp"

namespace sluice::net {

inline std::string describe(const ErrorCode& failed) {
  std::string text = failed.message();
  if (!text.empty()) text.front() = to_lower(text.front());
  return text;
}

}  // namespace sluice::net
