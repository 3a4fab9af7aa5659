// Cuts a streamed answer into its chunks, each a GenerateContentResponse. Gemini streams server-sent events with alt=sse,
// else one JSON array whose elements come as they are made ("[{…}\n,\r\n{…}\n]"); and an error to a call with alt=sse is a
// plain pretty-printed object under the content type of an event stream. The first byte tells which. No I/O. Any split
// of the bytes gives the same chunks; a chunk that lies whole in one piece is not copied. Owned by one stream.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "dialects/event_splitter.hpp"

namespace sluice::dialects::gemini {

// Views are valid during the call only. A chunk's JSON is not checked.
class ChunkSink {
 public:
  virtual void chunk(std::string_view json) = 0;
  virtual void too_long() = 0;                  // a chunk went by that was longer than the limit
  virtual void no_stream() = 0;                 // what came is neither framing

 protected:
  ~ChunkSink() = default;
};

class ChunkSplitter final : private EventSink {
 public:
  // Pictures come whole in one chunk.
  explicit ChunkSplitter(std::size_t most) : x_most(most), x_events(most) {}
  void feed(std::string_view bytes, ChunkSink& sink);
  void finish(ChunkSink& sink);                 // the body has ended: an event that lacks its blank line is one
  // An array or object is whole; always true of events, which have no end mark.
  bool closed() const { return x_form == Form::events || x_form == Form::done; }

 private:
  enum class Form : std::uint8_t { unknown, events, array, object, done, broken };

  void event(std::string_view, std::string_view data) override { x_sink->chunk(data); }
  void oversized() override { x_sink->too_long(); }
  void stray(std::string_view) override { x_sink->no_stream(); }
  void begin(std::string_view& bytes);
  void between(std::string_view& bytes);
  void element(std::string_view& bytes);
  std::size_t end_of_element(std::string_view bytes);   // bytes of the element; npos: it goes on
  void keep(std::string_view piece);
  void break_off();

  std::size_t x_most;
  EventSplitter x_events;
  ChunkSink* x_sink = nullptr;                  // while feed() runs
  Form x_form = Form::unknown;
  std::string x_element;                        // the beginning of an element
  std::size_t x_mark = 0;                       // bytes of a byte order mark seen
  std::int64_t x_depth = 0;                     // of braces and brackets inside the element; 0: between elements
  bool x_in_string = false, x_escaped = false, x_too_long = false;
};

}  // namespace sluice::dialects::gemini
