#include "dialects/event_splitter.hpp"

#include <cstring>

namespace sluice::dialects {

void EventSplitter::feed(std::string_view bytes, EventSink& sink) {
  while (!bytes.empty()) {
    const void* const found = std::memchr(bytes.data(), '\n', bytes.size());
    if (found == nullptr) {
      keep(bytes, sink);
      break;
    }
    const auto size = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    const std::string_view head = bytes.substr(0, size);
    bytes.remove_prefix(size + 1);
    if (x_line.empty() && !x_skipping_line && size <= x_most) {
      line(head, sink);
      continue;
    }
    keep(head, sink);
    if (!x_skipping_line) line(x_line, sink);
    x_skipping_line = false;
    own_data();
    x_line.clear();
  }
  own_data();
}

void EventSplitter::keep(std::string_view piece, EventSink& sink) {
  if (x_skipping_line) return;
  if (x_line.size() + piece.size() <= x_most) {
    x_line.append(piece);
    return;
  }
  x_line.append(piece.substr(0, 5));   // enough to know the field by
  x_skipping_line = true;
  if (x_line.starts_with("data:")) x_oversized = true;
  else if (!x_line.starts_with(':')) sink.stray(x_line);
  x_line.clear();
}

void EventSplitter::line(std::string_view text, EventSink& sink) {
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (x_first_line) {
    x_first_line = false;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  }
  if (text.empty()) dispatch(sink);
  else if (text.starts_with("data:")) add_data(text.substr(text.starts_with("data: ") ? 6 : 5));
  else if (text.front() != ':') field(text, sink);
}

void EventSplitter::field(std::string_view text, EventSink& sink) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  if (name == "event") {
    std::string_view value = colon == text.npos ? std::string_view() : text.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    x_name.assign(value.substr(0, 128));
  } else if (name == "data") {
    add_data({});
  } else if (name != "id" && name != "retry") {
    sink.stray(text);
  }
}

void EventSplitter::add_data(std::string_view text) {
  if (x_oversized) return;
  if (!x_has_data) {
    x_has_data = true;
    x_data_view = text;
    return;
  }
  own_data();
  if (x_data.size() + text.size() >= x_most) {
    x_oversized = true;
    return;
  }
  x_data.append(1, '\n').append(text);
  x_data_view = x_data;
}

void EventSplitter::own_data() {
  if (!x_has_data || x_data_view.data() == x_data.data()) return;
  x_data.assign(x_data_view);
  x_data_view = x_data;
}

void EventSplitter::dispatch(EventSink& sink) {
  if (x_oversized) sink.oversized();
  else if (x_has_data) sink.event(x_name, x_data_view);
  x_has_data = x_oversized = false;
  x_name.clear();
}

}  // namespace sluice::dialects
