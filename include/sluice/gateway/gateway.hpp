// One worker's request handler: the life of a request, from its head to its row in the log.
#pragma once
#include "sluice/gateway/worker.hpp"
#include "sluice/http/handler.hpp"

namespace sluice::gateway {

class Gateway final : public http::Handler {
 public:
  explicit Gateway(Worker& worker) : x_worker(worker) {}

  Result<std::uint64_t> admit(const http::Request&) override;
  Refusal refuse(const http::RequestHead&, const Error&) override;
  net::Task<> serve(http::Request&, http::Reply&) override;

 private:
  Worker& x_worker;
};

}  // namespace sluice::gateway
