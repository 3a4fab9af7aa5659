#include "gateway/attempt.hpp"

#include <algorithm>
#include <array>

#include "gateway/authority.hpp"
#include "gateway/outgoing.hpp"
#include "gateway/simulated_call.hpp"
#include "gateway/wire.hpp"
#include "sluice/base/text.hpp"
#include "sluice/dialects/proof.hpp"
#include "sluice/gateway/worker.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::gateway {
namespace {

using net::Clock;
using routing::Trouble;

constexpr std::size_t error_body_limit = 64 << 10;
constexpr std::size_t whole_body_limit = 8 << 20;      // a larger answer is passed on as it comes,
constexpr std::size_t translated_limit = 64 << 20;     // unless it has to be read whole
constexpr std::size_t first_event_limit = 32 << 20;    // no first event within this much: not an event stream (images are long)

void fail(Attempt& attempt, Trouble trouble, Error error) {
  attempt.trouble = Troubled{{trouble, 0, false, false}, std::move(error), nullptr, {}, false, false};
  attempt.trouble->sent = attempt.call && attempt.call->progress().sent;
  attempt.trouble->may_have_run =
      attempt.trouble->sent && trouble != Trouble::refused && trouble != Trouble::not_connected;
  attempt.trouble->upstream = attempt.upstream;
}

// A failure of the transport, told by its code and by how far the call had come.
void fail_transport(Attempt& attempt, Error error) {
  Trouble trouble = Trouble::lost;
  if (error.code() == Code::cancelled) trouble = Trouble::cancelled;
  else if (!attempt.call->progress().sent) trouble = Trouble::not_connected;
  else if (error.code() == Code::upstream_timeout) trouble = Trouble::timeout;
  fail(attempt, trouble, std::move(error));
}

// Nothing to show to the provider could be had, or nobody is left to ask for: it was not asked, or it has refused what it
// was shown before.
void fail_unasked(Attempt& attempt, Error error) {
  const Trouble trouble = error.code() == Code::cancelled ? Trouble::cancelled : Trouble::not_connected;
  fail(attempt, trouble, std::move(error));
  attempt.trouble->may_have_run = false;
}

// What ends a call from outside.
void expose(Exchange& ex, http::ClientCall* call) {
  if (!ex.outlasts_caller()) return ex.reply.when_client_leaves([call] { call->cancel(); });
  ex.reply.when_client_leaves([call] {
    if (!call->progress().sent) call->cancel();
  });
  ex.reply.when_cut_off([call] { call->cancel(); });
}

// The provider refused. Its words are kept if they came whole and in the caller's dialect: a body cut short or too long
// to be an error message is not passed back as if it were the provider's.
void fail_refused(Attempt& attempt, dialects::Failure failure, bool keep_words) {
  attempt.trouble = Troubled{{Trouble::refused, failure.status, failure.try_next, failure.key_at_fault},
                             std::move(failure.error), nullptr, {}, true, false};
  if (!keep_words) return;
  attempt.trouble->call = std::move(attempt.call);
  attempt.trouble->body = std::move(attempt.held);
}

// "text/event-stream; charset=utf-8" without its parameters, in lower case.
class MediaType {
 public:
  explicit MediaType(const http::ResponseHead& head) {
    std::string_view type = head.fields.get(http::FieldName::content_type);
    type = trim(type.substr(0, type.find(';')));
    for (x_size = 0; x_size < std::min(type.size(), x_text.size()); ++x_size) x_text[x_size] = to_lower(type[x_size]);
  }
  std::string_view text() const { return {x_text.data(), x_size}; }

