// Reads the segments that an earlier process left, one file at a time.
#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "sluice/store/records.hpp"
#include "store/segment.hpp"

namespace sluice::store {

// Walks the frames of one segment's bytes, whatever they are. Frames whose CRC does not fit are skipped as long as they
// lie in the committed part; after it the first of them is the torn end.
class SegmentReader {
 public:
  explicit SegmentReader(std::span<const std::byte> segment);
  bool is_segment() const { return x_is_segment; }
  // The next record; false: the segment is read to its end.
  bool next(RequestRecord& record);
  std::size_t position() const { return x_at; }
  std::size_t unreadable() const { return x_unreadable; }   // committed frames that could not be understood

 private:
  std::span<const std::byte> x_bytes;
  std::size_t x_at = first_frame, x_committed = first_frame, x_unreadable = 0;
  bool x_is_segment = false;
};

class Replay {
 public:
  explicit Replay(std::vector<std::filesystem::path> files) : x_files(std::move(files)) {}
  void take(std::vector<RequestRecord>& out, std::size_t most);
  // Everything taken is in the database: removes the files that are finished. A file with parts that could not be
  // understood is kept under the name "….bad".
  void release();

 private:
  bool open_next();

  std::vector<std::filesystem::path> x_files;
  std::size_t x_next = 0;                        // of x_files: the one to open next
  std::vector<std::byte> x_bytes;                // of the file being read
  std::vector<SegmentReader> x_reader;           // over x_bytes; empty: no file is open
  struct Finished { std::filesystem::path path; bool damaged; };
  std::vector<Finished> x_finished;
};

}  // namespace sluice::store
