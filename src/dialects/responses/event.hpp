// One event of a stream of the Responses API: its members that we act upon, as raw JSON. What kind it is stands in
// `type`; `event:` lines repeat it, and some services leave them out.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::dialects::responses {

struct Event {
  std::string_view type;      // without its quotes: "response.output_text.delta"
  std::string_view delta, text, arguments, input, item, response, annotation, logprobs, item_id, output_index, summary_index;
  bool error = false;         // it reports one, whatever it calls itself
};

// Nothing: the data is no JSON object with a type (or an error).
std::optional<Event> read_event(std::string_view data);

// How many bytes of generated text an ordinary delta adds, without reading the rest of it; nothing: it is no delta in
// the form that OpenAI and xAI write. `data` must be JSON.
std::optional<std::int64_t> delta_size(std::string_view data);

}  // namespace sluice::dialects::responses
