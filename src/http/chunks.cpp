#include "sluice/http/chunks.hpp"

#include <algorithm>
#include <charconv>

#include "http/ascii.hpp"

namespace sluice::http::detail {
namespace {

constexpr const char* bad_extension = "bad chunk extension";

void skip_blanks(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

bool take_token(std::string_view& text) {
  const std::size_t size = token_size(text);
  text.remove_prefix(size);
  return size > 0;
}

bool take_quoted(std::string_view& text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      text.remove_prefix(at + 1);
      return true;
    }
  }
  return false;
}

// *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] ), the errata's form
bool are_extensions(std::string_view text) {
  while (!text.empty()) {
    skip_blanks(text);
    if (!text.starts_with(';')) return false;
    text.remove_prefix(1);
    skip_blanks(text);
    if (!take_token(text)) return false;
    std::string_view value = text;
    skip_blanks(value);
    if (!value.starts_with('=')) continue;
    text = value.substr(1);
    skip_blanks(text);
    if (!(text.starts_with('"') ? take_quoted(text) : take_token(text))) return false;
  }
  return true;
}

}  // namespace

Chunks::Stop Chunks::feed(std::string_view& bytes, std::string& body, Framing& framing) {
  while (!bytes.empty() && x_part != Part::done) {
    if (x_part == Part::data) {
      const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(x_left, bytes.size()));
      body.append(bytes.substr(0, part));
      bytes.remove_prefix(part);
      x_left -= part;
      if (x_left == 0) x_part = Part::data_end;
    } else if (x_part == Part::data_end) {
      if (bytes.size() < 2) return {};
      if (!bytes.starts_with("\r\n")) return {"a chunk is longer than it said"};
      bytes.remove_prefix(2);
      x_part = Part::size;
    } else {
      bool waits = false;
      const Stop stop = take_line(bytes, framing, waits);
      if (stop.what != nullptr || waits) return stop;
    }
  }
  return {};
}

Chunks::Stop Chunks::take_line(std::string_view& bytes, Framing& framing, bool& waits) {
  std::string_view line;
  const Lines::Found found = x_lines.next(bytes, line);
  if (found == Lines::Found::bare_cr) return {"bad line ending"};
  if (found == Lines::Found::control) return {"control character in a chunk's line or a trailer"};
  waits = found == Lines::Found::more;
  if (x_trailer_bytes + (waits ? bytes.size() : line.size()) > x_limits.trailer_bytes) {
    return {"a chunk's extension or the trailer is too long"};
  }
  if (waits) return {};
  bytes.remove_prefix(line.size() + 2);
  return x_part == Part::size ? begin_chunk(line) : trailer(line, framing);
}

Chunks::Stop Chunks::begin_chunk(std::string_view line) {
  const auto size = std::from_chars(line.data(), line.data() + line.size(), x_left, 16);
  if (size.ec != std::errc()) return {"bad chunk size"};
  const std::string_view extension = line.substr(static_cast<std::size_t>(size.ptr - line.data()));
  if (x_room && x_left > *x_room) return {"the body is too large", true};
  if (x_room) *x_room -= x_left;
  if (!extension.empty()) {
    if (!are_extensions(extension)) return {bad_extension};
    x_extension_bytes += static_cast<std::uint32_t>(extension.size());
    if (x_extension_bytes > x_limits.chunk_extensions) return {"chunk extensions are too long"};
  }
  x_part = x_left == 0 ? Part::trailers : Part::data;
  return {};
}

// Merged into the head a trailer could carry what the head was checked for.
Chunks::Stop Chunks::trailer(std::string_view line, Framing& framing) {
  x_trailer_bytes += static_cast<std::uint32_t>(line.size() + 2);
  if (line.empty()) {
    x_part = Part::done;
    return {};
  }
  if (is_blank(line.front()) && x_trailers > 0) return {};   // one that spans lines
  const std::size_t name = token_size(line);
  if (name == 0 || name == line.size() || line[name] != ':') return {"bad trailer field"};
  if (++x_trailers > x_limits.trailers) return {"too many trailer fields"};
  return {framing.note(name_of(line.substr(0, name)), trimmed(line.substr(name + 1)))};
}

}  // namespace sluice::http::detail
