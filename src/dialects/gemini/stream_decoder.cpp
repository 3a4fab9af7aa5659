#include "dialects/gemini/stream_decoder.hpp"

#include <algorithm>
#include <utility>

#include "dialects/gemini/citations.hpp"
#include "dialects/gemini/errors.hpp"
#include "dialects/gemini/usage.hpp"
#include "sluice/dialects/dialect.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::gemini {
namespace {

namespace event = llm::event;

constexpr std::size_t most_candidates = 128;

}  // namespace

Result<> GeminiStreamDecoder::feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) {
  x_out = &out;
  if (!x_error) x_splitter.feed(bytes, *this);
  x_out = nullptr;
  if (x_error) return *x_error;
  return {};
}

Result<> GeminiStreamDecoder::finish(std::vector<llm::StreamEvent>& out) {
  x_out = &out;
  if (!x_error) x_splitter.finish(*this);
  x_out = nullptr;
  if (x_error) return *x_error;
  if (x_over) return {};
  if (!x_tally.complete() || !x_splitter.closed()) {
    return Error(Code::upstream_failed, "The provider's answer broke off before its end.");
  }
  for (const State& state : x_states) {
    if (state.stop != Stop::none) out.push_back(event::Finished{state.index, finish_of(state.stop, state.calls > 0), {}});
  }
  out.push_back(event::Ended{});
  x_over = true;
  return {};
}

void GeminiStreamDecoder::fail(std::string_view what) {
  if (x_error || x_over) return;
  x_error = Error(Code::upstream_failed, "The provider's stream cannot be read: " + std::string(what) + ".");
}

void GeminiStreamDecoder::chunk(std::string_view json) {
  if (x_error || x_over) return;
  const Chunk chunk = read_chunk(json);
  if (!chunk.whole || !chunk.known) return fail("a chunk is no answer of the API");
  if (!chunk.error.empty()) {
    Failure failure = failure_in_chunk(json);
    x_out->push_back(event::Failed{std::move(failure.error), failure.status, failure.try_next, failure.key_at_fault});
    x_over = true;
    return;
  }
  if (!x_started) start(chunk);
  std::int64_t place = 0;
  json::each_element(chunk.candidates, [&](std::string_view raw) {
    candidate(read_candidate(raw, place++));
    return !x_error;
  });
  if (x_error) return;
  if (is_blocked(chunk.feedback) && !x_tally.complete()) {
    std::string message = block_message(chunk.feedback);
    if (!message.empty()) x_out->push_back(event::RefusalDelta{0, std::move(message)});
    x_out->push_back(event::Finished{0, llm::Finish::content_filter, {}});
    x_tally.blocked();
  }
  see_usage(chunk.usage);
  if (!nothing_came()) return;
  // At once: while nothing is shown, another target can be asked.
  x_out->push_back(event::Failed{nothing_said(x_states.front().reason, x_states.front().message), http_status(Code::upstream_failed)});
  x_over = true;
}

// Every candidate has ended for a reason that is no end, before it said anything.
bool GeminiStreamDecoder::nothing_came() const {
  return !x_states.empty() && x_tally.complete() && std::all_of(x_states.begin(), x_states.end(), [](const State& state) {
    return !state.said && (state.stop == Stop::failed || state.stop == Stop::unknown);
  });
}

void GeminiStreamDecoder::start(const Chunk& chunk) {
  x_started = true;
  std::string id = json::unquoted(chunk.id).value_or("");
  x_model = json::unquoted(chunk.model).value_or("");
  x_numbers.answer(id);
  x_out->push_back(event::Started{std::move(id), x_model});
}

GeminiStreamDecoder::State* GeminiStreamDecoder::state_of(std::int64_t index) {
  for (State& state : x_states) {
    if (state.index == index) return &state;
  }
  if (index < 0 || x_states.size() == most_candidates) return nullptr;
  x_states.push_back({});
  x_states.back().index = index;
  return &x_states.back();
}

