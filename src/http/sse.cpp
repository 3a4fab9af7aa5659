#include "sluice/http/sse.hpp"

namespace sluice::http {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::uint8_t mark_done = 4;

}  // namespace

// False: the bytes that came so far may still be a byte order mark.
bool SseReader::skip_byte_order_mark() {
  while (x_mark < byte_order_mark.size() && !x_rest.empty()) {
    if (x_rest.front() != byte_order_mark[x_mark]) {
      x_line.assign(byte_order_mark.substr(0, x_mark));   // it was none: its first bytes are a line's
      x_mark = mark_done;
      return true;
    }
    ++x_mark;
    ++x_raw;
    x_rest.remove_prefix(1);
  }
  if (x_mark < byte_order_mark.size()) return false;
  x_mark = mark_done;
  return true;
}

// One line without its end. A CR ends it at once; the LF that may follow is skipped when it comes.
bool SseReader::next_line(std::string_view& line, bool& in_input) {
  if (x_skip_lf && !x_rest.empty()) {
    x_skip_lf = false;
    if (x_rest.front() == '\n') {
      ++x_raw;
      x_rest.remove_prefix(1);
      x_lf_known = false;
    }
  }
  if (!x_lf_known) {
    const std::size_t lf = x_rest.find('\n');
    x_lf = lf == std::string_view::npos ? x_rest.size() : lf;
    x_lf_known = true;
  }
  const std::size_t cr = x_rest.substr(0, x_lf).find('\r');
  const std::size_t end = cr == std::string_view::npos ? x_lf : cr;
  in_input = x_line.empty();
  line = x_rest.substr(0, end);
  if (end == x_rest.size()) {
    x_line.append(line);
    x_raw += end;
    x_rest = {};
    x_lf_known = false;
    return false;
  }
  x_skip_lf = end == cr;
  x_raw += end + 1;
  x_rest.remove_prefix(end + 1);
  if (end == x_lf) x_lf_known = false;
  else x_lf -= end + 1;
  if (in_input) return true;
  x_line.append(line);
  line = x_line;
  return true;
}

Result<std::optional<SseEvent>> SseReader::next() {
  if (x_dispatched) start_event();
  if (x_mark != mark_done && !skip_byte_order_mark()) return std::optional<SseEvent>{};
  std::string_view line;
  bool in_input = true;
  bool whole = false;
  while (!whole && next_line(line, in_input)) {
    whole = line.empty();
    if (whole && !x_has_data) {
      x_event_name = {};   // nothing to tell, says the standard
      whole = false;
      continue;
    }
    if (!whole) take_line(line, in_input);
    if (!in_input) x_line.clear();
  }
  if (x_raw > x_max_event) return Error(Code::upstream_failed, "The upstream's stream has an event that is too large.");
  if (whole) return dispatch();
  keep();
  return std::optional<SseEvent>{};
}

std::optional<SseEvent> SseReader::finish() {
  if (x_dispatched) start_event();
  if (!x_line.empty()) {
    take_line(x_line, false);
    x_line.clear();
  }
  if (!x_has_data) return {};
  return dispatch();
}

void SseReader::take_line(std::string_view line, bool in_input) {
  const std::size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
  if (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  if (field == "data") return take_data(value, in_input);
  if (field != "event") return;
  x_event_name = value;
  if (in_input) return;
  x_name.assign(value);
  x_event_name = x_name;
}

void SseReader::take_data(std::string_view value, bool in_input) {
  if (!x_has_data && in_input) {
    x_event_data = value;
  } else {
    if (x_event_data.data() != x_data.data()) x_data.assign(x_event_data);
    if (x_has_data) x_data.push_back('\n');
    x_data.append(value);
    x_event_data = x_data;
  }
  x_has_data = true;
}

// The bytes fed are about to go: what the event has of them is copied.
void SseReader::keep() {
  if (x_event_name.data() != x_name.data()) x_event_name = x_name.assign(x_event_name);
  if (x_event_data.data() != x_data.data()) x_event_data = x_data.assign(x_event_data);
}

std::optional<SseEvent> SseReader::dispatch() {
  if (x_skip_lf && !x_rest.empty()) {
    // The line end is CR LF and the LF is here: it belongs to this event.
    x_skip_lf = false;
    if (x_rest.front() == '\n') {
      ++x_raw;
      x_rest.remove_prefix(1);
      x_lf_known = false;
    }
  }
  x_dispatched = true;
  return SseEvent{x_event_name, x_event_data, x_raw};
}

void SseReader::start_event() {
  x_dispatched = false;
  x_has_data = false;
  x_event_name = x_event_data = {};
  x_data.clear();
  x_raw = 0;
}

}  // namespace sluice::http
