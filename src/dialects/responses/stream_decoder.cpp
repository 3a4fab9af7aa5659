#include "dialects/responses/stream_decoder.hpp"

#include <algorithm>
#include <utility>

#include "dialects/responses/answer.hpp"
#include "dialects/responses/errors.hpp"
#include "dialects/responses/usage.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::responses {
namespace {

namespace event = llm::event;

constexpr std::size_t most_open = 1024, most_pending = 16 << 20;

}  // namespace

Result<> ResponsesStreamDecoder::feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) {
  x_out = &out;
  x_splitter.feed(bytes, *this);
  x_out = nullptr;
  if (x_error) return *x_error;
  return {};
}

Result<> ResponsesStreamDecoder::finish(std::vector<llm::StreamEvent>& out) {
  auto rest = feed("\n\n", out);   // a last event that lacks its blank line
  if (!rest) return rest;
  if (!x_over) return Error(Code::upstream_failed, "The provider's answer broke off before its end.");
  return {};
}

void ResponsesStreamDecoder::fail(std::string_view what) {
  if (x_error || x_over) return;
  x_error = Error(Code::upstream_failed, "The provider's stream cannot be read: " + std::string(what) + ".");
}

void ResponsesStreamDecoder::fail_with(const Failure& failure) {
  x_out->push_back(event::Failed{failure.error, failure.status, failure.try_next, failure.key_at_fault});
  x_over = true;
}

void ResponsesStreamDecoder::event(std::string_view, std::string_view data) {
  if (x_error || x_over) return;
  if (data == "[DONE]") return;   // before the last event: finish() refuses
  const auto event = read_event(data);
  if (!event) return fail("an event is no JSON object with a type");
  if (event->error) return fail_with(failure_in_error_event(data));
  const std::string_view type = event->type;
  if (type.ends_with(".delta")) return delta(*event);
  if (!type.starts_with("response.")) return;   // keepalive
  if (!event->response.empty()) {
    start(event->response);
    if (type == "response.failed" || type == "response.cancelled") return fail_with(failure_in_response(event->response));
    if (type == "response.completed" || type == "response.incomplete") over(*event);
  } else if (type == "response.output_item.added") {
    item_added(*event);
  } else if (type == "response.output_item.done") {
    item_done(*event);
  } else if (type == "response.reasoning_summary_part.added") {
    part_added(*event);
  } else if (type == "response.function_call_arguments.done" || type == "response.custom_tool_call_input.done") {
    if (Item* const item = find(*event); item != nullptr && item->kind == Kind::call) {
      call_done(*item, event->arguments.empty() ? event->input : event->arguments);
    }
  } else if (type == "response.output_text.annotation.added") {
    if (json::validate(event->annotation)) return fail("an annotation is no JSON");
    if (json::kind_of(event->annotation) == json::Kind::object)
      x_out->push_back(event::CitationSeen{0, read_annotation(event->annotation)});
  }
}

void ResponsesStreamDecoder::delta(const Event& event) {
  if (event.type == "response.output_text.delta") {
    text(event.delta, event.logprobs, find(event));
  } else if (event.type == "response.reasoning_summary_text.delta") {
    reasoning_delta(event, false);
  } else if (event.type == "response.reasoning_text.delta") {
    reasoning_delta(event, true);
  } else if (event.type == "response.function_call_arguments.delta" || event.type == "response.custom_tool_call_input.delta") {
    if (Item* const item = find(event); item != nullptr && item->kind == Kind::call) call_delta(*item, event.delta);
  } else if (event.type == "response.refusal.delta") {
    event::RefusalDelta refusal;
    if (!json::unquote(event.delta, refusal.text)) return fail("a refusal is no string");
    if (Item* const item = find(event)) item->told = true;
    x_refused = true;
    x_out->push_back(std::move(refusal));
  }
}

void ResponsesStreamDecoder::start(std::string_view response) {
  if (std::exchange(x_started, true)) return;
  x_out->push_back(event::Started{text_of(response, "id"), text_of(response, "model")});
}

