#include "gateway/relay.hpp"

#include <algorithm>

#include "gateway/added_usage.hpp"
#include "gateway/early_end.hpp"
#include "gateway/govern.hpp"
#include "gateway/settle.hpp"
#include "gateway/wire.hpp"
#include "sluice/dialects/free_text.hpp"
#include "sluice/gateway/worker.hpp"
#include "sluice/json/member_capture.hpp"

namespace sluice::gateway {
namespace {

using net::Clock;

constexpr int client_left = 499;
constexpr char gateway_stopped[] = "gateway_stopped";
constexpr char gateway_stopped_message[] = "The gateway was stopped before the answer was whole.";

net::Task<Result<std::string_view>> next_piece(Exchange& ex, Attempt& attempt) {
  auto by = std::min(Clock::now() + attempt.upstream->timeouts.between_events, attempt.total_deadline);
  attempt.call->set_deadline(by, "the next event");
  UpstreamWait wait(ex);
  auto piece = co_await attempt.call->read_some();
  co_return piece;
}

net::Task<Result<>> show(Exchange& ex, std::string_view bytes) {
  if (!ex.answered) {
    ex.answered = true;
    ex.record.first_byte_us = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - ex.request.began).count();
  }
  ClientWait wait(ex);
  auto written = co_await ex.reply.write(bytes);
  co_return written;
}

// The head of a streamed answer. Verbatim (no content type given): the provider's own lines go along.
void begin_reply(Exchange& ex, const Attempt& attempt, std::string_view content_type) {
  const http::ResponseHead& head = attempt.call->head();
  std::string lines;
  if (!content_type.empty()) lines.append("Content-Type: ").append(content_type).append("\r\n");
  write_reply_lines(lines, ex, attempt.verbatim ? &head : nullptr);
  if (attempt.stream) {
    bool told = attempt.verbatim && head.fields.has(http::FieldName::cache_control);
    if (!told) lines += "Cache-Control: no-cache\r\n";
    lines += "X-Accel-Buffering: no\r\n";
  }
  auto length = attempt.stream ? std::nullopt : head.content_length;
  ex.reply.begin(head.status, lines, length);
}

// The stream broke after it had begun: the caller is told inside it, and it does not end as a whole answer would.
net::Task<> break_off(Exchange& ex, Worker& worker, const Attempt& attempt, const llm::Usage& usage, const Error& error) {
  ex.about_to_write = 0;
  bool left = error.code() == Code::cancelled || ex.reply.client_left();
  const bool stopped = left && worker.shared.closing.load();
  ex.record.error = stopped ? gateway_stopped : left ? "client_left" : error.name_or_usual();
  ex.record.error_message = stopped ? gateway_stopped_message : error.message();
  settle(ex, worker, attempt.upstream, usage, stopped ? 503 : left ? client_left : 200);
  if (!left) {
    std::string event = ex.dialect->write_error_event(error, answer_context(ex));
    auto written = co_await show(ex, event);
    (void)written;
  }
  ex.reply.abort();
}

Error caller_left() { return Error(Code::cancelled, "The caller left before its answer."); }

// A whole answer that came after its caller had left: paid for, and shown to nobody.
void settle_unseen(Exchange& ex, Worker& worker, const Attempt& attempt, const llm::Usage& usage) {
  const Error left = caller_left();
  ex.record.error = left.name_or_usual();
  ex.record.error_message = left.message();
  settle(ex, worker, attempt.upstream, usage, client_left);
  ex.reply.abort();
}

// The same of one of which the rest is lost.
void settle_unseen_lost(Exchange& ex, Worker& worker, const Attempt& attempt, Error why) {
  const Troubled lost{{routing::Trouble::lost, 0, false, false}, std::move(why), nullptr, {}, true, true};
  settle_failed(ex, *attempt.upstream, lost);
  const bool stopped = worker.shared.closing.load();
  if (stopped) settle_refused(ex, worker, 503, Error(Code::overloaded, gateway_stopped_message).named(gateway_stopped));
  else settle_refused(ex, worker, client_left, caller_left());
  ex.reply.abort();
}

Error truncated() {
  return Error(Code::upstream_failed, "The provider's stream ended before the answer was complete.").named("upstream_truncated");
}

// ---- bytes that pass untouched ------------------------------------------------------------------------------------

llm::Usage usage_seen(const Exchange& ex, const dialects::StreamMeter& meter) {
  const auto& facts = meter.facts();
  if (facts.usage) return *facts.usage;
  // An event is seldom less than a token, and a token may be less than four bytes. Some begin and end the stream.
  constexpr std::int64_t without_text = 3;
  const std::int64_t events = ex.hold.measures() ? std::max<std::int64_t>(0, facts.events - without_text) : 0;
  return estimate(ex, std::max(facts.text_bytes, 4 * events));
}

// An error inside the stream goes to the caller as the provider said it; what is written down is no success.
void note_failure(Exchange& ex, const dialects::StreamMeter& meter) {
  const auto& failure = meter.facts().failure;
  if (!failure) return;
  ex.record.error = failure->error.name_or_usual();
  ex.record.error_message = failure->error.message();
}

Error out_of_money() {
  return Error(Code::over_budget, "The budget is used up: the answer ends here.").named("budget_exceeded");
}

// Ends a stream whose money is used up, with `end`: as a whole answer that is as long as it may be.
net::Task<> end_early(Exchange& ex, Worker& worker, Attempt& attempt, const llm::Usage& usage, const std::string& end) {
  attempt.call->cancel();   // what is not made is not billed
  const Error why = out_of_money();
  ex.record.error = "budget_exceeded_mid_stream";
  ex.record.error_message = why.message();
  ex.to_write = end.size();
  settle(ex, worker, attempt.upstream, usage, 200);
  auto shown = co_await show(ex, end);
  if (!shown) {
    ex.reply.abort();
    co_return;
  }
  ClientWait wait(ex);
  auto ended = co_await ex.reply.end("");
  (void)ended;
}

// The same of one that passes untouched.
net::Task<> end_mirrored(Exchange& ex, Worker& worker, Attempt& attempt, Mirror* mirror) {
  const llm::Usage usage = usage_seen(ex, *attempt.meter);
  std::optional<std::string> end;
  if (mirror != nullptr) end = mirror->end(usage);
  if (end) {
    co_await end_early(ex, worker, attempt, usage, *end);
    co_return;
  }
  attempt.call->cancel();
  const Error why = out_of_money();
  co_await break_off(ex, worker, attempt, usage, why);
}

bool is_event_stream(const http::ResponseHead& head) {
  return head.fields.get(http::FieldName::content_type).starts_with("text/event-stream");
}

net::Task<> relay_stream_verbatim(Exchange& ex, Worker& worker, Attempt& attempt) {
  dialects::StreamMeter& meter = *attempt.meter;
  MoneyWatch watch(ex);
  std::optional<Mirror> mirror;   // only where the money may end before the stream does
  if (ex.hold.stops() && is_event_stream(attempt.call->head())) mirror.emplace(ex, *attempt.wire);
  std::optional<UsageFilter> filter;
  if (attempt.usage_added && is_event_stream(attempt.call->head())) filter.emplace();
  const auto shown_of = [&](std::string_view bytes) {
    if (filter) bytes = filter->feed(bytes, meter.facts().usage.has_value());
    return mirror ? mirror->feed(bytes) : bytes;
  };
  std::string_view piece = shown_of(attempt.held);
  for (;;) {
    // The caller may stop reading at the end marker, so what it cost is written down before that is shown.
    if (meter.facts().done) {
      ex.to_write = piece.size();
      note_failure(ex, meter);
      settle(ex, worker, attempt.upstream, usage_seen(ex, meter), 200);
    }
    auto shown = co_await show(ex, piece);
    if (!shown) {
      co_await break_off(ex, worker, attempt, usage_seen(ex, meter), shown.error());
      co_return;
    }
    if (!meter.facts().done && watch.exhausted(meter.facts().text_bytes)) {
      Mirror* const followed = mirror ? &*mirror : nullptr;
      co_await end_mirrored(ex, worker, attempt, followed);
      co_return;
    }
    auto next = co_await next_piece(ex, attempt);
    if (!next) {
      co_await break_off(ex, worker, attempt, usage_seen(ex, meter), next.error());
      co_return;
    }
    piece = *next;
    if (piece.empty()) break;
    meter.feed(piece);
    piece = shown_of(piece);
  }
  std::string rest(mirror ? mirror->rest() : std::string_view());
  if (filter) rest.append(filter->rest());
  if (!rest.empty()) {
    auto last = co_await show(ex, rest);
    (void)last;
  }
  meter.finish();   // a last event may lack its end; nothing is added to what the caller sees
  const auto& facts = meter.facts();
  if (!facts.finished && !facts.failure) {
    Error error = truncated();
    co_await break_off(ex, worker, attempt, usage_seen(ex, meter), error);
    co_return;
  }
  note_failure(ex, meter);
  ex.about_to_write = 0;
  settle(ex, worker, attempt.upstream, usage_seen(ex, meter), 200);
  ClientWait wait(ex);
  auto ended = co_await ex.reply.end("");
  (void)ended;   // the client left after everything was shown: nothing remains to be done
}

llm::Usage estimate_answer(const Exchange& ex, const Attempt& attempt, std::int64_t bytes) {
  if (ex.endpoint.operation != llm::Operation::speech) return estimate(ex, bytes);
  return estimate_speech(ex, attempt.call->head().fields.get(http::FieldName::content_type), bytes);
}

// An answer too large to be held: its usage is found as it goes by.
net::Task<> relay_large(Exchange& ex, Worker& worker, Attempt& attempt) {
  const std::string_view member = attempt.wire->usage_member(ex.endpoint.operation);
  json::MemberCapture usage_text(member);
  std::string_view piece = attempt.held;
  std::int64_t bytes = 0;
  auto usage = [&] {
    if (usage_text.value()) {
      const std::string body = "{\"" + std::string(member) + "\":" + std::string(*usage_text.value()) + "}";
      auto told = attempt.wire->usage_of(ex.endpoint.operation, body);
      if (told) return *told;
    }
    return estimate_answer(ex, attempt, bytes);
  };
  bool unseen = false;   // the caller has left, and the provider is heard to the end for what it tells of the usage there
  while (!piece.empty()) {
    usage_text.feed(piece);
    bytes += static_cast<std::int64_t>(piece.size());
    if (!unseen) {
      auto shown = co_await show(ex, piece);
      unseen = !shown;
      if (unseen && !ex.outlasts_caller()) {
        co_await break_off(ex, worker, attempt, usage(), shown.error());
        co_return;
      }
    }
    auto next = co_await next_piece(ex, attempt);
    if (!next && (unseen || ex.reply.client_left()) && ex.outlasts_caller()) {
      settle_unseen_lost(ex, worker, attempt, std::move(next).error());
      co_return;
    }
    if (!next) {
      // No event can be put into a JSON body: it stops short, which the caller can tell from its framing.
      ex.record.error = "upstream_truncated";
      ex.record.error_message = next.error().message();
      settle(ex, worker, attempt.upstream, usage(), ex.reply.client_left() ? client_left : 200);
      ex.reply.abort();
      co_return;
    }
    piece = *next;
  }
  if (unseen) {
    settle_unseen(ex, worker, attempt, usage());
    co_return;
  }
  settle(ex, worker, attempt.upstream, usage(), attempt.call->head().status);
  auto ended = co_await ex.reply.end("");
  (void)ended;
}

net::Task<> relay_whole(Exchange& ex, Worker& worker, Attempt& attempt) {
  const http::ResponseHead& head = attempt.call->head();
  const llm::Usage usage = attempt.usage ? *attempt.usage : estimate_answer(ex, attempt, static_cast<std::int64_t>(attempt.held.size()));
  if (ex.reply.client_left()) {
    settle_unseen(ex, worker, attempt, usage);
    co_return;
  }
  ex.to_write = attempt.held.size();
  ex.about_to_write = attempt.held.size();
  settle(ex, worker, attempt.upstream, usage, head.status);
  std::string lines;
  write_reply_lines(lines, ex, &head);
  auto sent = co_await ex.reply.send(head.status, lines, attempt.held);
  (void)sent;   // the client left while its answer was written: the provider has been paid all the same
}

// ---- another dialect ----------------------------------------------------------------------------------------------

net::Task<> answer_translated(Exchange& ex, Worker& worker, Attempt& attempt) {
  const std::string& body = attempt.answer->body;
  llm::Usage usage = attempt.answer->usage;
  // Its provider states none (Gemini of embeddings): nothing is free for that.
  bool vectors = ex.endpoint.operation == llm::Operation::embeddings;
  if (usage.estimated && usage.input == 0 && usage.output == 0) usage = estimate(ex, vectors ? 0 : static_cast<std::int64_t>(body.size()));
  if (ex.reply.client_left()) {
    settle_unseen(ex, worker, attempt, usage);
    co_return;
  }
  ex.to_write = body.size();
  settle(ex, worker, attempt.upstream, usage, 200);
  std::string lines = "Content-Type: application/json\r\n";
  write_reply_lines(lines, ex, nullptr);
  auto sent = co_await ex.reply.send(200, lines, body);
  (void)sent;
}

// Writes neutral events in the caller's dialect and keeps what they tell about the whole.
class Translation {
 public:
  explicit Translation(const Exchange& ex)
      : x_exchange(ex), x_free_text(*ex.chat), x_writer(answer_writer(ex)) {}
  std::string_view content_type() const { return x_writer->content_type(); }

