#include "gateway/simulated_call.hpp"

#include <algorithm>

#include "sluice/gateway/worker.hpp"
#include "sluice/providers/simulated.hpp"

namespace sluice::gateway {
namespace {

class SimulatedCall final : public http::ClientCall {
 public:
  SimulatedCall(const Exchange& ex, Worker& worker, const Upstream& upstream, bool verbatim)
      : x_exchange(ex), x_verbatim(verbatim), x_worker(worker), x_settings(upstream.simulation), x_timer(worker.io.get_executor()) {}

  const Progress& progress() const override { return x_progress; }
  void set_deadline(net::Clock::time_point when, const char* what) override {
    x_deadline = when;
    x_what = what;
  }

  net::Task<Result<>> start(std::string_view, std::string_view body, std::chrono::milliseconds) override {
    std::uint64_t count = x_worker.shared.memory.simulated_requests.fetch_add(1, std::memory_order_relaxed);
    llm::RequestFacts facts = x_exchange.facts;
    if (!x_verbatim) {
      auto read = llm::read_facts(body);
      if (!read) co_return std::move(read).error();
      facts = *std::move(read);
    }
    x_script = providers::simulate(x_settings, x_exchange.endpoint.operation, facts, body, count, x_exchange.now_seconds());
    x_progress = {true, true, true, false};
    x_head.status = x_script.status;
    x_head.fields.add(http::FieldName::content_type, "Content-Type", x_script.content_type);
    if (!x_script.retry_after.empty()) x_head.fields.add(http::FieldName::retry_after, "Retry-After", x_script.retry_after);
    auto waited = co_await pause(x_settings.latency);
    co_return waited;
  }

  const http::ResponseHead& head() const override { return x_head; }

  net::Task<Result<std::string_view>> read_some() override {
    if (x_next == x_script.pieces.size()) co_return std::string_view();
    const providers::Script::Piece& piece = x_script.pieces[x_next];
    auto waited = co_await pause(piece.wait);
    if (!waited) co_return std::move(waited).error();
    ++x_next;
    // Pieces that follow without a wait go out together, as one read from a socket would bring them.
    if (x_next == x_script.pieces.size() || x_script.pieces[x_next].wait.count() > 0) co_return std::string_view(piece.bytes);
    x_joined = piece.bytes;
    while (x_next < x_script.pieces.size() && x_script.pieces[x_next].wait.count() == 0 && x_joined.size() < 16384) {
      x_joined += x_script.pieces[x_next++].bytes;
    }
    co_return std::string_view(x_joined);
  }

  void cancel() override {
    x_cancelled = true;
    x_timer.cancel();
  }

 private:
  net::Task<Result<>> pause(std::chrono::milliseconds wait) {
    if (wait.count() > 0 && !x_cancelled) {
      auto until = net::Clock::now() + wait;
      x_timer.expires_at(std::min(until, x_deadline));
      auto done = co_await x_timer.async_wait(net::as_result);
      (void)done;
      if (!x_cancelled && x_deadline < until) {
        co_return Error(Code::upstream_timeout, std::string("The simulated provider took too long: no ") + x_what + " in time.");
      }
    }
    if (x_cancelled) co_return Error(Code::cancelled, "The caller left.");
    co_return Result<>();
  }

  const Exchange& x_exchange;
  const bool x_verbatim;   // else the body is a translation, with facts of its own
  Worker& x_worker;
  const providers::SimulationSettings& x_settings;
  net::Timer x_timer;
  net::Clock::time_point x_deadline = net::Clock::time_point::max();
  const char* x_what = "";
  providers::Script x_script;
  std::string x_joined;
  std::size_t x_next = 0;
  http::ResponseHead x_head;
  Progress x_progress;
  bool x_cancelled = false;
};

}  // namespace

std::unique_ptr<http::ClientCall> make_simulated_call(const Exchange& ex, Worker& worker, const Upstream& upstream, bool verbatim) {
  return std::make_unique<SimulatedCall>(ex, worker, upstream, verbatim);
}

}  // namespace sluice::gateway
