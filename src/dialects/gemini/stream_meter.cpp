#include "dialects/gemini/stream_meter.hpp"

#include <algorithm>

#include "dialects/gemini/chunk_reader.hpp"
#include "dialects/gemini/errors.hpp"
#include "dialects/gemini/names.hpp"
#include "dialects/gemini/usage.hpp"

namespace sluice::dialects::gemini {
namespace {

// Bytes of generated text, as written in JSON: for an estimate that is near enough.
std::int64_t text_bytes(std::string_view parts) {
  std::int64_t bytes = 0;
  each_part(parts, [&bytes](std::string_view raw) {
    const PartView part = read_part(raw);
    if (part.text.size() > 2) bytes += static_cast<std::int64_t>(part.text.size() - 2);
    bytes += static_cast<std::int64_t>(part.call.size());
  });
  return bytes;
}

}  // namespace

void GeminiStreamMeter::feed(std::string_view bytes) {
  x_splitter.feed(bytes, *this);
  x_facts.finished = x_tally.complete() && x_splitter.closed();
}

void GeminiStreamMeter::finish() {
  x_splitter.finish(*this);
  x_facts.finished = x_tally.complete() && x_splitter.closed();
}

void GeminiStreamMeter::chunk(std::string_view json) {
  ++x_facts.events;
  const Chunk chunk = read_chunk(json);
  if (!chunk.whole || !chunk.known) {
    x_facts.garbled = true;
    return;
  }
  if (!chunk.error.empty()) {
    if (!x_facts.failure) x_facts.failure = failure_in_chunk(json);
    return;
  }
  x_facts.begun = true;
  if (x_facts.model.empty() && !chunk.model.empty()) x_facts.model = json::unquoted(chunk.model).value_or("");
  see_candidates(chunk.candidates);
  if (is_blocked(chunk.feedback)) x_tally.blocked();
  if (chunk.usage.empty()) return;
  if (auto usage = read_usage(chunk.usage)) x_facts.usage = usage;
  if (x_facts.usage) x_facts.usage->web_searches = x_searches;
}

void GeminiStreamMeter::see_candidates(std::string_view list) {
  std::int64_t place = 0;
  json::each_element(list, [&](std::string_view raw) {
    const Candidate candidate = read_candidate(raw, place++);
    x_facts.text_bytes += text_bytes(candidate.parts);
    x_tally.see(candidate.index, stop_of(candidate.finish_reason) != Stop::none);
    // Told once, or again with more: never added up.
    if (!candidate.grounding.empty()) x_searches = std::max(x_searches, billed_searches(candidate.grounding, x_facts.model));
  });
}

// Passed on, and as good as a chunk can be; its finish reason was not seen.
void GeminiStreamMeter::too_long() {
  ++x_facts.events;
  x_facts.begun = true;
  x_tally.blocked();
}

}  // namespace sluice::dialects::gemini