void GeminiStreamDecoder::candidate(const Candidate& candidate) {
  State* const state = state_of(candidate.index);
  if (state == nullptr) return fail("too many candidates");
  each_part(candidate.parts, [&](std::string_view raw) { part(*state, raw); });
  if (!candidate.logprobs.empty()) {
    std::string logprobs = read_logprobs(candidate.logprobs);
    if (!logprobs.empty()) x_out->push_back(event::TextDelta{state->index, {}, {}, llm::Maker::unknown, std::move(logprobs)});
  }
  if (!candidate.grounding.empty() || !candidate.citations.empty()) cite(*state, candidate);
  const Stop stop = stop_of(candidate.finish_reason);
  x_tally.see(candidate.index, stop != Stop::none);
  if (stop != Stop::none) state->stop = stop;
  if (stop != Stop::failed && stop != Stop::unknown) return;
  state->reason = candidate.finish_reason;
  state->message = candidate.message.substr(0, candidate.message.size() > 4096 ? 0 : candidate.message.size());
}

void GeminiStreamDecoder::part(State& state, std::string_view raw) {
  const PartView view = read_part(raw);
  if (!view.call.empty()) return call(state, view);
  if (view.text.empty() && (view.other || !view.inline_data.empty() || !view.file_data.empty())) {
    llm::Part other;
    if (!read_other_part(raw, view, other)) return;
    state.said = true;
    x_out->push_back(event::PartSeen{state.index, std::move(other)});
    return;
  }
  text(state, view);
}

void GeminiStreamDecoder::text(State& state, const PartView& view) {
  if (view.text.size() <= 2 && view.signature.size() <= 2) return;
  if (view.thought) {
    event::ThinkingDelta delta;
    delta.choice = state.index;
    delta.maker = llm::Maker::google;
    const bool read = (view.text.empty() || json::unquote(view.text, delta.text)) &&
                      (view.signature.empty() || json::unquote(view.signature, delta.signature));
    if (!read) return fail("a thought is no string");
    x_out->push_back(std::move(delta));
    return;
  }
  auto& delta = std::get<event::TextDelta>(x_out->emplace_back(std::in_place_type<event::TextDelta>));
  delta.choice = state.index;
  const bool read = (view.text.empty() || json::unquote(view.text, delta.text)) &&
                    (view.signature.empty() || json::unquote(view.signature, delta.signature));
  if (!read) {
    x_out->pop_back();
    return fail("a text is no string");
  }
  if (!delta.signature.empty()) delta.maker = llm::Maker::google;
  state.said = state.said || !delta.text.empty();
  state.text += delta.text;
}

void GeminiStreamDecoder::call(State& state, const PartView& view) {
  const CallView call = read_call(view.call);
  event::ToolCallStarted started;
  started.choice = state.index;
  started.index = state.calls++;
  state.said = true;
  started.id = json::unquoted(call.id).value_or("");
  if (started.id.empty()) started.id = x_numbers.next();
  started.name = json::unquoted(call.name).value_or("");
  started.signature = json::unquoted(view.signature).value_or("");
  if (!started.signature.empty()) started.maker = llm::Maker::google;
  const std::int64_t index = started.index;
  x_out->push_back(std::move(started));
  x_out->push_back(event::ToolCallDelta{state.index, index, arguments_of(call.args)});
}

void GeminiStreamDecoder::cite(State& state, const Candidate& candidate) {
  std::vector<llm::Citation> found;
  if (candidate.grounding != state.grounding) {
    state.grounding = candidate.grounding;
    read_grounding(candidate.grounding, state.text, found);
    x_searches = std::max(x_searches, billed_searches(candidate.grounding, x_model));
  }
  if (candidate.citations != state.citations) {
    state.citations = candidate.citations;
    read_citations(candidate.citations, state.text, found);
  }
  for (llm::Citation& citation : found) x_out->push_back(event::CitationSeen{state.index, std::move(citation)});
}

void GeminiStreamDecoder::see_usage(std::string_view raw) {
  if (raw.empty() || raw == x_usage) return;
  x_usage = raw;
  auto usage = read_usage(raw);
  if (!usage) return;
  usage->web_searches = x_searches;
  x_out->push_back(event::UsageSeen{*usage});
}

}  // namespace sluice::dialects::gemini
