#include "gateway/errand.hpp"

#include "gateway/url.hpp"
#include "sluice/http/header_block.hpp"

namespace sluice::gateway {

Errand::Errand(std::string_view method, const std::string& url, const std::string& proxy, const std::string& header_lines,
               std::string a_body)
    : body(std::move(a_body)) {
  Url parts = parse_url(url);
  origin.tls = parts.tls;
  origin.host = std::move(parts.host);
  origin.port = parts.port;
  origin.proxy = proxy;
  head.append(method).append(" ").append(parts.path).append(" HTTP/1.1\r\n");
  http::append_header(head, "Host", origin.authority());
  head += header_lines;
  if (!body.empty()) http::append_header(head, "Content-Length", std::to_string(body.size()));
  head += "User-Agent: sluice/" SLUICE_VERSION "\r\n\r\n";
}

net::Task<Result<ErrandAnswer>> run_errand(http::ClientPool& pool, const Errand& errand, http::ClientCall*& under_way) {
  constexpr std::chrono::milliseconds connect_within{10'000};
  auto call = pool.call(errand.origin);
  under_way = call.get();
  call->set_deadline(net::Clock::now() + errand.within, errand.what);
  const std::string_view head = errand.head, body = errand.body;
  ErrandAnswer answer;
  auto answered = co_await call->start(head, body, connect_within);
  Result<> good = std::move(answered);
  while (good) {
    auto piece = co_await call->read_some();
    if (!piece) good = std::move(piece).error();
    else if (piece->empty()) break;
    else if (answer.body.size() + piece->size() > errand.largest) good = Error(Code::upstream_failed, "the answer is too long");
    else answer.body.append(*piece);
  }
  under_way = nullptr;
  if (!good) co_return std::move(good).error();
  answer.status = call->head().status;
  co_return std::move(answer);
}

}  // namespace sluice::gateway
