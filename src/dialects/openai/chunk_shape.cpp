#include "dialects/openai/chunk_shape.hpp"

#include <algorithm>
#include <cstring>

namespace sluice::dialects::openai {
namespace {

constexpr std::size_t longest = 2048;   // longer chunks are rare, and parsed

// `text` follows an opening quote: how many bytes until the closing one, npos if there is none.
std::size_t string_length(std::string_view text) {
  const std::size_t quote = text.find('"');
  if (quote == text.npos || std::memchr(text.data(), '\\', quote) == nullptr) return quote;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return i;
    if (text[i] == '\\') ++i;
  }
  return text.npos;
}

}  // namespace

std::int64_t text_size(std::string_view raw) {
  if (raw.size() < 2 || raw.front() != '"') return 0;
  raw = raw.substr(1, raw.size() - 2);
  auto size = static_cast<std::int64_t>(raw.size());
  if (std::memchr(raw.data(), '\\', raw.size()) == nullptr) return size;
  for (std::size_t i = 0; i + 1 < raw.size(); ++i) {
    if (raw[i] != '\\') continue;
    size -= raw[i + 1] == 'u' ? 3 : 1;   // \uXXXX: three bytes of UTF-8, more or less
    ++i;
  }
  return std::max<std::int64_t>(size, 0);
}

void ChunkHoles::text(std::string_view raw) {
  if (!raw.starts_with('"')) {
    if (raw != "null") x_plain = false;
    return;
  }
  ++x_texts;
  if (x_size < x_holes.size()) x_holes[x_size++] = {raw, true};
  else x_plain = false;
}

void ChunkHoles::filler(std::string_view raw) {
  if (raw.starts_with('"') && x_size < x_holes.size()) x_holes[x_size++] = {raw, false};
  else x_plain = false;
}

void ChunkShape::learn(std::string_view chunk, ChunkHoles holes) {
  x_size = 0;
  x_literals.clear();
  if (!holes.plain() || chunk.size() > longest) return;
  std::sort(holes.x_holes.begin(), holes.x_holes.begin() + static_cast<std::ptrdiff_t>(holes.x_size),
            [](const auto& a, const auto& b) { return a.raw.data() < b.raw.data(); });
  const char* at = chunk.data();
  for (; x_size < holes.x_size; ++x_size) {
    const ChunkHoles::Hole& hole = holes.x_holes[x_size];
    const char* const opened = hole.raw.data() + 1;
    x_gaps[x_size] = {static_cast<std::size_t>(opened - at), hole.counts};
    x_literals.append(at, opened);
    at = hole.raw.data() + hole.raw.size() - 1;
  }
  x_literals.append(at, chunk.data() + chunk.size());
}

std::optional<std::int64_t> ChunkShape::match(std::string_view chunk) const {
  if (x_size == 0) return std::nullopt;
  std::string_view literals = x_literals;
  std::int64_t text = 0;
  for (std::size_t i = 0; i < x_size; ++i) {
    const Gap& gap = x_gaps[i];
    if (chunk.size() < gap.before || std::memcmp(chunk.data(), literals.data(), gap.before) != 0) return std::nullopt;
    const std::size_t length = string_length(chunk.substr(gap.before));
    if (length == chunk.npos) return std::nullopt;
    if (gap.counts) text += text_size(chunk.substr(gap.before - 1, length + 2));
    chunk.remove_prefix(gap.before + length);
    literals.remove_prefix(gap.before);
  }
  if (chunk != literals) return std::nullopt;
  return text;
}

}  // namespace sluice::dialects::openai
