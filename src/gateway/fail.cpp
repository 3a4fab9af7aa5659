#include "gateway/fail.hpp"

#include <chrono>
#include <string_view>

#include "gateway/settle.hpp"
#include "gateway/wire.hpp"
#include "sluice/http/header_block.hpp"

namespace sluice::gateway {
namespace {

// OpenAI's and Anthropic's SDKs retry a 429 by themselves and sleep as long as they are told, or guess; this header stops them.
constexpr std::string_view no_retry_line = "x-should-retry: false\r\n";
constexpr std::chrono::seconds longest_sleep{60};

// `ours`: not a provider's. What may pass of ours says when; what does not say can never pass.
bool retried_in_vain(const Error& error, int status, bool ours) {
  if (status == 402) return true;
  if (status != 429) return false;
  return error.retry_after() ? *error.retry_after() > longest_sleep : ours;
}

net::Task<> answer(Exchange& ex, Worker& worker, Error error, int status, bool ours) {
  std::move(error).answered_with(status);   // some dialects say it in the body, too
  std::string body = ex.dialect->write_error(error);
  ex.to_write = body.size();
  settle_refused(ex, worker, status, error);
  std::string lines = error_lines(error) + ex.dialect->error_header_lines(error);
  if (retried_in_vain(error, status, ours)) lines += no_retry_line;
  write_own_lines(lines, ex);
  auto sent = co_await ex.reply.send(status, lines, body);
  (void)sent;   // the caller left: nobody is there to be told
}

}  // namespace

std::string error_lines(const Error& error) {
  std::string lines = "Content-Type: application/json\r\n";
  if (error.retry_after()) {
    // Whole seconds, rounded up: a caller that waits that long is never too early.
    auto seconds = std::chrono::ceil<std::chrono::seconds>(*error.retry_after());
    http::append_header(lines, "Retry-After", std::to_string(seconds.count()));
  }
  return lines;
}

net::Task<> fail(Exchange& ex, Worker& worker, Error error, int status) {
  return answer(ex, worker, std::move(error), status, true);
}

net::Task<> fail(Exchange& ex, Worker& worker, Error error) {
  int status = dialects::http_status(error.code());
  return fail(ex, worker, std::move(error), status);
}

net::Task<> fail(Exchange& ex, Worker& worker, Troubled& best) {
  if (best.failed.trouble == routing::Trouble::cancelled || ex.reply.client_left()) {
    Error left(Code::cancelled, "The caller left before an answer had begun.");
    settle_refused(ex, worker, 499, left);
    ex.reply.abort();
    co_return;
  }
  int status = best.failed.status >= 400 ? best.failed.status : dialects::http_status(best.error.code());
  if (!best.call) {
    const bool ours = best.failed.status < 400;
    co_await answer(ex, worker, std::move(best.error), status, ours);
    co_return;
  }
  ex.to_write = best.body.size();
  ex.about_to_write = best.body.size();
  settle_refused(ex, worker, best.call->head().status, best.error);
  std::string lines;
  write_reply_lines(lines, ex, &best.call->head());
  auto sent = co_await ex.reply.send(best.call->head().status, lines, best.body);
  (void)sent;
}

}  // namespace sluice::gateway
