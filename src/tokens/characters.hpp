// Characters by the classes that the patterns of the vocabularies tell apart.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::tokens {

// caseless: letters that are neither upper nor lower case (Lm, Lo). line_end: CR and LF; space: all other white space.
enum class Class : std::uint8_t { other, space, line_end, upper, lower, caseless, mark, number };

constexpr bool is_letter(Class c) { return c == Class::upper || c == Class::lower || c == Class::caseless; }
constexpr bool is_space(Class c) { return c == Class::space || c == Class::line_end; }

// Of the generated table: where each range begins (code point times 8) with its class; the first begins at 0.
extern const std::uint32_t class_ranges[];
extern const std::size_t class_range_count;

struct Character {
  Class of = Class::other;
  std::uint8_t size = 0;         // bytes; 0: the end of the text
  char32_t point = 0;
};

// Reads characters of a text. Bytes that are no UTF-8 are characters of class `other`, one byte each.
class Characters {
 public:
  explicit Characters(std::string_view text) : x_text(text) {}
  Character at(std::size_t place) {
    if (place >= x_text.size()) return {};
    const auto byte = static_cast<unsigned char>(x_text[place]);
    if (byte < 0x80) return {of_ascii(byte), 1, byte};
    return beyond_ascii(place);
  }
  std::string_view text() const { return x_text; }

 private:
  static Class of_ascii(unsigned char);
  Character beyond_ascii(std::size_t place);
  Class class_of(char32_t);

  std::string_view x_text;
  // The range found last: the neighbours in a text are mostly in the same one.
  char32_t x_begin = 1, x_end = 0;
  Class x_class = Class::other;
};

inline Class Characters::of_ascii(unsigned char byte) {
  struct Table {
    Class of[128] = {};
    constexpr Table() {
      for (int c = 'a'; c <= 'z'; ++c) of[c] = Class::lower;
      for (int c = 'A'; c <= 'Z'; ++c) of[c] = Class::upper;
      for (int c = '0'; c <= '9'; ++c) of[c] = Class::number;
      for (const int c : {'\t', '\v', '\f', ' '}) of[c] = Class::space;
      for (const int c : {'\r', '\n'}) of[c] = Class::line_end;
    }
  };
  static constexpr Table table;
  return table.of[byte];
}

}  // namespace sluice::tokens
