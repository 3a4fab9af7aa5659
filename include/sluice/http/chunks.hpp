// Chunked bodies (RFC 9112 7.1) from bytes. Part of the parsers; used on their thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sluice/http/framing.hpp"
#include "sluice/http/lines.hpp"

namespace sluice::http::detail {

class Chunks {
 public:
  // What stopped it; `what` is null: nothing did.
  struct Stop {
    const char* what = nullptr;
    bool too_large = false;   // the body, not its form
  };

  explicit Chunks(const ParseLimits& limits) : x_limits(limits) {}
  void limit_body(std::uint64_t bytes) { x_room = bytes; }
  // Takes from the front of `bytes` what it can and appends the body's part to `body`. `framing`: of the head, for what a
  // trailer might say against it. Trailers are checked and dropped.
  Stop feed(std::string_view& bytes, std::string& body, Framing& framing);
  bool done() const { return x_part == Part::done; }

 private:
  enum class Part : std::uint8_t { size, data, data_end, trailers, done };

  Stop take_line(std::string_view& bytes, Framing& framing, bool& waits);
  Stop begin_chunk(std::string_view line);
  Stop trailer(std::string_view line, Framing& framing);

  const ParseLimits& x_limits;
  Lines x_lines;
  std::uint64_t x_left = 0;                               // of the chunk
  std::optional<std::uint64_t> x_room;                    // of the body's limit, if there is one
  std::uint32_t x_extension_bytes = 0, x_trailer_bytes = 0, x_trailers = 0;
  Part x_part = Part::size;
};

}  // namespace sluice::http::detail
