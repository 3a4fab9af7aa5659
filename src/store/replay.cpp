#include "store/replay.hpp"

#include <fstream>
#include <system_error>

#include "store/record_codec.hpp"

namespace sluice::store {
namespace {

constexpr std::uintmax_t largest_file = 16 * segment_bytes;

// False: the file cannot be read, or is far too large to be ours.
bool read_file(const std::filesystem::path& path, std::vector<std::byte>& bytes) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(path, failed);
  if (failed || size > largest_file) return false;
  bytes.resize(size);
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  return static_cast<std::uintmax_t>(file.gcount()) == size;
}

// A crash while the file was being made leaves it without a header.
bool all_zero(std::span<const std::byte> bytes) {
  for (const auto b : bytes)
    if (b != std::byte{0}) return false;
  return true;
}

}  // namespace

SegmentReader::SegmentReader(std::span<const std::byte> segment) : x_bytes(segment) {
  const auto header = read_header(segment);
  x_is_segment = header.has_value();
  if (!header) return;
  x_at = header->consumed;
  x_committed = header->committed;
}

bool SegmentReader::next(RequestRecord& record) {
  while (x_is_segment) {
    const auto frame = frame_at(x_bytes, x_at);
    if (!frame) {
      if (x_at < x_committed) ++x_unreadable;
      return false;
    }
    if (!frame->intact && x_at >= x_committed) return false;
    const bool committed = x_at < x_committed;
    x_at = frame->next;
    if (frame->intact) {
      if (auto decoded = decode(frame->payload)) {
        record = std::move(*decoded);
        return true;
      }
    }
    if (committed) ++x_unreadable;
  }
  return false;
}

bool Replay::open_next() {
  while (x_next < x_files.size()) {
    const auto& path = x_files[x_next++];
    if (!read_file(path, x_bytes)) {
      x_finished.push_back({path, true});
      continue;
    }
    SegmentReader reader(x_bytes);
    if (reader.is_segment()) {
      x_reader.push_back(reader);
      return true;
    }
    x_finished.push_back({path, !all_zero(x_bytes)});
  }
  return false;
}

void Replay::take(std::vector<RequestRecord>& out, std::size_t most) {
  RequestRecord record;
  while (out.size() < most && (!x_reader.empty() || open_next())) {
    if (x_reader.front().next(record)) {
      out.push_back(std::move(record));
      continue;
    }
    x_finished.push_back({x_files[x_next - 1], x_reader.front().unreadable() > 0});
    x_reader.clear();
    x_bytes = {};
  }
}

void Replay::release() {
  std::error_code ignored;
  for (const auto& [path, damaged] : x_finished) {
    if (!damaged) {
      std::filesystem::remove(path, ignored);
      continue;
    }
    auto kept = path;
    kept += ".bad";
    std::filesystem::rename(path, kept, ignored);
  }
  x_finished.clear();
}

}  // namespace sluice::store
