// The innermost loops over JSON text: 16 bytes a step where the processor has SSE2 (every x86-64), else one by one.
#pragma once
#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#include <bit>

namespace sluice::json {

constexpr bool plain(char c) {   // may stand in a string as it is, and is no part of a longer UTF-8 sequence
  return static_cast<signed char>(c) >= 0x20 && c != '"' && c != '\\';
}
constexpr bool bracket_or_quote(char c) { return c == '"' || c == '{' || c == '}' || c == '[' || c == ']'; }

#if defined(__SSE2__)
namespace detail {
inline __m128i load(const char* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }
inline __m128i equal(__m128i bytes, char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); }
inline unsigned mask(__m128i bytes) { return static_cast<unsigned>(_mm_movemask_epi8(bytes)); }
}  // namespace detail
#endif

// The first byte that is not plain(), or `end`.
inline const char* skip_plain(const char* at, const char* end) {
#if defined(__SSE2__)
  using namespace detail;
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = load(at);
    // Signed: bytes from 0x80 up are below zero, so one comparison finds them and the control characters.
    const __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
    const unsigned found = mask(_mm_or_si128(low, _mm_or_si128(equal(bytes, '"'), equal(bytes, '\\'))));
    if (found != 0) return at + std::countr_zero(found);
  }
#endif
  while (at != end && plain(*at)) ++at;
  return at;
}

// The first '"' or '\', or `end`.
inline const char* to_quote_or_backslash(const char* at, const char* end) {
#if defined(__SSE2__)
  using namespace detail;
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = load(at);
    const unsigned found = mask(_mm_or_si128(equal(bytes, '"'), equal(bytes, '\\')));
    if (found != 0) return at + std::countr_zero(found);
  }
#endif
  while (at != end && *at != '"' && *at != '\\') ++at;
  return at;
}

// The first bracket, brace or '"', or `end`.
inline const char* to_bracket_or_quote(const char* at, const char* end) {
#if defined(__SSE2__)
  using namespace detail;
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = load(at);
    const __m128i folded = _mm_or_si128(bytes, _mm_set1_epi8(0x20));   // '[' and '{' differ in this bit only, ']' and '}' too
    const __m128i brackets = _mm_or_si128(equal(folded, '{'), equal(folded, '}'));
    const unsigned found = mask(_mm_or_si128(brackets, equal(bytes, '"')));
    if (found != 0) return at + std::countr_zero(found);
  }
#endif
  while (at != end && !bracket_or_quote(*at)) ++at;
  return at;
}

inline bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// `at` is on a byte from 0x80 up: behind the well-formed sequence it begins (Unicode table 3-7: no over-long forms, no
// surrogates, nothing above U+10FFFF), or nullptr.
inline const char* skip_utf8(const char* at, const char* end) {
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
inline bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace sluice::json
