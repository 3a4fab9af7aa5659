// One file of the journal: a header and a row of frames (length, CRC-32C of the payload, payload, padded to 8 bytes).
// The live form is mapped; its producer is one worker, its consumer the store thread, and they share two positions in
// the header. A file left by an earlier process is read as plain bytes, because nothing in it can be trusted.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "sluice/base/result.hpp"

namespace sluice::store {

inline constexpr std::size_t segment_bytes = 1 << 20;

struct SegmentHeader {
  char magic[8];
  std::uint32_t version;
  std::uint32_t size;
  alignas(64) std::atomic<std::uint64_t> committed;   // end of the last whole frame; the producer's
  alignas(64) std::atomic<std::uint64_t> consumed;    // frames before it are in the database; the consumer's
};
static_assert(sizeof(SegmentHeader) == 192 && std::atomic<std::uint64_t>::is_always_lock_free);
inline constexpr std::size_t first_frame = sizeof(SegmentHeader);
inline constexpr std::size_t frame_head_bytes = 8;

// Space a payload of `size` bytes takes.
constexpr std::size_t frame_bytes(std::size_t size) { return (frame_head_bytes + size + 7) & ~std::size_t{7}; }

struct Frame {
  std::span<const std::byte> payload;
  std::size_t next = 0;      // where the following frame begins
  bool intact = false;       // the CRC fits
};
// The frame at `offset`; nullopt: none begins there. Any bytes are safe.
std::optional<Frame> frame_at(std::span<const std::byte> segment, std::size_t offset);

// Where to read a file of an earlier process; nullopt: not a segment.
struct Leftover { std::size_t consumed = 0, committed = 0; };
std::optional<Leftover> read_header(std::span<const std::byte> segment);

class Segment {
 public:
  // A new file of full size on disk, mode 0600. All its blocks are allocated: a full disk is an error here, never a
  // signal when the memory is touched.
  static Result<std::unique_ptr<Segment>> create(const std::filesystem::path& path);
  ~Segment();                // unmaps; the file stays
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;

  // Producer.
  std::byte* reserve(std::size_t payload_size);    // where to write a payload; nullptr: does not fit
  void commit(std::size_t payload_size);           // the reserved payload is written

  // Consumer.
  std::optional<Frame> frame(std::size_t offset) const;   // a committed frame; nullopt: none yet
  void set_consumed(std::size_t offset);

  std::size_t committed() const;
  std::size_t consumed() const;
  bool half_full() const;
  void remove_file();

 private:
  Segment(std::filesystem::path path, std::byte* memory);
  SegmentHeader& header() const { return *reinterpret_cast<SegmentHeader*>(x_memory); }

  std::filesystem::path x_path;
  std::byte* x_memory;
  std::size_t x_end = first_frame;                 // the producer's own copy of committed
};

}  // namespace sluice::store
