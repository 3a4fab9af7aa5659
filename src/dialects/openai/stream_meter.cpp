#include "dialects/openai/stream_meter.hpp"

#include <algorithm>

#include "dialects/openai/errors.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "dialects/openai/usage.hpp"

namespace sluice::dialects::openai {
namespace {

std::int64_t tool_calls_size(std::string_view calls, ChunkHoles& holes) {
  std::int64_t size = 0;
  json::each_element(calls, [&](std::string_view call) {
    json::each_member(call, [&](std::string_view key, std::string_view value) {
      if (key != "function" && key != "custom") return;
      json::each_member(value, [&](std::string_view name, std::string_view text) {
        if (name == "arguments" || name == "input") holes.text(text);
        else if (name == "name") holes.not_plain();
        else return;
        size += text_size(text);
      });
    });
  });
  return size;
}

// Mistral's reasoning models send content as a list of parts, thinking nested in them.
std::int64_t parts_size(std::string_view parts, int depth) {
  std::int64_t size = 0;
  json::each_element(parts, [&](std::string_view part) {
    json::each_member(part, [&](std::string_view key, std::string_view value) {
      if (key == "text") size += text_size(value);
      else if (key == "thinking" && value.starts_with('[') && depth > 0) size += parts_size(value, depth - 1);
      else if (key == "thinking") size += text_size(value);
    });
  });
  return size;
}

std::int64_t delta_size(std::string_view delta, ChunkHoles& holes) {
  std::int64_t size = 0, reasoning = 0;
  json::each_member(delta, [&](std::string_view key, std::string_view value) {
    if (key == "content") {
      holes.text(value);
      size += value.starts_with('[') ? parts_size(value, 1) : text_size(value);
    } else if (key == "reasoning_content" || key == "reasoning") {
      holes.text(value);
      reasoning = std::max(reasoning, text_size(value));
    } else if (key == "tool_calls") {
      size += tool_calls_size(value, holes);
    } else if (key == "refusal") {
      holes.text(value);
      size += text_size(value);
    }
  });
  return size + reasoning;
}

std::string_view trimmed(std::string_view text) {
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  return text;
}

}  // namespace

void OpenAiStreamMeter::event(std::string_view name, std::string_view data) {
  ++x_facts.events;
  data = trimmed(data);
  if (data == "[DONE]") {
    x_facts.finished = x_facts.done = true;
    if (!x_facts.garbled && !x_facts.failure) x_facts.begun = true;
  } else if (name == "error") {   // Groq
    x_facts.failure = failure_in_event(data);
  } else if (x_facts.begun) {
    if (const auto text = x_shape.match(data)) x_facts.text_bytes += *text;
    else chunk(data);
  } else {
    first_event(data);
  }
}

void OpenAiStreamMeter::first_event(std::string_view data) {
  if (x_facts.garbled) return;
  if (json::kind_of(data) != json::Kind::object || json::validate(data)) {
    x_facts.garbled = true;
    return;
  }
  chunk(data);
}

void OpenAiStreamMeter::oversized() {
  ++x_facts.events;
  if (!x_facts.garbled && !x_facts.failure) x_facts.begun = true;
}

void OpenAiStreamMeter::stray(std::string_view) {
  if (!x_facts.begun) x_facts.garbled = true;
}

void OpenAiStreamMeter::chunk(std::string_view data) {
  bool choices = false;
  ChunkHoles holes;
  const bool whole = json::each_member(data, [&](std::string_view key, std::string_view value) {
    if (key == "choices") {
      if (choices) holes.not_plain();
      choices = true;
      json::each_element(value, [&](std::string_view raw) { choice(raw, holes); });
    } else if (key == "obfuscation" || key == "p") {
      holes.filler(value);
    } else if (value != "null") {
      rare_member(key, value, data, holes);
    }
  });
  if (choices && !x_facts.failure && !x_facts.garbled) x_facts.begun = true;
  if (!whole || !choices || x_facts.model.empty()) holes.not_plain();
  x_shape.learn(data, holes);
}

void OpenAiStreamMeter::rare_member(std::string_view key, std::string_view value, std::string_view data,
                                    ChunkHoles& holes) {
  if (key == "usage" || key == "error" || key == "x_groq") holes.not_plain();
  if (key == "usage") {
    if (const auto usage = read_usage(value)) x_facts.usage = usage;
  } else if (key == "model") {
    if (x_facts.model.empty() && value.size() <= 1024) json::unquote(value, x_facts.model);
  } else if (key == "error") {
    if (is_reported(value)) x_facts.failure = failure_in_event(data);
  } else if (key == "x_groq") {
    const auto inner = json::find(value, "usage");
    const auto usage = inner ? read_usage(*inner) : std::nullopt;
    if (usage) x_facts.usage = usage;
    const auto error = json::find(value, "error");
    if (error && is_reported(*error)) x_facts.failure = failure_in_event(value);
  } else if (key == "object" && value == "\"error\"") {
    holes.not_plain();
    x_facts.failure = failure_in_event(data);   // vLLM
  }
}

void OpenAiStreamMeter::choice(std::string_view raw, ChunkHoles& holes) {
  std::int64_t index = 0, text = 0;
  bool delta = false, ended = false;
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "delta") {
      delta = true;
      x_facts.text_bytes += delta_size(value, holes);
    } else if (key == "text") {
      holes.text(value);
      text = text_size(value);
    } else if (key == "index") {
      index = json::to_integer(value).value_or(0);
    } else if (key == "finish_reason" || key == "finish_details") {   // the latter: OpenAI's vision preview
      ended = ended || (value != "null" && value != "\"\"");
    }
  });
  if (!delta) x_facts.text_bytes += text;   // Together sends both, the same text
  if (ended) holes.not_plain();
  finished(index, ended);
}

void OpenAiStreamMeter::finished(std::int64_t choice, bool now) {
  const std::uint64_t bit = std::uint64_t{1} << std::clamp<std::int64_t>(choice, 0, 63);
  x_open |= bit;
  if (!now) return;
  x_closed |= bit;
  if (x_open == x_closed) x_facts.finished = true;
}

}  // namespace sluice::dialects::openai
