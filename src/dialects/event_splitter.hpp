// Cuts a server-sent event stream into events (WHATWG "Server-sent events", line ends LF or CRLF; no provider sends
// lone CRs). No I/O. Any split of the bytes gives the same events. An event that lies whole in one piece is not copied.
// Bounded memory: an event longer than the limit is told as oversized and not kept. Owned by one stream.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::dialects {

// Views are valid during the call only.
class EventSink {
 public:
  virtual void event(std::string_view name, std::string_view data) = 0;   // name: empty when there is no event: line
  virtual void oversized() = 0;                     // an event went by that was longer than the limit
  virtual void stray(std::string_view line) = 0;    // a line that is no field of a stream

 protected:
  ~EventSink() = default;
};

class EventSplitter {
 public:
  explicit EventSplitter(std::size_t most = 256 << 10) : x_most(most) {}
  void feed(std::string_view bytes, EventSink& sink);

 private:
  void keep(std::string_view piece, EventSink& sink);      // of a line whose end has not come
  void line(std::string_view text, EventSink& sink);
  void field(std::string_view text, EventSink& sink);
  void add_data(std::string_view text);
  void own_data();
  void dispatch(EventSink& sink);

  std::size_t x_most;
  std::string x_line;             // the beginning of a line
  std::string x_name;
  std::string x_data;             // of the event being read, once its own bytes are gone or it has several lines
  std::string_view x_data_view;   // into the line it came in, or into x_data
  bool x_has_data = false, x_oversized = false, x_skipping_line = false, x_first_line = true;
};

}  // namespace sluice::dialects
