#include "dialects/cohere/stream_decoder.hpp"

#include <string>
#include <utility>

#include "dialects/cohere/answer.hpp"
#include "dialects/cohere/citations.hpp"
#include "dialects/cohere/errors.hpp"
#include "dialects/cohere/logprobs.hpp"
#include "dialects/cohere/usage.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::cohere {

namespace event = llm::event;

Result<> CohereStreamDecoder::feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) {
  x_out = &out;
  x_splitter.feed(bytes, *this);
  x_out = nullptr;
  if (x_error) return *x_error;
  return {};
}

Result<> CohereStreamDecoder::finish(std::vector<llm::StreamEvent>& out) {
  auto rest = feed("\n\n", out);   // a last event that lacks its blank line
  if (!rest) return rest;
  if (!x_over) return Error(Code::upstream_failed, "The provider's answer broke off before its end.");
  return {};
}

void CohereStreamDecoder::fail(std::string_view what) {
  if (x_error || x_over) return;
  x_error = Error(Code::upstream_failed, "The provider's stream cannot be read: " + std::string(what) + ".");
}

void CohereStreamDecoder::failed(std::string_view raw) {
  Failure failure = failure_in_event(raw);
  x_out->push_back(event::Failed{std::move(failure.error), failure.status, failure.try_next, failure.key_at_fault});
  x_over = true;
}

// What is not known is skipped: "debug", and the ends of contents and citations, which add nothing.
void CohereStreamDecoder::event(std::string_view, std::string_view data) {
  if (x_error || x_over) return;
  if (data == "[DONE]") return fail("it ends without a message-end");
  const auto event = read_event(data);
  if (!event) return fail("an event is no JSON object");
  if (event->type.empty() && json::kind_of(event->message) == json::Kind::string) return failed(data);
  if (event->type == "\"message-end\"") return message_end(event->delta);
  if (event->type == "\"message-start\"") {
    if (x_started) return fail("a second message-start");
    x_started = true;
    x_out->push_back(event::Started{json::unquoted(event->id).value_or(""), {}});
    return;
  }
  if (!x_started) return fail("it does not begin with message-start");
  if (event->type == "\"tool-call-end\"") return call_ended();
  const Addition added = read_addition(event->delta);
  if (event->type == "\"content-delta\"" || event->type == "\"content-start\"") {
    text(added.text, event->logprobs);
    thought(added.thinking);
  } else if (event->type == "\"tool-plan-delta\"") {
    text(added.tool_plan, {});   // as in whole answers
  } else if (event->type == "\"tool-call-delta\"") {
    arguments(added.arguments);
  } else if (event->type == "\"tool-call-start\"") {
    call_started(added);
  } else if (event->type == "\"citation-start\"") {
    if (json::kind_of(added.citation) != json::Kind::object) return;
    if (json::validate(added.citation)) return fail("a citation is no JSON");   // it goes on as it is
    if (cited_place(added.citation).type != "\"THINKING_CONTENT\"") x_out->push_back(event::CitationSeen{0, read_citation(added.citation)});
  }
}

void CohereStreamDecoder::text(std::string_view raw, std::string_view logprobs) {
  std::string probabilities;
  if (json::kind_of(logprobs) == json::Kind::object) {
    if (json::validate(logprobs)) return fail("log probabilities are no JSON");
    probabilities = read_logprobs(logprobs);
  }
  if (raw.size() <= 2 && probabilities.empty()) return;
  auto& delta = std::get<event::TextDelta>(x_out->emplace_back(std::in_place_type<event::TextDelta>));
  if (raw.empty() || json::unquote(raw, delta.text)) {
    delta.logprobs = std::move(probabilities);
    return;
  }
  x_out->pop_back();
  fail("a text is no string");
}

void CohereStreamDecoder::thought(std::string_view raw) {
  if (raw.size() <= 2) return;
  event::ThinkingDelta delta;
  if (!json::unquote(raw, delta.text)) return fail("a thought is no string");
  x_out->push_back(std::move(delta));
}

void CohereStreamDecoder::call_started(const Addition& added) {
  call_ended();
  x_open = true;
  x_has_arguments = false;
  x_out->push_back(event::ToolCallStarted{0, x_calls++, json::unquoted(added.call_id).value_or(""),
                                          json::unquoted(added.call_name).value_or("")});
  arguments(added.arguments);
}

void CohereStreamDecoder::arguments(std::string_view raw) {
  if (raw.size() <= 2) return;   // "" begins each call
  if (!x_open) return fail("arguments without a call");
  event::ToolCallDelta delta{0, x_calls - 1, {}};
  if (!json::unquote(raw, delta.arguments)) return fail("a tool's arguments are no string");
  x_has_arguments = true;
  x_out->push_back(std::move(delta));
}

// A call without arguments gets no piece of them at all.
void CohereStreamDecoder::call_ended() {
  if (x_open && !x_has_arguments) x_out->push_back(event::ToolCallDelta{0, x_calls - 1, "{}"});
  x_open = false;
}

void CohereStreamDecoder::message_end(std::string_view delta) {
  std::string_view reason, usage;
  json::each_member(delta, [&](std::string_view key, std::string_view value) {
    if (key == "finish_reason") reason = value;
    else if (key == "usage") usage = value;
  });
  if (is_failure(reason)) return failed(delta);
  if (!x_started) return fail("it does not begin with message-start");
  call_ended();
  x_out->push_back(event::Finished{0, finish_of(reason)});
  if (const auto told = read_usage(usage)) x_out->push_back(event::UsageSeen{*told});
  x_out->push_back(event::Ended{});
  x_over = true;
}

}  // namespace sluice::dialects::cohere
