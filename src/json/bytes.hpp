// The innermost loops over JSON text: 16 or 32 bytes a step where the processor has SSE2 (every x86-64), else one by
// one.
#pragma once
#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace sluice::json {

#if defined(__SSE2__)
namespace vector {
inline __m128i equal(__m128i bytes, char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); }
inline __m128i either(__m128i a, __m128i b) { return _mm_or_si128(a, b); }
inline __m128i load(const char* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }
inline unsigned bits(__m128i found) { return static_cast<unsigned>(_mm_movemask_epi8(found)); }
}  // namespace vector
#endif

// The sets of bytes that are looked for: each says of one byte whether it is in the set, and of 16 at once which are.

// What ends a run of ordinary text in a string: '"', '\\', control characters and all bytes of longer UTF-8 sequences.
struct NotPlain {
  static bool has(char c) { return static_cast<signed char>(c) < 0x20 || c == '"' || c == '\\'; }
#if defined(__SSE2__)
  // Only the highest bit of each byte of the result counts. Flipping bit 1 moves '"' to 0x20, just above the control
  // characters, and nothing else there; bytes from 0x80 up are below zero: one subtraction makes all three negative.
  static __m128i find(__m128i bytes) {
    const __m128i flipped = _mm_xor_si128(bytes, _mm_set1_epi8(2));
    return vector::either(_mm_subs_epi8(flipped, _mm_set1_epi8(0x21)), vector::equal(bytes, '\\'));
  }
#endif
};

struct QuoteOrBackslash {
  static bool has(char c) { return c == '"' || c == '\\'; }
#if defined(__SSE2__)
  static __m128i find(__m128i bytes) { return vector::either(vector::equal(bytes, '"'), vector::equal(bytes, '\\')); }
#endif
};

struct BracketOrQuote {
  static bool has(char c) { return c == '"' || c == '{' || c == '}' || c == '[' || c == ']'; }
#if defined(__SSE2__)
  static __m128i find(__m128i bytes) {
    // '[' differs from '{' in this bit only, and ']' from '}'.
    const __m128i folded = vector::either(bytes, _mm_set1_epi8(0x20));
    const __m128i brackets = vector::either(vector::equal(folded, '{'), vector::equal(folded, '}'));
    return vector::either(brackets, vector::equal(bytes, '"'));
  }
#endif
};

#if defined(__SSE2__)
// Past whole steps of 32 bytes that have none of the set.
template <class Set>
inline const char* stride(const char* at, const char* end) {
  if (end - at < 32) return at;
  for (const char* const last = end - 32; at <= last; at += 32) {
    const __m128i found = vector::either(Set::find(vector::load(at)), Set::find(vector::load(at + 16)));
    if (vector::bits(found) != 0) break;
  }
  return at;
}
#endif

// The first byte that is in the set, or `end`.
template <class Set>
inline const char* seek(const char* at, const char* end) {
#if defined(__SSE2__)
  while (end - at >= 16) {
    const unsigned found = vector::bits(Set::find(vector::load(at)));
    if (found != 0) return at + std::countr_zero(found);
    at = stride<Set>(at + 16, end);
  }
#endif
  while (at != end && !Set::has(*at)) ++at;
  return at;
}

// Whether a backslash and this character are a whole escape.
inline constexpr std::array<bool, 256> short_escapes = [] {
  std::array<bool, 256> table{};
  for (const char c : {'"', '\\', '/', 'b', 'f', 'n', 'r', 't'}) table[static_cast<unsigned char>(c)] = true;
  return table;
}();
inline bool short_escape(char c) { return short_escapes[static_cast<unsigned char>(c)]; }

