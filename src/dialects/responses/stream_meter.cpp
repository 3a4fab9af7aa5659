#include "dialects/responses/stream_meter.hpp"

#include "dialects/openai/chunk_shape.hpp"
#include "dialects/responses/errors.hpp"
#include "dialects/responses/usage.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::responses {

void ResponsesStreamMeter::event(std::string_view, std::string_view data) {
  ++x_facts.events;
  while (data.ends_with(' ')) data.remove_suffix(1);
  if (data == "[DONE]") {   // OpenRouter
    x_facts.finished = x_facts.done = true;
    if (!x_facts.garbled && !x_facts.failure) x_facts.begun = true;
    return;
  }
  if (x_facts.begun) {
    if (const auto size = delta_size(data)) x_facts.text_bytes += *size;
    else read(data);
  } else if (json::kind_of(data) != json::Kind::object || json::validate(data)) {
    x_facts.garbled = true;
  } else {
    read(data);
  }
}

void ResponsesStreamMeter::read(std::string_view data) {
  const auto event = read_event(data);
  if (!event) {
    if (!x_facts.begun) x_facts.garbled = true;
    return;
  }
  if (event->error) {
    if (!x_facts.failure) x_facts.failure = failure_in_error_event(data);
    return;
  }
  if (event->type == "response.failed" && !x_facts.failure) x_facts.failure = failure_in_response(event->response);
  if (!x_facts.garbled && !x_facts.failure) x_facts.begun = true;
  if (event->type.ends_with(".delta")) x_facts.text_bytes += openai::text_size(event->delta);
  else if (!event->response.empty()) response(*event);
}

void ResponsesStreamMeter::response(const Event& event) {
  if (x_facts.model.empty()) {
    const auto model = json::find(event.response, "model");
    if (model && model->size() <= 1024) json::unquote(*model, x_facts.model);
  }
  const bool over = event.type == "response.completed" || event.type == "response.incomplete" ||
                    event.type == "response.failed" || event.type == "response.cancelled";
  if (!over) return;
  x_facts.finished = x_facts.done = true;
  if (x_stored) return;
  if (const auto usage = usage_in_response(event.response)) x_facts.usage = usage;
}

void ResponsesStreamMeter::oversized() {
  ++x_facts.events;
  if (!x_facts.garbled && !x_facts.failure) x_facts.begun = true;
}

void ResponsesStreamMeter::stray(std::string_view) {
  if (!x_facts.begun) x_facts.garbled = true;
}

}  // namespace sluice::dialects::responses
