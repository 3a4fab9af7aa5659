#include "dialects/anthropic/event_reader.hpp"

#include "sluice/json/scan.hpp"

namespace sluice::dialects::anthropic {

std::optional<Event> read_event(std::string_view data) {
  Event event;
  const bool whole = json::each_member(data, [&event](std::string_view key, std::string_view raw) {
    if (key == "type") event.type = raw;
    else if (key == "index") event.index = raw;
    else if (key == "delta") event.delta = raw;
    else if (key == "content_block") event.content_block = raw;
    else if (key == "message") event.message = raw;
    else if (key == "usage") event.usage = raw;
  });
  if (!whole || json::kind_of(event.type) != json::Kind::string) return std::nullopt;
  return event;
}

}  // namespace sluice::dialects::anthropic
