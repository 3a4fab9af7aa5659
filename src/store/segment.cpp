#include "store/segment.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <sys/mman.h>
#include <unistd.h>

#include "store/crc32c.hpp"
#include "store/record_codec.hpp"

namespace sluice::store {
namespace {

constexpr char segment_magic[8] = {'S', 'L', 'U', 'I', 'C', 'E', 'J', '1'};
constexpr std::uint32_t segment_version = 1;

Error cannot(const char* what, const std::filesystem::path& path, int reason) {
  return Error(Code::overloaded,
               "journal: cannot " + std::string(what) + " " + path.string() + ": " + std::strerror(reason));
}

}  // namespace

std::optional<Frame> frame_at(std::span<const std::byte> segment, std::size_t offset) {
  if (offset > segment.size() || segment.size() - offset < frame_head_bytes) return std::nullopt;
  std::uint32_t size = 0, crc = 0;
  std::memcpy(&size, segment.data() + offset, 4);
  std::memcpy(&crc, segment.data() + offset + 4, 4);
  if (size == 0 || size > max_record_bytes || frame_bytes(size) > segment.size() - offset) return std::nullopt;
  const auto payload = segment.subspan(offset + frame_head_bytes, size);
  return Frame{payload, offset + frame_bytes(size), crc32c(payload) == crc};
}

std::optional<Leftover> read_header(std::span<const std::byte> segment) {
  if (segment.size() < first_frame || std::memcmp(segment.data(), segment_magic, sizeof segment_magic) != 0)
    return std::nullopt;
  std::uint32_t version = 0;
  std::uint64_t committed = 0, consumed = 0;
  std::memcpy(&version, segment.data() + offsetof(SegmentHeader, version), sizeof version);
  std::memcpy(&committed, segment.data() + offsetof(SegmentHeader, committed), sizeof committed);
  std::memcpy(&consumed, segment.data() + offsetof(SegmentHeader, consumed), sizeof consumed);
  if (version != segment_version) return std::nullopt;
  const auto good = [&](std::uint64_t at) { return at >= first_frame && at <= segment.size() && at % 8 == 0; };
  // A damaged position costs nothing but work: frames are found by their CRC and rows are kept once by their id.
  return Leftover{good(consumed) ? consumed : first_frame, good(committed) ? committed : segment.size()};
}

Result<std::unique_ptr<Segment>> Segment::create(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return cannot("create", path, errno);
  int reason = ::posix_fallocate(fd, 0, segment_bytes);
  void* memory = MAP_FAILED;
  if (reason == 0) {
    memory = ::mmap(nullptr, segment_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) reason = errno;
  }
  ::close(fd);
  if (reason != 0) {
    ::unlink(path.c_str());
    return cannot("allocate", path, reason);
  }
  return std::unique_ptr<Segment>(new Segment(path, static_cast<std::byte*>(memory)));
}

Segment::Segment(std::filesystem::path path, std::byte* memory) : x_path(std::move(path)), x_memory(memory) {
  auto* h = new (memory) SegmentHeader{};
  h->version = segment_version;
  h->size = segment_bytes;
  h->consumed.store(first_frame, std::memory_order_relaxed);
  h->committed.store(first_frame, std::memory_order_release);
  std::memcpy(h->magic, segment_magic, sizeof segment_magic);
}

Segment::~Segment() { ::munmap(x_memory, segment_bytes); }

std::byte* Segment::reserve(std::size_t payload_size) {
  if (frame_bytes(payload_size) > segment_bytes - x_end) return nullptr;
  return x_memory + x_end + frame_head_bytes;
}

void Segment::commit(std::size_t payload_size) {
  std::byte* frame = x_memory + x_end;
  const auto size = static_cast<std::uint32_t>(payload_size);
  const std::uint32_t crc = crc32c({frame + frame_head_bytes, payload_size});
  std::memcpy(frame, &size, 4);
  std::memcpy(frame + 4, &crc, 4);
  x_end += frame_bytes(payload_size);
  header().committed.store(x_end, std::memory_order_release);
}

std::optional<Frame> Segment::frame(std::size_t offset) const {
  const auto end = committed();
  if (offset >= end) return std::nullopt;
  return frame_at({x_memory, end}, offset);
}

void Segment::set_consumed(std::size_t offset) { header().consumed.store(offset, std::memory_order_release); }
std::size_t Segment::committed() const { return header().committed.load(std::memory_order_acquire); }
std::size_t Segment::consumed() const { return header().consumed.load(std::memory_order_acquire); }
bool Segment::half_full() const { return committed() > segment_bytes / 2; }
void Segment::remove_file() { ::unlink(x_path.c_str()); }

}  // namespace sluice::store
