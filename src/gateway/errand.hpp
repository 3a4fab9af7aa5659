// One request that the gateway makes for itself: a price list fetched, a notice posted. Redirects are not followed.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/http/client.hpp"

namespace sluice::gateway {

struct Errand {
  // Lines for the head besides Host, User-Agent and Content-Length go into `header_lines`.
  Errand(std::string_view method, const std::string& url, const std::string& proxy, const std::string& header_lines, std::string body);

  http::Origin origin;
  std::string head, body;
  std::chrono::milliseconds within{60'000};   // all of it
  std::size_t largest = 1 << 20;              // of the answer's body
  const char* what = "";                      // for errors: "the price list"
};

struct ErrandAnswer {
  int status = 0;
  std::string body;
};

// `under_way` is the call while there is one, so that it can be cancelled; it and `errand` must outlive the task.
net::Task<Result<ErrandAnswer>> run_errand(http::ClientPool& pool, const Errand& errand, http::ClientCall*& under_way);

}  // namespace sluice::gateway