ResponsesStreamDecoder::Item* ResponsesStreamDecoder::find(const Event& event) {
  const auto index = json::to_integer(event.output_index);
  for (Item& item : x_items) {
    if (index ? item.output_index == *index : !item.id.empty() && item.id == event.item_id) return &item;
  }
  return nullptr;
}

void ResponsesStreamDecoder::item_added(const Event& event) {
  if (x_items.size() == most_open) return fail("too many output items at once");
  x_any = true;
  Item item;
  item.output_index = json::to_integer(event.output_index).value_or(-1);
  item.id = json::find(event.item, "id").value_or("");
  const std::string_view type = json::find(event.item, "type").value_or("");
  item.custom = type == "\"custom_tool_call\"";
  if (type == "\"message\"") item.kind = Kind::message;
  else if (type == "\"reasoning\"") item.kind = Kind::reasoning;
  else if (type == "\"function_call\"" || item.custom) item.kind = Kind::call;
  if (item.kind == Kind::call) {
    item.call_id = text_of(event.item, "call_id");
    item.name = text_of(event.item, "name");
  }
  x_items.push_back(std::move(item));
  next_call();
}

// The first call that has begun is told as it comes; those behind it when it has ended.
void ResponsesStreamDecoder::next_call() {
  for (;;) {
    const auto first = std::find_if(x_items.begin(), x_items.end(), [](const Item& i) { return i.kind == Kind::call; });
    if (first == x_items.end()) return;
    if (first->call < 0) {
      first->call = x_calls++;
      event::ToolCallStarted started{0, first->call, first->call_id, first->name};
      started.custom = first->custom;
      x_out->push_back(std::move(started));
      x_thought_open = false;
      if (!first->pending.empty()) {
        x_pending -= first->pending.size();
        x_out->push_back(event::ToolCallDelta{0, first->call, std::exchange(first->pending, {})});
        first->told = true;
      }
    }
    if (!first->ended) return;
    if (!first->told && !first->custom) x_out->push_back(event::ToolCallDelta{0, first->call, "{}"});
    x_items.erase(first);
  }
}

void ResponsesStreamDecoder::call_delta(Item& item, std::string_view raw) {
  if (raw.size() <= 2 || item.ended) return;
  if (item.call >= 0) {
    event::ToolCallDelta delta{0, item.call, {}};
    if (!json::unquote(raw, delta.arguments)) return fail("a call's arguments are no string");
    item.told = true;
    x_out->push_back(std::move(delta));
    return;
  }
  const std::size_t before = item.pending.size();
  if (!json::unquote(raw, item.pending)) return fail("a call's arguments are no string");
  x_pending += item.pending.size() - before;
  if (x_pending > most_pending) fail("its calls are too long");
}

// The whole arguments: told only if no piece of them has come.
void ResponsesStreamDecoder::call_done(Item& item, std::string_view raw) {
  if (!item.told && item.pending.empty() && json::kind_of(raw) == json::Kind::string) call_delta(item, raw);
}

void ResponsesStreamDecoder::item_done(const Event& event) {
  if (json::validate(event.item)) return fail("an output item is no JSON");   // parts of it go on as they are
  const std::string_view type = json::find(event.item, "type").value_or("");
  Event whose = event;
  whose.item_id = json::find(event.item, "id").value_or("");
  Item* item = find(whose);
  const bool call = type == "\"function_call\"" || type == "\"custom_tool_call\"";
  if (call && item == nullptr) {   // a service that does not announce it
    item_added(event);
    if (x_error || x_items.empty()) return;
    item = &x_items.back();
  }
  if (call && item->kind == Kind::call) {
    call_done(*item, json::find(event.item, item->custom ? "input" : "arguments").value_or(""));
    item->ended = true;
    return next_call();
  }
  const bool told = item != nullptr && item->told;
  if (item != nullptr) x_items.erase(x_items.begin() + (item - x_items.data()));
  std::vector<llm::Part> parts;
  std::string logprobs;
  x_any = true;
  add_output_item(event.item, parts, logprobs);
  for (llm::Part& part : parts) {
    auto* const thought = std::get_if<llm::Thinking>(&part);
    if (told && thought == nullptr) continue;   // its text came in pieces
    if (told) {
      thought->text.clear();
      thought->redacted = false;
    }
    tell(part);
  }
}