 private:
  std::array<char, 64> x_text;   // no type that matters here is longer
  std::size_t x_size = 0;
};

bool is_stream(const dialects::Wire& wire, const http::ResponseHead& head, bool asked) {
  if (!asked && head.fields.get(http::FieldName::content_type) == "application/json") return false;   // nearly always
  return wire.streams(MediaType(head).text(), asked);
}

// Reads the body, or a little more than `most` bytes of it.
net::Task<Result<>> gather(Exchange& ex, Attempt& attempt, std::size_t most) {
  UpstreamWait wait(ex);
  auto length = attempt.call->head().content_length;
  if (length) attempt.held.reserve(std::min<std::size_t>(*length, most));
  while (attempt.held.size() <= most) {
    auto piece = co_await attempt.call->read_some();
    if (!piece) co_return std::move(piece).error();
    if (piece->empty()) {
      attempt.whole = true;
      break;
    }
    attempt.held.append(*piece);
  }
  co_return Result<>();
}

// Some providers repeat the key they refuse.
void hide(const Secret& secret, std::string& text) {
  std::string_view shown = secret.reveal();
  if (shown.size() < 8) return;   // too short to be a key, and to be found by chance
  for (std::size_t at = text.find(shown); at != std::string::npos; at = text.find(shown, at)) text.replace(at, shown.size(), "[hidden]");
}

void read_refusal(const Exchange& ex, Attempt& attempt, const Secret& shown) {
  hide(shown, attempt.held);
  const http::ResponseHead& head = attempt.call->head();
  // A redirect is the provider's address being wrong, not an answer to pass on.
  bool keep_words = attempt.verbatim && attempt.whole && head.status >= 400;
  auto failure = attempt.wire->read_failure(head.status, head.fields, attempt.held);
  // Who keeps a stored response is not known beforehand: the next is asked.
  const bool kept_elsewhere = (failure.status == 404 && ex.endpoint.operation == llm::Operation::stored_response) ||
                              failure.error.name() == "previous_response_not_found";
  if (kept_elsewhere) failure.try_next = true;
  fail_refused(attempt, std::move(failure), keep_words);
  attempt.trouble->failed.elsewhere = kept_elsewhere;
}

// Nothing, or JSON that stops before its end. A page of HTML is neither: it comes from what stands before the provider.
bool broken_off(std::string_view body) {
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return true;
  return (body[first] == '{' || body[first] == '[') && json::validate(body);
}

// Sound may be answered with a text of any form (a transcript may begin with a bracket, or be empty), or with sound.
bool is_document(llm::Operation operation, const http::ResponseHead& head) {
  using llm::Operation;
  const bool of_sound = operation == Operation::transcriptions || operation == Operation::translations || operation == Operation::speech;
  return !of_sound || MediaType(head).text() == "application/json";
}

void read_whole(const Exchange& ex, Attempt& attempt) {
  if (!attempt.whole && attempt.verbatim) return;   // large: the rest is passed on as it comes
  if (!attempt.whole) {
    return fail(attempt, Trouble::garbled, Error(Code::upstream_failed, "The provider's answer is too large to be translated: more than 64 MiB."));
  }
  auto failure = attempt.wire->failure_in_success(ex.endpoint.operation, attempt.call->head().fields, attempt.held);
  if (!failure && attempt.verbatim) attempt.usage = attempt.wire->usage_of(ex.endpoint.operation, attempt.held);
  // The provider made an answer, whatever became of it on its way: it is lost as one whose connection broke.
  const bool good = !failure && (attempt.usage || !attempt.verbatim);
  if (!good && is_document(ex.endpoint.operation, attempt.call->head()) && broken_off(attempt.held)) {
    return fail(attempt, Trouble::garbled, Error(Code::upstream_failed, "The provider's answer is empty or breaks off."));
  }
  if (failure) {
    // Its own words go back only if they are an error of the API: no page of HTML, no half of a document, and no answer
    // with the failure inside one of its choices, where no SDK looks for it.
    bool said = attempt.verbatim && json::kind_of(attempt.held) == json::Kind::object && !json::validate(attempt.held) &&
                !json::find(attempt.held, "choices");
    return fail_refused(attempt, *std::move(failure), said);
  }
  if (attempt.verbatim) return;
  // A translated answer is read here already: one that cannot be read is a reason to try the next target.
  auto answer = translate_answer(ex, *attempt.wire, attempt.held);
  if (answer) attempt.answer = *std::move(answer);
  else fail(attempt, Trouble::garbled, std::move(answer).error());
}

// Whether the bytes that came make a first event.
enum class First : unsigned char { yes, not_yet, broken };

First look_for_first(Attempt& attempt, std::string_view piece, std::optional<dialects::Failure>& failure, Error& why) {
  if (attempt.meter) {
    attempt.held.append(piece);
    attempt.meter->feed(piece);
    const auto& facts = attempt.meter->facts();
    // After a good event in the same bytes it is part of an answer: what one read happens to hold must not decide.
    if (facts.failure && !facts.begun) failure = facts.failure;
    if (facts.garbled || attempt.held.size() > first_event_limit) return First::broken;
    return facts.begun ? First::yes : First::not_yet;
  }
  auto fed = attempt.decoder->feed(piece, attempt.events);
  if (!fed) {
    why = std::move(fed).error();
    return First::broken;
  }
  for (const llm::StreamEvent& event : attempt.events) {
    if (const auto* failed = std::get_if<llm::event::Failed>(&event)) {
      failure = dialects::Failure{failed->error, failed->status, failed->try_next, failed->key_at_fault};
      return First::yes;
    }
  }
  return attempt.events.empty() ? First::not_yet : First::yes;
}

net::Task<> read_first_event(Exchange& ex, Attempt& attempt) {
  UpstreamWait wait(ex);
  if (attempt.verbatim) attempt.meter = attempt.wire->meter(ex.endpoint.operation);
  else attempt.decoder = attempt.wire->decoder();
  Error why(Code::upstream_failed, "The provider's stream did not begin with an event.");
  for (First first = First::not_yet; first == First::not_yet;) {
    auto piece = co_await attempt.call->read_some();
    if (!piece) {
      fail_transport(attempt, std::move(piece).error());
      co_return;
    }
    if (piece->empty()) {
      fail(attempt, Trouble::garbled, Error(Code::upstream_failed, "The provider ended its stream before the first event."));
      co_return;
    }
    std::optional<dialects::Failure> failure;
    first = look_for_first(attempt, *piece, failure, why);
    if (failure) {
      fail_refused(attempt, *std::move(failure), false);
      co_return;
    }
    if (first == First::broken) fail(attempt, Trouble::garbled, std::move(why));
  }
}

// An earlier turn came from another maker's model: its proofs, marked as such, are for that one only. OpenAI's chat has no
// place for them.
bool holds_others_thoughts(const Exchange& ex) {
  const bool conversation = ex.endpoint.operation == llm::Operation::chat || ex.endpoint.operation == llm::Operation::count_tokens;
  return conversation && ex.endpoint.dialect != llm::Dialect::openai && dialects::holds_foreign_proof(ex.request.body);
}

// Writes the body. False: it cannot be, and the attempt has failed.
bool prepare(Exchange& ex, Attempt& attempt, const providers::Call& asked, Outgoing& outgoing) {
  bool callers_fault = false;
  auto written = write_body(ex, attempt, asked, outgoing, callers_fault);
  if (written) return true;
  fail(attempt, Trouble::refused, std::move(written).error());
  attempt.trouble->failed.status = dialects::http_status(attempt.trouble->error.code());
  attempt.trouble->failed.try_next = !callers_fault;   // another target may be able to say it
  return false;
}

}  // namespace