  // False: the provider failed inside its stream; error() says how.
  bool write(std::vector<llm::StreamEvent>& events, std::string& out) {
    x_free_text.restore(events);
    for (const llm::StreamEvent& event : events) {
      if (const auto* seen = std::get_if<llm::event::UsageSeen>(&event)) x_usage = seen->usage;
      else if (const auto* text = std::get_if<llm::event::TextDelta>(&event)) x_bytes += text->text.size();
      else if (const auto* thought = std::get_if<llm::event::ThinkingDelta>(&event)) x_bytes += thought->text.size();
      else if (const auto* call = std::get_if<llm::event::ToolCallDelta>(&event)) x_bytes += call->arguments.size();
      else if (const auto* failed = std::get_if<llm::event::Failed>(&event)) {
        x_error = failed->error;
        return false;
      }
      if (std::holds_alternative<llm::event::Ended>(event)) x_ended = true;
      x_choices.see(event);
      x_writer->write(event, out);
    }
    return true;
  }
  llm::Usage usage() const { return x_usage ? *x_usage : estimate(x_exchange, static_cast<std::int64_t>(x_bytes)); }
  bool ended() const { return x_ended; }
  std::int64_t bytes() const { return static_cast<std::int64_t>(x_bytes); }
  std::string early_end() {
    std::string out;
    for (const llm::StreamEvent& event : gateway::early_end(x_choices.list(), usage())) x_writer->write(event, out);
    return out;
  }
  const std::optional<Error>& error() const { return x_error; }