// Past the plain text of a string and its escapes of two characters: at its '"', at something that needs a closer look,
// or at `end`.
[[gnu::always_inline]] inline const char* skip_text(const char* at, const char* end) {
#if defined(__SSE2__)
  if (end - at >= 16) {   // keys and words end in the first 16 bytes
    const unsigned found = vector::bits(NotPlain::find(vector::load(at)));
    const char* const stop = at + std::countr_zero(found | 0x8000);
    if (*stop == '"') return stop;
  }
  while (end - at > 32) {   // one more than is loaded: an escape may reach over the edge
    const unsigned low = vector::bits(NotPlain::find(vector::load(at)));
    std::uint64_t found = low | vector::bits(NotPlain::find(vector::load(at + 16))) << 16;
    std::uint64_t escape = 0;
    while (found != 0) {
      const int place = std::countr_zero(found);
      if (at[place] != '\\' || !short_escape(at[place + 1])) return at + place;
      escape = std::uint64_t{3} << place;
      found &= ~escape;
    }
    at += 32 + (escape >> 32);   // the last one may reach over the edge
  }
#endif
  while (at != end) {
    if (!NotPlain::has(*at)) ++at;
    else if (*at == '\\' && end - at >= 2 && short_escape(at[1])) at += 2;
    else break;
  }
  return at;
}

inline bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

inline const char* skip_utf8_near_end(const char* at, const char* end) {
  const auto lead = static_cast<unsigned char>(*at);
  const auto left = end - at;
  if (lead >= 0xc2 && lead <= 0xdf) return left >= 2 && continues(at[1]) ? at + 2 : nullptr;
  if ((lead & 0xf0) == 0xe0) {
    if (left < 3 || !continues(at[1]) || !continues(at[2])) return nullptr;
    const auto second = static_cast<unsigned char>(at[1]);
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)) return nullptr;
    return at + 3;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    if (left < 4 || !continues(at[1]) || !continues(at[2]) || !continues(at[3])) return nullptr;
    const auto second = static_cast<unsigned char>(at[1]);
    if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return nullptr;
    return at + 4;
  }
  return nullptr;
}

// `at` is on a byte from 0x80 up: behind the well-formed sequence it begins (Unicode table 3-7: no over-long forms,
// no surrogates, nothing above U+10FFFF), or nullptr. Four bytes are looked at as one number, the first one lowest:
// each mask takes the bits that tell lead and following bytes, then those that tell the over-long and forbidden
// ranges.
inline const char* skip_utf8(const char* at, const char* end) {
  if (std::endian::native != std::endian::little || end - at < 4) return skip_utf8_near_end(at, end);
  std::uint32_t four = 0;
  std::memcpy(&four, at, sizeof four);
  if ((four & 0x00c0c0f0) == 0x008080e0) {
    const std::uint32_t range = four & 0x200f;
    return range != 0 && range != 0x200d ? at + 3 : nullptr;
  }
  if ((four & 0xc0e0) == 0x80c0) return (four & 0x1e) != 0 ? at + 2 : nullptr;
  if ((four & 0xc0c0c0f8) != 0x808080f0 || (four & 0x3007) == 0) return nullptr;
  return (four & 4) == 0 || (four & 0x3003) == 0 ? at + 4 : nullptr;
}

// Past the sequences of three bytes from here on: most Asian text is nothing else. Stops at anything else or not
// well-formed.
inline const char* skip_three_byte_run(const char* at, const char* end) {
  if (std::endian::native != std::endian::little) return at;
  for (std::uint32_t four = 0; end - at >= 4; at += 3) {
    std::memcpy(&four, at, sizeof four);
    const std::uint32_t range = four & 0x200f;
    if ((four & 0x00c0c0f0) != 0x008080e0 || range == 0 || range == 0x200d) break;
  }
  return at;
}

// The value of four hexadecimal digits at `at`; below zero: they are not there.
inline int hex4(const char* at, const char* end) {
  if (end - at < 4) return -1;
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at[i];
    int digit = 0;
    if (c >= '0' && c <= '9') digit = c - '0';
    else if (c >= 'a' && c <= 'f') digit = c - 'a' + 10;
    else if (c >= 'A' && c <= 'F') digit = c - 'A' + 10;
    else return -1;
    value = value * 16 + digit;
  }
  return value;
}

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
// Nearly all bytes asked about are no space: one comparison tells those.
inline bool is_space(char c) {
  return static_cast<unsigned char>(c) <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t');
}

// What may stand behind a number or a word.
inline constexpr std::array<bool, 256> scalar_ends = [] {
  std::array<bool, 256> table{};
  for (const char c : {',', ':', '"', '{', '}', '[', ']', ' ', '\n', '\r', '\t'}) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

}  // namespace sluice::json