net::Task<> run_attempt(Exchange& ex, Worker& worker, const Upstream& upstream, const Credential& key,
                        std::string_view model, Attempt& attempt) {
  attempt.upstream = &upstream;
  const Asking asking = how_to_ask(upstream, ex.endpoint, model);
  attempt.wire = asking.wire;
  attempt.verbatim = asking.verbatim && !(holds_others_thoughts(ex) && asking.wire->translates(asking.operation));
  const providers::Call asked{asking.operation, attempt.wire->dialect(), model, ex.facts.stream, attempt.verbatim, ex.endpoint.rest,
                              attempt.verbatim ? &ex.request.head.fields : nullptr};
  Outgoing outgoing;
  if (!prepare(ex, attempt, asked, outgoing)) co_return;
  credentials::GrantPtr grant;   // of a key that is none of its own but fetched
  if (key.source) {
    Result<> obtained = co_await obtain_grant(ex, worker, key, grant);
    if (!obtained) {
      fail_unasked(attempt, std::move(obtained).error());
      co_return;
    }
  }
  auto begun = Clock::now();
  attempt.total_deadline = begun + upstream.timeouts.total;
  auto first_by = ex.facts.stream ? std::min(begun + upstream.timeouts.first_event, attempt.total_deadline) : attempt.total_deadline;
  http::ClientCall* call = nullptr;
  int status = 0;
  for (bool again = false;; again = true) {
    if (ex.reply.client_left()) {
      fail_unasked(attempt, Error(Code::cancelled, "The caller left before the provider was asked."));
      co_return;
    }
    if (upstream.simulated) attempt.call = make_simulated_call(ex, worker, upstream, attempt.verbatim);
    else attempt.call = worker.pool->call(upstream.origin);
    call = attempt.call.get();
    std::string head, fetched_lines;
    if (grant) fetched_lines = authority_lines(ex, upstream, key, *grant, asked, outgoing.body);
    const std::string_view authority = grant ? std::string_view(fetched_lines) : std::string_view(key.header_lines);
    write_upstream_head(head, ex, upstream, authority, asked, outgoing.body.size());
    call->set_deadline(first_by, ex.facts.stream ? "the first event" : "the answer");
    expose(ex, call);
    auto sent = again ? Clock::now() : begun;
    auto answered = co_await call->start(head, outgoing.body, upstream.timeouts.connect);
    ex.waited_for_upstream(Clock::now() - sent);
    if (!answered) {
      fail_transport(attempt, std::move(answered).error());
      co_return;
    }
    status = call->head().status;
    if (!grant || again || (status != 401 && status != 403) || ex.reply.client_left()) break;
    // A token may have been taken back before its time.
    Result<> replaced = co_await replace_grant(ex, worker, key, grant);
    if (!replaced && replaced.error().code() == Code::cancelled) {
      fail_unasked(attempt, std::move(replaced).error());
      co_return;
    }
    expose(ex, call);   // fetching has taken it back
    if (!replaced) break;
  }
  if (status < 200) {   // 101, which nobody asked for
    fail(attempt, Trouble::garbled, Error(Code::upstream_failed, "The provider wants to switch protocols instead of answering."));
    co_return;
  }
  attempt.stream = status < 300 && is_stream(*attempt.wire, call->head(), ex.facts.stream);
  if (attempt.stream) {
    co_await read_first_event(ex, attempt);
    co_return;
  }
  // Sound is passed on as it is made: nothing in it has to be read.
  bool as_it_comes = status < 300 && ex.endpoint.operation == llm::Operation::speech;
  const std::size_t held = attempt.verbatim ? whole_body_limit : translated_limit;
  const std::size_t most = as_it_comes ? 0 : status < 300 ? held : error_body_limit;
  auto read = co_await gather(ex, attempt, most);
  // An error body that breaks off is still an error with a status.
  bool usable = read.has_value() || (status >= 300 && read.error().code() != Code::cancelled);
  if (!usable) fail_transport(attempt, std::move(read).error());
  else if (status >= 300) read_refusal(ex, attempt, grant ? grant->secret : key.secret);
  else read_whole(ex, attempt);
}

}  // namespace sluice::gateway
