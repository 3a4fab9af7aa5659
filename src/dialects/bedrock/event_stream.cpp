#include "dialects/bedrock/event_stream.hpp"

#include <algorithm>
#include <array>

namespace sluice::dialects::bedrock {
namespace {

constexpr std::size_t prelude_size = 12;   // total length, headers' length, their CRC
constexpr std::size_t crc_size = 4;
constexpr std::size_t least_size = prelude_size + crc_size;

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? 0xEDB88320u ^ crc >> 1 : crc >> 1;
    table[i] = crc;
  }
  return table;
}
constexpr auto crc_table = make_table();

std::uint32_t number(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

void put_number(std::uint32_t value, char* at) {
  for (int shift = 24; shift >= 0; shift -= 8) *at++ = static_cast<char>(value >> shift & 0xff);
}

// A prelude that can be true.
bool sound_prelude(std::string_view prelude) {
  const std::uint32_t total = number(prelude.substr(0, 4)), headers = number(prelude.substr(4, 4));
  return number(prelude.substr(8, 4)) == crc32(prelude.substr(0, 8)) && total >= least_size && headers <= total - least_size;
}

std::optional<std::size_t> fixed_size(HeaderType type) {
  switch (type) {
    case HeaderType::yes: case HeaderType::no: return 0;
    case HeaderType::byte: return 1;
    case HeaderType::int16: return 2;
    case HeaderType::int32: return 4;
    case HeaderType::int64: case HeaderType::timestamp: return 8;
    case HeaderType::uuid: return 16;
    case HeaderType::bytes: case HeaderType::text: break;
  }
  return std::nullopt;
}

}  // namespace

std::uint32_t crc32(std::string_view bytes, std::uint32_t so_far) {
  std::uint32_t crc = ~so_far;
  for (const char c : bytes) crc = crc_table[(crc ^ static_cast<unsigned char>(c)) & 0xff] ^ crc >> 8;
  return ~crc;
}

std::optional<FrameHeader> take_header(std::string_view& headers) {
  std::string_view rest = headers;
  if (rest.empty()) return std::nullopt;
  const std::size_t name_size = static_cast<unsigned char>(rest.front());
  if (name_size == 0 || rest.size() < name_size + 2) return std::nullopt;
  FrameHeader header;
  header.name = rest.substr(1, name_size);
  const auto type = static_cast<unsigned char>(rest[name_size + 1]);
  if (type > static_cast<unsigned char>(HeaderType::uuid)) return std::nullopt;
  header.type = static_cast<HeaderType>(type);
  rest.remove_prefix(name_size + 2);
  const auto fixed = fixed_size(header.type);
  if (!fixed && rest.size() < 2) return std::nullopt;
  const std::size_t size = fixed ? *fixed : number(rest.substr(0, 2));
  if (!fixed) rest.remove_prefix(2);
  if (rest.size() < size) return std::nullopt;
  header.value = rest.substr(0, size);
  headers = rest.substr(size);
  return header;
}

std::string_view Frame::text(std::string_view name) const {
  std::string_view rest = headers;
  while (const auto header = take_header(rest)) {
    if (header->name == name && header->type == HeaderType::text) return header->value;
  }
  return {};
}

bool FrameReader::whole(std::string_view frame, FrameSink& sink) {
  const std::string_view guarded = frame.substr(0, frame.size() - crc_size);
  if (crc32(guarded) != number(frame.substr(guarded.size()))) return false;
  const std::size_t headers_size = number(frame.substr(4, 4));
  const Frame told{guarded.substr(prelude_size, headers_size), guarded.substr(prelude_size + headers_size)};
  std::string_view rest = told.headers;
  while (take_header(rest)) {}
  if (!rest.empty()) return false;
  sink.frame(told);
  return true;
}

bool FrameReader::begin_skipping(std::string_view prelude, std::uint32_t total) {
  x_skip = total - prelude_size;
  x_skipped_crc = crc32(prelude);
  x_crc_held.clear();
  return true;
}

