#include "dialects/responses/event.hpp"

#include <cstring>

#include "dialects/openai/chunk_shape.hpp"
#include "dialects/openai/errors.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::responses {

std::optional<Event> read_event(std::string_view data) {
  Event event;
  const bool whole = json::each_member(data, [&event](std::string_view key, std::string_view raw) {
    if (key == "type") event.type = raw;
    else if (key == "delta") event.delta = raw;
    else if (key == "output_index") event.output_index = raw;
    else if (key == "item_id") event.item_id = raw;
    else if (key == "logprobs") event.logprobs = raw;
    else if (key == "item") event.item = raw;
    else if (key == "response") event.response = raw;
    else if (key == "text" || key == "refusal") event.text = raw;
    else if (key == "arguments") event.arguments = raw;
    else if (key == "input") event.input = raw;
    else if (key == "annotation") event.annotation = raw;
    else if (key == "summary_index") event.summary_index = raw;
    else if (key == "error") event.error = openai::is_reported(raw);
  });
  if (!whole) return std::nullopt;
  if (json::kind_of(event.type) == json::Kind::string) event.type = event.type.substr(1, event.type.size() - 2);
  else event.type = {};
  if (event.type == "error") event.error = true;
  if (event.type.empty() && !event.error) return std::nullopt;
  return event;
}

// A quoted name with its colon is found nowhere but where it is a key: inside of a string its quotes would be escaped.
std::optional<std::int64_t> delta_size(std::string_view data) {
  constexpr std::string_view number = "{\"sequence_number\":", type = "\"type\":\"response.", key = "\"delta\":\"";
  constexpr std::size_t longest_type = 64;
  std::size_t at = 1;
  if (data.size() < type.size()) return std::nullopt;
  if (data.starts_with(number)) at = data.find(',', number.size()) + 1;
  if (at == 0 || data.substr(at, type.size()) != type) return std::nullopt;
  data.remove_prefix(at + type.size());
  const std::size_t quote = data.substr(0, longest_type).find('"');
  if (quote == data.npos || !data.substr(0, quote).ends_with(".delta")) return std::nullopt;
  const void* const found = ::memmem(data.data(), data.size(), key.data(), key.size());
  if (found == nullptr) return std::nullopt;
  const char* const opened = static_cast<const char*>(found) + key.size();
  const char* const end = data.data() + data.size();
  for (const char* c = opened; c < end; ++c) {
    c = static_cast<const char*>(std::memchr(c, '"', static_cast<std::size_t>(end - c)));
    if (c == nullptr) return std::nullopt;
    std::size_t slashes = 0;
    while (c - 1 - slashes >= opened && *(c - 1 - slashes) == '\\') ++slashes;
    if (slashes % 2 == 0) return openai::text_size({opened - 1, static_cast<std::size_t>(c + 2 - opened)});
  }
  return std::nullopt;
}

}  // namespace sluice::dialects::responses
