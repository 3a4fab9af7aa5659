#include "dialects/cohere/stream_meter.hpp"

#include "dialects/cohere/errors.hpp"
#include "dialects/cohere/event_reader.hpp"
#include "dialects/cohere/usage.hpp"
#include "dialects/openai/chunk_shape.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::cohere {

void CohereStreamMeter::event(std::string_view, std::string_view data) {
  ++x_facts.events;
  if (data == "[DONE]") {
    x_facts.done = true;
    if (!x_facts.failure && !x_facts.garbled) x_facts.begun = x_facts.finished = true;
    return;
  }
  if (x_facts.garbled) return;
  const bool first = !x_facts.begun;
  const auto event = first && json::validate(data) ? std::nullopt : read_event(data);
  if (!event || (event->type.empty() && event->message.empty())) {
    if (first) x_facts.garbled = true;
    return;
  }
  if (event->type.empty() && json::kind_of(event->message) == json::Kind::string) {
    x_facts.failure = failure_in_event(data);
  } else if (event->type == "\"message-end\"") {
    message_end(event->delta);
  } else {
    const Addition added = read_addition(event->delta);
    for (const std::string_view text : {added.text, added.thinking, added.tool_plan, added.arguments}) {
      x_facts.text_bytes += openai::text_size(text);
    }
  }
  if (!x_facts.failure) x_facts.begun = true;
}

// An answer that broke ends with HTTP 200, a reason and an empty usage.
void CohereStreamMeter::message_end(std::string_view delta) {
  json::each_member(delta, [&](std::string_view key, std::string_view value) {
    if (key == "usage") {
      if (const auto usage = read_usage(value)) x_facts.usage = usage;
    } else if (key == "finish_reason" && is_failure(value)) {
      x_facts.failure = failure_in_event(delta);
    }
  });
  x_facts.finished = true;
}

void CohereStreamMeter::oversized() {
  ++x_facts.events;
  if (!x_facts.garbled && !x_facts.failure) x_facts.begun = true;
}

void CohereStreamMeter::stray(std::string_view) {
  if (!x_facts.begun) x_facts.garbled = true;
}

}  // namespace sluice::dialects::cohere
