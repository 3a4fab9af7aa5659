#include "sluice/http/lines.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#include <array>
#include <bit>

namespace sluice::http::detail {
namespace {

constexpr std::array<bool, 256> token_bytes = [] {
  std::array<bool, 256> out{};
  for (unsigned c = '0'; c <= '9'; ++c) out[c] = true;
  for (unsigned c = 'a'; c <= 'z'; ++c) out[c] = out[c ^ 0x20u] = true;
  for (char c : std::string_view("!#$%&'*+-.^_`|~")) out[static_cast<unsigned char>(c)] = true;
  return out;
}();

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

// The first control character that is no tab, or the end.
std::size_t find_control(std::string_view text, std::size_t at) {
#if defined(__SSE2__)
  const __m128i last_control = _mm_set1_epi8(0x1f);
  for (; text.size() - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
    const __m128i tab = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t'));
    const __m128i deleted = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f));
    const auto found = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_andnot_si128(tab, low), deleted)));
    if (found != 0) return at + static_cast<unsigned>(std::countr_zero(found));
  }
#endif
  while (at < text.size() && !is_control(text[at])) ++at;
  return at;
}

}  // namespace

Lines::Found Lines::next(std::string_view bytes, std::string_view& line) {
  const std::size_t end = find_control(bytes, x_seen);
  x_seen = end;
  if (end < bytes.size() && bytes[end] != '\r') return Found::control;
  if (bytes.size() - end < 2) return Found::more;
  if (bytes[end + 1] != '\n') return Found::bare_cr;
  line = bytes.substr(0, end);
  x_seen = 0;
  return Found::line;
}

std::size_t token_size(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && token_bytes[static_cast<unsigned char>(text[size])]) ++size;
  return size;
}

}  // namespace sluice::http::detail
