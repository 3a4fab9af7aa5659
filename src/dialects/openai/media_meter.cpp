#include "dialects/openai/media_meter.hpp"

#include "dialects/openai/chunk_shape.hpp"
#include "dialects/openai/errors.hpp"
#include "dialects/openai/usage.hpp"
#include "sluice/base/text.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::openai {

void MediaStreamMeter::oversized() {
  ++x_facts.events;
  if (!x_facts.garbled && !x_facts.failure) x_facts.begun = true;
}

void MediaStreamMeter::stray(std::string_view) {
  if (!x_facts.begun) x_facts.garbled = true;
}

void MediaStreamMeter::event(std::string_view name, std::string_view data) {
  ++x_facts.events;
  data = trim(data);
  if (data == "[DONE]") {
    x_facts.finished = x_facts.done = true;
    if (!x_facts.garbled && !x_facts.failure) x_facts.begun = true;
    return;
  }
  if (!x_facts.begun && (x_facts.garbled || json::kind_of(data) != json::Kind::object || json::validate(data))) {
    x_facts.garbled = true;
    return;
  }
  std::string_view type, usage;
  bool error = name == "error";
  json::each_member(data, [&](std::string_view key, std::string_view value) {
    if (key == "type") type = value;
    else if (key == "usage") usage = value;
    else if (key == "error") error = error || is_reported(value);
    else if (key == "delta") x_facts.text_bytes += text_size(value);
    else if (key == "model" && x_facts.model.empty() && value.size() <= 1024) json::unquote(value, x_facts.model);
  });
  if (error || type == "\"error\"") {
    x_facts.failure = failure_in_event(data);
    return;
  }
  x_facts.begun = true;
  if (const auto told = read_usage(usage)) x_facts.usage = told;
  // transcript.text.done, speech.audio.done, image_generation.completed, image_edit.completed
  if (type.ends_with(".done\"") || type.ends_with(".completed\"")) x_facts.finished = true;
}

}  // namespace sluice::dialects::openai