void ResponsesStreamDecoder::tell(const llm::Part& part) {
  if (const auto* text = std::get_if<llm::Text>(&part)) {
    x_out->push_back(event::TextDelta{0, text->text});
    for (const llm::Citation& citation : text->citations) x_out->push_back(event::CitationSeen{0, citation});
  } else if (const auto* refusal = std::get_if<llm::Refusal>(&part)) {
    x_refused = true;
    x_out->push_back(event::RefusalDelta{0, refusal->text});
  } else if (const auto* thought = std::get_if<llm::Thinking>(&part)) {
    if (thought->text.empty() && thought->signature.empty()) return;
    const std::string gap = x_thought_open && !thought->text.empty() ? "\n\n" : "";
    x_out->push_back(event::ThinkingDelta{0, gap + thought->text, thought->signature, thought->maker, thought->redacted, thought->id});
    x_thought_open = thought->signature.empty();
    return;
  } else if (const auto* call = std::get_if<llm::ToolCall>(&part)) {
    event::ToolCallStarted started{0, x_calls, call->id, call->name};
    started.custom = call->custom;
    x_out->push_back(std::move(started));
    x_out->push_back(event::ToolCallDelta{0, x_calls++, call->arguments});
  } else {
    x_out->push_back(event::PartSeen{0, part});
  }
  x_thought_open = false;
}

void ResponsesStreamDecoder::text(std::string_view raw, std::string_view logprobs, Item* item) {
  event::TextDelta delta;
  if (!json::unquote(raw, delta.text)) return fail("a text is no string");
  if (logprobs.size() > 2 && logprobs.front() == '[') {
    if (json::validate(logprobs)) return fail("log probabilities are no JSON");
    delta.logprobs.reserve(logprobs.size() + 12);
    delta.logprobs.append("{\"content\":").append(logprobs) += '}';
  }
  if (item != nullptr) item->told = true;
  x_any = true;
  x_thought_open = false;
  x_out->push_back(std::move(delta));
}

// Some services (gpt-oss behind a compatible API) may tell both a thought and its summary: what comes first is taken.
void ResponsesStreamDecoder::reasoning_delta(const Event& event, bool raw) {
  Item* const item = find(event);
  if (item != nullptr && item->told && item->raw != raw) return;
  event::ThinkingDelta delta;
  if (x_thought_open && (item == nullptr || !item->told)) delta.text = "\n\n";
  if (!json::unquote(event.delta, delta.text)) return fail("a thought is no string");
  if (item != nullptr) {
    if (!item->told) delta.id = text_of(item->id);
    item->told = true;
    item->raw = raw;
  }
  x_thought_open = true;
  x_out->push_back(std::move(delta));
}

// A summary has several paragraphs.
void ResponsesStreamDecoder::part_added(const Event& event) {
  Item* const item = find(event);
  if (item == nullptr || !item->told || item->raw) return;
  event::ThinkingDelta gap;
  gap.text = "\n\n";
  x_out->push_back(std::move(gap));
}

void ResponsesStreamDecoder::over(const Event& event) {
  for (Item& item : x_items) item.ended = true;
  next_call();
  if (!x_any) {   // nothing but the whole answer at the end
    if (json::validate(event.response)) return fail("the response is no JSON");
    std::vector<llm::Part> parts;
    std::string logprobs;
    json::each_element(json::find(event.response, "output").value_or(""),
                       [&](std::string_view item) { add_output_item(item, parts, logprobs); });
    for (const llm::Part& part : parts) tell(part);
  }
  x_out->push_back(event::Finished{0, finish_of(event.response, x_calls > 0, x_refused)});
  if (const auto usage = usage_in_response(event.response)) x_out->push_back(event::UsageSeen{*usage});
  x_out->push_back(event::Ended{});
  x_over = true;
}

}  // namespace sluice::dialects::responses
