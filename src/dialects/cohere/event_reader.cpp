#include "dialects/cohere/event_reader.hpp"

#include "sluice/json/scan.hpp"

namespace sluice::dialects::cohere {
namespace {

// The SDKs read one object; a list of one is taken as well, as whole answers have it.
std::string_view one(std::string_view raw) {
  if (!raw.starts_with('[')) return raw;
  std::string_view first;
  json::each_element(raw, [&](std::string_view element) {
    first = element;
    return false;
  });
  return first;
}

void read_content(std::string_view raw, Addition& into) {
  json::each_member(one(raw), [&](std::string_view key, std::string_view value) {
    if (key == "text") into.text = value;
    else if (key == "thinking") into.thinking = value;
    else if (key == "type") into.content_type = value;
  });
}

void read_call(std::string_view raw, Addition& into) {
  json::each_member(one(raw), [&](std::string_view key, std::string_view value) {
    if (key == "id") {
      into.call_id = value;
    } else if (key == "function") {
      json::each_member(value, [&](std::string_view name, std::string_view inner) {
        if (name == "arguments") into.arguments = inner;
        else if (name == "name") into.call_name = inner;
      });
    }
  });
}

}  // namespace

std::optional<Event> read_event(std::string_view data) {
  Event event;
  const bool whole = json::each_member(data, [&](std::string_view key, std::string_view value) {
    if (key == "type") event.type = value;
    else if (key == "index") event.index = value;
    else if (key == "delta") event.delta = value;
    else if (key == "id") event.id = value;
    else if (key == "logprobs") event.logprobs = value;
    else if (key == "message") event.message = value;
  });
  if (!whole) return std::nullopt;
  return event;
}

Addition read_addition(std::string_view delta) {
  Addition addition;
  json::each_member(delta, [&](std::string_view outer, std::string_view message) {
    if (outer != "message") return;
    json::each_member(message, [&](std::string_view key, std::string_view value) {
      if (key == "content") read_content(value, addition);
      else if (key == "tool_calls") read_call(value, addition);
      else if (key == "tool_plan") addition.tool_plan = value;
      else if (key == "citations") addition.citation = one(value);
    });
  });
  return addition;
}

}  // namespace sluice::dialects::cohere
