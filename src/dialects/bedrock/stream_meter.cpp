#include "dialects/bedrock/stream_meter.hpp"

#include <cstdint>

#include "dialects/bedrock/errors.hpp"
#include "dialects/bedrock/usage.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::bedrock {
namespace {

std::int64_t inside(std::string_view raw) { return raw.starts_with('"') && raw.size() > 2 ? static_cast<std::int64_t>(raw.size() - 2) : 0; }

// Bytes of generated text in a contentBlockDelta, as written in JSON: for an estimate that is near enough. `p` is filler
// against traffic analysis.
std::int64_t text_bytes(std::string_view payload) {
  const std::string_view delta = json::find(payload, "delta").value_or("");
  std::int64_t bytes = 0;
  json::each_member(delta, [&bytes](std::string_view key, std::string_view raw) {
    if (key == "text") bytes += inside(raw);
    else if (key == "toolUse") bytes += inside(json::find(raw, "input").value_or(""));
    else if (key == "reasoningContent") bytes += inside(json::find(raw, "text").value_or(""));
  });
  return bytes;
}

}  // namespace

void BedrockStreamMeter::feed(std::string_view bytes) {
  if (!x_reader.feed(bytes, *this) && !x_facts.begun) x_facts.garbled = true;
}

void BedrockStreamMeter::frame(const Frame& frame) {
  ++x_facts.events;
  if (auto failure = failure_in_frame(frame)) {
    if (!x_facts.failure) x_facts.failure = std::move(failure);
    return;
  }
  const std::string_view type = frame.text(":event-type");
  if (json::kind_of(frame.payload) != json::Kind::object) {
    if (!x_facts.begun && type != "initial-response") x_facts.garbled = true;
    return;
  }
  if (type == "contentBlockDelta") {
    x_facts.text_bytes += text_bytes(frame.payload);
  } else if (type == "messageStop") {
    x_facts.finished = true;
  } else if (type == "metadata") {   // behind messageStop
    if (const auto usage = json::find(frame.payload, "usage")) {
      if (const auto told = read_usage(*usage)) x_facts.usage = told;
    }
    x_metered = true;
  }
  if (type != "initial-response" && !x_facts.failure) x_facts.begun = true;
  if (x_facts.finished && x_metered) x_facts.done = true;
}

// As good as an event can be: a whole document among citations may be long.
void BedrockStreamMeter::oversized() {
  ++x_facts.events;
  if (!x_facts.failure) x_facts.begun = true;
}

}  // namespace sluice::dialects::bedrock
