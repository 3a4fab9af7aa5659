// Requests below /admin, which are answered on a thread that may wait for the database, never on a worker's.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "sluice/http/handler.hpp"

namespace sluice::gateway {

inline constexpr std::uint64_t most_administered = 1 << 20;   // bytes of a body

struct AdminRequest {
  http::Verb method = http::Verb::unknown;
  std::string path, query, authorization;
  std::string body, peer;
  bool foreign_page = false;   // a browser's page of another origin asks
};
struct AdminAnswer {
  int status = 0;
  std::string headers;         // whole lines
  std::string body;
};
// Takes a request over to another thread. `done` is called once, on any thread.
using Administration = std::function<void(AdminRequest request, std::function<void(AdminAnswer)> done)>;

AdminRequest admin_request(http::Request& request);   // takes its body

// A browser names the page a request comes from (fetch.spec.whatwg.org: Origin stands with every cross-origin POST). Pages
// of this machine's own servers are let in.
bool from_a_foreign_page(const http::Fields& fields);

}  // namespace sluice::gateway
