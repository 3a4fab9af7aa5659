// The life of a request.
#include <exception>
#include <utility>

#include "gateway/administer.hpp"
#include "gateway/admit.hpp"
#include "gateway/attempt.hpp"
#include "gateway/dispatch.hpp"
#include "gateway/endpoints.hpp"
#include "gateway/fail.hpp"
#include "gateway/govern.hpp"
#include "gateway/reading.hpp"
#include "gateway/settle.hpp"
#include "sluice/base/ids.hpp"
#include "sluice/base/text.hpp"
#include "sluice/base/time.hpp"
#include "sluice/gateway/gateway.hpp"
#include "sluice/http/header_block.hpp"
#include "sluice/observability/log.hpp"

namespace sluice::gateway {
namespace {

constexpr std::uint64_t small_body = 64 << 10;

// Holds a place among the requests under way.
class InFlight {
 public:
  explicit InFlight(std::atomic<std::uint32_t>& count) : x_count(count) { x_count.fetch_add(1, std::memory_order_relaxed); }
  ~InFlight() { x_count.fetch_sub(1, std::memory_order_relaxed); }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  std::atomic<std::uint32_t>& x_count;
};

void begin_record(Exchange& ex) {
  store::RequestRecord& record = ex.record;
  record.at_us = unix_us();
  record.id = RequestId::make(record.at_us / 1000).view();
  record.dialect = llm::to_string(ex.endpoint.dialect);
  if (ex.endpoint.kind == Endpoint::Kind::inference) record.operation = llm::to_string(ex.endpoint.operation);
  record.bytes_in = static_cast<std::int64_t>(ex.request.body.size());
  record.peer = ex.request.peer;
}

// An inference request: who calls, what is asked for, which targets may serve it; then the attempts, each reserved before it
// is made, the answer, and the row in the ledger. Each step is the file of that name.
net::Task<> infer(Exchange& ex, Worker& worker) {
  Result<> admitted = identify(ex);
  if (admitted) admitted = choose_targets(ex, worker);
  if (admitted) return dispatch(ex, worker);
  return fail(ex, worker, std::move(admitted).error());
}

// Anthropic's SDKs ask for models under /v1 too, where they are pointed at the address itself; they name their version.
Endpoint endpoint_of(const http::RequestHead& head) {
  Endpoint endpoint = find_endpoint(head.method, head.path());
  const bool reads_models = endpoint.kind == Endpoint::Kind::list_models || endpoint.kind == Endpoint::Kind::get_model;
  if (reads_models && endpoint.dialect == llm::Dialect::openai && !head.fields.get("anthropic-version").empty()) {
    endpoint.dialect = llm::Dialect::anthropic;
  }
  return endpoint;
}

Error not_found(std::string_view path) {
  std::string text = "Unknown request URL: ";
  text.append(path.substr(0, 200));
  text += ". Point an OpenAI SDK's base URL at this address followed by /v1, Anthropic's at /anthropic, Google's at /genai, "
          "Cohere's at /cohere, and boto3's endpoint at /bedrock; docs/providers.md lists every path.";
  return Error(Code::not_found, std::move(text)).named("unknown_url");
}

Error wrong_method(std::string_view allow) {
  return Error(Code::method_not_allowed, "This path takes " + std::string(allow) + " requests.");
}

// `identity` says that nothing is done to it.
bool compressed(const http::Fields& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const http::Field field = fields.at(i);
    if (field.id == http::FieldName::content_encoding && !iequals(field.value, "identity")) return true;
  }
  return false;
}

// What cannot be written down is not begun. Asked before a request has a record: a row for each refusal would take the
// room that those under way need.
Result<> room_to_write_down(Worker& worker) {
  auto room = worker.journal->ready();
  bool was_full = std::exchange(worker.journal_full, !room.has_value());
  if (room) {
    if (was_full) observability::info("the journal has room again: requests are taken");
    return room;
  }
  if (!was_full) observability::error("requests are refused until there is room: {}", room.error().message());
  return Error(Code::overloaded, "The gateway cannot write down what requests cost (its disk may be full), so it takes none now.")
      .named("journal_full")
      .retry_in(std::chrono::seconds(1));
}

}  // namespace

