// Server-sent events from bytes in any split, without I/O (the WHATWG HTML standard, 9.2.6). An event whose bytes came
// in one piece is not copied. Owned by whoever decodes the stream.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sluice/base/result.hpp"

namespace sluice::http {

struct SseEvent {
  std::string_view name;       // of its last "event" line; empty: none (a browser would say "message")
  std::string_view data;       // its "data" lines, joined by LF
  std::size_t raw_size = 0;    // bytes of the stream since the event before: all of them belong to exactly one event
};

class SseReader final {
 public:
  // An event (its comments included) of more bytes than this is refused.
  explicit SseReader(std::size_t max_event = 16 * 1024 * 1024) : x_max_event(max_event) {}

  // The next bytes; they must stay until next() has returned none.
  void feed(std::string_view bytes) { x_rest = bytes; x_lf_known = false; }
  // The next whole event, or none: more bytes are needed. Its views are valid until the next call of anything here.
  // Fails with upstream_failed on a too large event; the stream is of no use then.
  Result<std::optional<SseEvent>> next();
  // The stream is over. Gives the event that lacks its empty line, if there is one: a standard reader drops it, but
  // servers exist that forget the last line end. Bytes in the middle of a line count as that line.
  std::optional<SseEvent> finish();
  // A part of an event has come, and not its end.
  bool mid_event() const { return !x_line.empty() || (!x_dispatched && (x_has_data || !x_event_name.empty())); }

 private:
  bool skip_byte_order_mark();
  bool next_line(std::string_view& line, bool& in_input);
  void take_line(std::string_view line, bool in_input);
  void take_data(std::string_view value, bool in_input);
  void keep();
  std::optional<SseEvent> dispatch();
  void start_event();

  std::size_t x_max_event;
  std::string_view x_rest;         // fed and not yet read
  std::size_t x_lf = 0;            // where x_rest has its next LF (its size: nowhere), if x_lf_known
  std::string x_line;              // the beginning of a line whose end has not come
  std::string x_name, x_data;      // what must outlive the bytes it came in
  std::string_view x_event_name, x_event_data;
  std::size_t x_raw = 0;
  std::uint8_t x_mark = 0;         // bytes of the byte order mark seen; done: 4
  bool x_lf_known = false, x_skip_lf = false, x_has_data = false, x_dispatched = false;
};

}  // namespace sluice::http
