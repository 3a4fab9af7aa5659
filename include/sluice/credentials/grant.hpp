// What was got from a token service: shown to a provider until it expires.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "sluice/base/secret.hpp"
#include "sluice/providers/sigv4.hpp"

namespace sluice::credentials {

inline constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

struct Grant {
  Secret secret;                                  // the token or secret key itself, to be hidden where it is repeated
  std::string header_lines;                       // "Authorization: Bearer …\r\n"; empty where requests are signed
  std::optional<providers::AwsCredentials> aws;   // what requests are signed with
  std::int64_t expires = never;                   // Unix seconds
};

}  // namespace sluice::credentials
