#include "gateway/attempt.hpp"

#include "gateway/simulated_call.hpp"
#include "gateway/wire.hpp"
#include "sluice/gateway/worker.hpp"

namespace sluice::gateway {
namespace {

using net::Clock;
using routing::Trouble;

constexpr std::size_t error_body_limit = 64 << 10;
constexpr std::size_t whole_body_limit = 8 << 20;      // a larger answer is passed on as it comes
constexpr std::size_t first_event_limit = 1 << 20;     // no first event within this much: not an event stream

Troubled troubled(Trouble trouble, Error error, const http::ClientCall* call) {
  Troubled t{{trouble, 0, false, false}, std::move(error), nullptr, {}, false, false};
  if (call != nullptr) t.sent = call->progress().sent;
  t.may_have_run = t.sent && (trouble == Trouble::lost || trouble == Trouble::timeout || trouble == Trouble::garbled);
  return t;
}

// A failure of the transport, told by its code and by how far the call had come.
Troubled transport_trouble(Error error, const http::ClientCall& call) {
  Trouble trouble = Trouble::lost;
  if (error.code() == Code::cancelled) trouble = Trouble::cancelled;
  else if (!call.progress().sent) trouble = Trouble::not_connected;
  else if (error.code() == Code::upstream_timeout) trouble = Trouble::timeout;
  return troubled(trouble, std::move(error), &call);
}

Troubled refusal(providers::Failure failure, std::unique_ptr<http::ClientCall> call, std::string body) {
  Troubled t{{Trouble::refused, failure.status, failure.try_next, failure.key_at_fault}, std::move(failure.error),
             std::move(call), std::move(body), true, false};
  return t;
}

struct Outgoing { std::string spliced; std::string_view body; bool verbatim = true; };

// The request body as this target takes it: the caller's own bytes where possible.
Result<> write_body(Exchange& ex, const Upstream& upstream, std::string_view model, Outgoing& out) {
  ex.dropped.clear();
  out.verbatim = upstream.adapter->speaks(ex.endpoint.dialect, ex.endpoint.operation);
  if (out.verbatim) {
    if (model == ex.facts.model) {
      out.body = ex.request.body;
      return {};
    }
    out.spliced = llm::splice_model(ex.request.body, ex.facts, model);
    out.body = out.spliced;
    return {};
  }
  const providers::Translator* translator = upstream.adapter->translator();
  if (translator == nullptr || ex.endpoint.operation != llm::Operation::chat) {
    return Error(Code::bad_request, "The model `" + ex.facts.model + "` cannot be used for " +
                                        std::string(llm::to_string(ex.endpoint.operation)) + " here: provider `" +
                                        upstream.id + "` does not offer it.")
        .about("model");
  }
  if (!ex.chat) {
    auto chat = ex.dialect->read_chat(ex.request.body);
    if (!chat) return std::move(chat).error();
    ex.chat = *std::move(chat);
  }
  auto encoded = translator->encode(*ex.chat, model);
  if (!encoded) return std::move(encoded).error();
  out.spliced = std::move(encoded->body);
  out.body = out.spliced;
  ex.dropped = std::move(encoded->dropped);
  return {};
}

bool is_event_stream(const http::ResponseHead& head) {
  std::string_view type = head.fields.get(http::FieldName::content_type);
  constexpr std::string_view wanted = "text/event-stream";
  if (type.size() < wanted.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if ((type[i] | 0x20) != (wanted[i] | 0x20)) return false;
  }
  return true;
}

// Reads up to `most` bytes of body; `whole` tells whether that was all of it.
net::Task<Result<>> gather(Exchange& ex, http::ClientCall& call, std::size_t most, std::string& body, bool& whole) {
  UpstreamWait wait(ex);
  whole = false;
  while (body.size() <= most) {
    auto piece = co_await call.read_some();
    if (!piece) co_return std::move(piece).error();
    if (piece->empty()) {
      whole = true;
      break;
    }
    body.append(*piece);
  }
  co_return Result<>();
}

net::Task<Attempted> read_refusal(Exchange& ex, Started started) {
  std::string body;
  bool whole = false;
  auto read = co_await gather(ex, *started.call, error_body_limit, body, whole);
  if (!read && read.error().code() == Code::cancelled) {
    co_return Attempted(transport_trouble(std::move(read).error(), *started.call));
  }
  const http::ResponseHead& head = started.call->head();
  providers::Failure failure = started.upstream->adapter->read_failure(head.status, head.fields, body);
  // A body cut short or too long to be an error message is not passed back as if it were the provider's word.
  bool intact = started.verbatim && whole;
  std::unique_ptr<http::ClientCall> call;
  if (intact) call = std::move(started.call);
  co_return Attempted(refusal(std::move(failure), std::move(call), std::move(body)));
}

// A translated answer is read here already: one that cannot be read is a reason to try the next target.
Attempted decoded(Started started) {
  if (started.verbatim) return started;
  auto response = started.upstream->adapter->translator()->decode(started.held);
  if (!response) return troubled(Trouble::garbled, std::move(response).error(), started.call.get());
  started.response = *std::move(response);
  return started;
}

net::Task<Attempted> read_whole(Exchange& ex, Started started) {
  auto read = co_await gather(ex, *started.call, whole_body_limit, started.held, started.whole);
  if (!read) co_return Attempted(transport_trouble(std::move(read).error(), *started.call));
  if (!started.whole) co_return Attempted(std::move(started));   // large: the rest is passed on as it comes
  const http::ResponseHead& head = started.call->head();
  auto failure = started.upstream->adapter->failure_in_success(ex.endpoint.operation, head.fields, started.held);
  if (!failure) co_return decoded(std::move(started));
  std::unique_ptr<http::ClientCall> call;
  if (started.verbatim) call = std::move(started.call);
  co_return Attempted(refusal(*std::move(failure), std::move(call), std::move(started.held)));
}

// Whether the bytes that came make a first event.
enum class First : unsigned char { yes, not_yet, broken };

First look_for_first(Started& started, std::string_view piece, std::optional<providers::Failure>& failure, Error& why) {
  if (started.meter) {
    started.meter->feed(piece);
    const auto& facts = started.meter->facts();
    if (facts.failure) failure = facts.failure;
    if (facts.garbled) return First::broken;
    return facts.begun ? First::yes : First::not_yet;
  }
  auto fed = started.decoder->feed(piece, started.events);
  if (!fed) {
    why = std::move(fed).error();
    return First::broken;
  }
  for (const llm::StreamEvent& event : started.events) {
    if (const auto* failed = std::get_if<llm::event::Failed>(&event)) {
      failure = providers::Failure{failed->error, 0, true, false};
      return First::yes;
    }
  }
  return started.events.empty() ? First::not_yet : First::yes;
}

net::Task<Attempted> read_first_event(Exchange& ex, Started started) {
  if (started.verbatim) started.meter = started.upstream->adapter->meter(ex.endpoint.operation);
  else started.decoder = started.upstream->adapter->translator()->decoder();
  Error why(Code::upstream_failed, "The provider's stream did not begin with an event.");
  for (;;) {
    Result<std::string_view> piece = std::string_view();
    {
      UpstreamWait wait(ex);
      piece = co_await started.call->read_some();
    }
    if (!piece) co_return Attempted(transport_trouble(std::move(piece).error(), *started.call));
    if (piece->empty()) {
      Error ended(Code::upstream_failed, "The provider ended its stream before the first event.");
      co_return Attempted(troubled(Trouble::garbled, std::move(ended), started.call.get()));
    }
    if (started.verbatim) started.held.append(*piece);
    std::optional<providers::Failure> failure;
    First first = look_for_first(started, *piece, failure, why);
    if (failure) co_return Attempted(refusal(*std::move(failure), nullptr, {}));
    if (first == First::broken || started.held.size() > first_event_limit) {
      co_return Attempted(troubled(Trouble::garbled, std::move(why), started.call.get()));
    }
    if (first == First::yes) co_return Attempted(std::move(started));
  }
}

}  // namespace

net::Task<Attempted> attempt(Exchange& ex, Worker& worker, const Upstream& upstream, const Credential& key,
                             std::string_view model) {
  Outgoing outgoing;
  auto written = write_body(ex, upstream, model, outgoing);
  if (!written) {
    Troubled t = troubled(Trouble::refused, std::move(written).error(), nullptr);
    t.failed.status = dialects::http_status(t.error.code());
    co_return Attempted(std::move(t));
  }
  Started started;
  started.upstream = &upstream;
  started.verbatim = outgoing.verbatim;
  if (upstream.simulated) started.call = make_simulated_call(ex, worker, upstream);
  else started.call = worker.pool->call(upstream.origin);

  std::string head;
  write_upstream_head(head, ex, upstream, key, model, outgoing.verbatim, outgoing.body.size());
  auto begun = Clock::now();
  started.total_deadline = begun + upstream.timeouts.total;
  auto first_by = ex.facts.stream ? std::min(begun + upstream.timeouts.first_event, started.total_deadline) : started.total_deadline;
  started.call->set_deadline(first_by, ex.facts.stream ? "the first event" : "the answer");
  http::ClientCall* call = started.call.get();
  ex.reply.when_client_leaves([call] { call->cancel(); });
  Result<> answered;
  {
    UpstreamWait wait(ex);
    answered = co_await call->start(head, outgoing.body, upstream.timeouts.connect);
  }
  if (!answered) co_return Attempted(transport_trouble(std::move(answered).error(), *call));
  int status = call->head().status;
  started.stream = status < 300 && is_event_stream(call->head());
  Attempted result = Troubled{{}, Error(Code::internal, ""), nullptr, {}, false, false};
  if (status >= 300) result = co_await read_refusal(ex, std::move(started));
  else if (started.stream) result = co_await read_first_event(ex, std::move(started));
  else result = co_await read_whole(ex, std::move(started));
  co_return result;
}

}  // namespace sluice::gateway