Result<std::uint64_t> Gateway::admit(const http::Request& request) {
  const http::RequestHead& head = request.head;
  Endpoint endpoint = find_endpoint(head.method, head.path());
  if (endpoint.kind == Endpoint::Kind::unknown) return not_found(head.path());
  if (endpoint.kind == Endpoint::Kind::wrong_method) return wrong_method(endpoint.allow);
  if (endpoint.kind == Endpoint::Kind::administration) {
    if (!x_worker.shared.administration) return not_found(head.path());
    return most_administered;
  }
  if (endpoint.kind != Endpoint::Kind::inference) return std::uint64_t{4096};
  const config::Limits& limits = x_worker.snapshot->settings().server.limits;
  if (x_worker.shared.in_flight.load(std::memory_order_relaxed) >= limits.max_in_flight) {
    return Error(Code::overloaded, "The gateway is at its limit of requests under way. Retry shortly.").retry_in(std::chrono::seconds(1));
  }
  auto room = room_to_write_down(x_worker);
  if (!room) return std::move(room).error();
  if (compressed(head.fields)) {
    return Error(Code::unsupported_media, "Compressed request bodies are not taken: send the JSON without Content-Encoding.");
  }
  if (head.content_length && *head.content_length > limits.max_body) {
    return Error(Code::too_large, "The request body is larger than the limit of " + std::to_string(limits.max_body) + " bytes.");
  }
  // Nobody unknown makes us read a large body. A small one is read anyway, and its caller identified once, in serve().
  bool large = !head.content_length || *head.content_length > small_body;
  if (large) {
    auto caller = caller_of(*x_worker.snapshot, request, unix_seconds());
    if (!caller) return std::move(caller).error();
  }
  return limits.max_body;
}

http::Handler::Refusal Gateway::refuse(const http::RequestHead& head, const Error& error) {
  std::string lines = error_lines(error);
  if (error.code() == Code::method_not_allowed) {
    http::append_header(lines, "Allow", find_endpoint(head.method, head.path()).allow);
  }
  std::string id(RequestId::make(unix_us() / 1000).view());
  lines += "x-request-id: " + id + "\r\n";
  int status = dialects::http_status(error.code());
  observability::debug("{} refused with {}: {}", id, status, error.message());
  Counters::add(x_worker.counters.requests);
  Counters::add(x_worker.counters.answers[static_cast<std::size_t>(status / 100)]);
  const dialects::CallerDialect& dialect = dialects::caller_dialect(endpoint_of(head).dialect);
  lines += dialect.error_header_lines(error);
  return {status, std::move(lines), dialect.write_error(error)};
}

net::Task<> Gateway::serve(http::Request& request, http::Reply& reply) {
  InFlight place(x_worker.shared.in_flight);
  Exchange ex(request, reply, x_worker.snapshot);
  ex.endpoint = endpoint_of(request.head);
  ex.dialect = &dialects::caller_dialect(ex.endpoint.dialect);
  begin_record(ex);
  Counters::add(x_worker.counters.requests);
  bool broke = false;
  try {
    if (ex.endpoint.kind == Endpoint::Kind::inference) co_await infer(ex, x_worker);
    else if (ex.endpoint.kind == Endpoint::Kind::administration) co_await administer(ex, x_worker);
    else co_await answer_reading(ex, x_worker);
  } catch (const std::exception& bug) {
    observability::error("request {}: internal error: {}", ex.record.id, bug.what());
    broke = true;
  }
  forget_call(ex);
  if (!broke) co_return;
  Error error(Code::internal, "Internal error. Report it with the request id.");
  settle_broken(ex);
  if (!reply.begun()) {
    co_await fail(ex, x_worker, error);
    co_return;
  }
  settle_refused(ex, x_worker, 500, error);
  reply.abort();
}

}  // namespace sluice::gateway
