#include "app/admin_thread.hpp"

#include <exception>

#include "sluice/observability/log.hpp"

namespace sluice::app {
namespace {

// A bug must not take the thread with it.
admin::Answer answer_of(admin::Api& api, const admin::Request& request) {
  try {
    return api.answer(request);
  } catch (const std::exception& bug) {
    observability::error("administration: internal error: {}", bug.what());
    return admin::refusal(Error(Code::internal, "Internal error."));
  }
}

}  // namespace

class AdminThread::Handler final : public http::Handler {
 public:
  explicit Handler(admin::Api& api) : x_api(api) {}

  Result<std::uint64_t> admit(const http::Request& request) override {
    const std::string_view path = request.head.path();
    if (path != "/admin" && !path.starts_with("/admin/")) return Error(Code::not_found, "Only /admin is served here.").named("unknown_url");
    return gateway::most_administered;
  }
  Refusal refuse(const http::RequestHead&, const Error& error) override {
    admin::Answer answer = admin::refusal(error);
    return {answer.status, std::move(answer.headers), std::move(answer.body)};
  }
  net::Task<> serve(http::Request& request, http::Reply& reply) override {
    const admin::Answer answer = answer_of(x_api, gateway::admin_request(request));
    auto sent = co_await reply.send(answer.status, answer.headers, answer.body);
    (void)sent;
  }

 private:
  admin::Api& x_api;
};

AdminThread::AdminThread(admin::Deployment& deployment)
    : x_work(x_io.get_executor()), x_api(deployment), x_handler(std::make_unique<Handler>(x_api)) {}

AdminThread::~AdminThread() { stop(); }

Result<> AdminThread::listen(http::ListenerOptions options) {
  auto listener = http::Listener::open(x_io, {{&x_io, x_handler.get()}}, std::move(options));
  if (!listener) return std::move(listener).error();
  x_listener = *std::move(listener);
  return {};
}

std::optional<std::uint16_t> AdminThread::port() const {
  if (x_listener == nullptr) return std::nullopt;
  return x_listener->endpoint().port();
}

gateway::Administration AdminThread::taker() {
  return [this](admin::Request request, std::function<void(admin::Answer)> done) {
    net::asio::post(x_io, [this, request = std::move(request), done = std::move(done)] { done(answer_of(x_api, request)); });
  };
}

void AdminThread::start() {
  x_thread = std::thread([this] { x_io.run(); });
}

void AdminThread::drain() {
  if (x_listener != nullptr) x_listener->drain();
}

void AdminThread::stop() {
  if (x_listener != nullptr) x_listener->close_all();
  x_work.reset();
  x_io.stop();
  if (x_thread.joinable()) x_thread.join();
  x_listener.reset();
}

}  // namespace sluice::app