// Behind what belongs to the oversized frame.
std::string_view FrameReader::skip(std::string_view bytes, FrameSink& sink) {
  const std::size_t guarded = std::min(bytes.size(), x_skip > crc_size ? x_skip - crc_size : 0);
  x_skipped_crc = crc32(bytes.substr(0, guarded), x_skipped_crc);
  x_skip -= guarded;
  bytes.remove_prefix(guarded);
  const std::size_t checksum = std::min(bytes.size(), x_skip <= crc_size ? x_skip : 0);
  x_crc_held += bytes.substr(0, checksum);
  x_skip -= checksum;
  bytes.remove_prefix(checksum);
  if (x_skip > 0) return bytes;
  if (number(x_crc_held) != x_skipped_crc) x_broken = true;
  else sink.oversized();
  return bytes;
}

bool FrameReader::feed(std::string_view bytes, FrameSink& sink) {
  while (!bytes.empty() && !x_broken) {
    if (x_skip > 0) {
      bytes = skip(bytes, sink);
      continue;
    }
    if (!x_held.empty() && x_held.size() < prelude_size) {
      const std::size_t wanted = std::min(prelude_size - x_held.size(), bytes.size());
      x_held += bytes.substr(0, wanted);
      bytes.remove_prefix(wanted);
      if (x_held.size() < prelude_size) break;
    }
    if (x_held.empty() && bytes.size() < prelude_size) {
      x_held = bytes;
      break;
    }
    const bool held = !x_held.empty();
    const std::string_view prelude = (held ? std::string_view(x_held) : bytes).substr(0, prelude_size);
    if (x_held.size() <= prelude_size && !sound_prelude(prelude)) {
      x_broken = true;
      break;
    }
    const std::uint32_t total = number(prelude.substr(0, 4));
    if (total > x_most) {
      begin_skipping(prelude, total);
      if (!held) bytes.remove_prefix(prelude_size);
      x_held.clear();
    } else if (!held && bytes.size() >= total) {
      x_broken = !whole(bytes.substr(0, total), sink);
      bytes.remove_prefix(total);
    } else {
      const std::size_t wanted = std::min(total - x_held.size(), bytes.size());
      x_held += bytes.substr(0, wanted);
      bytes.remove_prefix(wanted);
      if (x_held.size() < total) break;
      x_broken = !whole(x_held, sink);
      x_held.clear();
    }
  }
  return !x_broken;
}

FrameWriter::FrameWriter(std::string& out, std::string_view message_type, std::string_view kind)
    : x_out(out), x_start(out.size()) {
  x_out.append(prelude_size, '\0');
  text_header(message_type == "event" ? ":event-type" : ":exception-type", kind);
  text_header(":content-type", "application/json");
  text_header(":message-type", message_type);
  x_headers_size = x_out.size() - x_start - prelude_size;
}

void FrameWriter::text_header(std::string_view name, std::string_view value) {
  x_out += static_cast<char>(name.size());
  x_out += name;
  x_out += static_cast<char>(HeaderType::text);
  x_out += static_cast<char>(value.size() >> 8 & 0xff);
  x_out += static_cast<char>(value.size() & 0xff);
  x_out += value;
}

void FrameWriter::end() {
  const std::size_t total = x_out.size() - x_start + crc_size;
  char* const prelude = x_out.data() + x_start;
  put_number(static_cast<std::uint32_t>(total), prelude);
  put_number(static_cast<std::uint32_t>(x_headers_size), prelude + 4);
  put_number(crc32({prelude, 8}), prelude + 8);
  const std::uint32_t crc = crc32(std::string_view(x_out).substr(x_start));
  x_out.append(crc_size, '\0');
  put_number(crc, x_out.data() + x_out.size() - crc_size);
}

}  // namespace sluice::dialects::bedrock
