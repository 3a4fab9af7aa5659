#include "gateway/reading.hpp"

#include "gateway/admit.hpp"
#include "gateway/fail.hpp"
#include "gateway/key_page.hpp"
#include "gateway/model_entries.hpp"
#include "gateway/model_pages.hpp"
#include "gateway/settle.hpp"
#include "gateway/wire.hpp"
#include "sluice/base/text.hpp"
#include "sluice/gateway/worker.hpp"

namespace sluice::gateway {
namespace {

net::Task<> say(Exchange& ex, int status, std::string_view type, std::string body) {
  std::string lines = "Content-Type: ";
  lines += type;
  lines += "\r\nCache-Control: no-store\r\n";
  auto sent = co_await ex.reply.send(status, lines, body);
  (void)sent;
}

net::Task<> say_ready(Exchange& ex, Worker& worker) {
  Shared& shared = worker.shared;
  if (shared.draining.load()) {
    co_await say(ex, 503, "application/json", "{\"status\":\"draining\"}\n");
  } else if (shared.store_writable && !shared.store_writable()) {
    co_await say(ex, 503, "application/json", "{\"status\":\"store not writable\"}\n");
  } else if (!worker.journal->ready()) {
    co_await say(ex, 503, "application/json", "{\"status\":\"journal has no room\"}\n");
  } else {
    co_await say(ex, 200, "application/json", "{\"status\":\"ready\"}\n");
  }
}

Result<std::string> page_of(const Exchange& ex, Worker& worker) {
  const ModelLists& lists = worker.shared.model_lists;
  const llm::Dialect dialect = ex.endpoint.dialect;
  if (ex.endpoint.kind == Endpoint::Kind::own_key) return key_page(ex, worker.shared.memory.book);
  if (ex.endpoint.kind == Endpoint::Kind::list_models) {
    return write_models(model_entries(ex, lists), dialect, ex.request.head.query());
  }
  auto entry = model_entry(ex, lists, percent_decoded(ex.endpoint.rest));
  if (!entry) return std::move(entry).error();
  return write_model(*entry, dialect);
}

net::Task<> say_page(Exchange& ex, Worker& worker) {
  auto known = identify(ex);
  Result<std::string> body = known ? page_of(ex, worker) : Result<std::string>(known.error());
  if (!body) {
    co_await fail(ex, worker, body.error());
    co_return;
  }
  std::string lines = "Content-Type: application/json\r\n";
  write_own_lines(lines, ex);
  auto sent = co_await ex.reply.send(200, lines, *body);
  (void)sent;
}

}  // namespace

net::Task<> answer_reading(Exchange& ex, Worker& worker) {
  using Kind = Endpoint::Kind;
  switch (ex.endpoint.kind) {
    case Kind::alive: co_await say(ex, 200, "application/json", "{\"status\":\"alive\"}\n"); break;
    case Kind::ready: co_await say_ready(ex, worker); break;
    case Kind::metrics: {
      std::string page = worker.shared.metrics ? worker.shared.metrics() : std::string();
      co_await say(ex, 200, "text/plain; version=0.0.4; charset=utf-8", std::move(page));
      break;
    }
    default: co_await say_page(ex, worker); break;
  }
}

}  // namespace sluice::gateway
