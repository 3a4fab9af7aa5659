// One small request to a token service and its whole answer.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/http/client.hpp"
#include "sluice/net/socket.hpp"

namespace sluice::credentials {

struct Reply {
  int status = 0;
  std::string body;   // at most 256 KiB
};

// An address taken apart. Fails unless it is http(s)://host[:port][/path][?query] of characters that may stand in a
// request line.
struct Place {
  http::Origin origin;
  std::string target;   // path and query, "/" if there is none
};
Result<Place> place_of(std::string_view url);

struct Question {
  std::string_view method = "POST";
  Place place;
  std::string lines;    // further header lines, each with its CRLF
  std::string body;
  std::chrono::milliseconds connect{3'000}, total{10'000};
};

// Any status is an answer. Fails with Code::upstream_failed or upstream_timeout.
net::Task<Result<Reply>> ask(http::ClientPool& pool, const Question& question);

}  // namespace sluice::credentials
