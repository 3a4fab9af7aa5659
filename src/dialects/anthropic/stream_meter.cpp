#include "dialects/anthropic/stream_meter.hpp"

#include "dialects/anthropic/answer.hpp"
#include "dialects/anthropic/errors.hpp"
#include "dialects/anthropic/event_reader.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::anthropic {
namespace {

// Bytes of generated text in a delta, as written in JSON: for an estimate that is near enough.
std::int64_t text_bytes(std::string_view delta) {
  std::int64_t bytes = 0;
  json::each_member(delta, [&bytes](std::string_view key, std::string_view raw) {
    if (key != "text" && key != "partial_json" && key != "thinking") return;
    if (raw.size() > 2) bytes += static_cast<std::int64_t>(raw.size() - 2);
  });
  return bytes;
}

}  // namespace

void AnthropicStreamMeter::event(std::string_view, std::string_view data) {
  ++x_facts.events;
  const auto event = read_event(data);
  if (!event) {
    x_facts.garbled = true;
    return;
  }
  if (event->type == "\"error\"") {
    if (!x_facts.failure) x_facts.failure = failure_in_event(data);
    return;
  }
  x_facts.begun = true;
  if (event->type == "\"content_block_delta\"") {
    x_facts.text_bytes += text_bytes(event->delta);
  } else if (event->type == "\"message_start\"") {
    if (const auto model = json::find(event->message, "model")) x_facts.model = json::unquoted(*model).value_or("");
    if (const auto usage = json::find(event->message, "usage")) see_usage(*usage);
  } else if (event->type == "\"message_delta\"") {
    see_usage(event->usage);
  } else if (event->type == "\"message_stop\"") {
    x_facts.finished = true;
  }
}

void AnthropicStreamMeter::see_usage(std::string_view raw) {
  if (json::kind_of(raw) != json::Kind::object) return;
  x_usage.see(raw);
  if (x_usage.seen()) x_facts.usage = x_usage.total();
}

// A large block of a server's tool: passed on, and as good as an event can be.
void AnthropicStreamMeter::oversized() {
  ++x_facts.events;
  x_facts.begun = true;
}

void AnthropicStreamMeter::stray(std::string_view) { x_facts.garbled = true; }

}  // namespace sluice::dialects::anthropic
