// Reads one event of a Cohere stream as far as everybody needs it. Views of the raw text; nothing is allocated.
#pragma once
#include <optional>
#include <string_view>

namespace sluice::dialects::cohere {

struct Event {
  std::string_view type;      // raw, in quotes; empty: an object without one (an error)
  std::string_view id, index, delta, logprobs;
  std::string_view message;   // beside the type: only of errors
};
std::optional<Event> read_event(std::string_view data);   // nothing: no JSON object

// What an event adds to the message: `delta.message`, whose members are objects here where whole answers have lists.
struct Addition {
  std::string_view text, thinking, content_type, tool_plan, call_id, call_name, arguments, citation;
};
Addition read_addition(std::string_view delta);

}  // namespace sluice::dialects::cohere