 private:
  const Exchange& x_exchange;
  dialects::FreeText x_free_text;
  std::unique_ptr<dialects::StreamWriter> x_writer;
  std::optional<llm::Usage> x_usage;
  std::optional<Error> x_error;
  OpenChoices x_choices;
  std::size_t x_bytes = 0;
  bool x_ended = false;
};

// Reads until there are events, or the stream is over (no events), or broken.
net::Task<Result<>> next_events(Exchange& ex, Attempt& attempt, bool& over) {
  attempt.events.clear();
  while (attempt.events.empty() && !over) {
    auto piece = co_await next_piece(ex, attempt);
    if (!piece) co_return std::move(piece).error();
    over = piece->empty();
    auto fed = over ? attempt.decoder->finish(attempt.events) : attempt.decoder->feed(*piece, attempt.events);
    if (!fed) co_return std::move(fed).error();
  }
  co_return Result<>();
}

net::Task<> relay_stream_translated(Exchange& ex, Worker& worker, Attempt& attempt) {
  Translation translation(ex);
  MoneyWatch watch(ex);
  begin_reply(ex, attempt, translation.content_type());
  std::string out;
  bool over = false;
  for (;;) {
    out.clear();
    std::optional<Error> failed;
    if (!translation.write(attempt.events, out)) failed = translation.error();
    if (translation.ended() && !failed) {
      ex.to_write = out.size();
      settle(ex, worker, attempt.upstream, translation.usage(), 200);
    }
    if (!out.empty()) {
      auto shown = co_await show(ex, out);
      if (!shown) failed = shown.error();
    }
    if (!failed && !translation.ended() && watch.exhausted(translation.bytes())) {
      const std::string end = translation.early_end();
      co_await end_early(ex, worker, attempt, translation.usage(), end);
      co_return;
    }
    if (!failed && over) break;
    if (!failed) {
      auto read = co_await next_events(ex, attempt, over);
      if (!read) failed = read.error();
    }
    if (failed) {
      co_await break_off(ex, worker, attempt, translation.usage(), *failed);
      co_return;
    }
  }
  settle(ex, worker, attempt.upstream, translation.usage(), 200);
  auto ended = co_await ex.reply.end("");
  (void)ended;
}

}  // namespace

net::Task<> relay(Exchange& ex, Worker& worker, Attempt& attempt) {
  if (attempt.answer) return answer_translated(ex, worker, attempt);
  if (!attempt.stream && attempt.whole) return relay_whole(ex, worker, attempt);
  if (!attempt.verbatim) return relay_stream_translated(ex, worker, attempt);
  begin_reply(ex, attempt, {});
  if (!attempt.stream) return relay_large(ex, worker, attempt);
  return relay_stream_verbatim(ex, worker, attempt);
}

}  // namespace sluice::gateway
