// The members of a stream event that we act upon, as raw JSON.
#pragma once
#include <optional>
#include <string_view>

namespace sluice::dialects::anthropic {

struct Event {
  std::string_view type;      // "content_block_delta", with its quotes
  std::string_view index, delta, content_block, message, usage;
};

// Nothing: the data is no JSON object with a type. Filler behind or inside the braces is passed over.
std::optional<Event> read_event(std::string_view data);

}  // namespace sluice::dialects::anthropic
