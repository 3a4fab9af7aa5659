#include "tokens/characters.hpp"

#include <algorithm>

namespace sluice::tokens {
namespace {

// The length its first byte tells; 0: it begins no character.
int told_size(unsigned char first) {
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  if (first >= 0xF0 && first < 0xF5) return 4;
  return 0;
}

bool fits(char32_t point, int size) {
  if (size == 3) return point >= 0x800 && (point < 0xD800 || point > 0xDFFF);
  return size == 2 || (point >= 0x10000 && point <= 0x10FFFF);
}

}  // namespace

Character Characters::beyond_ascii(std::size_t place) {
  const auto first = static_cast<unsigned char>(x_text[place]);
  const Character broken{Class::other, 1, 0};
  const int size = told_size(first);
  if (size == 0 || x_text.size() - place < static_cast<std::size_t>(size)) return broken;
  char32_t point = first & (0x7Fu >> size);
  for (int i = 1; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(x_text[place + static_cast<std::size_t>(i)]);
    if ((byte & 0xC0) != 0x80) return broken;
    point = point << 6 | (byte & 0x3Fu);
  }
  if (!fits(point, size)) return broken;
  return {class_of(point), static_cast<std::uint8_t>(size), point};
}

Class Characters::class_of(char32_t point) {
  if (point >= x_begin && point < x_end) return x_class;
  const std::uint32_t* const end = class_ranges + class_range_count;
  const std::uint32_t* const next = std::upper_bound(class_ranges, end, static_cast<std::uint32_t>(point << 3 | 7));
  x_begin = next[-1] >> 3;
  x_end = next == end ? 0x110000 : *next >> 3;
  x_class = static_cast<Class>(next[-1] & 7);
  return x_class;
}

}  // namespace sluice::tokens
