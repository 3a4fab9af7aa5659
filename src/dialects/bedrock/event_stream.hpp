// The binary framing of AWS event streams (application/vnd.amazon.eventstream; Smithy specification, "Amazon Event Stream
// Specification"): frames with typed headers and a payload, guarded by two CRC-32. No I/O.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::dialects::bedrock {

// CRC-32 of IEEE 802.3 (zlib's), of `bytes` behind what gave `so_far`.
std::uint32_t crc32(std::string_view bytes, std::uint32_t so_far = 0);

enum class HeaderType : std::uint8_t { yes, no, byte, int16, int32, int64, bytes, text, timestamp, uuid };

// `value`: of a text or bytes the content, else its bytes in network order (none for yes and no).
struct FrameHeader { std::string_view name; HeaderType type = HeaderType::text; std::string_view value; };

// Views into the frame's bytes.
struct Frame {
  std::string_view headers, payload;

  // The text header of that name; empty: there is none.
  std::string_view text(std::string_view name) const;
};

// Takes the first header off; nothing (and nothing taken): what follows is no header.
std::optional<FrameHeader> take_header(std::string_view& headers);

// Views are valid during the call only.
class FrameSink {
 public:
  virtual void frame(const Frame&) = 0;
  virtual void oversized() = 0;   // a frame went by that was longer than the limit

 protected:
  ~FrameSink() = default;
};

// Any split of the bytes gives the same frames. A frame that lies whole in one piece is not copied. Bounded memory: of
// a frame longer than the limit only the checksums are looked at. Owned by one stream.
class FrameReader {
 public:
  explicit FrameReader(std::size_t most = 1 << 20) : x_most(most) {}
  // False: the bytes are no event stream (a checksum or length is wrong); nothing more can be read from it.
  bool feed(std::string_view bytes, FrameSink& sink);
  bool broken() const { return x_broken; }
  bool inside_frame() const { return !x_held.empty() || x_skip > 0; }   // a frame has begun and not ended

 private:
  bool whole(std::string_view frame, FrameSink& sink);
  std::string_view skip(std::string_view bytes, FrameSink& sink);
  bool begin_skipping(std::string_view prelude, std::uint32_t total);

  std::size_t x_most;
  std::string x_held;           // the beginning of a frame
  std::size_t x_skip = 0;       // bytes of an oversized frame still to come, its checksum included
  std::uint32_t x_skipped_crc = 0;
  std::string x_crc_held;       // those of its checksum that have come
  bool x_broken = false;
};

// Writes one frame to the end of a string: begin, append the JSON payload, end.
class FrameWriter {
 public:
  // :message-type "event" or "exception"; :event-type or :exception-type is `kind`.
  FrameWriter(std::string& out, std::string_view message_type, std::string_view kind);
  void end();

 private:
  void text_header(std::string_view name, std::string_view value);

  std::string& x_out;
  std::size_t x_start;          // of the frame in x_out
  std::size_t x_headers_size = 0;
};

}  // namespace sluice::dialects::bedrock
